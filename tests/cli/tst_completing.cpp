// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/cli/completing.h"

#include <QTest>

using namespace belfry;
using namespace Qt::StringLiterals;

namespace {

// `line` as typed up to the cursor, after `belfry `.
Completion complete(const QString &line)
{
    QStringList words = line.split(u' ');
    const QString current = words.takeLast();
    return completionOf(words, current);
}

QStringList wordsOf(const QString &line)
{
    QStringList words;
    for (const auto &each : complete(line).candidates)
        words += each.word;
    return words;
}

} // namespace

class TestCompleting : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void verbs()
    {
        QCOMPARE(wordsOf(u"re"_s), (QStringList{u"releases"_s, u"rerun"_s, u"release"_s, u"resume"_s}));
        QCOMPARE(wordsOf(u"token "_s), (QStringList{u"create"_s, u"list"_s, u"revoke"_s}));
        QCOMPARE(wordsOf(u"agent d"_s), QStringList{u"drain"_s});
        QVERIFY(!wordsOf({}).contains(u"import"_s)); // not there yet
        QVERIFY(wordsOf({}).contains(u"apply"_s));
        QVERIFY(wordsOf(u"--url ws://127.0.0.1:1 ru"_s).contains(u"runs"_s));
        QCOMPARE(wordsOf(u"help re"_s), (QStringList{u"releases"_s, u"rerun"_s, u"release"_s, u"resume"_s}));
    }

    void optionsOfTheVerbAndOfAll()
    {
        QCOMPARE(wordsOf(u"apply --pr"_s), QStringList{u"--prune"_s});
        QCOMPARE(wordsOf(u"apply --o"_s), QStringList{u"--output"_s});
        QVERIFY(wordsOf(u"agent drain --"_s).contains(u"--yes"_s));
        QVERIFY(!wordsOf(u"completion --"_s).contains(u"--output"_s));
        QVERIFY(wordsOf(u"runs -"_s).contains(u"-n"_s));
        QCOMPARE(wordsOf(u"runs -- --"_s), QStringList());
    }

    void valuesOfOptions()
    {
        QCOMPARE(wordsOf(u"apply --prune "_s), (QStringList{u"true"_s, u"false"_s}));
        QCOMPARE(wordsOf(u"apply --prune=f"_s), QStringList{u"--prune=false"_s});
        QCOMPARE(wordsOf(u"token create --role v"_s), QStringList{u"viewer"_s});
        QCOMPARE(wordsOf(u"runs -o j"_s), (QStringList{u"json"_s, u"jsonl"_s}));
        QCOMPARE(wordsOf(u"completion "_s), (QStringList{u"bash"_s, u"zsh"_s, u"fish"_s}));
        QVERIFY(wordsOf(u"runs --since to"_s).contains(u"today"_s));
    }

    void whatOnlyTheBackendKnows()
    {
        QCOMPARE(complete(u"run "_s).word, Word::Job);
        QCOMPARE(complete(u"run sales/"_s).current, u"sales/"_s);
        QCOMPARE(complete(u"why 4"_s).word, Word::RunOrJob);
        QCOMPARE(complete(u"cancel 1 2"_s).word, Word::Run);
        QCOMPARE(complete(u"token revoke "_s).word, Word::Token);
        QCOMPARE(complete(u"apply "_s).word, Word::File);
        QCOMPARE(complete(u"runs --job "_s).word, Word::Job);
        const Completion joined = complete(u"runs --job=sal"_s);
        QCOMPARE(joined.word, Word::Job);
        QCOMPARE(joined.prefix, u"--job="_s);
        QCOMPARE(joined.current, u"sal"_s);
        QCOMPARE(complete(u"show 1 "_s).word, Word::Text); // there is no second argument
    }

    void anythingIsBorne()
    {
        for (const QString &line : {u"nonsense "_s, u"--nonsense=x y"_s, u"-"_s, u"run --wait --"_s, u"-- run "_s, u"= "_s})
            complete(line);
        for (const QString &shell : completionShells())
            QVERIFY(completionScript(shell).contains(u"belfry __complete"_s));
    }
};

QTEST_GUILESS_MAIN(TestCompleting)
#include "tst_completing.moc"

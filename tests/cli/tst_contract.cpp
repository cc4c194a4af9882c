// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/cli/arguments.h"

#include <QTest>

using namespace belfry;
using namespace Qt::StringLiterals;

// The calls that scripts may rely on, each with every option as it is promised.
class TestContract : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyPromisedCallIsUnderstood_data()
    {
        QTest::addColumn<QString>("words"); // parted by |
        QTest::addColumn<QString>("verb");
        const auto row = [](const char *words, const char *verb) {
            QTest::newRow(words) << QString::fromLatin1(words) << QString::fromLatin1(verb);
        };
        row("apply|a.yaml|b.yaml|--dry-run|--prune=false|--message|M", "apply");
        row("diff|a.yaml|b.yaml", "diff");
        row("rollback|p|3", "rollback");
        row("rollback|p", "rollback");
        row("releases|p", "releases");
        row("validate|a.yaml|b.yaml", "validate");
        row("validate|--schema", "validate");
        row("run|p/j|-p|a=1|-p|b=-2|--wait|--logs|--key|K|--reason|R|--force", "run");
        row("rerun|5", "rerun");
        row("cancel|5|--reason|R", "cancel");
        row("lost|5|--reason|R", "lost");
        row("ps", "ps");
        row("runs|--job|j|--state|failed|--since|-2h|--filter|state:failed|--limit|5|--after|9", "runs");
        row("show|5", "show");
        row("logs|5|-f|-n|10|--attempt|2|--raw|--timestamps|--stream|stdout", "logs");
        row("logs|5|--stream|stderr", "logs");
        row("why|5", "why");
        row("why|p/j|--at|yesterday 14:00", "why");
        row("next|p/j|q/k|-n|3|--from|-1h|--until|+1h", "next");
        row("next|--cron|0 3 * * *|--zone|Europe/Berlin|--gap|run|--fold|both|--id|p/j|-n|3|--from|@0|--until|@99", "next");
        row("days|p/j|q/k|--project|p|--since|-30d|--until|now|--zone|Europe/Berlin", "days");
        row("ledger|p/j|--from|-7d|--until|now", "ledger");
        row("ledger|verify|--from|-7d|--until|now", "ledger verify");
        row("jobs|--filter|tag:a=b", "jobs");
        row("job|show|p/j", "job show");
        row("job|history|p/j", "job history");
        row("job|source|p/j|3", "job source");
        row("agents", "agents");
        row("agent|drain|a", "agent drain");
        row("agent|resume|a", "agent resume");
        row("agent|forget|a", "agent forget");
        row("pause|p/j|--until|today 18:00|--then|skip", "pause");
        row("pause|p|--then|latest", "pause");
        row("pause|p|--then|all", "pause");
        row("resume|p/j", "resume");
        row("status", "status");
        row("doctor|--backup|/b", "doctor");
        for (const char *role : {"viewer", "operator", "editor", "admin", "agent"})
            row(qPrintable(u"token|create|--role|%1|--expires|+90d"_s.arg(QLatin1StringView(role))), "token create");
        row("token|list", "token list");
        row("token|revoke|0123456789ab", "token revoke");
        row("context|list", "context list");
        row("context|use|a", "context use");
        for (const char *shell : {"bash", "zsh", "fish"})
            row(qPrintable(u"completion|"_s + QLatin1StringView(shell)), "completion");
    }

    void everyPromisedCallIsUnderstood()
    {
        QFETCH(QString, words);
        QFETCH(QString, verb);
        const auto arguments = Arguments::parse(words.split(u'|'));
        QVERIFY2(arguments, qPrintable(arguments ? QString() : arguments.error().message));
        QCOMPARE(arguments->verb()->words, verb);
    }

    void everyVerbTakesTheCommonOptions()
    {
        for (const VerbSpec &verb : verbs()) {
            if (!verb.isSupported())
                continue;
            QStringList words = verb.words.split(u' ');
            for (const ArgumentSpec &each : verb.arguments)
                for (int i = 0; i < each.min; ++i)
                    words += each.choices.value(0, u"1"_s);
            for (const QString &form : {u"table"_s, u"wide"_s, u"json"_s, u"jsonl"_s, u"csv"_s, u"name"_s}) {
                const QStringList all = words
                    + QStringList{u"-o"_s, form, u"--url"_s, u"ws://h:1"_s, u"--token-file"_s, u"f"_s, u"--context"_s,
                        u"c"_s, u"--color"_s, u"never"_s, u"--yes"_s};
                const auto arguments = Arguments::parse(all);
                QVERIFY2(arguments, qPrintable(verb.words));
                QCOMPARE(arguments->value(u"output"_s), form);
                QVERIFY(arguments->has(u"yes"_s));
            }
        }
    }
};

QTEST_GUILESS_MAIN(TestContract)
#include "tst_contract.moc"

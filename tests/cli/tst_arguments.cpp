// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/cli/arguments.h"
#include "console/cli/help.h"

#include <QSet>
#include <QTest>

using namespace belfry;
using namespace Qt::StringLiterals;

namespace {

Result<Arguments> parse(const char *line)
{
    return Arguments::parse(QString::fromUtf8(line).split(u' ', Qt::SkipEmptyParts));
}

} // namespace

class TestArguments : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void knowsEveryVerbOfTheContract_data()
    {
        QTest::addColumn<QString>("words");
        QTest::addColumn<bool>("supported");
        for (const char *words : {"apply", "validate", "diff", "rollback", "releases", "run", "cancel", "rerun", "lost",
                 "ps", "runs", "show", "logs", "why", "next", "days", "ledger", "jobs", "job show", "job history", "job source", "agents",
                 "agent drain", "agent resume", "agent forget", "status", "pause", "resume", "ledger verify", "doctor",
                 "token create", "token list", "token revoke", "context list", "context show", "context use",
                 "context set", "context remove", "completion"})
            QTest::newRow(words) << QString::fromLatin1(words) << true;
        QTest::newRow("import") << u"import"_s << false;
    }
    void knowsEveryVerbOfTheContract()
    {
        QFETCH(QString, words);
        QFETCH(bool, supported);
        const VerbSpec *verb = findVerb(words);
        QVERIFY(verb);
        QCOMPARE(verb->isSupported(), supported);
        QVERIFY(overviewHelp().contains(words));
        QVERIFY(verbHelp(*verb).contains(supported ? u"Usage: belfry "_s + words : u"Not supported yet"_s));
    }

    void theTableIsInOrder()
    {
        for (const VerbSpec &verb : verbs()) {
            QSet<QString> names;
            QVERIFY2(!verb.summary.endsWith(u'.') && !verb.summary.isEmpty(), qPrintable(verb.words));
            for (const auto *options : {&verb.options, &commonOptions()})
                for (const OptionSpec &option : *options)
                    for (const QString &name : option.names.split(u',')) {
                        QVERIFY2(!names.contains(name), qPrintable(verb.words + name));
                        QVERIFY2(!option.help.isEmpty(), qPrintable(verb.words + name));
                        names.insert(name);
                    }
            // An example in the help has to work as it stands there.
            for (const Example &example : verb.examples)
                QVERIFY2(example.command.contains(u"belfry "_s + verb.words), qPrintable(example.command));
        }
    }

    void takesACommandLineApart()
    {
        const auto run = parse("run sales/load -p a=1 --param b=x=y --wait --key=k1 -o json --url ws://localhost");
        QVERIFY2(run, run ? "" : qPrintable(run.error().message));
        QCOMPARE(run->verb()->words, u"run"_s);
        QCOMPARE(run->positional(), QStringList{u"sales/load"_s});
        QCOMPARE(run->values(u"param"_s), (QStringList{u"a=1"_s, u"b=x=y"_s}));
        QVERIFY(run->has(u"wait"_s));
        QVERIFY(!run->has(u"logs"_s));
        QCOMPARE(run->value(u"key"_s), u"k1"_s);
        QCOMPARE(run->value(u"output"_s), u"json"_s);
        QCOMPARE(run->value(u"url"_s), u"ws://localhost"_s);
    }

    void takesCommonOptionsOnBothSidesOfTheVerb()
    {
        const auto before = parse("-o csv agent drain db1");
        QVERIFY2(before, before ? "" : qPrintable(before.error().message));
        QCOMPARE(before->verb()->words, u"agent drain"_s);
        QCOMPARE(before->value(u"output"_s), u"csv"_s);
        QCOMPARE(before->positional(0), u"db1"_s);
    }

    void takesValuesThatLookLikeSomethingElse()
    {
        const auto since = parse("runs --since -2h --state failed,lost --state warning -n 3");
        QVERIFY2(since, since ? "" : qPrintable(since.error().message));
        QCOMPARE(since->value(u"since"_s), u"-2h"_s);
        QCOMPARE(since->values(u"state"_s).size(), 2);
        QCOMPARE(*since->number(u"limit"_s, 50, 1, 100), 3);

        // A job may be called like a verb.
        for (const char *line :
            {"run status", "run -p x=1 logs --wait", "run run", "job show show", "next ps jobs", "ledger ps"}) {
            const auto parsed = parse(line);
            QVERIFY2(parsed, parsed ? "" : qPrintable(parsed.error().message));
            QVERIFY(QString::fromLatin1(line).startsWith(parsed->verb()->words));
        }
        QCOMPARE(parse("next ps jobs")->positional(), (QStringList{u"ps"_s, u"jobs"_s}));
        QCOMPARE(parse("run j -p text=-x")->value(u"param"_s), u"text=-x"_s);
        const auto dashed = Arguments::parse({u"run"_s, u"j"_s, u"-p"_s, u"a=b c"_s, u"--reason"_s, u"-because"_s});
        QVERIFY2(dashed, dashed ? "" : qPrintable(dashed.error().message));
        QCOMPARE(dashed->value(u"param"_s), u"a=b c"_s);
        QCOMPARE(dashed->value(u"reason"_s), u"-because"_s);
    }

    void keepsArgumentsAsTheyAre()
    {
        const auto parsed = Arguments::parse({u"run"_s, u"夜/間"_s, u"-p"_s, u"a=\"q\" 'r' [1,2] {3} %4 #5 \\6"_s});
        QVERIFY(parsed);
        QCOMPARE(parsed->positional(0), u"夜/間"_s);
        QCOMPARE(parsed->value(u"param"_s), u"a=\"q\" 'r' [1,2] {3} %4 #5 \\6"_s);
        QCOMPARE(Arguments::parse({u"next"_s, u"--cron"_s, u"*/5 * * * *"_s})->value(u"cron"_s), u"*/5 * * * *"_s);
        QCOMPARE(Arguments::parse({u"run"_s, u"j"_s, u"-p"_s, u"e="_s})->value(u"param"_s), u"e="_s);
        QCOMPARE(
            Arguments::parse({u"run"_s, u"j"_s, u"-p"_s, u"[a,b]"_s})->values(u"param"_s), QStringList{u"[a,b]"_s});
    }

    void prunesUnlessTold()
    {
        QVERIFY(!parse("apply x")->has(u"prune"_s));
        QCOMPARE(parse("apply x --prune=false")->value(u"prune"_s), u"false"_s);
        QVERIFY(!parse("apply x --prune=perhaps"));
    }

    void refusesWithAHint_data()
    {
        QTest::addColumn<QString>("line");
        QTest::addColumn<QString>("says");
        const auto row = [](const char *line, const char *says) {
            QTest::newRow(line) << QString::fromLatin1(line) << QString::fromLatin1(says);
        };
        row("appyl x", "the verb 'appyl' is unknown; did you mean 'apply'?");
        row("statsu", "did you mean 'status'?");
        row("agent dran a", "the verb 'dran' is unknown; did you mean 'drain'?");
        row("agent", "'agent' needs one of: drain, resume, forget");
        row("runs --sinec -1h", "the option --sinec is unknown; did you mean '--since'?");
        row("run j --wiat", "did you mean '--wait'?");
        row("run j -x", "the option -x is unknown");
        row("run", "run: JOB is missing");
        row("show", "show: RUN is missing");
        row("show 1 2", "show: '2' is one argument too many");
        row("ps 3", "ps: '3' is one argument too many");
        row("ps -o jsn", "--output: 'jsn' is none of table, wide, json, jsonl, csv, name; did you mean 'json'?");
        row("next --cron x --gap jump", "--gap: 'jump' is none of run, skip");
        row("import crontab x", "import is not supported yet");
        row("context", "'context' needs one of: list, show, use, set, remove");
    }
    void refusesWithAHint()
    {
        QFETCH(QString, line);
        QFETCH(QString, says);
        const auto parsed = Arguments::parse(line.split(u' '));
        QVERIFY(!parsed);
        QCOMPARE(parsed.error().kind, ErrorKind::Invalid);
        QVERIFY2(parsed.error().message.contains(says), qPrintable(parsed.error().message));
    }

    void refusesOptionsWithoutTheirValue()
    {
        for (const char *line : {"runs --since", "run j -p", "ps -o", "run j --wait=maybe"}) {
            const auto parsed = parse(line);
            QVERIFY2(!parsed, line);
            QVERIFY(!parsed.error().message.isEmpty());
        }
    }

    void checksNumbers()
    {
        const auto bad = parse("runs -n many");
        QVERIFY(!bad->number(u"limit"_s, 50, 1, 100));
        QVERIFY(!parse("runs -n 0")->number(u"limit"_s, 50, 1, 100));
        QVERIFY(!parse("runs -n 1e2")->number(u"limit"_s, 50, 1, 100));
        QCOMPARE(*parse("runs")->number(u"limit"_s, 50, 1, 100), 50);
    }

    void helpNeedsNothingElse()
    {
        for (const char *line :
            {"run --help", "-h", "why -h", "agent --help", "run --help x y z", "--version", "help run", "help"}) {
            const auto parsed = parse(line);
            QVERIFY2(parsed, qPrintable(QString::fromLatin1(line) + (parsed ? QString() : parsed.error().message)));
        }
        QVERIFY(!parse("")->verb());
        QVERIFY(groupHelp(u"agent"_s).contains(u"agent forget"_s));
    }
};

QTEST_APPLESS_MAIN(TestArguments)
#include "tst_arguments.moc"

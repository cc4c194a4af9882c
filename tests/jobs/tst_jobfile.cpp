// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/jobs/jobfile.h"

#include "tests/jobs/jobsbench.h"

#include <QElapsedTimer>
#include <QTest>

using namespace belfry;
using namespace Qt::StringLiterals;

class TestJobFile : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void wholeExampleNamesWhatIsNotSupportedYet();
    void twelveMistakesHaveTwelvePlaces();
    void readsEverythingThatIsSupported();
    void keepsDefaultsOfTheDefinition();
    void mergesDefaultsIntoEachJob();
    void letsAJobReplaceTheWorkOfDefaults();
    void putsTheFilesOfAProjectTogether();
    void refusesOneNameInTwoFiles();
    void refusesFilesOfTwoProjects();
    void takesTheZoneOfTheCaller();
    void givesEachJobTheCalendarsItNeeds();
    void saysOneThingAboutOneMistake_data();
    void saysOneThingAboutOneMistake();
    void tellsRulesApartByTheirParameters();
    void saysAllThatIsWrongWithARule();
    void boundsTheSizeOfADefinition();
    void readsJson();
    void readsTenThousandJobsInTime();
};

void TestJobFile::wholeExampleNamesWhatIsNotSupportedYet()
{
    const QStringList expected{u"29:36 secret parameters"_s, u"33:52 'secret'"_s, u"35:5 'user'"_s, u"47:17 'memory'"_s,
        u"47:31 'cpus'"_s, u"47:40 'pids'"_s, u"48:5 'alerts'"_s, u"50:5 'deadline'"_s, u"57:1 'pipelines'"_s};
    QStringList lines;
    for (const QString &each : expected)
        lines += each + u": not supported yet"_s;
    QCOMPARE(problemsOf(jobsData(u"whole.yaml"_s)), lines);
}

void TestJobFile::twelveMistakesHaveTwelvePlaces()
{
    const auto result = parseJobFiles({{u"twelve.yaml"_s, jobsData(u"twelve/first.yaml"_s)}});
    QVERIFY(!result);
    QStringList places;
    for (const Problem &each : result.error())
        places += u"%1:%2"_s.arg(each.line).arg(each.column);
    QCOMPARE(places, u"2:10 3:7 4:21 7:30 11:18 13:20 14:14 15:14 17:5 19:5 21:14 24:15"_s.split(u' '));
    const QString printed = formatProblems(result.error(), {{u"twelve.yaml"_s, jobsData(u"twelve/first.yaml"_s)}});
    QVERIFY(printed.contains(u"twelve.yaml:17:5: error: the key 'comand' is unknown; did you mean 'command'?\n"
                             "        comand: [./report.sh]\n        ^\n"_s));
}

void TestJobFile::readsEverythingThatIsSupported()
{
    const ParsedProject project = projectOf(jobsData(u"good.yaml"_s));
    QCOMPARE(project.project, u"sales"_s);
    QCOMPARE(project.jobs.size(), std::size_t(2));
    const JobDefinition &job = project.jobs[0];
    QCOMPARE(job.fullName(), u"sales/etl-load"_s);
    QCOMPARE(job.zone, u"Europe/Berlin"_s);
    QCOMPARE(job.tags, (std::map<QString, QString>{{u"env"_s, u"production"_s}, {u"tier"_s, u"1"_s}}));
    QCOMPARE(job.schedule.size(), std::size_t(5));
    const RuleSpec &first = job.schedule[0].rule;
    QCOMPARE(first.cron, u"30 2 * * 1-5"_s);
    QCOMPARE(first.calendar, u"workdays-de"_s);
    QCOMPARE(first.onClosed, OnClosed::Next);
    QCOMPARE(first.jitter, Duration(120'000));
    QCOMPARE(job.schedule[0].params, (Params{{u"mode"_s, u"full"_s}}));
    QCOMPARE(job.schedule[1].rule.every, Duration(900'000));
    QCOMPARE(job.schedule[1].rule.from, *parseRfc3339(u"2026-01-01T00:00:00Z"));
    QCOMPARE(job.schedule[1].rule.name, u"often"_s);
    QCOMPARE(job.schedule[2].rule.gap, GapPolicy::Skip);
    QCOMPARE(job.schedule[2].rule.fold, FoldPolicy::Both);
    QCOMPARE(job.schedule[3].rule.after, Duration(600'000));
    QCOMPARE(job.schedule[4].rule.at, *parseRfc3339(u"2030-06-01T10:00:00Z"));
    QCOMPARE(job.params.size(), std::size_t(7));
    QCOMPARE(job.params[2].defaultValue, u"012"_s);
    QCOMPARE(job.params[2].max, u"1000000"_s);
    QCOMPARE(job.params[4].required, false);
    QCOMPARE(job.command,
        QStringList({u"./load.sh"_s, u"--date"_s, u"${{ params.date }}"_s, u"10"_s, u"1.10"_s, u"true"_s}));
    QCOMPARE(job.env.at(u"MODE"_s), u"${{ params.mode }}"_s);
    QCOMPARE(job.env.at(u"LANG"_s), u"C"_s);
    QCOMPARE(job.agent, u"linux"_s);
    QCOMPARE(job.timeout, Duration(3'600'000));
    QCOMPARE(job.grace, Duration(20'000));
    QCOMPARE(job.exitCodes, (ExitCodes{{3}, {75}, {99}}));
    QCOMPARE(job.retries.max, 3);
    QCOMPARE(job.retries.delay, Duration(5'000));
    QCOMPARE(job.retries.on, QStringList({u"failed"_s, u"timed_out"_s, u"exit:7"_s}));
    QCOMPARE(job.logCap, qint64(2) << 30);
    QCOMPARE(job.keep, (Keep{100, 30 * 24h}));
    QCOMPARE(job.leftovers, Leftovers::Leave);
    QCOMPARE(job.placement, Placement::Sticky);
    QCOMPARE(job.priority, 60);
    QCOMPARE(job.limits, (std::map<QString, int>{{u"dwh"_s, 2}}));
    QCOMPARE(project.limits,
        (std::map<QString, LimitSpec>{{u"api"_s, {0, 10, 1min}}, {u"dwh"_s, {2, 0, 0s}}, {u"mail"_s, {0, 3, 90s}}}));
    QCOMPARE(job.was, u"load"_s);
    QCOMPARE(project.jobs[1].script, u"set -eu\necho \"$BELFRY_PARAM_MODE $HOME ${X}\"\n"_s);
    QCOMPARE(project.jobs[1].shell, u"/bin/bash"_s);
    QCOMPARE(project.places.at(u"etl-load"_s).name, (Mark{12, 3}));
    QCOMPARE(project.places.at(u"etl-load"_s).rules.size(), std::size_t(5));
    QCOMPARE(project.places.at(u"etl-load"_s).rules[1].mark, (Mark{19, 9}));
}

void TestJobFile::keepsDefaultsOfTheDefinition()
{
    const ParsedProject project = projectOf(u"project: p\njobs: {j: {command: [x]}}\n"_s);
    JobDefinition expected;
    expected.project = u"p"_s;
    expected.name = u"j"_s;
    expected.command = QStringList{u"x"_s};
    QCOMPARE(project.jobs, std::vector{expected});
}

void TestJobFile::mergesDefaultsIntoEachJob()
{
    const ParsedProject project = projectOf(
        u"project: p\n"
        "defaults: {timeout: 1h, tags: {a: 1, b: 2}, retries: {max: 2, delay: 1m}, params: {x: {default: a}}, "
        "schedule: '0 1 * * *'}\n"
        "jobs:\n"
        "  one: {command: [x, '${{ params.x }}']}\n"
        "  two: {command: [x], timeout: 2h, tags: {b: 3}, retries: {max: 5}, params: {x: {type: int, default: 1}}, schedule: [{every: 1h}]}\n"_s);
    const JobDefinition &one = project.jobs[0], &two = project.jobs[1];
    QCOMPARE(one.timeout, Duration(3'600'000));
    QCOMPARE(one.schedule[0].rule.cron, u"0 1 * * *"_s);
    QCOMPARE(two.timeout, Duration(7'200'000));
    QCOMPARE(two.tags, (std::map<QString, QString>{{u"a"_s, u"1"_s}, {u"b"_s, u"3"_s}}));
    QCOMPARE(two.retries.max, 5);
    QCOMPARE(two.retries.delay, Duration(60'000));
    QCOMPARE(two.params.size(), std::size_t(1));
    QCOMPARE(two.params[0].type, ParamType::Int);
    QCOMPARE(two.schedule.size(), std::size_t(1));
    QVERIFY(two.schedule[0].rule.cron.isEmpty());
}

void TestJobFile::letsAJobReplaceTheWorkOfDefaults()
{
    const ParsedProject project
        = projectOf(u"project: p\ndefaults: {command: [x]}\njobs:\n  one: {timeout: 1h}\n  two: {script: y}\n"_s);
    QCOMPARE(project.jobs[0].command, QStringList{u"x"_s});
    QCOMPARE(project.jobs[1].command, QStringList());
    QCOMPARE(project.jobs[1].script, u"y"_s);
}

void TestJobFile::putsTheFilesOfAProjectTogether()
{
    const auto result = parseJobFiles(
        {{u"a.yaml"_s,
             u"project: p\nzone: Europe/Berlin\njobs:\n  b: {command: [x], schedule: [{cron: '0 1 * * *', calendar: w}]}\n"_s},
            {u"b.yaml"_s,
                u"project: p\ncalendars: {w: {weekdays: [mon]}}\ndefaults: {timeout: 1h}\njobs:\n  a: {command: [x]}\n"_s}});
    QVERIFY(result);
    QCOMPARE(result->jobs.size(), std::size_t(2));
    QCOMPARE(result->jobs[0].name, u"a"_s);
    QCOMPARE(result->jobs[0].zone, u"UTC"_s);
    QCOMPARE(result->jobs[1].zone, u"Europe/Berlin"_s);
    QCOMPARE(result->jobs[1].timeout, std::optional<Duration>());
    QCOMPARE(result->jobs[1].calendars.size(), std::size_t(1));
}

void TestJobFile::refusesOneNameInTwoFiles()
{
    const auto result = parseJobFiles(
        {{u"a.yaml"_s, u"project: p\ncalendars: {w: {weekdays: [mon]}}\njobs:\n  j: {command: [x]}\n"_s},
            {u"b.yaml"_s, u"project: p\ncalendars:\n  w: {weekdays: [mon]}\njobs:\n  j: {command: [x]}\n"_s}});
    QVERIFY(!result);
    QCOMPARE(linesOf(result.error()),
        QStringList({u"3:3 the calendar 'w' is defined twice, first at a.yaml:2:13"_s,
            u"5:3 the job 'j' is defined twice, first at a.yaml:4:3"_s}));
    QCOMPARE(result.error()[0].file, u"b.yaml"_s);
}

void TestJobFile::refusesFilesOfTwoProjects()
{
    const auto result
        = parseJobFiles({{u"a.yaml"_s, u"project: p\njobs: {}\n"_s}, {u"b.yaml"_s, u"project: q\njobs: {}\n"_s}});
    QVERIFY(!result);
    QCOMPARE(linesOf(result.error()), QStringList{u"1:10 this file is of project 'q', 'a.yaml' is of 'p'"_s});
    QVERIFY(!parseJobFiles({}));
}

void TestJobFile::takesTheZoneOfTheCaller()
{
    const auto result = parseJobFiles(
        {{u"a.yaml"_s, u"project: p\njobs: {j: {command: [x]}, k: {command: [x], zone: UTC}}\n"_s}}, u"Europe/Paris"_s);
    QVERIFY(result);
    QCOMPARE(result->jobs[0].zone, u"Europe/Paris"_s);
    QCOMPARE(result->jobs[1].zone, u"UTC"_s);
}

void TestJobFile::givesEachJobTheCalendarsItNeeds()
{
    const ParsedProject project = projectOf(
        u"project: p\ncalendars:\n  a: {minus: b}\n  b: {or: [c]}\n  c: {weekdays: [mon]}\n  d: {weekdays: [tue]}\n"
        "jobs:\n  j: {command: [x], schedule: [{cron: '0 1 * * *', calendar: a}]}\n  k: {command: [x]}\n"_s);
    QCOMPARE(project.calendars.size(), std::size_t(4));
    QStringList names;
    for (const auto &[name, spec] : project.jobs[0].calendars)
        names += name;
    QCOMPARE(names, QStringList({u"a"_s, u"b"_s, u"c"_s}));
    QVERIFY(project.jobs[1].calendars.empty());
}

// A mistake whose consequences would be mistakes of their own.
void TestJobFile::saysOneThingAboutOneMistake_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("line");
    const auto row = [](const char *name, const char *text, const char *line) {
        QTest::newRow(name) << QString::fromLatin1(text) << QString::fromLatin1(line);
    };
    row("misspelled calendars",
        "project: p\ncalendar: {w: {weekdays: [mon]}}\njobs: {j: {command: [x], schedule: [{cron: '0 1 * * *', "
        "calendar: w}]}}\n",
        "2:1 the key 'calendar' is unknown");
    row("bad calendar",
        "project: p\ncalendars: {w: {weekdays: [xxx]}}\njobs: {j: {command: [x], schedule: [{cron: '0 1 * * *', "
        "calendar: w}]}}\n",
        "2:28 expected mon, tue, wed, thu, fri, sat or sun, found the text 'xxx'");
    row("misspelled params",
        "project: p\njobs: {j: {parms: {x: {}}, command: ['${{ params.x }}'], schedule: [{every: 1h, params: {x: "
        "1}}]}}\n",
        "2:12 the key 'parms' is unknown");
    row("bad parameter",
        "project: p\njobs: {j: {params: {x: {type: nt}}, command: ['${{ params.x }}'], schedule: [{every: 1h, params: "
        "{x: 1}}, {every: 2h}]}}\n",
        "2:31 expected string, int, number, bool, date or duration, found the text 'nt'; did you mean 'int'?");
    row("merge key with the work", "project: p\nx-base: &base {command: [x]}\njobs: {j: {<<: *base, timeout: 1h}}\n",
        "3:12 merge keys ('<<') are not allowed");
    row("bad default",
        "project: p\ndefaults: {agent: 'a b'}\njobs: {j: {command: [x]}, k: {command: [x]}, l: {command: [x]}}\n",
        "2:22 expected && or || here");
    row("unsupported and wrong", "project: p\njobs: {j: {command: [x], start_by: soon}}\n",
        "2:36 'soon' is not a duration: write it like 90s, 15m, 2h30m or 7d");
    row("bad rule", "project: p\njobs: {j: {command: [x], schedule: [{every: often}]}}\n",
        "2:45 'often' is not a duration: write it like 90s, 15m, 2h30m or 7d");
    row("bad zone of a rule", "project: p\njobs: {j: {command: [x], schedule: [{cron: '0 1 * * *', zone: X/Y}]}}\n",
        "2:63 zone 'X/Y' is not in the zone database; write an IANA name such as Europe/Berlin");
}

void TestJobFile::saysOneThingAboutOneMistake()
{
    QFETCH(QString, text);
    QFETCH(QString, line);
    QCOMPARE(problemsOf(text), QStringList{line});
}

void TestJobFile::tellsRulesApartByTheirParameters()
{
    const QString twoRules = uR"(project: p
jobs:
  a:
    script: "true"
    params: {which: {default: x}}
    schedule:
      - {every: 10s, params: {which: one}}
      - {every: 10s, params: {which: %}}
)"_s;
    const ParsedProject project = projectOf(QString(twoRules).replace(u'%', u"two"_s));
    const auto &rules = project.jobs.front().schedule;
    QCOMPARE(rules.size(), std::size_t(2));
    QVERIFY(ruleKey(rules[0]) != ruleKey(rules[1]));
    QCOMPARE(problemsOf(QString(twoRules).replace(u'%', u"one"_s)),
        QStringList{u"8:9 this rule is there twice, first at line 7"_s});
}

void TestJobFile::saysAllThatIsWrongWithARule()
{
    const QStringList problems = problemsOf(uR"(project: p
jobs:
  a:
    script: "true"
    schedule:
      - {cron: "61 2 * * *", zone: Europe/Berln, calendar: closed}
)"_s);
    QCOMPARE(problems.size(), 3);
    QVERIFY2(problems[0].startsWith(u"6:17 minute: "), qPrintable(problems[0]));
    QVERIFY2(problems[1].contains(u"Europe/Berln"), qPrintable(problems[1]));
    QVERIFY2(problems[2].contains(u"closed"), qPrintable(problems[2]));
}

void TestJobFile::boundsTheSizeOfADefinition()
{
    QString text = u"project: p\njobs:\n  j:\n    command: [x]\n    env:\n"_s;
    for (int i = 0; i < 5; ++i)
        text += u"      V%1: %2\n"_s.arg(i).arg(u"a"_s.repeated(60'000));
    QCOMPARE(problemsOf(text), QStringList{u"3:3 the definition of 'j' has 293.2 KiB, the limit is 256 KiB"_s});
}

void TestJobFile::readsJson()
{
    const ParsedProject project = projectOf(
        u"{\"project\":\"p\",\"jobs\":{\"j\":{\"command\":[\"x\",\"\\u00e4\\n\"],\"timeout\":\"1h\",\"enabled\":false,"
        "\"retries\":{\"max\":3}}}}"_s);
    QCOMPARE(project.jobs[0].command[1], u"ä\n"_s);
    QCOMPARE(project.jobs[0].enabled, false);
    QCOMPARE(project.jobs[0].retries.max, 3);
}

void TestJobFile::readsTenThousandJobsInTime()
{
    QString text = u"project: p\nzone: Europe/Berlin\ncalendars: {w: {weekdays: [mon, tue, wed, thu, fri]}}\njobs:\n"_s;
    for (int i = 0; i < 10'000; ++i)
        text
            += u"  job-%1:\n    schedule: [{cron: '%2 2 * * *', calendar: w}, {every: 15m}]\n    params: {date: {type: "
               u"date, default: '${{ occasion.date }}'}}\n"
               "    command: [./run.sh, --date, '${{ params.date }}']\n    env: {A: b, C: d}\n    agent: linux && !gpu\n    timeout: 1h\n"_s
                   .arg(i)
                   .arg(i % 60);
    QElapsedTimer timer;
    timer.start();
    const ParsedProject project = projectOf(text);
    qInfo("10 000 jobs in %lld ms", timer.elapsed());
    QCOMPARE(project.jobs.size(), std::size_t(10'000));
    // The goal is an apply within 10 s on an idle machine.
    QVERIFY(timer.elapsed() < 30'000);
}

QTEST_GUILESS_MAIN(TestJobFile)
#include "tst_jobfile.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/server/permissions.h"
#include "console/models/estimates.h"
#include "console/models/filterhelp.h"
#include "console/models/fuzzy.h"
#include "console/models/runwords.h"
#include "console/models/times.h"
#include "console/models/triggerform.h"

#include <QFile>
#include <QTest>

using namespace belfry;
using namespace Qt::StringLiterals;

namespace {

Job jobWithParams()
{
    Job job;
    job.definition.project = u"p"_s;
    job.definition.name = u"etl"_s;
    job.definition.params = {{.name = u"mode"_s, .defaultValue = u"delta"_s, .choices = {u"full"_s, u"delta"_s}},
        {.name = u"rows"_s, .type = ParamType::Int, .min = u"1"_s, .max = u"100"_s},
        {.name = u"note"_s, .required = false}};
    return job;
}

} // namespace

class TestLogic : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aFormIsJudgedAsTheBackendJudges()
    {
        TriggerForm form(jobWithParams());
        QVERIFY(!form.isGood()); // rows has no value
        QVERIFY(!form.fault(form.fields()[1]).isEmpty());
        form.set(u"rows"_s, u"101"_s);
        const auto judged = checkParamValue(form.fields()[1], u"101"_s);
        QVERIFY(!judged);
        QCOMPARE(form.fault(form.fields()[1]), judged.error().message);
        form.set(u"rows"_s, u"007"_s);
        form.set(u"mode"_s, u"full"_s);
        form.set(u"note"_s, u"it's so"_s);
        QVERIFY(form.isGood());
        const wire::RunTrigger request = form.request(u"because"_s, true);
        QCOMPARE(request.job, u"p/etl"_s);
        QCOMPARE(request.params.at(u"rows"_s).toString(), u"7"_s);
        QCOMPARE(request.params.size(), 3u);
        QVERIFY(request.force);
        QCOMPARE(form.commandLine(u"because"_s, false),
            u"belfry run p/etl -p mode=full -p 'note=it'\\''s so' -p rows=007 --reason because"_s);
        form.set(u"note"_s, {});
        QCOMPARE(form.request({}, false).params.size(), 2u);
    }

    void aFormTakesTheParametersOfARun()
    {
        TriggerForm form(jobWithParams());
        form.setAll({{u"mode"_s, u"delta"_s}, {u"rows"_s, u"5"_s}, {u"gone"_s, u"x"_s}});
        QCOMPARE(form.given(u"mode"_s), QString()); // the default
        QCOMPARE(form.given(u"rows"_s), u"5"_s);
        QVERIFY(form.isGood());
    }

    void spansAndAgesReadWell_data()
    {
        QTest::addColumn<qint64>("ms");
        QTest::addColumn<QString>("text");
        QTest::newRow("nothing") << qint64(0) << u"0s"_s;
        QTest::newRow("negative") << qint64(-5) << u"0s"_s;
        QTest::newRow("short") << qint64(850) << u"850ms"_s;
        QTest::newRow("seconds") << qint64(59'999) << u"59s"_s;
        QTest::newRow("minutes") << qint64(252'000) << u"4m 12s"_s;
        QTest::newRow("hours") << qint64(3'600'000 * 3 + 60'000 * 5) << u"3h 05m"_s;
        QTest::newRow("days") << qint64(86'400'000) * 4 + 7'200'000 << u"4d 2h"_s;
    }
    void spansAndAgesReadWell()
    {
        QFETCH(qint64, ms);
        QFETCH(QString, text);
        QCOMPARE(spanText(Duration(ms)), text);
    }

    void oneSwitchTurnsAllTimes()
    {
        const ManualClock clock(*parseRfc3339(u"2026-07-01T12:00:00Z"));
        Times times(clock);
        times.setLocalZone(*Zone::make(u"America/New_York"));
        times.setZoneOfJob([](const QString &job) { return job == "p/a"_L1 ? u"Europe/Berlin"_s : QString(); });
        const Instant at = *parseRfc3339(u"2026-07-01T10:30:05Z");
        QCOMPARE(times.text(at, u"p/a"_s), u"06:30:05"_s);
        times.setMode(Times::Mode::Utc);
        QCOMPARE(times.text(at, u"p/a"_s), u"10:30:05"_s);
        times.setMode(Times::Mode::Job);
        QCOMPARE(times.text(at, u"p/a"_s), u"12:30:05"_s);
        QCOMPARE(times.text(at, u"p/b"_s), u"10:30:05"_s); // its zone is not known
        QCOMPARE(times.longText(at, u"p/a"_s), u"Wed 1 Jul 2026 12:30:05 +02:00"_s);
        QCOMPARE(times.text(at - 48h, u"p/a"_s), u"2026-06-29 12:30"_s);
        QVERIFY(times.everyZone(at, u"p/a"_s).contains(u"Europe/Berlin"));
        QVERIFY(times.everyZone(at, u"p/a"_s).contains(u"1h 29m ago"));
    }

    void progressNeverClaimsTheEnd()
    {
        wire::RunRow run;
        run.state = RunState::Running;
        run.startedAt = Instant(0);
        const Estimate usual{.median = 100s, .p90 = 120s, .samples = 5};
        QCOMPARE(progressOf(run, std::nullopt, Instant(50'000)).kind, Progress::Kind::Busy);
        QCOMPARE(progressOf(run, usual, Instant(50'000)).fraction, 0.5);
        QCOMPARE(progressOf(run, usual, Instant(110'000)).fraction, 0.99);
        QCOMPARE(progressOf(run, usual, Instant(130'000)).kind, Progress::Kind::Late);
        run.state = RunState::Queued;
        QCOMPARE(progressOf(run, usual, Instant(50'000)).kind, Progress::Kind::None);
    }

    void everyStateHasAWordAShapeAndASentence()
    {
        std::set<QString> icons;
        for (const auto &[state, name] : enumNames(static_cast<const RunState *>(nullptr))) {
            const StateLook look = lookOf(state);
            QVERIFY2(!look.word.isEmpty() && !look.meaning.isEmpty(), name);
            QVERIFY2(QFile::exists(QStringLiteral(BELFRY_SOURCE_DIR) + u"/resources/icons/"_s + look.icon + u".svg"_s),
                name);
            QVERIFY2(icons.insert(look.icon).second, name); // no two states have the same shape
        }
    }

    void filtersAreJudgedAndCompleted()
    {
        QVERIFY(filterFault(FilterKind::Runs, u"state:failed since:24h"_s).isEmpty());
        QVERIFY(filterFault(FilterKind::Runs, u"stat:failed"_s).contains(u"state"));
        QVERIFY(filterFault(FilterKind::Jobs, u"project:p -state:succeeded"_s).isEmpty());
        QVERIFY(filterCompletions(FilterKind::Runs, u"sta"_s, 3, {}, {}).contains(u"state:"_s));
        QVERIFY(filterCompletions(FilterKind::Runs, u"job:x -state:fa"_s, 15, {}, {}).contains(u"-state:failed"_s));
        QCOMPARE(filterCompletions(FilterKind::Runs, u"agent:db"_s, 8, {}, {u"db1"_s, u"fs2"_s}),
            QStringList{u"agent:db1"_s});
        QCOMPARE(wordStart(u"a \"b c\" d"_s, 9), 8);
        // Each completion of a value is good as it stands.
        for (const QString &each : filterCompletions(FilterKind::Runs, u"state:"_s, 6, {}, {}))
            QVERIFY(filterFault(FilterKind::Runs, each).isEmpty());
    }

    void lettersAreFoundInOrder()
    {
        QVERIFY(fuzzyScore(u"etl", u"sales/etl-load") > 0);
        QVERIFY(fuzzyScore(u"sel", u"sales/etl-load") > 0);
        QCOMPARE(fuzzyScore(u"lte", u"etl"), 0);
        QVERIFY(fuzzyScore(u"el", u"etl-load") > fuzzyScore(u"el", u"reload-the-files"));
        QVERIFY(fuzzyScore(u"crunch", u"Run examples/crunch") > fuzzyScore(u"crunch", u"c-r-u-n-c-h and more"));
    }

    void rightsAreThoseOfTheBackend()
    {
        const auto needs = [](std::string_view method) { return ruleOf(method)->needs; };
        for (const std::string_view method :
            {wire::RunTrigger::method, wire::RunCancel::method, wire::RunRerun::method, wire::RunDeclareLost::method,
                wire::JobPause::method, wire::JobResume::method, wire::AgentDrain::method, wire::AgentResume::method})
            QCOMPARE(needs(method), Role::Operator);
        QCOMPARE(needs(wire::AgentForget::method), Role::Admin);
    }
};

QTEST_GUILESS_MAIN(TestLogic)
#include "tst_logic.moc"

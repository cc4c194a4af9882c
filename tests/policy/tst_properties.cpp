// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/engine/bench.h"
#include "tests/policy/player.h"

#include <QTest>

#include <rapidcheck.h>

using namespace belfry;
using namespace belfry::policy;
using namespace Qt::StringLiterals;

namespace {

const Instant start = clockAt("10:00");

Duration anyDuration(int most) // seconds, some of them at full minutes
{
    const int seconds = *rc::gen::inRange(1, most);
    return *rc::gen::arbitrary<bool>() ? Duration(seconds * 1000) : Duration((seconds / 60 + 1) * 60'000);
}

JobDefinition anyJob(const QString &name)
{
    JobDefinition job = jobNamed(name);
    const int rules = *rc::gen::inRange(1, 3);
    for (int i = 0; i < rules; ++i) {
        const QString rule = u"r%1"_s.arg(i);
        job.schedule.push_back(*rc::gen::weightedElement<ScheduleRule>({{4, everyRule(rule, anyDuration(1800))},
            {2, cronRule(rule, u"*/7 * * * *"_s)}, {1, cronRule(rule, u"0 * * * *"_s)}}));
        if (*rc::gen::inRange(0, 4) == 0)
            job.schedule.back().rule.jitter = anyDuration(300);
    }
    job.overlap = *rc::gen::element(
        OverlapPolicy::Queue, OverlapPolicy::Queue, OverlapPolicy::Skip, OverlapPolicy::Replace, OverlapPolicy::Allow);
    job.maxQueued = *rc::gen::inRange(0, 3);
    job.maxRunning = *rc::gen::inRange(1, 4);
    job.catchUp.policy = *rc::gen::element(CatchUpPolicy::None, CatchUpPolicy::Latest, CatchUpPolicy::All);
    job.catchUp.max = *rc::gen::inRange(1, 6);
    job.catchUp.window = *rc::gen::element<Duration>(0s, 10min, 24h);
    if (*rc::gen::inRange(0, 3) == 0)
        job.startBy = anyDuration(1800);
    job.enabled = *rc::gen::inRange(0, 8) > 0;
    return job;
}

Apply anyApply()
{
    Apply apply{.project = u"p"_s};
    for (const QString &name : {u"a"_s, u"b"_s}) {
        if (*rc::gen::inRange(0, 6) > 0)
            apply.jobs.push_back(anyJob(name));
    }
    if (apply.jobs.empty())
        apply.jobs.push_back(anyJob(u"c"_s));
    return apply;
}

Timeline anyTimeline()
{
    Timeline timeline{.file = u"random"_s, .start = start, .end = start, .slots = *rc::gen::inRange(1, 5)};
    for (const QString &name : {u"a"_s, u"b"_s, u"c"_s}) {
        for (int i = 0; i < 3; ++i)
            timeline.takes[name].push_back({anyDuration(2400), *rc::gen::element(0, 0, 1)});
        timeline.stops[name] = *rc::gen::element<Duration>(0s, 30s);
    }
    Instant at = start;
    bool away = false;
    const auto add = [&](Act act) {
        timeline.entries.push_back({at, int(timeline.entries.size()) + 1, std::move(act)});
    };
    add(anyApply());
    const int count = *rc::gen::inRange(1, 12);
    for (int i = 0; i < count; ++i) {
        at = at + anyDuration(3600);
        switch (*rc::gen::inRange(0, 8)) {
        case 0:
            add(anyApply());
            break;
        case 1: {
            const Instant until = at + anyDuration(7200);
            add(Down{until});
            at = until;
            add(Up{});
            break;
        }
        case 2: {
            Pause pause{.name = u"p"_s};
            pause.then = *rc::gen::element(PauseThen::Skip, PauseThen::Latest, PauseThen::All);
            add(pause);
            break;
        }
        case 3:
            add(Resume{u"p"_s});
            break;
        case 4:
            add(ClockStep{*rc::gen::element(1, -1) * anyDuration(7200)});
            break;
        case 5:
            away = !away;
            add(away ? Act(AgentAway{}) : Act(AgentBack{}));
            break;
        default:
            add(Trigger{.job = u"p/a"_s});
            break;
        }
    }
    timeline.end = at + 1h;
    return timeline;
}

} // namespace

class TestProperties : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    // Whatever happens: each occasion has exactly one row, and each row is owed.
    void everyOccasionHasOneRow()
    {
        QVERIFY(rc::check([] {
            Timeline timeline = anyTimeline();
            const auto played = play(timeline, Refusals::Ignore);
            if (!played)
                RC_FAIL(played.error().message.toStdString());
        }));
    }

    // What the ledger records is what `next` had announced.
    void aYearInFourZones()
    {
        struct Case {
            QString zone;
            QStringList crons;
        };
        const std::vector<Case> cases{{u"Europe/Berlin"_s, {u"30 2 * * *"_s, u"*/20 1-3 * * *"_s, u"0 6 L * *"_s}},
            {u"America/New_York"_s, {u"15 1,2 * * 0"_s, u"H * * * *"_s, u"0 9 * * 1#1"_s}},
            {u"Australia/Lord_Howe"_s, {u"45 1 * * *"_s, u"0 */2 * * *"_s}},
            {u"America/Sao_Paulo"_s, {u"0 0 * * *"_s, u"30 23 LW * *"_s}}};
        const Instant first = parseRfc3339(u"2026-01-01T00:00:00Z"_s).value();
        const Instant last = parseRfc3339(u"2027-01-01T00:00:00Z"_s).value();
        Timeline timeline{.file = u"year"_s, .start = first, .end = last};
        Apply apply{.project = u"p"_s};
        QStringList announced;
        for (std::size_t i = 0; i < cases.size(); ++i) {
            JobDefinition job = jobNamed(u"j%1"_s.arg(i));
            job.zone = cases[i].zone;
            for (const QString &cron : cases[i].crons)
                job.schedule.push_back(cronRule(u"r%1"_s.arg(job.schedule.size()), cron));
            const auto rules = engine::rulesOf(job, u"p/"_s + job.name).value();
            for (const engine::DueRule &rule : rules) {
                for (const Occurrence &entry : rule.rule.list(first, last + 1ms, 1'000'000))
                    announced.push_back(u"%1 %2 %3 %4"_s.arg(
                        toRfc3339(entry.at), job.fullName(), rule.key, entry.fires() ? u"fires"_s : u"skipped"_s));
            }
            apply.jobs.push_back(std::move(job));
        }
        timeline.entries.push_back({first, 1, apply});
        const auto played = play(timeline);
        QVERIFY2(played, played ? "" : qPrintable(played.error().message));
        QStringList recorded;
        for (const Occasion &row : played->rows)
            recorded.push_back(u"%1 %2 %3 %4"_s.arg(
                toRfc3339(row.at), row.jobName, row.rule, row.fate == Fate::Skipped ? u"skipped"_s : u"fires"_s));
        announced.sort();
        recorded.sort();
        QVERIFY(recorded.size() > 10'000);
        QCOMPARE(recorded, announced);
    }
};

QTEST_APPLESS_MAIN(TestProperties)
#include "tst_properties.moc"

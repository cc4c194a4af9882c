// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/dayhistory.h"

#include "tests/client/fakebackend.h"
#include "tests/patience.h"

#include <QSignalSpy>

using namespace belfry;
using namespace Qt::StringLiterals;

namespace {

constexpr Instant now{1'774'828'800'000}; // Mon 2026-03-30 00:00 UTC, which is 02:00 in Berlin

wire::DayRow dayOf(const Zone &zone, QDate date, const std::map<QString, qint64> &runs, qint64 missed = 0)
{
    return {.date = date.toString(Qt::ISODate),
        .from = startOfDay(zone, dayNumberOf(date)),
        .until = startOfDay(zone, dayNumberOf(date) + 1),
        .runs = runs,
        .missed = missed};
}

} // namespace

// The last year of the console, against a scripted backend.
class TestDayHistory : public QObject
{
    Q_OBJECT

    std::unique_ptr<FakeBackend> m_backend;
    std::unique_ptr<Session> m_session;
    std::unique_ptr<Times> m_times;
    std::unique_ptr<Estimates> m_estimates;
    std::unique_ptr<LiveRuns> m_liveRuns;
    std::unique_ptr<DayHistory> m_days;
    ManualClock m_clock{now};
    Zone m_berlin = *Zone::make(u"Europe/Berlin");

    bool take(wire::RunDays *question, QJsonValue *id)
    {
        if (!comesTrue([&] { return !m_backend->requests.empty(); }))
            return false;
        *question = m_backend->take<wire::RunDays>(id);
        return true;
    }
    bool answer(const QJsonValue &id, const std::vector<wire::DayRow> &days)
    {
        QSignalSpy changed(m_days.get(), &DayHistory::changed);
        m_backend->answer(id, wire::DaysReply{u"Europe/Berlin"_s, days});
        return comesTrue([&] { return !changed.isEmpty(); });
    }

private Q_SLOTS:
    void init()
    {
        m_backend = std::make_unique<FakeBackend>();
        m_backend->ignored += QString::fromLatin1(wire::ServerStatus::method);
        m_session = std::make_unique<Session>(m_clock);
        m_times = std::make_unique<Times>(m_clock);
        m_times->setLocalZone(m_berlin);
        m_estimates = std::make_unique<Estimates>(m_session.get());
        m_liveRuns = std::make_unique<LiveRuns>(m_times.get(), m_estimates.get());
        m_days = std::make_unique<DayHistory>(m_session.get(), m_times.get(), m_liveRuns.get());
        m_session->open({.url = m_backend->url(), .token = "t"});
        QVERIFY(comesTrue([this] { return m_session->isReady(); }));
    }
    void cleanup()
    {
        m_days.reset();
        m_liveRuns.reset();
        m_estimates.reset();
        m_times.reset();
        m_session.reset();
        m_backend.reset();
    }

    void saysHowADayWent()
    {
        const QDate date(2026, 3, 1);
        const auto words = [&](const std::map<QString, qint64> &runs, qint64 missed = 0) {
            return dayWords(dayOf(m_berlin, date, runs, missed));
        };
        QCOMPARE(words({}), u"nothing ran"_s);
        QVERIFY(words({{u"succeeded"_s, 10}, {u"failed"_s, 2}}).endsWith(u": 2 failed, 10 succeeded"_s));
        QVERIFY(words({}, 3).contains(u'3'));
        const auto look = [&](const std::map<QString, qint64> &runs, qint64 missed = 0) {
            return lookOf(dayOf(m_berlin, date, runs, missed)).look;
        };
        QCOMPARE(look({{u"succeeded"_s, 10}}), Look::Success);
        QCOMPARE(look({{u"succeeded"_s, 10}, {u"warning"_s, 1}, {u"running"_s, 1}}), Look::Warning);
        QCOMPARE(look({{u"succeeded"_s, 10}, {u"failed"_s, 1}, {u"warning"_s, 5}}), Look::Failed);
        QCOMPARE(look({{u"failed"_s, 1}, {u"lost"_s, 1}}), Look::Unknown);
        QCOMPARE(look({{u"succeeded"_s, 10}}, 1), lookOf(Fate::Missed).look);
        QCOMPARE(look({{u"failed"_s, 1}}, 1), Look::Failed);
        QCOMPARE(runsOf(dayOf(m_berlin, date, {{u"failed"_s, 1}, {u"lost"_s, 2}})), 3);
    }

    void asksOnlyForThoseWhoLook()
    {
        QTest::qWait(0);
        QVERIFY(m_backend->requests.empty());
        m_days->setActive(true);
        wire::RunDays question;
        QJsonValue id;
        QVERIFY(take(&question, &id));
        QCOMPARE(question.zone, u"Europe/Berlin"_s);
        QCOMPARE(m_days->today(), QDate(2026, 3, 30));
        QCOMPARE(m_days->firstDay(), QDate(2025, 3, 31)); // a Monday
        QCOMPARE(question.since, std::optional(startOfDay(m_berlin, dayNumberOf(QDate(2025, 3, 31)))));
        QVERIFY(!m_days->isComplete());
        QVERIFY(answer(id, {dayOf(m_berlin, QDate(2026, 3, 29), {{u"failed"_s, 1}})}));
        QVERIFY(m_days->isComplete());
        QCOMPARE(m_days->day(QDate(2026, 3, 29)).runs.at(u"failed"_s), 1);
        const wire::DayRow empty = m_days->day(QDate(2026, 3, 28));
        QVERIFY(empty.runs.empty());
        QCOMPARE(empty.until, m_days->day(QDate(2026, 3, 29)).from);
        QCOMPARE(m_days->day(QDate(2026, 3, 29)).until - m_days->day(QDate(2026, 3, 29)).from,
            Duration(std::chrono::hours(23)));
        QCOMPARE(m_days->most(), 1);
    }

    void asksAgainFromTheDayOfAChange()
    {
        m_days->setActive(true);
        wire::RunDays question;
        QJsonValue id;
        QVERIFY(take(&question, &id));
        QVERIFY(answer(id,
            {dayOf(m_berlin, QDate(2026, 3, 20), {{u"failed"_s, 1}}),
                dayOf(m_berlin, QDate(2026, 3, 29), {{u"running"_s, 1}})}));
        wire::RunRow run;
        run.id = RunId(7);
        run.jobName = u"p/a"_s;
        run.queuedAt = now - std::chrono::hours(10); // Sunday afternoon
        Q_EMIT m_liveRuns->runChanged(run);
        QVERIFY(take(&question, &id));
        QCOMPARE(toRfc3339(question.since.value_or(Instant())), toRfc3339(run.queuedAt));
        QVERIFY(answer(id, {dayOf(m_berlin, QDate(2026, 3, 29), {{u"succeeded"_s, 1}})}));
        QCOMPARE(m_days->day(QDate(2026, 3, 29)).runs, (std::map<QString, qint64>{{u"succeeded"_s, 1}}));
        QCOMPARE(m_days->day(QDate(2026, 3, 20)).runs.at(u"failed"_s), 1); // stays
    }

    void forgetsTheAnswerForOtherJobs()
    {
        m_days->setActive(true);
        wire::RunDays question;
        QJsonValue first, second;
        QVERIFY(take(&question, &first));
        QVERIFY(question.jobs.isEmpty());
        m_days->setJobs(QStringList{u"p/a"_s});
        m_backend->answer(
            first, wire::DaysReply{u"Europe/Berlin"_s, {dayOf(m_berlin, QDate(2026, 3, 29), {{u"failed"_s, 9}})}});
        QVERIFY(take(&question, &second));
        QCOMPARE(question.jobs, QStringList{u"p/a"_s});
        QVERIFY(m_days->day(QDate(2026, 3, 29)).runs.empty());
        QVERIFY(!m_days->isComplete());
        m_backend->refuse(second, {ErrorKind::Unavailable, u"the disk is full"_s});
        QSignalSpy failed(m_days.get(), &DayHistory::failed);
        QVERIFY(comesTrue([&] { return !failed.isEmpty(); }));
        m_days->setJobs(QStringList()); // no job passes: there is nothing to ask
        QVERIFY(m_days->isComplete());
    }
};

QTEST_GUILESS_MAIN(TestDayHistory)
#include "tst_dayhistory.moc"

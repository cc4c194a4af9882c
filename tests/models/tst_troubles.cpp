// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/troublewatch.h"

#include "tests/client/fakebackend.h"
#include "tests/patience.h"

using namespace belfry;
using namespace Qt::StringLiterals;

namespace {

class FakeNotifier final : public Notifier
{
public:
    QString whyNot() const override { return fault; }
    void setCount(qint64 count) override { shownCount = count; }
    void show(const Notification &notification) override { shown.push_back(notification); }

    QString fault;
    qint64 shownCount = -1;
    std::vector<Notification> shown;
};

wire::AttentionRow failure(qint64 run, const QString &job = u"p/a"_s)
{
    return {.job = job, .at = Instant(run * 1000), .run = RunId(run)};
}

} // namespace

// What is told outside of the window, against a backend that says what a test wants, by a clock that stands still.
class TestTroubles : public QObject
{
    Q_OBJECT

    std::unique_ptr<FakeBackend> m_backend;
    ManualClock m_clock{Instant(10'000'000)};
    std::unique_ptr<Session> m_session;
    std::unique_ptr<Times> m_times;
    std::unique_ptr<Estimates> m_estimates;
    std::unique_ptr<LiveRuns> m_liveRuns;
    FakeNotifier m_notifier;
    std::unique_ptr<TroubleWatch> m_watch;
    std::vector<wire::AttentionRow> m_failures; // newest first
    int m_asked = 0; // for attention

    void serve()
    {
        while (!m_backend->requests.empty()) {
            const rpc::Message message = m_backend->take();
            if (message.method == QLatin1StringView(wire::AttentionList::method)) {
                m_backend->answer(message.id, wire::AttentionReply{.rows = m_failures, .next = {}});
                ++m_asked;
            } else if (message.method == QLatin1StringView(wire::JobList::method)) {
                wire::JobListReply reply;
                reply.jobs.push_back({.id = JobId(1), .job = u"p/prod"_s});
                m_backend->answer(message.id, reply);
            } else if (message.method == QLatin1StringView(wire::ServerStatus::method)) {
                wire::StatusReply reply;
                reply.attention = qint64(m_failures.size());
                m_backend->answer(message.id, reply);
            }
        }
    }
    bool served(const std::function<bool()> &until)
    {
        return comesTrue([&] {
            if (m_backend->hasClient())
                serve();
            return until();
        });
    }
    // The watch has looked at what there is now.
    bool looked()
    {
        m_session->refreshStatus();
        const int before = m_asked;
        wire::RunRow run;
        run.id = RunId(1);
        run.state = RunState::Failed;
        Q_EMIT m_liveRuns->runChanged(run); // asks for it
        return served([&] { return m_asked > before; }) && served([&] { return m_backend->requests.empty(); })
            && settled();
    }
    // An answer is on its way when it was sent; it is here when a later one is.
    bool settled()
    {
        bool answered = false;
        m_session->client()->ask(
            wire::ServerStatus{}, this, [&](const Answer<wire::StatusReply> &) { answered = true; });
        return served([&] { return answered; });
    }

private Q_SLOTS:
    void init()
    {
        m_backend = std::make_unique<FakeBackend>();
        m_notifier.fault.clear();
        m_notifier.shown.clear();
        m_failures = {failure(7)};
        m_asked = 0;
        m_session = std::make_unique<Session>(m_clock);
        m_times = std::make_unique<Times>(m_clock);
        m_estimates = std::make_unique<Estimates>(m_session.get());
        m_liveRuns = std::make_unique<LiveRuns>(m_times.get(), m_estimates.get());
        m_watch = std::make_unique<TroubleWatch>(
            TroubleWatch::Sources{m_session.get(), m_times.get(), m_liveRuns.get(), m_estimates.get()}, m_clock);
        m_watch->setNotifier(&m_notifier);
        m_session->open({.url = m_backend->url(), .token = "t"});
        QVERIFY(served([this] { return m_session->isReady() && m_asked > 0; }));
        QVERIFY(settled());
    }
    void cleanup()
    {
        m_watch.reset();
        m_liveRuns.reset();
        m_estimates.reset();
        m_times.reset();
        m_session.reset();
        m_backend.reset();
    }

    void whatWasThereIsNoNews()
    {
        QVERIFY(looked());
        QVERIFY(m_notifier.shown.empty());
        QCOMPARE(m_notifier.shownCount, 1);
    }

    void whatIsStillThereIsNotToldAgainHoweverMuchItIs()
    {
        for (qint64 run = 8; run < 20'100; ++run)
            m_failures.insert(m_failures.begin(), failure(run));
        QVERIFY(looked());
        m_notifier.shown.clear();
        m_clock.advance(TroubleWatch::apart * 2);
        m_failures.insert(m_failures.begin(), failure(30'000));
        QVERIFY(looked());
        QCOMPARE(m_notifier.shown.size(), std::size_t(1));
        QCOMPARE(m_notifier.shown[0].run, RunId(30'000));
    }

    void aNewFailureIsToldOnceAndLeadsToItsRun()
    {
        m_failures.insert(m_failures.begin(), failure(8));
        QVERIFY(looked());
        QCOMPARE(m_notifier.shown.size(), std::size_t(1));
        QCOMPARE(m_notifier.shown[0].run, RunId(8));
        QVERIFY(m_notifier.shown[0].title.contains(u"p/a"));
        m_clock.advance(TroubleWatch::apart * 2);
        QVERIFY(looked());
        QCOMPARE(m_notifier.shown.size(), std::size_t(1));
        QTRY_COMPARE(m_notifier.shownCount, 2);
    }

    void manyAreOneAndAtMostEachHalfMinute()
    {
        for (qint64 run = 8; run < 13; ++run)
            m_failures.insert(m_failures.begin(), failure(run));
        QVERIFY(looked());
        QCOMPARE(m_notifier.shown.size(), std::size_t(1));
        QVERIFY(!m_notifier.shown[0].run);
        QVERIFY(m_notifier.shown[0].title.contains(u"5"));
        m_failures.insert(m_failures.begin(), failure(13));
        QVERIFY(looked());
        m_clock.advance(TroubleWatch::apart - 1ms);
        m_watch->tick();
        QCOMPARE(m_notifier.shown.size(), std::size_t(1));
        m_clock.advance(1ms);
        m_watch->tick();
        QCOMPARE(m_notifier.shown.size(), std::size_t(2));
        QCOMPARE(m_notifier.shown[1].run, RunId(13));
    }

    void aBrokenConnectionTellsNothingTwiceAndHidesNothing()
    {
        m_failures.insert(m_failures.begin(), failure(8));
        QVERIFY(looked());
        QCOMPARE(m_notifier.shown.size(), std::size_t(1));
        m_clock.advance(TroubleWatch::apart);
        m_failures.insert(m_failures.begin(), failure(9));
        m_backend->cut();
        QVERIFY(comesTrue([this] { return !m_session->isReady(); }));
        QVERIFY(served([this] { return m_session->isReady(); }));
        QVERIFY(looked());
        QCOMPARE(m_notifier.shown.size(), std::size_t(2));
        QCOMPARE(m_notifier.shown[1].run, RunId(9));
    }

    void anotherBackendsFailuresAreNoNewsEither()
    {
        m_failures = {failure(100), failure(99)};
        m_backend.reset();
        m_backend = std::make_unique<FakeBackend>();
        m_session->open({.url = m_backend->url(), .token = "t"});
        const int before = m_asked;
        QVERIFY(served([&] { return m_session->isReady() && m_asked > before; }));
        QVERIFY(looked());
        QVERIFY(m_notifier.shown.empty());
    }

    void onlyProduction()
    {
        m_watch->setRule(NotifyRule::Production);
        m_failures.insert(m_failures.begin(), failure(8));
        m_failures.insert(m_failures.begin(), failure(9, u"p/prod"_s));
        QVERIFY(looked());
        QVERIFY(served([this] { return !m_notifier.shown.empty(); }));
        QCOMPARE(m_notifier.shown[0].run, RunId(9));
    }

    void onlyMine()
    {
        m_watch->setRule(NotifyRule::Mine);
        const auto heard = [&](qint64 id, const QString &by) {
            wire::RunRow run;
            run.id = RunId(id);
            run.by = by;
            run.state = RunState::Running;
            Q_EMIT m_liveRuns->runChanged(run);
        };
        m_watch->startedHere(RunId(8));
        heard(8, u"ann"_s);
        heard(9, u"bob"_s);
        heard(10, u"ann"_s); // by the command line
        m_failures.insert(m_failures.begin(), failure(9));
        QVERIFY(looked());
        QVERIFY(m_notifier.shown.empty());
        m_failures.insert(m_failures.begin(), failure(10));
        QVERIFY(looked());
        QCOMPARE(m_notifier.shown.size(), std::size_t(1));
        QCOMPARE(m_notifier.shown[0].run, RunId(10));
    }

    void nothingMeansNothing()
    {
        m_watch->setRule(NotifyRule::Nothing);
        m_failures.insert(m_failures.begin(), failure(8));
        QVERIFY(looked());
        m_watch->setRule(NotifyRule::Everything); // from now on
        QVERIFY(looked());
        QVERIFY(m_notifier.shown.empty());
    }

    void whereNothingCanBeShownItIsSaid()
    {
        m_notifier.fault = u"no tray"_s;
        QCOMPARE(m_watch->whyNot(), u"no tray"_s);
        m_failures.insert(m_failures.begin(), failure(8));
        QVERIFY(looked());
        QVERIFY(m_notifier.shown.empty());
        m_watch->showSample();
        QVERIFY(m_notifier.shown.empty());
        m_notifier.fault.clear();
        m_watch->showSample();
        QCOMPARE(m_notifier.shown.size(), std::size_t(1));
    }
};

QTEST_GUILESS_MAIN(TestTroubles)
#include "tst_troubles.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/client/logstream.h"
#include "console/client/watch.h"
#include "console/demo/demobackend.h"
#include "tests/patience.h"

using namespace belfry;
using namespace Qt::StringLiterals;

namespace {

const Instant start(1'772'000'000'000);

} // namespace

class TestDemo : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theSameSeedIsTheSameWorld()
    {
        DemoWorld one(5, start, 12h), other(5, start, 12h), third(6, start, 12h);
        QVERIFY(one.runs().size() > 100);
        QVERIFY(one.runs() == other.runs());
        QVERIFY(one.runs() != third.runs());
        one.advance(start + 10min);
        other.advance(start + 10min);
        QVERIFY(one.runs() == other.runs());
    }

    void itsRunsKeepTheRules()
    {
        DemoWorld world(1, start, 6h);
        for (int minute = 1; minute <= 120; ++minute) {
            world.advance(start + minute * 1min);
            std::map<QString, int> live, used;
            for (const auto &[id, run] : world.runs())
                if (isLive(run.state)) {
                    ++live[run.jobName];
                    ++used[run.agent];
                }
            for (const auto &[job, count] : live)
                QVERIFY2(count == 1, qPrintable(job));
            for (const auto &[name, agent] : world.agents()) {
                QCOMPARE(agent.used, used[name]);
                QVERIFY(agent.used <= agent.slots);
            }
        }
    }

    void speaksToAClient()
    {
        ManualClock clock(start);
        DemoBackend backend(1, clock);
        QVERIFY(backend.listen());
        Client client({.url = backend.url(), .token = backend.token()});
        client.start();
        std::size_t jobs = 0;
        Watch watch(&client, wire::Topic::Jobs, {});
        connect(&watch, &Watch::reset, this, [&](const std::vector<QJsonValue> &rows) { jobs = rows.size(); });
        QTRY_VERIFY_WITH_TIMEOUT(jobs == backend.world().jobs().size(), patienceMs);
        std::optional<Answer<wire::TriggerReply>> made, refused;
        client.ask(wire::RunTrigger{.job = u"web/warm-cache"_s, .params = {{u"site"_s, u"blog"_s}}}, this,
            [&](const auto &answer) { made = answer; });
        client.ask(wire::RunTrigger{.job = u"web/warm-cache"_s, .params = {{u"site"_s, u"moon"_s}}}, this,
            [&](const auto &answer) { refused = answer; });
        QTRY_VERIFY_WITH_TIMEOUT(made && refused, patienceMs);
        QVERIFY(made->has_value());
        QCOMPARE(refused->error().kind, ErrorKind::Invalid);
        clock.advance(1s);
        QTRY_VERIFY_WITH_TIMEOUT(isLive(backend.world().run((*made)->run)->state), patienceMs);
        QByteArray text;
        bool complete = false;
        LogStream log(&client, {.run = (*made)->run, .follow = true});
        connect(&log, &LogStream::received, this, [&](qint64, const QByteArray &bytes) { text += bytes; });
        connect(&log, &LogStream::ended, this, [&](bool whole) { complete = whole; });
        QTRY_VERIFY_WITH_TIMEOUT(!text.isEmpty(), patienceMs);
        clock.advance(1h);
        QTRY_VERIFY_WITH_TIMEOUT(complete, patienceMs);
        QCOMPARE(text, backend.world().log(*backend.world().run((*made)->run)));
        // Page by page it is the same list as at once.
        std::vector<RunId> paged;
        std::function<void(std::optional<RunId>)> page = [&](std::optional<RunId> after) {
            client.ask(
                wire::RunList{.after = after, .limit = 100}, this, [&](const Answer<wire::RunListReply> &answer) {
                    for (const wire::RunRow &run : answer->runs)
                        paged.push_back(run.id);
                    if (answer->next)
                        page(answer->next);
                    else
                        paged.push_back(RunId());
                });
        };
        page(std::nullopt);
        QTRY_VERIFY_WITH_TIMEOUT(!paged.empty() && !paged.back(), patienceMs);
        QCOMPARE(paged.size(), backend.world().runs().size() + 1);
    }

    void isForNobodyElse()
    {
        ManualClock clock(start);
        DemoBackend backend(1, clock);
        QVERIFY(backend.listen());
        Client client({.url = backend.url(), .token = "guess"});
        client.start();
        QTRY_COMPARE_WITH_TIMEOUT(client.state(), Client::State::Failed, patienceMs);
    }
};

QTEST_GUILESS_MAIN(TestDemo)
#include "tst_demo.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/attention.h"
#include "console/models/lastvalues.h"

#include "tests/client/fakebackend.h"
#include "tests/patience.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTemporaryDir>

using namespace belfry;
using namespace Qt::StringLiterals;

// What nobody has acknowledged, against a backend that has as much of it as a test wants; and what forms remember.
class TestAttention : public QObject
{
    Q_OBJECT

    std::unique_ptr<FakeBackend> m_backend;
    std::unique_ptr<Client> m_client;
    ManualClock m_clock{Instant(10'000'000)};
    std::set<qint64> m_runs; // that failed

    void serve()
    {
        while (!m_backend->requests.empty()) {
            QJsonValue id;
            const auto question = m_backend->take<wire::AttentionList>(&id);
            wire::AttentionReply reply;
            const qint64 below
                = question.after.isEmpty() ? std::numeric_limits<qint64>::max() : question.after.toLongLong();
            for (auto run = m_runs.rbegin(); run != m_runs.rend(); ++run) {
                if (*run >= below)
                    continue;
                if (int(reply.rows.size()) == question.limit) {
                    reply.next = QString::number(reply.rows.back().run->value);
                    break;
                }
                reply.rows.push_back({.job = u"p/a"_s, .at = Instant(*run * 1000), .run = RunId(*run)});
            }
            m_backend->answer(id, reply);
        }
    }
    bool served(const std::function<bool()> &until)
    {
        return QTest::qWaitFor(
            [&] {
                serve();
                return until();
            },
            patienceMs);
    }
    static QList<qint64> shown(const Attention &attention)
    {
        QList<qint64> runs;
        for (const wire::AttentionRow &row : attention.rows())
            runs += row.run->value;
        return runs;
    }

private Q_SLOTS:
    void init()
    {
        m_backend = std::make_unique<FakeBackend>();
        m_client = std::make_unique<Client>(Address{.url = m_backend->url(), .token = "t"});
        m_client->start();
        m_runs.clear();
    }
    void cleanup()
    {
        m_client.reset();
        m_backend.reset();
    }

    void comesInPages()
    {
        for (qint64 run = 1; run <= 450; ++run)
            m_runs.insert(run);
        Times times(m_clock);
        Attention attention(&times);
        QAbstractItemModelTester tester(&attention, QAbstractItemModelTester::FailureReportingMode::QtTest);
        attention.setClient(m_client.get());
        QVERIFY(served([&] { return attention.isComplete(); }));
        QVERIFY(attention.rowCount() >= Attention::pageRows); // the tester asks for more by itself
        QVERIFY(served([&] {
            attention.fetchMore({});
            return attention.rowCount() == 450;
        }));
        QVERIFY(!attention.hasMore());
        QCOMPARE(attention.index(0, 2).data().toString(), u"#450"_s);
        // Asked again it is as long as it was.
        attention.refresh();
        QSignalSpy answered(&attention, &Attention::answered);
        QVERIFY(served([&] { return !answered.empty(); }));
        QCOMPARE(attention.rowCount(), 450);
    }

    void whatIsSeenGoesAndTheRestStays()
    {
        m_runs = {1, 2, 3, 5, 8};
        Times times(m_clock);
        Attention attention(&times);
        QAbstractItemModelTester tester(&attention, QAbstractItemModelTester::FailureReportingMode::QtTest);
        attention.setClient(m_client.get());
        QVERIFY(served([&] { return attention.isComplete(); }));
        const QPersistentModelIndex kept = attention.index(2, 0); // run 3
        m_runs.erase(5);
        m_runs.erase(1);
        m_runs.insert(9);
        m_runs.insert(4);
        attention.refresh();
        QVERIFY(served([&] { return shown(attention) == QList<qint64>({9, 8, 4, 3, 2}); }));
        QVERIFY(kept.isValid());
        QCOMPARE(kept.data(KeyRole).toString(), u"3"_s);
        m_runs.clear();
        attention.refresh();
        QVERIFY(served([&] { return attention.rowCount() == 0; }));
    }

    void remembersWhatFormsWereGiven()
    {
        const QTemporaryDir folder;
        const QString path = folder.path() + u"/deep/values.json"_s;
        {
            LastValues values(path);
            QCOMPARE(values.of(u"ws://a"_s, u"p/a"_s), Params());
            QVERIFY(values.remember(u"ws://a"_s, u"p/a"_s, {{u"mode"_s, u"full"_s}}));
            QVERIFY(values.remember(u"ws://b"_s, u"p/a"_s, {{u"mode"_s, u"delta"_s}}));
            QVERIFY(values.remember(u"ws://a"_s, u"p/a"_s, {{u"mode"_s, u"half"_s}}));
        }
        LastValues again(path);
        QCOMPARE(again.of(u"ws://a"_s, u"p/a"_s), (Params{{u"mode"_s, u"half"_s}}));
        QCOMPARE(again.of(u"ws://b"_s, u"p/a"_s), (Params{{u"mode"_s, u"delta"_s}}));
        QCOMPARE(QFile::permissions(path) & (QFile::ReadGroup | QFile::ReadOther), QFile::Permissions());
        for (std::size_t i = 0; i < LastValues::mostJobs; ++i)
            QVERIFY(again.remember(u"ws://c"_s, u"p/j%1"_s.arg(i), {}));
        QCOMPARE(again.of(u"ws://a"_s, u"p/a"_s), Params());

        QFile damaged(path);
        QVERIFY(damaged.open(QIODevice::WriteOnly));
        damaged.write("{\"entries\": 3}");
        damaged.close();
        QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"cannot be used"_s));
        LastValues fresh(path);
        QCOMPARE(fresh.of(u"ws://a"_s, u"p/a"_s), Params());
        LastValues nowhere{QString()};
        QVERIFY(nowhere.remember(u"ws://a"_s, u"p/a"_s, {{u"x"_s, u"1"_s}}));
        QCOMPARE(nowhere.of(u"ws://a"_s, u"p/a"_s), (Params{{u"x"_s, u"1"_s}}));
    }
};

QTEST_GUILESS_MAIN(TestAttention)
#include "tst_attention.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/jobtree.h"
#include "console/models/session.h"
#include "tests/client/fakebackend.h"
#include "tests/patience.h"

#include <QAbstractItemModelTester>

using namespace belfry;
using namespace Qt::StringLiterals;

namespace {

constexpr Instant now{1'000'000'000};

wire::JobRow job(const QString &name, std::optional<RunState> last = {}, bool paused = false,
    std::optional<Instant> next = {})
{
    wire::JobRow row;
    row.job = name;
    row.zone = u"UTC"_s;
    row.lastState = last;
    if (paused)
        row.pausedSince = now;
    row.next = next;
    return row;
}

} // namespace

// Jobs below their projects, fed by a watch.
class TestJobTree : public QObject
{
    Q_OBJECT

    std::unique_ptr<FakeBackend> m_backend;
    std::unique_ptr<Session> m_session;
    std::unique_ptr<Times> m_times;
    std::unique_ptr<Jobs> m_jobs;
    ManualClock m_clock{now};
    qint64 m_n = 0;

    // `+sales` open, `-sales` folded, `load`: what is seen, from the top.
    static QStringList seen(const JobTree &tree)
    {
        QStringList all;
        for (int row = 0; row < tree.rowCount(); ++row) {
            if (const ProjectRow *project = tree.projectAt(row))
                all += (tree.isFolded(project->name) ? u"-"_s : u"+"_s) + project->name;
            else
                all += tree.jobAt(row)->job.section(u'/', 1);
        }
        return all;
    }
    bool load(const std::vector<wire::JobRow> &jobs)
    {
        if (!comesTrue([&] { return !m_backend->requests.empty(); }))
            return false;
        QJsonValue id;
        (void)m_backend->take<wire::WatchOpen>(&id);
        wire::WatchOpenReply reply{.watch = 1, .epoch = 1};
        for (const wire::JobRow &each : jobs)
            reply.snapshot.push_back(toJson(each));
        m_backend->answer(id, reply);
        return comesTrue([&] { return m_jobs->isComplete(); });
    }
    void tell(const wire::JobRow &row, bool removed = false)
    {
        m_backend->notify(
            u"watch.changed"_s, wire::WatchChanged{.watch = 1, .n = ++m_n, .row = toJson(row), .removed = removed});
    }

private Q_SLOTS:
    void init()
    {
        m_n = 0;
        m_backend = std::make_unique<FakeBackend>();
        m_backend->ignored += QString::fromLatin1(wire::ServerStatus::method);
        m_session = std::make_unique<Session>(m_clock);
        m_session->open({.url = m_backend->url(), .token = "t"});
        m_times = std::make_unique<Times>(m_clock);
        m_times->setMode(Times::Mode::Utc);
        m_jobs = std::make_unique<Jobs>(m_times.get());
        QTRY_VERIFY(m_session->isReady());
        m_jobs->setClient(m_session->client());
    }
    void cleanup()
    {
        m_jobs.reset();
        m_times.reset();
        m_session.reset();
        m_backend.reset();
    }

    void showsJobsBelowTheirProjects()
    {
        JobTree tree(m_jobs.get(), m_times.get());
        const QAbstractItemModelTester tester(&tree, QAbstractItemModelTester::FailureReportingMode::QtTest);
        tree.sort(0, Qt::AscendingOrder);
        QVERIFY(load({job(u"ops/b"_s, RunState::Failed), job(u"ops/a"_s, RunState::Running), job(u"sales/x"_s),
            job(u"ops-2/z"_s, RunState::Lost, true)}));
        QCOMPARE(seen(tree), (QStringList{u"+ops"_s, u"a"_s, u"b"_s, u"+ops-2"_s, u"z"_s, u"+sales"_s, u"x"_s}));
        QCOMPARE(tree.passing(), 4);
        const auto cell = [&](const QString &project, const QString &column) {
            for (int i = 0; i < tree.columnCount(); ++i)
                if (tree.headerData(i, Qt::Horizontal, KeyRole) == column)
                    return tree.index(tree.rowOfProject(project), i);
            return QModelIndex();
        };
        QCOMPARE(cell(u"ops"_s, u"title"_s).data().toString(), u"2 job(s)"_s);
        QCOMPARE(cell(u"ops"_s, u"last"_s).data().toString(), u"1 failed"_s);
        QCOMPARE(cell(u"ops-2"_s, u"last"_s).data().toString(), u"1 lost"_s);
        QCOMPARE(cell(u"ops-2"_s, u"state"_s).data().toString(), u"1 paused"_s);
        QCOMPARE(cell(u"ops"_s, u"job"_s).data(BranchRole).toInt(), int(Branch::Open));
        QCOMPARE(tree.index(1, 0).data(DepthRole).toInt(), 1);
        QCOMPARE(tree.index(1, 0).data().toString(), u"a"_s);
        QCOMPARE(tree.index(1, 0).data(KeyRole).toString(), u"ops/a"_s);
        QVERIFY(!tree.index(1, 0).data(BranchRole).isValid());
    }

    void foldsAndKeepsThat()
    {
        JobTree tree(m_jobs.get(), m_times.get());
        const QAbstractItemModelTester tester(&tree, QAbstractItemModelTester::FailureReportingMode::QtTest);
        tree.sort(0, Qt::AscendingOrder);
        QVERIFY(load({job(u"ops/a"_s), job(u"ops/b"_s), job(u"sales/x"_s)}));
        const QPersistentModelIndex below = tree.index(4, 0);
        tree.setFolded(u"ops"_s, true);
        QCOMPARE(seen(tree), (QStringList{u"-ops"_s, u"+sales"_s, u"x"_s}));
        QCOMPARE(below.row(), 2); // a selection lives on
        QCOMPARE(tree.index(0, 0).data(BranchRole).toInt(), int(Branch::Folded));
        tell(job(u"ops/c"_s));
        tell(job(u"web/n"_s));
        tell(job(u"sales/x"_s), true);
        QTRY_COMPARE(seen(tree), (QStringList{u"-ops"_s, u"+web"_s, u"n"_s}));
        tree.setFolded(u"ops"_s, false);
        QCOMPARE(seen(tree), (QStringList{u"+ops"_s, u"a"_s, u"b"_s, u"c"_s, u"+web"_s, u"n"_s}));
        tree.foldAll(true);
        QVERIFY(tree.isAllFolded());
        QCOMPARE(seen(tree), (QStringList{u"-ops"_s, u"-web"_s}));
        tree.setGrouped(false);
        QCOMPARE(seen(tree), (QStringList{u"a"_s, u"b"_s, u"c"_s, u"n"_s}));
        QCOMPARE(tree.index(0, 0).data().toString(), u"ops/a"_s);
        tree.setGrouped(true);
        tree.setFolded(QStringList{u"web"_s, u"gone"_s});
        QCOMPARE(seen(tree), (QStringList{u"+ops"_s, u"a"_s, u"b"_s, u"c"_s, u"-web"_s}));
        QCOMPARE(tree.folded(), (QStringList{u"gone"_s, u"web"_s}));
    }

    void aFilterUnfoldsWhatPasses()
    {
        JobTree tree(m_jobs.get(), m_times.get());
        const QAbstractItemModelTester tester(&tree, QAbstractItemModelTester::FailureReportingMode::QtTest);
        tree.sort(0, Qt::AscendingOrder);
        QVERIFY(load({job(u"ops/a"_s), job(u"ops/b"_s), job(u"sales/x"_s)}));
        tree.setFolded(u"ops"_s, true);
        tree.only(QStringList{u"ops/b"_s});
        QCOMPARE(seen(tree), (QStringList{u"+ops"_s, u"b"_s}));
        QCOMPARE(tree.passing(), 1);
        QCOMPARE(tree.index(0, 1).data().toString(), u"1 of 2 jobs"_s);
        tree.setFolded(u"ops"_s, true);
        QCOMPARE(seen(tree), (QStringList{u"-ops"_s}));
        tree.only(QStringList());
        QCOMPARE(tree.rowCount(), 0);
        tree.only(std::nullopt);
        QCOMPARE(seen(tree), (QStringList{u"-ops"_s, u"+sales"_s, u"x"_s}));
    }

    void sortsWithinProjects()
    {
        JobTree tree(m_jobs.get(), m_times.get());
        const QAbstractItemModelTester tester(&tree, QAbstractItemModelTester::FailureReportingMode::QtTest);
        int next = -1;
        for (int i = 0; i < tree.columnCount(); ++i)
            if (tree.headerData(i, Qt::Horizontal, KeyRole) == u"next"_s)
                next = i;
        tree.sort(next, Qt::DescendingOrder);
        QVERIFY(load({job(u"ops/a"_s, {}, false, now + 1s), job(u"ops/b"_s, {}, false, now + 3s),
            job(u"sales/x"_s, {}, false, now + 2s), job(u"sales/y"_s, {}, false, now + 9s)}));
        QCOMPARE(seen(tree), (QStringList{u"+ops"_s, u"b"_s, u"a"_s, u"+sales"_s, u"y"_s, u"x"_s}));
        tree.sort(next, Qt::AscendingOrder);
        QCOMPARE(seen(tree), (QStringList{u"+ops"_s, u"a"_s, u"b"_s, u"+sales"_s, u"x"_s, u"y"_s}));
        tell(job(u"ops/a"_s, {}, false, now + 5s));
        QTRY_COMPARE(seen(tree), (QStringList{u"+ops"_s, u"b"_s, u"a"_s, u"+sales"_s, u"x"_s, u"y"_s}));
    }

    void holdsTenThousandJobs()
    {
        JobTree tree(m_jobs.get(), m_times.get());
        tree.sort(0, Qt::AscendingOrder);
        std::vector<wire::JobRow> jobs;
        for (int i = 0; i < 10'000; ++i)
            jobs.push_back(job(u"p%1/job%2"_s.arg(i % 40).arg(i)));
        QVERIFY(load(jobs));
        QCOMPARE(tree.rowCount(), 10'040);
        QBENCHMARK_ONCE {
            for (int i = 0; i < 40; ++i)
                tree.setFolded(u"p%1"_s.arg(i), true);
        }
        QCOMPARE(tree.rowCount(), 40);
        tree.foldAll(false);
        QCOMPARE(tree.rowCount(), 10'040);
    }
};

QTEST_GUILESS_MAIN(TestJobTree)
#include "tst_jobtree.moc"

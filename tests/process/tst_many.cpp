// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/process/hostbench.h"

#include "shared/spool/host.h"
#include "tests/patience.h"

#include <QDir>
#include <QElapsedTimer>

using namespace belfry;
using namespace Qt::StringLiterals;

namespace {

int descriptorsOf(qint64 pid)
{
    return int(
        QDir(u"/proc/%1/fd"_s.arg(pid)).entryList(QDir::AllEntries | QDir::System | QDir::NoDotAndDotDot).size());
}

int zombiesOf(qint64 parent)
{
    int zombies = 0;
    for (const QString &name : QDir(u"/proc"_s).entryList(QDir::Dirs))
        if (const auto stat = spool::processStat(std::int32_t(name.toLong())))
            zombies += stat->state == 'Z' && stat->parent == parent;
    return zombies;
}

} // namespace

// Hundreds of short runs leave nothing behind: no descriptor, no zombie, no folder.
class TestMany : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void shortRunsLeaveNothingBehind();
};

void TestMany::shortRunsLeaveNothingBehind()
{
    HostBench bench;
    bench.arrive();
    int next = 1, finished = 0, wrong = 0;
    bool flowing = false; // one first, alone
    constexpr int runs = 300, ahead = 8;
    const auto feed = [&] {
        if (next <= runs)
            bench.start(
                bench.order(next, {"sh", "-c", "echo " + std::to_string(next) + "; exit " + std::to_string(next % 5)}));
        ++next;
    };
    connect(&bench.hand(), &Supervisors::finished, this, [&](const spool::AttemptResult &result) {
        const auto piece = bench.hand().readOutput(result.key, 0, 100);
        wrong += result.kind != spool::EndKind::Exited || result.code != result.key.run % 5 || !piece
            || piece->bytes != std::to_string(result.key.run) + '\n';
        if (result.key.run > 1 && !bench.hand().release(result.key))
            ++wrong;
        ++finished;
        if (flowing)
            feed();
    });
    feed();
    QTRY_COMPARE(finished, 1); // the supervisor is there, and the library's own descriptors are open
    const auto supervisor = bench.supervisors();
    QCOMPARE(supervisor.size(), 1);
    const int before = descriptorsOf(supervisor.front()), ownBefore = descriptorsOf(::getpid());
    QElapsedTimer timer;
    timer.start();
    flowing = true;
    for (int i = 0; i < ahead; ++i)
        feed();
    QTRY_COMPARE_WITH_TIMEOUT(finished, runs, 120'000);
    qInfo("%d runs in %lld ms", runs, static_cast<long long>(timer.elapsed()));
    QCOMPARE(wrong, 0);
    QCOMPARE(bench.supervisors(), supervisor);
    QTRY_COMPARE(descriptorsOf(supervisor.front()), before);
    QCOMPARE(descriptorsOf(::getpid()), ownBefore);
    QCOMPARE(zombiesOf(supervisor.front()), 0);
    QCOMPARE(zombiesOf(::getpid()), 0);
    QCOMPARE(
        QDir(bench.folder() + u"/spool"_s).entryList(QDir::AllEntries | QDir::NoDotAndDotDot), QStringList(u"1-1"_s));
    QVERIFY(bench.troubles.isEmpty());
}

QTEST_GUILESS_MAIN(TestMany)
#include "tst_many.moc"

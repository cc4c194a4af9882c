// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/store/logfiles.h"
#include "backend/store/packedlog.h"
#include "tests/patience.h"
#include "tests/store/storefixture.h"

#include <QDir>

#include <sys/stat.h>

using namespace belfry;
using namespace belfry::store;
using namespace Qt::StringLiterals;

namespace {

constexpr AttemptKey key{RunId(1), 1};
constexpr Instant aDay(86'400'000);

Result<int> wait(StoreFixture &store, void (Store::*what)(Instant, QObject *, StoreCallback<int>), Instant now)
{
    std::optional<Result<int>> answer;
    (store.store().*what)(now, &store.store(), [&](Result<int> given) { answer = std::move(given); });
    store.waitFor([&] { return answer.has_value(); });
    return answer.value_or(fail(ErrorKind::Internal, u"no answer came"_s));
}
// How many in all; -1 after a failure.
int untilNothingIsLeft(StoreFixture &store, void (Store::*what)(Instant, QObject *, StoreCallback<int>), Instant now)
{
    for (int all = 0;;) {
        const auto some = wait(store, what, now);
        if (!some || *some == 0)
            return some ? all : -1;
        all += *some;
    }
}
int packAll(StoreFixture &store, Instant now = aDay)
{
    return untilNothingIsLeft(store, &Store::packLogs, now);
}

Attempt ended(int run, qint64 written)
{
    Attempt made = attempt(run, 1, RunState::Succeeded);
    made.endedAt = Instant(1000);
    made.logWritten = written;
    return made;
}

void known(StoreFixture &store, qint64 cap = 0)
{
    Attempt first = attempt(1);
    first.logCap = cap;
    QVERIFY(store.commit({SaveJob{job(1)}, SaveRun{run(1)}, SaveAttempt{first}}));
}

// Lines that can be told apart.
QByteArray text(qint64 size)
{
    QByteArray all;
    for (int i = 0; all.size() < size; ++i)
        all += "line " + QByteArray::number(i) + " of a log\n";
    all.truncate(size);
    return all;
}

void write(StoreFixture &store, const QByteArray &bytes, qint64 from = 0, qint64 step = 50'000)
{
    for (qint64 at = from; at < bytes.size(); at += step)
        QVERIFY(store.append(block(key, at, {bytes.mid(at, step)})));
}

struct Read {
    QByteArray bytes; // missing ones are left out
    std::vector<LogGap> gaps;
};
Read read(StoreFixture &store, qint64 limit = 1 << 18)
{
    Read all;
    for (qint64 offset = 0;;) {
        const auto piece = store.ask(ReadLog{key, offset, limit});
        if (!piece) {
            all.bytes = piece.error().message.toUtf8();
            return all;
        }
        if (piece->offset > offset)
            all.gaps.push_back({offset, piece->offset, piece->missing});
        if (piece->bytes.isEmpty())
            return all;
        all.bytes += piece->bytes;
        offset = piece->offset + piece->bytes.size();
    }
}

QStringList files(StoreFixture &store)
{
    return QDir(store.path(u"logs/0"_s)).entryList(QDir::Files, QDir::Name);
}

qint64 blocksOf(StoreFixture &store, const QString &name)
{
    struct stat info { };
    return ::stat(QFile::encodeName(store.path(u"logs/0/"_s + name)).constData(), &info) == 0
        ? qint64(info.st_blocks) * 512
        : -1;
}

} // namespace

class TestStoreKeep : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void packsWhatIsOver_data()
    {
        QTest::addColumn<Store::Mode>("mode");
        QTest::addColumn<qint64>("size");
        QTest::addColumn<QStringList>("left");
        QTest::newRow("small") << Store::Mode::Inline << qint64(1000) << QStringList();
        QTest::newRow("at the bound") << Store::Mode::Inline << smallLog << QStringList();
        QTest::newRow("large") << Store::Mode::Inline << smallLog + 1 << QStringList{u"1-1.zst"_s};
        QTest::newRow("larger") << Store::Mode::Threaded << qint64(2'000'001) << QStringList{u"1-1.zst"_s};
    }
    void packsWhatIsOver()
    {
        QFETCH(Store::Mode, mode);
        QFETCH(qint64, size);
        StoreFixture store(mode);
        known(store);
        const QByteArray bytes = text(size);
        write(store, bytes);
        QVERIFY(store.waitFor([&] { return store.ask(FindRun{RunId(1)})->attempts[0].logStored == size; }));
        QCOMPARE(packAll(store), 0); // it is not over
        QVERIFY(store.commit({SaveAttempt{ended(1, size + 1)}}));
        QCOMPARE(packAll(store), 0); // nor complete
        Attempt last = ended(1, size);
        QVERIFY(store.commit({SaveAttempt{last}}));
        const auto before = store.ask(ReadLog{key, 700, 250});
        QCOMPARE(packAll(store), 1);
        QTRY_COMPARE(files(store), files(store).filter(u".zst"_s));
        QTEST(files(store), "left");
        for (int opening = 0; opening < 2; ++opening) {
            QCOMPARE(read(store).bytes, bytes);
            QCOMPARE(read(store, 777).bytes, bytes);
            QCOMPARE(store.ask(ReadLog{key, 700, 250})->index, before->index);
            QCOMPARE(store.ask(ReadLog{key, -5})->bytes, bytes.right(5));
            QCOMPARE(*store.ask(FindLogSize{key}), size);
            // What comes again of it is taken as done.
            QCOMPARE(*store.append(block(key, 0, {bytes.first(500)})), (LogPosition{500, 500, false}));
            store.reopen();
        }
        QCOMPARE(packAll(store), 0);
    }

    void comparesTheHash()
    {
        for (const bool same : {true, false}) {
            StoreFixture store;
            known(store);
            write(store, text(100'000));
            Attempt last = ended(1, 100'000);
            last.logHash = same ? u"84a1c3f5e06d5d42"_s : u"0000000000000001"_s;
            Memory sink;
            LogPacking packing(sink);
            QVERIFY(packing.add({{0, 100'000, 1, Instant(1)}}, text(100'000)));
            QVERIFY(packing.finish(100'000));
            if (same)
                last.logHash = packing.hash();
            QVERIFY(store.commit({SaveAttempt{last}}));
            QCOMPARE(packAll(store), 1);
            QCOMPARE(store.ask(FindRun{RunId(1)})->logs[0].check, same ? u"same"_s : u"differs"_s);
        }
    }

    // Killed between the packed file and the database, or between that and the end of the old files.
    void packsAgainAfterAKill()
    {
        StoreFixture store;
        known(store);
        const QByteArray bytes = text(100'000);
        write(store, bytes);
        QVERIFY(store.commit({SaveAttempt{ended(1, bytes.size())}}));
        for (const char *name : {"1-1.zst", "1-1.zst.part"}) {
            QFile half(store.path(u"logs/0/"_s + QLatin1String(name)));
            QVERIFY(half.open(QIODevice::WriteOnly));
            half.write("half of a file");
        }
        QCOMPARE(read(store).bytes, bytes);
        QCOMPARE(packAll(store), 1);
        QCOMPARE(files(store), QStringList{u"1-1.zst"_s});
        QCOMPARE(read(store).bytes, bytes);
    }

    void remembersWhatIsMissing()
    {
        StoreFixture store;
        known(store);
        const QByteArray bytes = text(1000);
        QVERIFY(store.append(block(key, 0, {bytes.first(300)})));
        LogBlock gap{.key = key, .offset = 300, .until = 5000, .reason = u"agent disk full"_s};
        QCOMPARE(store.append(gap)->received, 5000);
        QCOMPARE(store.append(gap)->received, 5000);
        QVERIFY(store.append(block(key, 5000, {bytes.sliced(300)})));
        const LogBlock end{.key = key, .offset = 5700, .until = 6000, .reason = u"cut"_s};
        QCOMPARE(store.append(end)->received, 6000);
        for (int opening = 0; opening < 2; ++opening) {
            const Read all = read(store);
            QCOMPARE(all.bytes, bytes);
            QCOMPARE(all.gaps, (std::vector<LogGap>{{300, 5000, u"agent disk full"_s}, {5700, 6000, u"cut"_s}}));
            QCOMPARE(*store.ask(FindLogSize{key}), 6000);
            QCOMPARE(store.ask(FindRun{RunId(1)})->logs[0].gaps, all.gaps);
            store.reopen();
        }
        QCOMPARE(store.append(block(key, 6000, {"more"}))->received, 6004);
        QVERIFY(store.commit({SaveAttempt{ended(1, 6004)}}));
        QCOMPARE(packAll(store), 1);
        QCOMPARE(read(store).bytes, bytes + "more");
        QCOMPARE(read(store).gaps.size(), std::size_t(2));
    }

    void saysThatAFileWasDeleted()
    {
        StoreFixture store;
        known(store);
        write(store, text(1000));
        QVERIFY(QDir(store.path(u"logs/0"_s)).removeRecursively());
        QVERIFY(store.append(block(key, 1000, {"rest"})));
        const Read all = read(store);
        QCOMPARE(all.bytes, QByteArray("rest"));
        QCOMPARE(all.gaps.size(), std::size_t(1));
        QCOMPARE(all.gaps[0].until, 1000);
        QVERIFY2(all.gaps[0].reason.contains(u"deleted"_s), qPrintable(all.gaps[0].reason));
    }

    // Head and tail stay, the middle goes, offsets are the original ones; in every form and over restarts.
    void keepsHeadAndTailOfALogOverItsCap()
    {
        constexpr qint64 cap = 2 << 20, size = 20 << 20;
        StoreFixture store;
        known(store, cap);
        const QByteArray bytes = text(size);
        const auto good = [&](qint64 now) {
            const Read all = read(store);
            if (all.gaps.size() != 1)
                return false;
            const auto [from, until, reason] = all.gaps[0];
            const QByteArray head = bytes.first(from), tail = bytes.mid(until, now - until);
            return all.bytes == head + tail && from == cap / 2 && tail.size() >= cap / 2
                && tail.size() < cap / 2 + 300'000 && reason.contains(u"resources.log"_s);
        };
        write(store, bytes.first(size / 2));
        QVERIFY(good(size / 2));
        QVERIFY(store.ask(ReadLog{key, 5 << 20, 10})->offset > (5 << 20));
        store.reopen();
        QVERIFY(good(size / 2));
        const qint64 begun = (size / 2 + 49'999) / 50'000 * 50'000;
        QVERIFY(store.append(block(key, size / 2, {bytes.mid(size / 2, begun - size / 2)})) || begun == size / 2);
        write(store, bytes, begun);
        QVERIFY(good(size));
        const qint64 used = blocksOf(store, u"1-1.log"_s);
        QVERIFY2(used < cap + (1 << 20), qPrintable(QString::number(used)));
        QVERIFY(store.commit({SaveAttempt{ended(1, size)}}));
        QCOMPARE(packAll(store), 1);
        QVERIFY(good(size));
        QCOMPARE(files(store), QStringList{u"1-1.zst"_s});
        QCOMPARE(*store.ask(FindLogSize{key}), size);
    }

    // What an agent that fell behind the ring brings of the middle goes with the middle.
    void keepsOneGapWhenThereWereIslands()
    {
        constexpr qint64 cap = 1 << 20, size = 10 << 20;
        StoreFixture store;
        known(store, cap);
        const QByteArray bytes = text(size);
        const auto skip = [&](qint64 from, qint64 until) {
            QCOMPARE(store.append({.key = key, .offset = from, .until = until, .reason = u"cap"_s})->received, until);
        };
        write(store, bytes.first(cap / 2));
        skip(cap / 2, 4 << 20);
        QVERIFY(store.append(block(key, 4 << 20, {bytes.mid(4 << 20, 64 << 10)})));
        QVERIFY(store.append(block(key, (4 << 20) + (64 << 10), {bytes.mid((4 << 20) + (64 << 10), 10)})));
        skip((4 << 20) + (64 << 10) + 10, size - cap / 2);
        for (qint64 at = size - cap / 2; at < size; at += 64 << 10)
            QVERIFY(store.append(block(key, at, {bytes.mid(at, 64 << 10)})));
        const Read all = read(store);
        QCOMPARE(all.gaps.size(), std::size_t(1));
        QCOMPARE(all.bytes, bytes.first(cap / 2) + bytes.last(cap / 2));
        QCOMPARE(store.ask(FindRun{RunId(1)})->logs[0].gaps,
            (std::vector<LogGap>{{cap / 2, size - cap / 2, all.gaps[0].reason}}));
    }

    void boundsTheIndex()
    {
        StoreFixture store;
        known(store);
        // The worst that an agent may send: a record for each byte.
        for (int i = 0; i < 60; ++i) {
            QList<QByteArray> single;
            for (int n = 0; n < 2000; ++n)
                single += "x";
            QVERIFY(store.append(block(key, 2000 * i, single)));
        }
        QVERIFY(QFileInfo(store.path(u"logs/0/1-1.idx"_s)).size() < (1 << 20) + 200'000);
        QCOMPARE(read(store).bytes, QByteArray(120'000, 'x'));
    }

    void keepsWhatALogSays()
    {
        StoreFixture store;
        known(store);
        std::vector<AttemptNotes> told;
        QObject::connect(&store.store(), &Store::notesChanged,
            [&](AttemptKey, const AttemptNotes &notes) { told.push_back(notes); });
        QVERIFY(
            store.append(block(key, 0, {"##belfry progress=10 msg=a\n", "err\n", "##belfry output rows=5\n##bel"})));
        QCOMPARE(told.back().progress, 10);
        store.reopen();
        const qint64 size = *store.ask(FindLogSize{key});
        LogBlock more{.key = key, .offset = size, .bytes = "fry metric x=1.5\n"};
        more.index = {{size, int(more.bytes.size()), 1, Instant(9)}};
        QVERIFY(store.append(more));
        const AttemptNotes wanted{.progress = 10,
            .message = u"a"_s,
            .at = Instant(1),
            .outputs = {{u"rows"_s, u"5"_s}},
            .metrics = {{u"x"_s, 1.5}}};
        QCOMPARE(store.ask(FindRun{RunId(1)})->logs[0].notes, wanted);
        QCOMPARE(store.ask(FindNotes{{key}})->at(key), wanted);
    }

    void purges_data()
    {
        QTest::addColumn<std::optional<int>>("keptRuns");
        QTest::addColumn<int>("hours");
        QTest::addColumn<int>("left"); // of 20 runs that ended one an hour
        QTest::newRow("by number") << std::optional<int>(5) << 100 << 5;
        QTest::newRow("by age") << std::optional<int>() << 7 << 7;
        QTest::newRow("by either") << std::optional<int>(5) << 3 << 3;
        QTest::newRow("all") << std::optional<int>(9) << 0 << 0;
        QTest::newRow("none") << std::optional<int>(20) << 100 << 20;
    }
    void purges()
    {
        QFETCH(std::optional<int>, keptRuns);
        QFETCH(int, hours);
        StoreFixture store;
        Job first = job(1), other = job(2, u"other"_s);
        first.definition.keep = {keptRuns, hours * 1h};
        WriteBatch batch{SaveJob{first}, SaveJob{other}, SaveRun{run(21)}, SaveRun{run(22, 2, RunState::Succeeded)}};
        for (int id = 1; id <= 20; ++id) {
            Run each = run(id, 1, RunState::Succeeded);
            each.endedAt = Instant(id * 3'600'000);
            batch.push_back(SaveRun{each});
            batch.push_back(SaveAttempt{ended(id, 0)});
        }
        QVERIFY(store.commit(batch));
        write(store, "##belfry progress=1\n" + text(100'000));
        QVERIFY(store.commit({SaveAttempt{ended(1, 100'020)}}));
        const Instant now(20 * 3'600'000 + 1'800'000);
        QCOMPARE(packAll(store, now), 1);
        QFETCH(int, left);
        QCOMPARE(untilNothingIsLeft(store, &Store::purge, now), 20 - left);
        const auto runs = store.ask(ListRuns{.limit = 100})->runs;
        QCOMPARE(int(runs.size()), left + 2);
        if (left > 0)
            QCOMPARE(runs.back().id, RunId(21 - left));
        QCOMPARE(files(store).isEmpty(), left < 20);
        QCOMPARE(read(store).bytes.isEmpty(), left < 20);
        QCOMPARE(store.ask(FindNotes{{key}})->empty(), left < 20);
        QCOMPARE(untilNothingIsLeft(store, &Store::purge, now), 0);
    }

    void waitsForLogsThatAreNotWhole()
    {
        StoreFixture store;
        Job first = job(1);
        first.definition.keep = {1, 1h};
        Run over = run(1, 1, RunState::Failed), newer = run(2, 1, RunState::Failed);
        over.endedAt = newer.endedAt = Instant(1000);
        QVERIFY(store.commit({SaveJob{first}, SaveRun{over}, SaveRun{newer}, SaveAttempt{ended(1, 500)}}));
        QCOMPARE(untilNothingIsLeft(store, &Store::purge, aDay), 1); // the newer one, by age
        QVERIFY(store.ask(FindRun{RunId(1)}));
        QCOMPARE(untilNothingIsLeft(store, &Store::purge, Instant(8 * aDay.ms)), 1);
        QVERIFY(!store.ask(FindRun{RunId(1)}));
    }

    // Many rows go in slices, and others' commits are answered between them.
    void purgesInSlices()
    {
        StoreFixture store(Store::Mode::Threaded);
        Job first = job(1);
        first.definition.keep = {1, 1h};
        WriteBatch batch{SaveJob{first}};
        for (int id = 1; id <= 5000; ++id) {
            Run each = run(id, 1, RunState::Succeeded);
            each.endedAt = Instant(id);
            batch.push_back(SaveRun{each});
            batch.push_back(SaveAttempt{ended(id, 0)});
        }
        QVERIFY(store.commit(batch));
        int gone = 0, slices = 0, others = 0;
        bool over = false;
        std::function<void()> next = [&] {
            store->purge(aDay, &store.store(), [&](Result<int> some) {
                QVERIFY(some);
                QVERIFY(*some <= Store::purgeSlice);
                gone += *some;
                over = *some == 0;
                if (over)
                    return;
                ++slices;
                next();
            });
        };
        next();
        while (!over) {
            QVERIFY(store.commit({SaveRun{run(6000 + others)}}));
            ++others;
        }
        QCOMPARE(gone, 5000);
        QVERIFY(slices >= 50);
        QVERIFY2(others >= 5, qPrintable(QString::number(others)));
        // Numbers are not used again.
        QVERIFY(store->snapshot()->lastRun >= RunId(6000));
    }

    void neverUsesAPurgedNumberAgain()
    {
        StoreFixture store;
        Job first = job(1);
        first.definition.keep = {1, 1h};
        Run each = run(77, 1, RunState::Succeeded);
        each.endedAt = Instant(1);
        QVERIFY(store.commit({SaveJob{first}, SaveRun{each}}));
        QCOMPARE(untilNothingIsLeft(store, &Store::purge, aDay), 1);
        store.reopen();
        QCOMPARE(store->snapshot()->lastRun, RunId(77));
    }

private:
    class Memory final : public PackSink
    {
    public:
        Status append(const QByteArray &) override { return {}; }
    };
};

QTEST_GUILESS_MAIN(TestStoreKeep)
#include "tst_storekeep.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/store/logfiles.h"
#include "backend/store/logwriter.h"
#include "tests/store/storefixture.h"

#include <QCryptographicHash>
#include <QSignalSpy>

#include <filesystem>
#include <rapidcheck.h>

using namespace belfry;
using namespace belfry::store;
using namespace Qt::StringLiterals;

namespace {

constexpr AttemptKey key{RunId(1), 1};

void known(StoreFixture &store, int runs = 1)
{
    WriteBatch batch{SaveJob{job(1)}};
    for (int id = 1; id <= runs; ++id) {
        batch.push_back(SaveRun{run(id)});
        batch.push_back(SaveAttempt{attempt(id)});
    }
    QVERIFY(store.commit(batch));
}

// The whole log, read in pieces.
QByteArray readAll(StoreFixture &store, AttemptKey of = key, qint64 limit = 1 << 20)
{
    QByteArray all;
    for (;;) {
        const auto piece = store.ask(ReadLog{of, all.size(), limit});
        if (!piece || piece->bytes.isEmpty())
            return all;
        if (piece->offset != all.size() || !covers(piece->index, piece->offset, piece->bytes.size()))
            return "a piece does not fit";
        all += piece->bytes;
    }
}

qint64 openFiles()
{
    return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), std::filesystem::directory_iterator());
}

} // namespace

class TestStoreLogs : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { qRegisterMetaType<AttemptKey>(); }

    void keepsBytesAndIndex_data()
    {
        QTest::addColumn<Store::Mode>("mode");
        QTest::newRow("threaded") << Store::Mode::Threaded;
        QTest::newRow("inline") << Store::Mode::Inline;
    }
    void keepsBytesAndIndex()
    {
        QFETCH(Store::Mode, mode);
        StoreFixture store(mode);
        known(store);
        QSignalSpy received(&store.store(), &Store::logReceived);
        QSignalSpy durable(&store.store(), &Store::logDurable);
        QCOMPARE(store.append(block(key, 0, {"one\n", QByteArray("\0\xff", 2)}))->received, 6);
        QCOMPARE(store.append(block(key, 6, {"three"}))->received, 11);
        QVERIFY(store.waitFor([&] { return !durable.isEmpty() && durable.last()[1].toLongLong() == 11; }));
        QCOMPARE(received.last()[1].toLongLong(), 11);
        QCOMPARE(received.last()[0].value<AttemptKey>(), key);

        const LogPiece whole = *store.ask(ReadLog{key});
        QCOMPARE(whole.bytes, QByteArray("one\n\0\xffthree", 11));
        QCOMPARE(whole.size, 11);
        QCOMPARE(
            whole.index, (std::vector<LogEntry>{{0, 4, 1, Instant(1)}, {4, 2, 2, Instant(5)}, {6, 5, 1, Instant(7)}}));
        const LogPiece cut = *store.ask(ReadLog{key, 2, 5});
        QCOMPARE(cut.bytes, QByteArray("e\n\0\xfft", 5));
        QCOMPARE(
            cut.index, (std::vector<LogEntry>{{2, 2, 1, Instant(1)}, {4, 2, 2, Instant(5)}, {6, 1, 1, Instant(7)}}));
        QCOMPARE(store.ask(ReadLog{key, -3})->bytes, QByteArray("ree"));
        QVERIFY(store.ask(ReadLog{key, 11})->bytes.isEmpty());
        QVERIFY(store.ask(ReadLog{key, 99})->bytes.isEmpty());
        QCOMPARE(*store.ask(FindLogSize{key}), 11);
        // The attempt's row shows what is stored, and saving the attempt does not touch that.
        QVERIFY(store.commit({SaveAttempt{attempt(1, 1, RunState::Succeeded)}}));
        QCOMPARE(store.ask(FindRun{RunId(1)})->attempts.front().logStored, 11);
        QCOMPARE(
            *store.ask(FindStoredAttempts{u"a1"_s, {{key, 1}}}), (std::vector<StoredAttempt>{{key, true, true, 11}}));
    }

    void hasNothingForAnAttemptThatPrintedNothing()
    {
        StoreFixture store;
        known(store);
        QCOMPARE(store.ask(ReadLog{key, 5})->bytes, QByteArray());
        QCOMPARE(*store.ask(FindLogSize{key}), 0);
    }

    void takesARepeatAsDone()
    {
        StoreFixture store;
        known(store);
        QVERIFY(store.append(block(key, 0, {"abc", "def"})));
        QCOMPARE(store.append(block(key, 0, {"abc", "def"}))->received, 6);
        QCOMPARE(store.append(block(key, 3, {"def", "ghi"}))->received, 9);
        // The overlap may be cut anywhere.
        QCOMPARE(store.append(block(key, 5, {"fghijk"}))->received, 11);
        QCOMPARE(readAll(store), QByteArray("abcdefghijk"));
    }

    void saysFromWhereToResendAfterAGap()
    {
        StoreFixture store;
        known(store);
        QVERIFY(store.append(block(key, 0, {"abc"})));
        QCOMPARE(*store.append(block(key, 4, {"e"})), (LogPosition{3, 3, true}));
        QCOMPARE(readAll(store), QByteArray("abc"));
    }

    void refusesWhatIsNotABlock_data()
    {
        QTest::addColumn<LogBlock>("bad");
        const LogBlock good = block(key, 0, {"abc", "def"});
        const auto row = [&](const char *name, auto change) {
            LogBlock bad = good;
            change(bad);
            QTest::newRow(name) << bad;
        };
        row("no index", [](LogBlock &bad) { bad.index.clear(); });
        row("too short an index", [](LogBlock &bad) { bad.index.pop_back(); });
        row("a hole in it", [](LogBlock &bad) { bad.index[1].offset = 4; });
        row("an empty entry", [](LogBlock &bad) { bad.index.push_back({6, 0, 1, {}}); });
        row("a negative length", [](LogBlock &bad) { bad.index[0].length = -3; });
        row("another stream", [](LogBlock &bad) { bad.index[0].stream = 3; });
        row("a negative offset", [](LogBlock &bad) { bad = block(key, -3, {"abc"}); });
        row("past all offsets", [](LogBlock &bad) {
            bad.offset = std::numeric_limits<qint64>::max();
            bad.index = {{bad.offset, 6, 1, {}}};
        });
        row("an unknown attempt", [](LogBlock &bad) { bad.key.attempt = 9; });
    }
    void refusesWhatIsNotABlock()
    {
        QFETCH(LogBlock, bad);
        StoreFixture store;
        known(store);
        const auto position = store.append(bad);
        QVERIFY(!position || position->gap);
        QCOMPARE(readAll(store), QByteArray());
        QVERIFY(store.append(block(key, 0, {"abc"})));
    }

    // A process that was killed leaves files that are ahead of what the database remembers, or torn.
    void goesOnFromWhatIsDurable_data()
    {
        QTest::addColumn<QByteArray>("moreBytes");
        QTest::addColumn<QByteArray>("moreIndex");
        const LogRecord record = encodeRecord({6, 3, 1, Instant(1)});
        const QByteArray whole(record.data(), record.size());
        QTest::newRow("bytes without index") << QByteArray("ghi") << QByteArray();
        QTest::newRow("torn record") << QByteArray("ghi") << whole.left(13);
        QTest::newRow("whole record, fewer bytes") << QByteArray("g") << whole;
        QTest::newRow("not yet remembered") << QByteArray("ghi") << whole;
        QTest::newRow("garbage") << QByteArray("ghi") << QByteArray(200, 'z');
    }
    void goesOnFromWhatIsDurable()
    {
        QFETCH(QByteArray, moreBytes);
        QFETCH(QByteArray, moreIndex);
        StoreFixture store;
        known(store);
        QVERIFY(store.append(block(key, 0, {"abc", "def"})));
        store.close();
        for (const auto &[suffix, bytes] : {std::pair(u".log"_s, moreBytes), std::pair(u".idx"_s, moreIndex)}) {
            QFile file(store.path(u"logs/"_s + logBase(key) + suffix));
            QVERIFY(file.open(QIODevice::Append));
            file.write(bytes);
        }
        store.reopen();
        QVERIFY(readAll(store).startsWith("abcdef"));
        QCOMPARE(*store.append(block(key, 9, {"jkl"})), (LogPosition{6, 6, true}));
        QCOMPARE(store.append(block(key, 6, {"GHI"}))->received, 9);
        QCOMPARE(readAll(store), QByteArray("abcdefGHI"));
    }

    void goesOnBesideALogThatWasDeletedWhileItWasAway()
    {
        StoreFixture store;
        known(store);
        QVERIFY(store.append(block(key, 0, {"abcdef"})));
        store.close();
        QVERIFY(QDir(store.path(u"logs"_s)).removeRecursively());
        store.reopen();
        // The agent has freed the first six bytes: it sends from there, and there the log begins.
        QCOMPARE(store.append(block(key, 6, {"ghi"}))->received, 9);
        const LogPiece piece = *store.ask(ReadLog{key});
        QCOMPARE(piece.offset, 6);
        QCOMPARE(piece.bytes, QByteArray("ghi"));
        QCOMPARE(piece.size, 9);
    }

    void goesOnWhenTheLogFolderIsDeletedUnderIt()
    {
        StoreFixture store(Store::Mode::Threaded);
        known(store);
        QVERIFY(store.append(block(key, 0, {"abcdef"})));
        QVERIFY(QDir(store.path(u"logs"_s)).removeRecursively());
        QCOMPARE(store.append(block(key, 6, {"ghi"}))->received, 9);
        QCOMPARE(store.ask(ReadLog{key})->bytes, QByteArray("ghi"));
        QVERIFY2(store.commit({SaveAttempt{attempt(1, 1, RunState::Succeeded)}}), "results are still recorded");
        // One of the two files alone.
        QVERIFY(QFile::remove(store.path(u"logs/"_s + logBase(key) + u".log"_s)));
        QCOMPARE(store.append(block(key, 9, {"jkl"}))->received, 12);
        QCOMPARE(store.ask(ReadLog{key})->bytes, QByteArray("jkl"));
    }

    void saysWhenLogsCannotBeWritten()
    {
        StoreFixture store;
        known(store);
        QFile obstacle(store.path(u"logs"_s));
        QVERIFY(obstacle.open(QIODevice::WriteOnly));
        QCOMPARE(store.append(block(key, 0, {"abc"})).error().kind, ErrorKind::Unavailable);
        QVERIFY(store->troubles().contains(u"logs"_s));
        QVERIFY(store.commit({SaveAttempt{attempt(1, 1, RunState::Succeeded)}}));
        QVERIFY(obstacle.remove());
        QVERIFY(store.append(block(key, 0, {"abc"})));
        QVERIFY(!store->troubles().contains(u"logs"_s));
        QCOMPARE(readAll(store), QByteArray("abc"));
    }

    void neverFollowsALink()
    {
        StoreFixture store;
        known(store);
        QTemporaryDir elsewhere;
        QFile target(elsewhere.path() + u"/target"_s);
        QVERIFY(target.open(QIODevice::WriteOnly));
        QVERIFY(QDir().mkpath(store.path(u"logs/0"_s)));
        QVERIFY(QFile::link(target.fileName(), store.path(u"logs/0/1-1.log"_s)));
        QVERIFY(!store.append(block(key, 0, {"abc"})));
        QCOMPARE(QFileInfo(target).size(), 0);
    }

    void keepsFewFilesOpen()
    {
        StoreFixture store(Store::Mode::Threaded);
        const int many = int(LogWriter::maxOpen) * 3;
        known(store, many);
        const qint64 before = openFiles();
        for (int round = 0; round < 3; ++round)
            for (int id = 1; id <= many; ++id)
                QCOMPARE(store.append(block({RunId(id), 1}, round * 3, {"abc"}))->received, round * 3 + 3);
        QVERIFY(openFiles() <= before + qint64(LogWriter::maxOpen) * 2 + 2);
        for (int id = 1; id <= many; ++id)
            QCOMPARE(readAll(store, {RunId(id), 1}), QByteArray("abcabcabc"));
    }

    void remembersWhatWasSyncedWhenItGoes()
    {
        StoreFixture store(Store::Mode::Threaded);
        known(store);
        QVERIFY(store.append(block(key, 0, {"abc"})));
        store.reopen(); // long before the next sync
        QCOMPARE(store.ask(FindRun{RunId(1)})->attempts.front().logStored, 3);
        QCOMPARE(store.append(block(key, 3, {"def"}))->received, 6);
    }

    void asksAgainToRememberWhatTheDatabaseRefused()
    {
        StoreFixture store(Store::Mode::Threaded);
        known(store);
        QVERIFY(!store.commit({SaveRun{run(9, 77)}}));
        QSignalSpy durable(&store.store(), &Store::logDurable);
        QVERIFY(store.append(block(key, 0, {"abc"})));
        QVERIFY2(
            !QTest::qWaitFor([&] { return !durable.isEmpty(); }, 1200), "nothing is durable while the store fails");
        QVERIFY(store.probe());
        QVERIFY(store.waitFor([&] { return !durable.isEmpty(); }));
        QCOMPARE(durable.last()[1].toLongLong(), 3);
    }

    void takesAHundredMegabytes()
    {
        StoreFixture store(Store::Mode::Threaded);
        known(store);
        QSignalSpy durable(&store.store(), &Store::logDurable);
        constexpr int blockSize = 64 << 10;
        constexpr int blocks = 1600;
        QCryptographicHash sent(QCryptographicHash::Sha1);
        int answered = 0;
        QElapsedTimer timer;
        timer.start();
        for (int at = 0; at < blocks; ++at) {
            QByteArray line(blockSize, char('a' + at % 26));
            sent.addData(line);
            store->appendLog(
                block(key, qint64(at) * blockSize, {line}), this, [&](const Result<LogPosition> &position) {
                    QVERIFY(position && !position->gap);
                    ++answered;
                });
            if (at % 16 == 0) // as much credit as one attempt has
                QVERIFY(store.waitFor([&] { return answered == at + 1; }));
        }
        QVERIFY(store.waitFor([&] { return answered == blocks; }));
        const qint64 received = timer.elapsed();
        const qint64 size = qint64(blocks) * blockSize;
        QVERIFY(store.waitFor([&] { return !durable.isEmpty() && durable.last()[1].toLongLong() == size; }));
        qInfo("received after %lld ms, durable after %lld ms", received, timer.elapsed());
        QCryptographicHash stored(QCryptographicHash::Sha1);
        stored.addData(readAll(store));
        QCOMPARE(stored.result(), sent.result());
    }

    void anyOrderOfBlocksAndKillsGivesTheSameLog()
    {
        StoreFixture store;
        WriteBatch batch{SaveJob{job(1)}};
        for (int id = 1; id <= 400; ++id) {
            batch.push_back(SaveRun{run(id)});
            batch.push_back(SaveAttempt{attempt(id)});
        }
        QVERIFY(store.commit(batch));
        int id = 0;
        const bool held = rc::check("blocks may come again, early and cut differently", [&] {
            const AttemptKey of{RunId(1 + id++ % 400), 1};
            QByteArray whole;
            for (const int letter : *rc::gen::container<std::vector<int>>(60, rc::gen::inRange(0, 26)))
                whole += char('a' + letter);
            qint64 received = 0;
            const int steps = *rc::gen::inRange(1, 30);
            for (int step = 0; step < steps; ++step) {
                if (*rc::gen::inRange(0, 60) == 0)
                    store.reopen();
                const qint64 offset = *rc::gen::inRange(0, 60);
                const qint64 length = *rc::gen::inRange(1, 20);
                const QByteArray bytes = whole.mid(offset, length);
                const qint64 middle = *rc::gen::inRange(0, 20);
                QList<QByteArray> lines{bytes.left(middle), bytes.mid(middle)};
                lines.removeAll(QByteArray());
                const auto position = store.append(block(of, offset, lines));
                RC_ASSERT(bool(position));
                RC_ASSERT(position->gap == (offset > received));
                if (!position->gap)
                    received = std::max(received, offset + bytes.size());
                RC_ASSERT(position->received == received);
                RC_ASSERT(readAll(store, of, *rc::gen::inRange(1, 40)) == whole.left(received));
            }
        });
        QVERIFY(held);
    }

    void recordsSurviveTheirEncoding()
    {
        const LogEntry entry{(qint64(1) << 40) + 3, maxLogRecord, 2, Instant(1'767'225'600'123)};
        LogRecord record = encodeRecord(entry);
        QCOMPARE(decodeRecord(record.data()), std::optional(entry));
        for (std::size_t at = 0; at < record.size(); ++at) {
            LogRecord flipped = record;
            flipped[at] ^= 1;
            QCOMPARE(decodeRecord(flipped.data()), std::optional<LogEntry>());
        }
    }
};

QTEST_GUILESS_MAIN(TestStoreLogs)
#include "tst_storelogs.moc"

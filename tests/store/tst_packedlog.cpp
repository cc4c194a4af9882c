// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/store/packedlog.h"

#include <QProcess>
#include <QRandomGenerator>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

#include <fcntl.h>

using namespace belfry;
using namespace belfry::store;
using namespace Qt::StringLiterals;

namespace {

class Memory final : public PackSink
{
public:
    Status append(const QByteArray &bytes) override
    {
        all += bytes;
        return {};
    }
    QByteArray all;
};

struct Made {
    QByteArray packed;
    QByteArray bytes; // missing ones are zeros
    std::vector<LogEntry> records;
};

// `reads` of up to `most` bytes; before one in ten of them some bytes are missing.
Made make(quint32 seed, int reads, int most)
{
    QRandomGenerator random(seed);
    Memory sink;
    LogPacking packing(sink);
    Made made;
    for (int read = 0; read < reads; ++read) {
        if (random.bounded(10) == 0)
            made.bytes += QByteArray(random.bounded(5000) + 1, '\0');
        QByteArray bytes(random.bounded(most) + 1, char('a' + random.bounded(26)));
        for (int i = 0; i < bytes.size(); i += 3)
            bytes[i] = char(random.bounded(256));
        const LogEntry entry{made.bytes.size(), int(bytes.size()), 1 + int(random.bounded(2)), Instant(read)};
        if (!packing.add({entry}, bytes))
            qFatal("it cannot be packed");
        made.records.push_back(entry);
        made.bytes += bytes;
    }
    if (!packing.finish(made.bytes.size()))
        qFatal("it cannot be finished");
    made.packed = sink.all;
    return made;
}

} // namespace

class TestPackedLog : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsFromAnyOffset_data()
    {
        QTest::addColumn<int>("reads");
        QTest::addColumn<int>("most");
        QTest::newRow("nothing") << 0 << 1;
        QTest::newRow("one byte") << 1 << 1;
        QTest::newRow("bytes") << 50'000 << 1;
        QTest::newRow("lines") << 5'000 << 200;
        QTest::newRow("blocks") << 60 << 70'000;
        QTest::newRow("large reads") << 5 << 3'000'000;
    }
    void readsFromAnyOffset()
    {
        QFETCH(int, reads);
        QFETCH(int, most);
        const Made made = make(quint32(reads + most), reads, most);
        auto log = PackedLog::fromBytes(made.packed);
        QVERIFY2(log, log ? "" : qPrintable(log.error().message));
        QCOMPARE(log->size(), made.bytes.size());
        QRandomGenerator random(7);
        for (int i = 0; i < 300; ++i) {
            const qint64 offset = random.bounded(made.bytes.size() + 2), limit = random.bounded(100'000) + 1;
            const auto piece = log->read({.offset = offset, .limit = limit});
            QVERIFY2(piece, piece ? "" : qPrintable(piece.error().message));
            QVERIFY(piece->bytes.size() <= limit);
            if (piece->bytes.isEmpty()) {
                QVERIFY(made.records.empty() || offset >= made.records.back().offset + made.records.back().length);
                continue;
            }
            QVERIFY(covers(piece->index, piece->offset, piece->bytes.size()));
            QCOMPARE(piece->bytes, made.bytes.mid(piece->offset, piece->bytes.size()));
            const auto first = std::ranges::find_if(
                made.records, [&](const LogEntry &each) { return each.offset + each.length > offset; });
            QCOMPARE(piece->offset, std::max(offset, first->offset));
            QCOMPARE(piece->index.front().at, first->at);
            QCOMPARE(piece->index.front().stream, first->stream);
        }
    }

    void everyDamageIsToldOrHarmless()
    {
        const Made made = make(3, 200, 300);
        QRandomGenerator random(11);
        for (int i = 0; i < 400; ++i) {
            QByteArray packed = made.packed;
            if (i % 4 == 0)
                packed.truncate(random.bounded(packed.size()));
            else
                packed[random.bounded(packed.size())] ^= char(1 << random.bounded(8));
            auto log = PackedLog::fromBytes(packed);
            if (!log)
                continue;
            for (qint64 offset = 0; offset < made.bytes.size();) {
                const auto piece = log->read({.offset = offset});
                if (!piece || piece->bytes.isEmpty())
                    break;
                QCOMPARE(piece->bytes, made.bytes.mid(piece->offset, piece->bytes.size()));
                offset = piece->offset + piece->bytes.size();
            }
        }
    }

    void zstdReadsTheFile()
    {
        QVERIFY2(!QStandardPaths::findExecutable(u"zstd"_s).isEmpty(),
            "there is no zstd here: install the package zstd, as installer/packages does");
        const QTemporaryDir folder;
        Memory sink;
        LogPacking packing(sink);
        QByteArray all;
        for (int i = 0; i < 30; ++i) {
            const QByteArray part(30'000, char('a' + i % 26));
            QVERIFY(packing.add({{all.size(), int(part.size()), 1, Instant(i)}}, part));
            all += part;
        }
        QVERIFY(packing.finish(all.size()));
        QFile file(folder.filePath(u"log.zst"_s));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(sink.all);
        file.close();
        QProcess zstd;
        zstd.start(u"zstd"_s, {u"-dc"_s, file.fileName()});
        QVERIFY2(zstd.waitForFinished(), qPrintable(zstd.errorString()));
        QCOMPARE(zstd.readAllStandardOutput(), all);
        auto log = PackedLog::open(file.fileName());
        QVERIFY(log);
        QCOMPARE(log->read({.offset = 299'990, .limit = 20})->bytes, all.mid(299'990, 20));
    }
};

QTEST_APPLESS_MAIN(TestPackedLog)
#include "tst_packedlog.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/logs/logspool.h"
#include "console/logs/logtext.h"

#include "shared/base/random.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <fcntl.h>
#include <sys/stat.h>

using namespace belfry;
using namespace Qt::StringLiterals;

namespace {

std::shared_ptr<LogSpool> openSpool(const QString &folder, const QString &name = u"log"_s)
{
    auto opened = LogSpool::open(folder, name);
    if (!opened)
        qFatal("%s", qPrintable(opened.error().message));
    while (true) {
        const auto more = (*opened)->indexSome();
        if (!more)
            qFatal("%s", qPrintable(more.error().message));
        if (!*more)
            return *opened;
    }
}

void append(LogSpool &spool, const QByteArray &bytes, int stream = 1, qint64 at = 0)
{
    const Status status = spool.append(
        spool.logOffset(), bytes, {{spool.logOffset(), int(bytes.size()), stream, Instant(at)}});
    if (!status)
        qFatal("%s", qPrintable(status.error().message));
}

QStringList linesOf(const std::shared_ptr<LogSpool> &spool)
{
    LogText text(spool);
    QStringList lines;
    for (qint64 i = 0; i < text.lineCount(); ++i)
        lines += text.line(i).styled.text;
    return lines;
}

// Lines of the size that logs have, now and then with a colour or a long one.
QByteArray randomText(SeededRandom &random, int lines)
{
    QByteArray text;
    for (int i = 0; i < lines; ++i) {
        switch (random.below(12)) {
        case 0:
            text += "\x1b[" + QByteArray::number(31 + qint64(random.below(6))) + "m";
            break;
        case 1:
            text += QByteArray(qsizetype(random.below(3) == 0 ? 70'000 : 300), 'x');
            break;
        default:
            break;
        }
        text += QByteArray(qsizetype(random.below(60)), char('a' + random.below(26))) + '\n';
    }
    return text;
}

} // namespace

class TestSpool : public QObject
{
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> m_folder;
    QString folder() const { return m_folder->path(); }

private Q_SLOTS:
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }

    void linesByNumber()
    {
        const auto spool = openSpool(folder());
        QCOMPARE(spool->lineCount(), 0);
        append(*spool, "one\ntwo\nthr");
        QCOMPARE(linesOf(spool), (QStringList{u"one"_s, u"two"_s, u"thr"_s}));
        append(*spool, "ee\n\n");
        QCOMPARE(linesOf(spool), (QStringList{u"one"_s, u"two"_s, u"three"_s, QString()}));
        QVERIFY(!spool->page(4));
        QVERIFY(!spool->page(-1));
        struct stat facts {};
        QCOMPARE(::stat(QFile::encodeName(folder() + u"/log.log"_s).constData(), &facts), 0);
        QCOMPARE(facts.st_mode & 0777, mode_t(0600));
    }

    // Whatever the pieces, the index says what reading the whole text says.
    void agreesWithASimpleReading()
    {
        SeededRandom random(20261124);
        for (int turn = 0; turn < 10; ++turn) {
            QByteArray whole = randomText(random, int(random.below(2000)));
            if (random.below(2) == 0)
                whole.chop(std::min<qsizetype>(whole.size(), qsizetype(random.below(20))));
            const auto spool = openSpool(folder(), QString::number(turn));
            for (qsizetype at = 0; at < whole.size();) {
                const qsizetype piece = std::min<qsizetype>(whole.size() - at, 1 + qsizetype(random.below(9000)));
                append(*spool, whole.sliced(at, piece));
                at += piece;
            }
            QByteArrayList lines = whole.split('\n');
            if (lines.last().isEmpty())
                lines.removeLast();
            QCOMPARE(spool->lineCount(), lines.size());
            LogText text(spool);
            TextStyle style;
            qint64 offset = 0;
            for (qsizetype i = 0; i < lines.size(); ++i) {
                const StyledText expected = styledLine(lines[i], style);
                const LogText::Line line = text.line(i);
                if (lines[i].size() < 8000)
                    QCOMPARE(line.styled, expected);
                else
                    QVERIFY(expected.text.startsWith(line.styled.text) && line.hidden > 0);
                if (i % 7 == 0 && !lines[i].isEmpty())
                    QCOMPARE(spool->lineAt(offset + lines[i].size() / 2).value_or(-1), i);
                offset += lines[i].size() + 1;
            }
        }
    }

    void streamsAndTimes()
    {
        const auto spool = openSpool(folder());
        append(*spool, "out\n", 1, 1000);
        append(*spool, "err\n", 2, 2000);
        append(*spool, "again", 1, 3000);
        LogText text(spool);
        QCOMPARE(text.line(0).stamp, (LogSpool::Stamp{LogSpool::Stdout, Instant(1000)}));
        QCOMPARE(text.line(1).stamp, (LogSpool::Stamp{LogSpool::Stderr, Instant(2000)}));
        QCOMPARE(text.line(2).stamp, (LogSpool::Stamp{LogSpool::Stdout, Instant(3000)}));
        QCOMPARE(text.lineAtTime(Instant(1500)), 1);
        QCOMPARE(text.lineAtTime(Instant(0)), 0);
        QCOMPARE(text.lineAtTime(Instant(9000)), 2);
        QStringList stretches;
        spool->forEachStretch(2, 12, [&](qint64 from, qint64 until, LogSpool::Stamp stamp) {
            stretches += u"%1-%2:%3"_s.arg(from).arg(until).arg(stamp.stream);
            return true;
        });
        QCOMPARE(stretches, (QStringList{u"2-4:1"_s, u"4-8:2"_s, u"8-12:1"_s}));
    }

    void aGapIsALineOfItsOwn()
    {
        const auto spool = openSpool(folder());
        append(*spool, "begin");
        QVERIFY(spool->addNote(u"[4 B are missing]"_s, 9));
        QCOMPARE(spool->logOffset(), 9);
        append(*spool, "end\n");
        QCOMPARE(spool->logOffset(), 13);
        QCOMPARE(linesOf(spool), (QStringList{u"begin"_s, u"[4 B are missing]"_s, u"end"_s}));
        LogText text(spool);
        QCOMPARE(text.line(0).stamp.stream, LogSpool::Stdout);
        QCOMPARE(text.line(1).stamp.stream, LogSpool::Note);
        QCOMPARE(text.line(2).stamp.stream, LogSpool::Stdout);
    }

    void goesOnWhereItWas()
    {
        {
            const auto spool = openSpool(folder());
            append(*spool, "one\n");
            QVERIFY(spool->addNote(u"[gap]"_s, 10));
            append(*spool, "tw", 2);
        }
        const auto spool = openSpool(folder());
        QVERIFY(!spool->isComplete());
        QCOMPARE(spool->logOffset(), 12);
        append(*spool, "o\n", 2);
        QCOMPARE(linesOf(spool), (QStringList{u"one"_s, u"[gap]"_s, u"two"_s}));
        QCOMPARE(LogText(spool).line(2).stamp.stream, LogSpool::Stderr);
    }

    void aCompleteLogIsKept()
    {
        {
            const auto spool = openSpool(folder());
            append(*spool, "all\n");
            QVERIFY(spool->complete(u"a remark"_s));
        }
        const auto spool = openSpool(folder());
        QVERIFY(spool->isComplete());
        QCOMPARE(spool->remark(), u"a remark"_s);
        QCOMPARE(linesOf(spool), QStringList{u"all"_s});
        QVERIFY(!spool->append(4, "more", {}));
    }

    void anEmptyLogIsKeptAsWell()
    {
        QVERIFY(openSpool(folder())->complete({}));
        QVERIFY(openSpool(folder())->isComplete());
    }

    void whatWasCutIsNotTrusted()
    {
        const QString file = folder() + u"/log.log"_s;
        {
            const auto spool = openSpool(folder());
            append(*spool, "first\n", 1, 1);
            append(*spool, "second\n", 1, 2);
            QVERIFY(spool->complete({}));
        }
        // Shorter than it says: begun again at the byte that is there.
        QVERIFY(QFile::resize(file, 8));
        {
            const auto spool = openSpool(folder());
            QVERIFY(!spool->isComplete());
            QCOMPARE(spool->logOffset(), 8);
            append(*spool, "cond\n");
            QCOMPARE(linesOf(spool), (QStringList{u"first"_s, u"second"_s}));
        }
        // Of another boot: the page cache may not have come to the disk.
        QFile index(folder() + u"/log.idx"_s);
        QVERIFY(index.open(QIODevice::ReadWrite));
        QVERIFY(index.seek(13));
        QCOMPARE(index.write("another"), 7);
        index.close();
        QCOMPARE(openSpool(folder())->lineCount(), 0);
    }

    void aNoteThatWasCutIsForgotten()
    {
        {
            const auto spool = openSpool(folder());
            append(*spool, "one\n");
            QVERIFY(spool->addNote(u"[gap of many bytes]"_s, 100));
        }
        QVERIFY(QFile::resize(folder() + u"/log.log"_s, 9));
        const auto spool = openSpool(folder());
        QCOMPARE(spool->logOffset(), 4);
        QCOMPARE(linesOf(spool), QStringList{u"one"_s});
    }

    void anotherThatHasItDoesNotDisturb()
    {
        const auto first = openSpool(folder());
        append(*first, "mine\n");
        const auto second = openSpool(folder());
        QCOMPARE(second->lineCount(), 0);
        append(*second, "other\n");
        QVERIFY(second->complete({}));
        QCOMPARE(linesOf(first), QStringList{u"mine"_s});
    }

    void theOldestGoFirst()
    {
        std::shared_ptr<LogSpool> used;
        for (int i = 0; i < 5; ++i) {
            const QString name = QString::number(i);
            auto spool = openSpool(folder(), name);
            append(*spool, QByteArray(1000, 'x'));
            QVERIFY(spool->complete({}));
            if (i == 0)
                used = spool;
            spool.reset();
            const timespec times[2] = {{1000 + i, 0}, {1000 + i, 0}};
            const QByteArray path = QFile::encodeName(folder() + u'/' + name + u".log"_s);
            QCOMPARE(::utimensat(AT_FDCWD, path.constData(), times, 0), 0);
        }
        pruneSpools(folder(), 2500);
        QCOMPARE(QDir(folder()).entryList({u"*.log"_s}), (QStringList{u"0.log"_s, u"3.log"_s, u"4.log"_s}));
        QCOMPARE(QDir(folder()).entryList({u"*.json"_s}).size(), 3);
        QCOMPARE(linesOf(used), QStringList{QString(1000, u'x')});
    }

    void aLineWithoutEndIsNotLost()
    {
        const auto spool = openSpool(folder());
        append(*spool, "before\n");
        for (int i = 0; i < 100; ++i)
            append(*spool, QByteArray(64 << 10, 'y'));
        QCOMPARE(spool->lineCount(), 2);
        LogText text(spool);
        QVERIFY(text.line(1).styled.text.size() < 20'000);
        QVERIFY(text.line(1).hidden > 6'000'000);
        append(*spool, "\nafter\n");
        QCOMPARE(spool->lineCount(), 3);
        QCOMPARE(text.line(2).styled.text, u"after"_s);
        QCOMPARE(text.line(0).styled.text, u"before"_s);
        QCOMPARE(text.whole(1, 100 << 20).text.size(), 100 * (64 << 10));
    }

    void aLongProgressBarShowsItsEnd()
    {
        const auto spool = openSpool(folder());
        QByteArray bar;
        for (int i = 0; i < 100'000; ++i)
            bar += "step " + QByteArray::number(i) + '\r';
        append(*spool, bar);
        LogText text(spool);
        QCOMPARE(text.line(0).styled.text, u"step 99999"_s);
        append(*spool, "\ndone");
        QCOMPARE(text.line(0).styled.text, u"step 99999"_s);
        QCOMPARE(text.line(1).styled.text, u"done"_s);
    }

    void aFolderThatCannotBeMadeIsSaid()
    {
        QFile file(folder() + u"/file"_s);
        QVERIFY(file.open(QIODevice::WriteOnly));
        const auto opened = LogSpool::open(folder() + u"/file/logs"_s, u"x"_s);
        QVERIFY(!opened);
        QVERIFY(opened.error().message.contains(u"XDG_CACHE_HOME"));
    }
};

QTEST_GUILESS_MAIN(TestSpool)
#include "tst_spool.moc"

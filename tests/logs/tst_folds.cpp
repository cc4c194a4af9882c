// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/logs/logrows.h"

#include "shared/base/random.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace belfry;
using namespace Qt::StringLiterals;

namespace {

void append(LogSpool &spool, const QByteArray &bytes)
{
    const Status status
        = spool.append(spool.logOffset(), bytes, {{spool.logOffset(), int(bytes.size()), 1, Instant(1)}});
    if (!status)
        qFatal("%s", qPrintable(status.error().message));
}

std::vector<qint64> linesOf(const LogSpool &spool, LineMark mark)
{
    return spool.index().marks().lines(mark).members(0, std::numeric_limits<int>::max());
}

// The lines that are shown, counted from 1 as people see them.
QString shown(const LogRows &rows)
{
    QStringList lines;
    for (qint64 row = 0; row < rows.count(); ++row)
        lines += QString::number(rows.lineOf(row) + 1);
    return lines.join(u' ');
}

// Memory of this process that is in use, in bytes.
qint64 residentSize()
{
    QFile file(u"/proc/self/statm"_s);
    return file.open(QIODevice::ReadOnly) ? file.readAll().split(' ').value(1).toLongLong() * 4096 : 0;
}

} // namespace

class TestFolds : public QObject
{
    Q_OBJECT

    QTemporaryDir m_folder;
    int m_spools = 0;
    std::shared_ptr<LogSpool> m_spool;

private Q_SLOTS:
    void init()
    {
        const auto opened = LogSpool::open(m_folder.path(), QString::number(++m_spools));
        QVERIFY2(opened, qPrintable(opened ? QString() : opened.error().message));
        m_spool = *opened;
    }

    void marksOfALine_data()
    {
        QTest::addColumn<QByteArray>("line");
        QTest::addColumn<int>("mark"); // -1: more is needed
        const auto row
            = [](const char *name, const QByteArray &line, LineMark mark) { QTest::newRow(name) << line << int(mark); };
        row("group", "##[group]Build", LineMark::Group);
        row("group without title", "##[group]\n", LineMark::Group);
        row("end", "##[endgroup]", LineMark::EndGroup);
        row("warning", "##[warning]disk", LineMark::Warning);
        row("error", "##[error]", LineMark::Error);
        row("behind colours", "\x1b[1;31m\x1b[0m##[error]x", LineMark::Error);
        row("not at the beginning", " ##[error]x", LineMark::None);
        row("another word", "##[debug]x", LineMark::None);
        row("another sequence", "\x1b[2K##[error]x", LineMark::None);
        row("other letters", "##[ERROR]x", LineMark::None);
        row("colours without end", QByteArray("\x1b[") + QByteArray(500, '1'), LineMark::None);
        row("short line", "##[gro\n", LineMark::None);
        QTest::newRow("begins like one") << QByteArray("##[gro") << -1;
        QTest::newRow("within a colour") << QByteArray("\x1b[3") << -1;
        QTest::newRow("behind a colour") << QByteArray("\x1b[3m") << -1;
    }
    void marksOfALine()
    {
        QFETCH(QByteArray, line);
        QFETCH(int, mark);
        const auto found = markOf(line);
        QCOMPARE(found ? int(*found) : -1, mark);
    }

    // However the bytes are cut.
    void marksAgreeWithASimpleReading()
    {
        static constexpr auto pieces = std::to_array<const char *>({"##[group]a", "##[endgroup]", "##[warning]",
            "##[error]e", "##[gr", "#", "\x1b[31m##[error]", "\x1b[31", "text", "", "text ##[group]"});
        SeededRandom random(3);
        for (int turn = 0; turn < 20; ++turn) {
            init();
            QByteArrayList lines;
            for (int i = 0; i < 300; ++i)
                lines += pieces[random.below(pieces.size())];
            const QByteArray whole = lines.join('\n') + '\n';
            for (qsizetype at = 0; at < whole.size();) {
                const qsizetype piece = std::min<qsizetype>(whole.size() - at, 1 + qsizetype(random.below(12)));
                append(*m_spool, whole.sliced(at, piece));
                at += piece;
            }
            for (const LineMark mark : {LineMark::Group, LineMark::EndGroup, LineMark::Warning, LineMark::Error}) {
                std::vector<qint64> expected;
                for (qsizetype i = 0; i < lines.size(); ++i)
                    if (markOf(lines[i] + '\n') == mark)
                        expected.push_back(i);
                QCOMPARE(linesOf(*m_spool, mark), expected);
                for (const qint64 line : expected)
                    QCOMPARE(m_spool->index().marks().of(line), mark);
            }
        }
    }

    void hiddenLinesAgreeWithAList()
    {
        constexpr qint64 lines = 300'000; // of several parts
        SeededRandom random(7);
        HiddenLines hidden;
        std::vector<char> list(lines, 0);
        for (int turn = 0; turn < 60; ++turn) {
            const qint64 from = qint64(random.below(lines));
            const qint64 until
                = std::min(lines, from + qint64(random.below(random.below(3) == 0 ? std::size_t(lines) : 200)));
            const bool hides = random.below(3) != 0;
            hidden.set(from, until, hides);
            std::fill(list.begin() + from, list.begin() + std::max(from, until), char(hides));
            qint64 before = 0;
            for (qint64 line = 0; line < lines; ++line) {
                const bool isHidden = list[std::size_t(line)];
                if (line % 997 == 0 || (line > from - 3 && line < from + 3) || (line > until - 3 && line < until + 3)) {
                    QCOMPARE(hidden.contains(line), isHidden);
                    QCOMPARE(hidden.before(line), before);
                    if (!isHidden)
                        QCOMPARE(hidden.shownAt(line - before), line);
                }
                before += isHidden;
            }
            QCOMPARE(hidden.count(), before);
            QCOMPARE(hidden.shownAt(lines + 5 - before), lines + 5); // beyond what was hidden
        }
        hidden.clear();
        QCOMPARE(hidden.count(), 0);
        QCOMPARE(hidden.shownAt(70'000), 70'000);
    }

    void membersOfASet()
    {
        SeededRandom random(9);
        LineSet set;
        std::vector<qint64> all;
        for (qint64 line = 0; line < 400'000; line += 1 + qint64(random.below(line < 150'000 ? 2 : 300)))
            all.push_back(line);
        set.add(all);
        for (int turn = 0; turn < 200; ++turn) {
            const auto from = std::size_t(random.below(all.size() + 10));
            const auto most = std::size_t(random.below(5000));
            const std::size_t begin = std::min(from, all.size()), end = std::min(from + most, all.size());
            QCOMPARE(set.members(qint64(from), qint64(most)),
                std::vector<qint64>(all.begin() + qint64(begin), all.begin() + qint64(end)));
        }
    }

    void groupsAreFolded()
    {
        append(*m_spool, "1\n##[group]a\n3\n4\n##[endgroup]\n6\n##[group]b\n8\n##[group]c\n10\n");
        LogRows rows;
        rows.setSpool(m_spool);
        LogFolds &folds = *rows.folds();
        QVERIFY(folds.hasGroups());
        QVERIFY(!folds.groupAt(0));
        QVERIFY(!folds.groupAt(5));
        QCOMPARE(folds.groupAt(1), (LogFolds::Group{1, 4, false}));
        QCOMPARE(folds.groupAt(4), (LogFolds::Group{1, 4, false}));
        QCOMPARE(folds.groupAt(7), (LogFolds::Group{6, 7, false})); // the next one ends it
        QCOMPARE(folds.groupAt(9), (LogFolds::Group{8, 9, true}));
        QVERIFY(!folds.groupAt(99));
        folds.setFolded(*folds.groupAt(3), true);
        QVERIFY(folds.isFolded(*folds.groupAt(1)));
        QCOMPARE(shown(rows), u"1 2 6 7 8 9 10"_s);
        QCOMPARE(rows.rowOf(5), 2);
        QCOMPARE(rows.rowOf(3), 1); // its header
        QCOMPARE(rows.lineOf(7), -1);
        QVERIFY(!folds.reveal(5));
        QVERIFY(folds.reveal(4));
        QCOMPARE(shown(rows), u"1 2 3 4 5 6 7 8 9 10"_s);
    }

    void allAreFoldedAlsoThoseToCome()
    {
        append(*m_spool, "##[group]a\n2\n##[endgroup]\n4\n##[group]b\n6\n");
        LogRows rows;
        rows.setSpool(m_spool);
        rows.folds()->foldAll();
        QCOMPARE(shown(rows), u"1 4 5 6"_s); // what is under way stays in sight
        append(*m_spool, "7\n##[endgroup]\n9\n##[group]c\n11\n##[endgroup]\n");
        rows.grow();
        QCOMPARE(shown(rows), u"1 4 5 9 10"_s);
        rows.folds()->setFolded(*rows.folds()->groupAt(0), false);
        append(*m_spool, "13\n");
        rows.grow();
        QCOMPARE(shown(rows), u"1 2 3 4 5 9 10 13"_s); // what was unfolded stays so
        rows.folds()->unfoldAll();
        append(*m_spool, "##[group]d\n15\n##[endgroup]\n");
        rows.grow();
        QCOMPARE(rows.count(), 16);
    }

    void aFoldedGroupGoesOnGrowing()
    {
        append(*m_spool, "##[group]a\n2\n");
        LogRows rows;
        rows.setSpool(m_spool);
        rows.folds()->setFolded(*rows.folds()->groupAt(0), true);
        append(*m_spool, "3\n4\n");
        rows.grow();
        QCOMPARE(shown(rows), u"1"_s);
        append(*m_spool, "##[endgroup]\n6\n");
        rows.grow();
        append(*m_spool, "7\n");
        rows.grow();
        QCOMPARE(shown(rows), u"1 6 7"_s);
    }

    void aSetHasItsOwnRows()
    {
        append(*m_spool, "##[group]a\n2\n3\n##[endgroup]\n5\n");
        LogRows rows;
        rows.setSpool(m_spool);
        rows.folds()->foldAll();
        auto set = std::make_shared<LineSet>();
        set->add({1, 4});
        rows.setOnly(set);
        QVERIFY(!rows.folds());
        QCOMPARE(shown(rows), u"2 5"_s);
        rows.setOnly(nullptr);
        QCOMPARE(shown(rows), u"1 5"_s);
        rows.setSpool(nullptr);
        QCOMPARE(rows.count(), 0);
        QCOMPARE(rows.rowOf(3), 0);
    }

    // Ten million lines, as many groups as a log can have: folding costs a few bits for a line.
    void theLargestLogIsFolded()
    {
        QByteArray bytes;
        constexpr int pieces = 100;
        constexpr int groups = 25'000; // of a piece
        for (int i = 0; i < groups; ++i)
            bytes += "##[group]step\ndone\n##[endgroup]\n.\n";
        [[maybe_unused]] const qint64 before = residentSize();
        for (int i = 0; i < pieces; ++i)
            append(*m_spool, bytes);
        LogRows rows;
        rows.setSpool(m_spool);
        QCOMPARE(rows.count(), 10'000'000);
        rows.folds()->foldAll();
        QCOMPARE(rows.count(), 5'000'000);
        QCOMPARE(rows.lineOf(4'999'999), 9'999'999);
        QCOMPARE(rows.rowOf(8'000'000), 4'000'000);
        QVERIFY(rows.folds()->reveal(5'000'002));
        QCOMPARE(rows.count(), 5'000'002);
#ifndef __SANITIZE_ADDRESS__ // which keeps what was freed for a while
        QVERIFY2(residentSize() - before < 64 << 20, qPrintable(QString::number(residentSize() - before)));
#endif
    }
};

QTEST_GUILESS_MAIN(TestFolds)
#include "tst_folds.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/linediff.h"

#include <QTest>

#include <random>

using namespace belfry;
using namespace Qt::StringLiterals;

namespace {

// As `diff` writes it, for reading.
QString words(const std::vector<DiffLine> &lines)
{
    QStringList all;
    for (const DiffLine &each : lines)
        all += each.kind == DiffLine::Skipped ? u"~%1"_s.arg(each.count) : u" -+"_s[each.kind] + each.text;
    return all.join(u'|');
}

// One side of it, from which nothing may have been left out.
QString side(const std::vector<DiffLine> &lines, DiffLine::Kind other)
{
    QStringList all;
    for (const DiffLine &each : lines)
        if (each.kind != other)
            all += each.text;
    return all.join(u'\n');
}

} // namespace

class TestLineDiff : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void differences_data()
    {
        QTest::addColumn<QString>("before");
        QTest::addColumn<QString>("after");
        QTest::addColumn<QString>("expected");
        QTest::newRow("the same") << u"a\nb"_s << u"a\nb"_s << QString();
        QTest::newRow("changed") << u"a\nb\nc"_s << u"a\nx\nc"_s << u" a|-b|+x| c"_s;
        QTest::newRow("added at the end") << u"a"_s << u"a\nb"_s << u" a|+b"_s;
        QTest::newRow("removed at the start") << u"a\nb"_s << u"b"_s << u"-a| b"_s;
        QTest::newRow("twice the same line") << u"a\na"_s << u"a"_s << u" a|-a"_s;
        QTest::newRow("far from a change")
            << u"1\n2\n3\n4\n5\n6\n7"_s << u"1\n2\n3\n4\n5\n6\nx"_s << u"~3| 4| 5| 6|-7|+x"_s;
    }
    void differences()
    {
        QFETCH(QString, before);
        QFETCH(QString, after);
        QTEST(words(diffLines(before, after)), "expected");
    }
    void bothSidesAreWhole()
    {
        std::mt19937 random(20260301);
        for (int round = 0; round < 500; ++round) {
            const auto text = [&random] {
                QStringList lines;
                for (int i = int(random() % 30); i >= 0; --i)
                    lines += QString(QChar(u'a' + int(random() % 5)));
                return lines.join(u'\n');
            };
            const QString before = text();
            const QString after = text();
            const auto lines = diffLines(before, after, 1000);
            if (before == after)
                continue;
            QCOMPARE(side(lines, DiffLine::Added), before);
            QCOMPARE(side(lines, DiffLine::Removed), after);
        }
    }
    void veryLongTextsAreReplaced()
    {
        const QString before = u"first\n"_s + u"a\n"_s.repeated(5000) + u"last"_s;
        const QString after = u"first\n"_s + u"b\n"_s.repeated(5000) + u"last"_s;
        const auto lines = diffLines(before, after, 1);
        QCOMPARE(lines.size(), std::size_t(10'002));
        QCOMPARE(lines.front().text, u"first"_s);
        QCOMPARE(side(lines, DiffLine::Added), before);
    }
};

QTEST_GUILESS_MAIN(TestLineDiff)
#include "tst_linediff.moc"

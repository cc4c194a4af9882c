// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/cli/table.h"

#include <QTest>

using namespace belfry;
using namespace Qt::StringLiterals;

class TestTable : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void alignsColumnsByTheirWidthOnATerminal()
    {
        const QString text = tableText({{u"RUN"_s, true}, {u"JOB"_s}, {u"NOTE"_s}},
            {{u"7"_s, u"夜/間"_s, u"x"_s}, {u"1042"_s, u"sales/load"_s, Cell()}}, {});
        QCOMPARE(text,
            u" RUN  JOB         NOTE\n"
            "   7  夜/間       x\n"
            "1042  sales/load\n"_s);
    }

    void fillsShortRows() { QCOMPARE(tableText({{u"A"_s}, {u"B"_s}}, {{u"1"_s}}, {}), u"A  B\n1\n"_s); }

    void keepsARowOnItsLine()
    {
        const QString text = tableText({{u"A"_s}, {u"B"_s}}, {{u"1\n2\x1b[2J"_s, u"z"_s}}, {});
        QCOMPARE(text, u"A            B\n1\\n2\\x1b[2J  z\n"_s);
    }

    void cutsShrinkingColumnsToTheTerminal()
    {
        const std::vector<ColumnLook> columns{{u"JOB"_s}, {u"REASON"_s, false, true}, {u"EXIT"_s, true}};
        const std::vector<std::vector<Cell>> rows{{u"project/job"_s, u"a reason that goes on and on"_s, u"3"_s}};
        QCOMPARE(tableText(columns, rows, {.width = 34}),
            u"JOB          REASON           EXIT\n"
            "project/job  a reason that …     3\n"_s);
        // What does not shrink, and what would say nothing any more, stays.
        QCOMPARE(tableText(columns, rows, {.width = 10}),
            u"JOB          REASON    EXIT\n"
            "project/job  a reaso…     3\n"_s);
    }

    void coloursOnlyWhereItMay()
    {
        const std::vector<std::vector<Cell>> rows{{{u"failed"_s, Tone::Bad}, u"x"_s}};
        QCOMPARE(tableText({{u"S"_s}, {u"T"_s}}, rows, {.colour = true}),
            u"\x1b[1mS\x1b[0m       \x1b[1mT\x1b[0m\n\x1b[31mfailed\x1b[0m  x\n"_s);
        QVERIFY(!tableText({{u"S"_s}, {u"T"_s}}, rows, {}).contains(u'\x1b'));
    }

    void sheetsIndentFurtherLines()
    {
        const QString text = sheetText({{u"Job"_s, u"a/b"_s}, {u"Script"_s, u"set -e\n\x1b[2J\n\nexit"_s}}, {});
        QCOMPARE(text, u"Job     a/b\nScript  set -e\n        \\x1b[2J\n\n        exit\n"_s);
    }
};

QTEST_APPLESS_MAIN(TestTable)
#include "tst_table.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/expr/labelexpr.h"

#include <QTest>

using namespace belfry;
using namespace Qt::StringLiterals;

namespace {

const std::map<QString, QString> db1{{u"linux"_s, {}}, {u"os"_s, u"linux"_s}, {u"arch"_s, u"x86_64"_s},
    {u"name"_s, u"db1"_s}, {u"site"_s, u"Berlin Mitte"_s}, {u"cpus"_s, u"8"_s}};

} // namespace

class TestLabelExpr : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void matchesAndPrints_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<bool>("matches");
        QTest::addColumn<QString>("printed");
        const auto row = [](const QString &text, bool matches, const QString &printed = {}) {
            QTest::newRow(qPrintable(text)) << text << matches << (printed.isNull() ? text : printed);
        };
        row(u""_s, true);
        row(u"  "_s, true, u""_s);
        row(u"linux"_s, true);
        row(u"gpu"_s, false);
        row(u"!gpu"_s, true);
        row(u"! ! linux"_s, true, u"!!linux"_s);
        row(u"linux&&!gpu"_s, true, u"linux && !gpu"_s);
        row(u"os == linux"_s, true);
        row(u"os==windows"_s, false, u"os == windows"_s);
        row(u"os != windows"_s, true);
        row(u"gpu != nvidia"_s, true);
        row(u"name == db1"_s, true);
        row(u"gpu || name == db1"_s, true);
        row(u"linux || gpu && gpu"_s, true);
        row(u"(linux || gpu) && gpu"_s, false);
        row(u"(linux && os) || gpu"_s, true, u"linux && os || gpu"_s);
        row(u"!(linux || gpu)"_s, false);
        row(u"!(os == linux)"_s, false);
        row(u"site == 'Berlin Mitte'"_s, true);
        row(u"site == \"Berlin Mitte\""_s, true, u"site == 'Berlin Mitte'"_s);
        row(u"site == \"it's\""_s, false);
        row(u"site == ''"_s, false);
        row(u"cpus == 8"_s, true);
        row(u"Linux"_s, false);
        row(u"a.b:c/d@e+f-g == x"_s, false);
        row(u"((((linux))))"_s, true, u"linux"_s);
        row(u"linux && os && arch"_s, true);
        row(u"linux && (os || arch)"_s, true);
    }
    void matchesAndPrints()
    {
        QFETCH(QString, text);
        QFETCH(bool, matches);
        QFETCH(QString, printed);
        const auto expression = LabelExpr::parse(text);
        QVERIFY2(expression, qPrintable(expression ? QString() : expression.error().message));
        QCOMPARE(expression->matches(db1), matches);
        QCOMPARE(expression->toString(), printed);
        const auto again = LabelExpr::parse(printed);
        QVERIFY(again);
        QCOMPARE(again->toString(), printed);
        QCOMPARE(again->matches(db1), matches);
        QVERIFY(!LabelExpr::fault(text));
        QCOMPARE(expression->whyNot(db1).isEmpty(), matches);
    }
    void saysWhatTheLabelsLack_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("lacking");
        const auto row = [](const QString &text, const QString &lacking) {
            QTest::newRow(qPrintable(text)) << text << lacking;
        };
        row(u"linux"_s, QString());
        row(u"gpu"_s, u"no label gpu"_s);
        row(u"os == windows"_s, u"os is linux, not windows"_s);
        row(u"gpu == nvidia"_s, u"no label gpu"_s);
        row(u"os != linux"_s, u"os is linux"_s);
        row(u"!linux"_s, u"it has label linux"_s);
        row(u"!(linux || gpu)"_s, u"it matches linux || gpu"_s);
        row(u"linux && gpu"_s, u"no label gpu"_s);
        row(u"gpu && os == windows"_s, u"no label gpu, os is linux, not windows"_s);
        row(u"gpu || !linux"_s, u"no label gpu and it has label linux"_s);
    }
    void saysWhatTheLabelsLack()
    {
        QFETCH(QString, text);
        QFETCH(QString, lacking);
        QCOMPARE(LabelExpr::parse(text)->whyNot(db1), lacking);
    }

    void refusesWithPlace_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<int>("offset");
        QTest::addColumn<QString>("message");
        const auto row = [](const QString &text, int offset, const QString &message) {
            QTest::newRow(qPrintable(text.left(40))) << text << offset << message;
        };
        row(u"linux &&"_s, 8, u"the expression ends where a label is expected"_s);
        row(u"&& linux"_s, 0, u"expected a label, found '&'"_s);
        row(u"linux & gpu"_s, 6, u"expected && or || here; write &&"_s);
        row(u"linux | gpu"_s, 6, u"expected && or || here; write ||"_s);
        row(u"linux and gpu"_s, 6, u"expected && or || here; write &&"_s);
        row(u"linux OR gpu"_s, 6, u"expected && or || here; write ||"_s);
        row(u"linux, gpu"_s, 5, u"expected && or || here; write ||"_s);
        row(u"os = linux"_s, 3, u"expected && or || here; equality is written =="_s);
        row(u"(linux"_s, 0, u"this '(' has no ')'"_s);
        row(u"(linux gpu)"_s, 7, u"expected &&, || or ) here"_s);
        row(u"linux)"_s, 5, u"')' without a '('"_s);
        row(u"os == "_s, 6, u"the expression ends where a label is expected"_s);
        row(u"os == 'lin"_s, 6, u"this quote is not closed"_s);
        row(u"'os' == linux"_s, 0, u"expected a label, found '''"_s);
        row(u"!"_s, 1, u"the expression ends where a label is expected"_s);
        row(u"a || *"_s, 5, u"expected a label, found '*'"_s);
        row(u"("_s.repeated(65) + u"a"_s + u")"_s.repeated(65), 64, u"nested deeper than 64 levels"_s);
        row(u"!"_s.repeated(900), 64, u"nested deeper than 64 levels"_s);
        row(u"a"_s.repeated(1025), 1024, u"an agent expression has at most 1024 characters"_s);
    }
    void refusesWithPlace()
    {
        QFETCH(QString, text);
        QFETCH(int, offset);
        QFETCH(QString, message);
        const auto fault = LabelExpr::fault(text);
        QVERIFY(fault);
        QCOMPARE(fault->message + (fault->hint.isEmpty() ? QString() : u"; "_s + fault->hint), message);
        QCOMPARE(fault->offset, offset);
        const auto parsed = LabelExpr::parse(text);
        QVERIFY(!parsed);
        QCOMPARE(parsed.error(), (Error{ErrorKind::Invalid, u"column %1: %2"_s.arg(offset + 1).arg(message)}));
    }

    void listsItsLabels()
    {
        QCOMPARE(LabelExpr::parse(u"b && !a || os == linux && b")->labels(), QStringList({u"a"_s, u"b"_s, u"os"_s}));
        QCOMPARE(LabelExpr::parse(u"")->labels(), QStringList());
    }
};

QTEST_GUILESS_MAIN(TestLabelExpr)
#include "tst_labelexpr.moc"

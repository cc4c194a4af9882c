// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/cli/text.h"

#include <QTest>

using namespace belfry;
using namespace Qt::StringLiterals;

class TestText : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void countsTheColumnsOfATerminal_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<int>("width");
        QTest::newRow("nothing") << u""_s << 0;
        QTest::newRow("letters") << u"job"_s << 3;
        QTest::newRow("umlaut") << u"Müßig"_s << 5;
        QTest::newRow("combining") << u"e\u0301"_s << 1;
        QTest::newRow("chinese") << u"夜間処理"_s << 8;
        QTest::newRow("korean") << u"작업"_s << 4;
        QTest::newRow("hangul letters") << u"\u1100\u1161"_s << 2;
        QTest::newRow("full width") << u"ＡＢ"_s << 4;
        QTest::newRow("emoji") << u"🚀ok"_s << 4;
        QTest::newRow("rare han") << QString::fromUcs4(U"\U00020000") << 2;
        QTest::newRow("arrow") << u"→"_s << 1;
    }
    void countsTheColumnsOfATerminal()
    {
        QFETCH(QString, text);
        QTEST(textWidth(text), "width");
    }

    void showsWhatATerminalWouldObey_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("shown");
        QTest::newRow("plain") << u"Nächtlich 夜 🚀"_s << u"Nächtlich 夜 🚀"_s;
        QTest::newRow("line break") << u"a\nb\tc"_s << u"a\\nb\\tc"_s;
        QTest::newRow("clipboard") << u"\x1b]52;c;ZXZpbA==\x07"_s << u"\\x1b]52;c;ZXZpbA==\\x07"_s;
        QTest::newRow("delete") << u"\x7f"_s << u"\\x7f"_s;
        QTest::newRow("8 bit controls") << u"\u009b2J"_s << u"\\x9b2J"_s;
        QTest::newRow("bidi") << u"a\u202eb"_s << u"a<U+202E>b"_s;
        QTest::newRow("isolate") << u"\u2066x"_s << u"<U+2066>x"_s;
        QTest::newRow("zero width") << u"a\u200bb"_s << u"a<U+200B>b"_s;
        QTest::newRow("byte order mark") << u"\ufeffa"_s << u"<U+FEFF>a"_s;
        QTest::newRow("line separator") << u"a\u2028b"_s << u"a<U+2028>b"_s;
        QTest::newRow("tag") << QString::fromUcs4(U"\U000E0041") << u"<U+E0041>"_s;
        QTest::newRow("half a pair") << QString(QChar(0xd800)) << u"\ufffd"_s;
    }
    void showsWhatATerminalWouldObey()
    {
        QFETCH(QString, text);
        QTEST(visible(text), "shown");
    }

    void cutsByColumnsNotByLetters()
    {
        QCOMPARE(elided(u"short"_s, 5), u"short"_s);
        QCOMPARE(elided(u"too long"_s, 5), u"too …"_s);
        QCOMPARE(elided(u"夜間処理"_s, 5), u"夜間…"_s);
        QCOMPARE(elided(u"夜間処理"_s, 4), u"夜…"_s);
        QCOMPARE(elided(u"x"_s, 0), QString());
    }

    void padsByColumns()
    {
        QCOMPARE(padded(u"夜"_s, 4), u"夜  "_s);
        QCOMPARE(padded(u"12"_s, 4, true), u"  12"_s);
        QCOMPARE(padded(u"longer"_s, 3), u"longer"_s);
    }

    void counts()
    {
        QCOMPARE(counted(1, u"run"_s), u"1 run"_s);
        QCOMPARE(counted(0, u"run"_s), u"0 runs"_s);
    }
};

QTEST_APPLESS_MAIN(TestText)
#include "tst_text.moc"

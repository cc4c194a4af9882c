// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/logs/ansi.h"

#include "shared/base/random.h"

#include <QTest>

using namespace belfry;
using namespace Qt::StringLiterals;

namespace {

TextStyle ink(TextColor::Kind kind, quint32 value, int flags = 0)
{
    TextStyle style;
    style.ink = {.kind = kind, .value = value & 0xffffff};
    style.flags = quint8(flags);
    return style;
}

StyledText shown(QByteArrayView line)
{
    TextStyle style;
    return styledLine(line, style);
}

} // namespace

class TestAnsi : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void understandsColours()
    {
        const StyledText text = shown("a\x1b[31mb\x1b[1mc\x1b[38;5;200md\x1b[38;2;1;2;3me\x1b[0mf");
        QCOMPARE(text.text, u"abcdef"_s);
        QCOMPARE(text.runs.size(), std::size_t(6));
        QCOMPARE(text.runs[0].style, TextStyle());
        QCOMPARE(text.runs[1].style, ink(TextColor::Indexed, 1));
        QCOMPARE(text.runs[2].style, ink(TextColor::Indexed, 1, TextStyle::Bold));
        QCOMPARE(text.runs[3].style, ink(TextColor::Indexed, 200, TextStyle::Bold));
        QCOMPARE(text.runs[4].style, ink(TextColor::Rgb, 0x010203, TextStyle::Bold));
        QCOMPARE(text.runs[5].style, TextStyle());
        QCOMPARE(shown("\x1b[97;44mx").runs[0].style.ink.value, 15u);
        QCOMPARE(shown("\x1b[97;44mx").runs[0].style.ground.value, 4u);
        QCOMPARE(shown("\x1b[38:5:9mx").runs[0].style, ink(TextColor::Indexed, 9));
        QCOMPARE(shown("\x1b[mx\x1b[4;9;7;3;2;8my").runs[1].style.flags,
            quint8(TextStyle::Underline | TextStyle::Struck | TextStyle::Inverse | TextStyle::Italic | TextStyle::Faint
                | TextStyle::Hidden));
    }

    void theStyleGoesOnInTheNextLine()
    {
        TextStyle style;
        styledLine("\x1b[32mgreen", style);
        QCOMPARE(styledLine("still", style).runs[0].style, ink(TextColor::Indexed, 2));
        TextStyle passed;
        passLine("\x1b[32mgreen\r\x1b[1m", passed);
        QCOMPARE(passed, ink(TextColor::Indexed, 2, TextStyle::Bold));
    }

    void leavesOutEverythingElse_data()
    {
        QTest::addColumn<QByteArray>("line");
        QTest::addColumn<QString>("text");
        const auto row = [](const char *name, const QByteArray &line, const QString &text) {
            QTest::newRow(name) << line << text;
        };
        row("cursor", "a\x1b[2Kb\x1b[10;20Hc\x1b[?25ld", u"abcd"_s);
        row("title",
            "a\x1b]0;title\x07"
            "b\x1b]8;;http://x\x1b\\c",
            u"abc"_s);
        row("device control", "a\x1bPq#0\x1b\\b", u"ab"_s);
        row("unfinished title does not swallow", "a\x1b]0;title", u"a0;title"_s);
        row("unfinished colour", "a\x1b[3", u"a"_s);
        row("broken colour", QByteArray("a\x1b[3\x01z"), u"az"_s);
        row("only an escape", "a\x1b", u"a"_s);
        row("charset", "a\x1b(Bb", u"ab"_s);
        row("controls",
            QByteArray("a\0b\x07"
                       "c\x7f"
                       "d\x08"
                       "e",
                9),
            u"abcde"_s);
        row("a tab stays", "a\tb", u"a\tb"_s);
        row("windows' line break", "abc\r", u"abc"_s);
        row("progress", "10%\r20%\r30%", u"30%"_s);
        row("progress with its end", "10%\r20%\r", u"20%"_s);
        row("progress that clears", "10%\r\x1b[K", u"10%"_s);
        row("no UTF-8", "a\xff\xc3", u"a\uFFFD\uFFFD"_s);
        row("direction", "a\u202Eb\u2066c", u"a\uFFFDb\uFFFDc"_s);
        row("C1", "a\u009b31mb", u"a\uFFFD31mb"_s);
        row("UTF-8", "grün \U0001F600", u"grün \U0001F600"_s);
    }
    void leavesOutEverythingElse()
    {
        QFETCH(QByteArray, line);
        QFETCH(QString, text);
        QCOMPARE(shown(line).text, text);
        QCOMPARE(decodeText(plainBytes(line)), text);
    }

    void runsCoverTheTextAndBytesAgree()
    {
        static constexpr auto pieces = std::to_array<const char *>(
            {"a", " ", "\t", "\r", "\x1b", "[", "31", "m", ";", "\x1b[1m", "\x1b[38;5;99m", "\x1b]0;", "\x07", "\xc3",
                "\xa9", "ü", "\x1b\\", "\x01", "word", "\x7f", "\x1f", "~", "plain text of some length"});
        SeededRandom random(7);
        for (int turn = 0; turn < 20'000; ++turn) {
            QByteArray line;
            for (int i = int(random.below(20)); i > 0; --i)
                line += pieces[random.below(pieces.size())];
            TextStyle style;
            TextStyle passed;
            const StyledText styled = styledLine(line, style);
            passLine(line, passed);
            QCOMPARE(passed, style);
            QCOMPARE(styled.text, decodeText(plainBytes(line)));
            const bool plain = std::all_of(line.begin(), line.end(),
                [](char c) { return (quint8(c) >= 0x20 && c != '\x7f') || c == '\t' || c == '\n'; });
            QCOMPARE(isPlainText(line), plain);
            qsizetype at = 0;
            for (const StyledRun &run : styled.runs) {
                QCOMPARE(run.from, at);
                at += run.length;
            }
            QCOMPARE(at, styled.text.size());
        }
    }

    void linesAreTakenApartAsOneByOne()
    {
        QCOMPARE(plainBytes("a\r\nb\rc\n\x1b[31md\n\n"), QByteArray("a\nc\nd\n\n"));
        QCOMPARE(plainBytes("plain\nlines"), QByteArray("plain\nlines"));
    }

    void theTableOfColours()
    {
        QCOMPARE(tableColor(16), 0x000000u);
        QCOMPARE(tableColor(231), 0xffffffu);
        QCOMPARE(tableColor(196), 0xff0000u);
        QCOMPARE(tableColor(67), 0x5f87afu);
        QCOMPARE(tableColor(232), 0x080808u);
        QCOMPARE(tableColor(255), 0xeeeeeeu);
    }
};

QTEST_GUILESS_MAIN(TestAnsi)
#include "tst_ansi.moc"

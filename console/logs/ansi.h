// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QByteArrayView>
#include <QString>

#include <vector>

// What a job's bytes look like as text (ECMA-48): colours and styles (SGR) are understood, every other sequence and
// control character but the tab is left out. A carriage return drops what stood before it in its line, as progress bars
// want it. Bytes that are no UTF-8, C1 controls and characters that turn the direction of text become U+FFFD.
namespace belfry {

struct TextColor {
    enum Kind : quint8 { Default, Indexed, Rgb };
    quint32 kind : 8 = Default;
    quint32 value : 24 = 0; // 0..255 of the table, or 0xRRGGBB
    bool operator==(const TextColor &) const = default;
};

struct TextStyle {
    enum Flag : quint8 { Bold = 1, Faint = 2, Italic = 4, Underline = 8, Inverse = 16, Hidden = 32, Struck = 64 };
    TextColor ink;
    TextColor ground;
    quint8 flags = 0;
    bool operator==(const TextStyle &) const = default;
};

struct StyledRun {
    qsizetype from = 0; // of the text
    qsizetype length = 0;
    TextStyle style;
    bool operator==(const StyledRun &) const = default;
};

struct StyledText {
    QString text;
    std::vector<StyledRun> runs; // cover the text without gaps; empty for empty text
    bool operator==(const StyledText &) const = default;
};

// One line, without its line break. `style` is that in force at its beginning, and becomes that at its end.
StyledText styledLine(QByteArrayView line, TextStyle &style);
// The same as styledLine(), for its effect on the style.
void passLine(QByteArrayView line, TextStyle &style);

// What can be seen of lines, still as bytes; line breaks stay. decodeText() of it is the text of styledLine().
QByteArray plainBytes(QByteArrayView lines);
// Whether plainBytes() of them are they themselves for want of control characters.
bool isPlainText(QByteArrayView lines);
QString decodeText(QByteArrayView plain);
// Whether decodeText() may have put this character in the place of something else.
bool isReplacement(QChar character);

// 0xRRGGBB of an entry 16..255 of the table of 256 colours: a cube of 6x6x6, then 24 greys.
quint32 tableColor(int index);

} // namespace belfry

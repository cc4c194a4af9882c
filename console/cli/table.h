// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <vector>

namespace belfry {

// What a cell says by its colour as well; the text says it too.
enum class Tone { Plain, Good, Bad, Warn, Live, Dim, Strong };

struct Cell {
    QString text;
    Tone tone = Tone::Plain;

    Cell() = default;
    Cell(QString what, Tone how = Tone::Plain)
        : text(std::move(what))
        , tone(how)
    { }
};

struct ColumnLook {
    QString title;
    bool right = false; // numbers
    bool shrinks = false; // is cut first where the terminal is too narrow
};

struct TableStyle {
    bool colour = false;
    int width = 0; // columns of the terminal; 0: as wide as the texts are
};

// Text in the tone's colour (SGR), or as it is.
QString toned(const QString &text, Tone tone, bool colour);

// Aligned columns under their titles, two blanks between them, no blanks at the ends of lines. Cells may hold anything:
// they are made visible() first. A row shorter than the columns is filled with empty cells.
QString tableText(
    const std::vector<ColumnLook> &columns, const std::vector<std::vector<Cell>> &rows, const TableStyle &style);

// `Label  value` lines; labels aligned. Line breaks in values begin a new, indented line.
struct SheetLine {
    QString label;
    Cell value;
};
QString sheetText(const std::vector<SheetLine> &lines, const TableStyle &style);

} // namespace belfry

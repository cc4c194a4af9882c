// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/cli/table.h"
#include "console/cli/text.h"
#include "shared/codec/codec.h"

#include <QJsonArray>
#include <QJsonObject>

#include <functional>

namespace belfry {

enum class Format { Table, Wide, Json, Jsonl, Csv, Name };
constexpr auto enumNames(const Format *)
{
    return names<Format>({{Format::Table, "table"}, {Format::Wide, "wide"}, {Format::Json, "json"},
        {Format::Jsonl, "jsonl"}, {Format::Csv, "csv"}, {Format::Name, "name"}});
}

// A struct's field names in the order of its description.
template <Described T> QStringList fieldNames()
{
    QStringList all;
    describe(static_cast<const T *>(nullptr)).apply([&](const auto &...each) {
        (all.append(QString::fromLatin1(each.name)), ...);
    });
    return all;
}

// What a row of type Row looks like in each form: columns for people, its described fields for programs, a name.
template <class Row> struct Column {
    QString title;
    std::function<Cell(const Row &)> cell;
    bool right = false;
    bool shrinks = false;
    bool wideOnly = false;
};
template <class Row> struct ListLook {
    std::vector<Column<Row>> columns;
    std::function<QString(const Row &)> name;
    QString nothing; // a note for people where there are no rows
    std::function<QJsonObject(const Row &)> json = [](const Row &row) { return toJson(row); };
    QStringList keys = fieldNames<Row>(); // of csv, in order
};

// The same for one thing.
struct Sheet {
    std::vector<SheetLine> lines;
    QString below; // a table under the lines, ready made
    QJsonObject json;
    QStringList keys; // of `json`, in order: csv's columns
    QString name;
};

// Standard output in one of the forms, and standard error for all that is not the answer itself.
class Output
{
public:
    Output(Format format, TableStyle style)
        : m_format(format)
        , m_style(style)
    { }

    Format format() const { return m_format; }
    const TableStyle &style() const { return m_style; }
    bool isForPeople() const { return m_format == Format::Table || m_format == Format::Wide; }

    template <class Row> void list(const std::vector<Row> &rows, const ListLook<Row> &look);
    void sheet(const Sheet &sheet);

    // Text for people; programs' forms drop it.
    void say(const QString &text);
    // As it is, to standard output.
    void write(const QByteArray &bytes);
    // `belfry: text` to standard error, made visible.
    void note(const QString &text);
    // To standard error as it is.
    void complain(const QString &text);

    // Everything written has left the program. False: standard output took not all of it.
    bool flush();

private:
    void rows(const QList<QJsonObject> &objects, const QStringList &keys);

    Format m_format;
    TableStyle m_style;
    bool m_broken = false;
};

// JSON in lines, safe for a terminal: what it would hide is written as \uXXXX.
QByteArray jsonText(const QJsonValue &value);
QByteArray jsonLine(const QJsonObject &object);
// RFC 4180, a header first. Texts that a spreadsheet would take for a formula get a ' in front.
QByteArray csvText(const QList<QJsonObject> &objects, const QStringList &keys);

template <class Row> void Output::list(const std::vector<Row> &rows, const ListLook<Row> &look)
{
    if (m_format == Format::Name) {
        for (const Row &row : rows)
            write((visible(look.name(row)) + u'\n').toUtf8());
        return;
    }
    if (!isForPeople()) {
        QList<QJsonObject> objects;
        for (const Row &row : rows)
            objects += look.json(row);
        this->rows(objects, look.keys);
        return;
    }
    if (rows.empty()) {
        note(look.nothing);
        return;
    }
    std::vector<ColumnLook> titles;
    std::vector<std::vector<Cell>> cells(rows.size());
    for (const Column<Row> &column : look.columns) {
        if (column.wideOnly && m_format != Format::Wide)
            continue;
        titles.push_back({column.title, column.right, column.shrinks});
        for (std::size_t i = 0; i < rows.size(); ++i)
            cells[i].push_back(column.cell(rows[i]));
    }
    write(tableText(titles, cells, m_style).toUtf8());
}

} // namespace belfry

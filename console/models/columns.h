// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/models/roles.h"
#include "console/models/runwords.h"

#include <QVariant>

#include <functional>

namespace belfry {

// A column said once: its title and how a row's cell reads.
template <class Row> struct ColumnOf {
    QString id; // stays the same in saved layouts
    QString title;
    std::function<QString(const Row &)> text;
    std::function<QVariant(const Row &)> sort; // default: the text
    std::function<StateLook(const Row &)> look; // icon, colour and meaning
    std::function<QString(const Row &)> tip;
    std::function<QVariant(const Row &)> progress;
    std::function<QVariant(const Row &)> strip;
    bool numeric = false;
    bool ticks = false; // changes with time alone
};

template <class Row> QVariant cellOf(const ColumnOf<Row> &column, const Row &row, int role)
{
    switch (role) {
    case Qt::DisplayRole:
    case Qt::AccessibleTextRole:
        return column.text(row);
    case SortRole:
        return column.sort ? column.sort(row) : QVariant(column.text(row));
    case LookRole:
        return column.look ? QVariant(int(column.look(row).look)) : QVariant();
    case IconRole:
        return column.look ? QVariant(column.look(row).icon) : QVariant();
    case Qt::ToolTipRole:
        if (column.tip)
            return column.tip(row);
        return column.look ? QVariant(column.look(row).meaning) : QVariant();
    case ProgressRole:
        return column.progress ? column.progress(row) : QVariant();
    case StripRole:
        return column.strip ? column.strip(row) : QVariant();
    case NumericRole:
        return column.numeric;
    default:
        return {};
    }
}

template <class Row>
QVariant headerOf(const std::vector<ColumnOf<Row>> &columns, int section, Qt::Orientation orientation, int role)
{
    if (orientation != Qt::Horizontal || section < 0 || section >= int(columns.size()))
        return {};
    const ColumnOf<Row> &column = columns[std::size_t(section)];
    if (role == Qt::DisplayRole)
        return column.title;
    if (role == NumericRole)
        return column.numeric;
    if (role == Qt::TextAlignmentRole && column.numeric) // over what is aligned so
        return int(Qt::AlignRight | Qt::AlignVCenter);
    if (role == KeyRole)
        return column.id;
    return {};
}

// Times sort as numbers; those that are not there come first.
inline QVariant sortable(const std::optional<Instant> &at)
{
    return at ? at->ms : qint64(-1);
}

} // namespace belfry

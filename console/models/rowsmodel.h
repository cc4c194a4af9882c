// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/models/columns.h"

#include <QAbstractTableModel>

namespace belfry {

// Rows that are held whole and change as a whole, shown by columns.
template <class Row> class RowsModel : public QAbstractTableModel
{
public:
    const std::vector<Row> &rows() const { return m_rows; }

    int rowCount(const QModelIndex &parent = {}) const override { return parent.isValid() ? 0 : int(m_rows.size()); }
    int columnCount(const QModelIndex &parent = {}) const override
    {
        return parent.isValid() ? 0 : int(m_columns.size());
    }
    QVariant data(const QModelIndex &index, int role) const override
    {
        if (!checkIndex(index, CheckIndexOption::IndexIsValid))
            return {};
        return role == KeyRole
            ? QVariant(keyOf(index.row()))
            : cellOf(m_columns[std::size_t(index.column())], m_rows[std::size_t(index.row())], role);
    }
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override
    {
        return headerOf(m_columns, section, orientation, role);
    }

protected:
    RowsModel(std::vector<ColumnOf<Row>> columns, QObject *parent)
        : QAbstractTableModel(parent)
        , m_columns(std::move(columns))
    { }

    // Names the row among all, for a selection to find it again.
    virtual QString keyOf(int row) const = 0;

    void reset(std::vector<Row> rows)
    {
        beginResetModel();
        m_rows = std::move(rows);
        endResetModel();
    }
    // The same rows in their order, with other content.
    void renew(std::vector<Row> rows)
    {
        m_rows = std::move(rows);
        tellAll();
    }
    void append(const std::vector<Row> &rows)
    {
        if (rows.empty())
            return;
        beginInsertRows({}, rowCount(), rowCount() + int(rows.size()) - 1);
        m_rows.insert(m_rows.end(), rows.begin(), rows.end());
        endInsertRows();
    }
    // All cells read otherwise.
    void tellAll()
    {
        if (!m_rows.empty())
            Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1));
    }

private:
    std::vector<ColumnOf<Row>> m_columns;
    std::vector<Row> m_rows;
};

} // namespace belfry

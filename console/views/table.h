// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/models/columnfit.h"
#include "console/views/desk.h"

#include <QStyledItemDelegate>
#include <QTableView>

class QSortFilterProxyModel;

namespace belfry {

// Draws the cells that models describe by their roles: an icon in the state's colour before its word, a bar, figures at
// the right, marks of branches. What is out of date is drawn without colours.
class CellDelegate final : public QStyledItemDelegate
{
    Q_OBJECT

public:
    CellDelegate(const Desk *desk, QObject *parent);
    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override;
    // What is cut is told whole, before what the model says.
    bool helpEvent(QHelpEvent *event, QAbstractItemView *view, const QStyleOptionViewItem &option,
        const QModelIndex &index) override;

private:
    void paintBar(QPainter *painter, const QRect &rect, const class Progress &progress, bool selected) const;
    const Desk *m_desk;
};

// A table of rows of one height that says what is wrong or missing when it is empty.
class Table final : public QTableView
{
    Q_OBJECT

public:
    Table(Desk *desk, const QString &name, QWidget *parent = nullptr);

    // The model sorted by the column with this id at first; only for models that hold all their rows.
    void setSorted(QAbstractItemModel *model, const QString &column, Qt::SortOrder order = Qt::AscendingOrder);
    // As the model gives it.
    void setPlain(QAbstractItemModel *model);
    QSortFilterProxyModel *proxy() const { return m_proxy; }
    // Row of the source model; -1: none is selected.
    int currentRow() const;
    // Rows of the source model, at most so many.
    QList<int> selectedRows(int most) const;
    void selectRow(const QString &key);
    // For an empty table; with a fault in its colour.
    void setEmptyText(const QString &text, bool isFault = false);
    // Columns with these ids only.
    void showColumns(const QStringList &ids);
    // What somebody has chosen: ids in their order; empty: nothing was, and the table shows what fits.
    QStringList chosenColumns() const;
    // The same, the columns in this order; unknown ones are left out.
    void chooseColumns(const QStringList &ids);
    // Id of the column that it is sorted by; empty where the model has an order of its own.
    QString sortColumn() const;
    bool isDescending() const;
    void sortBy(const QString &column, bool descending);
    // All columns to choose from, as a menu; by the header's context menu too.
    void openColumnsMenu(const QPoint &globalPos);

Q_SIGNALS:
    void currentRowChanged(int row);
    void rowActivated(int row);
    void rowsSelected();
    // In a tree: the mark of this row was clicked; or Left or Right was pressed there.
    void branchClicked(int row);
    void branchStepped(int row, bool inwards);

protected:
    void paintEvent(QPaintEvent *event) override;
    void contextMenuEvent(QContextMenuEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void currentChanged(const QModelIndex &current, const QModelIndex &previous) override;
    void resizeEvent(QResizeEvent *event) override;
    void selectionChanged(const QItemSelection &selected, const QItemSelection &deselected) override;

private:
    // Makes the columns as wide as the table, until somebody has drawn one to a width of their own. Where they cannot
    // be, columns that can be spared go.
    void arrangeColumns();
    std::vector<int> columnsToShow(std::vector<ColumnWish> &wishes) const;
    QString columnId(int column) const;
    int sourceRow(const QModelIndex &index) const;

    Desk *m_desk;
    QSortFilterProxyModel *m_proxy = nullptr;
    QString m_emptyText;
    bool m_fault = false;
    std::optional<QStringList> m_shown; // ids; nullopt: all columns
    bool m_arranging = false;
    bool m_drawn = false;
};

} // namespace belfry

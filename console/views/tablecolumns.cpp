// SPDX-License-Identifier: GPL-3.0-or-later
// Which columns a table shows, in which order, and sorted by which one: what a saved view keeps.
#include "console/views/table.h"

#include <QHeaderView>
#include <QMenu>

namespace belfry {

using namespace Qt::StringLiterals;

QString Table::columnId(int column) const
{
    return model()->headerData(column, Qt::Horizontal, KeyRole).toString();
}

QStringList Table::chosenColumns() const
{
    QStringList ids;
    bool moved = false;
    for (int place = 0; model() && place < horizontalHeader()->count(); ++place) {
        const int column = horizontalHeader()->logicalIndex(place);
        moved |= column != place;
        if (const QString id = columnId(column); !m_shown || m_shown->contains(id))
            ids += id;
    }
    return m_shown || moved ? ids : QStringList();
}

void Table::chooseColumns(const QStringList &ids)
{
    if (!model())
        return;
    QList<int> order;
    for (const QString &id : ids)
        for (int column = 0; column < model()->columnCount(); ++column)
            if (columnId(column) == id && !order.contains(column))
                order += column;
    m_shown.reset();
    if (!order.isEmpty()) {
        m_shown.emplace();
        for (const int column : order)
            *m_shown += columnId(column);
    }
    for (int column = 0; column < model()->columnCount(); ++column)
        if (!order.contains(column))
            order += column;
    for (int place = 0; place < order.size(); ++place)
        horizontalHeader()->moveSection(horizontalHeader()->visualIndex(order[place]), place);
    m_drawn = false;
    arrangeColumns();
}

QString Table::sortColumn() const
{
    const int column = horizontalHeader()->sortIndicatorSection();
    return model() && isSortingEnabled() && column >= 0 && column < model()->columnCount() ? columnId(column)
                                                                                           : QString();
}

bool Table::isDescending() const
{
    return isSortingEnabled() && horizontalHeader()->sortIndicatorOrder() == Qt::DescendingOrder;
}

void Table::sortBy(const QString &id, bool descending)
{
    for (int column = 0; model() && isSortingEnabled() && column < model()->columnCount(); ++column)
        if (columnId(column) == id)
            sortByColumn(column, descending ? Qt::DescendingOrder : Qt::AscendingOrder);
}

void Table::openColumnsMenu(const QPoint &globalPos)
{
    if (!model())
        return;
    auto *menu = new QMenu(this);
    menu->setObjectName(u"columnsMenu"_s);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    QAction *fitting = menu->addAction(tr("As they fit"));
    fitting->setCheckable(true);
    fitting->setChecked(chosenColumns().isEmpty());
    connect(fitting, &QAction::triggered, this, [this] { chooseColumns({}); });
    menu->addSeparator();
    for (int place = 0; place < horizontalHeader()->count(); ++place) {
        const int column = horizontalHeader()->logicalIndex(place);
        const QString id = columnId(column);
        QAction *each = menu->addAction(model()->headerData(column, Qt::Horizontal).toString());
        each->setObjectName(u"column-"_s + id);
        each->setCheckable(true);
        each->setChecked(!m_shown || m_shown->contains(id));
        connect(each, &QAction::toggled, this, [this, id](bool shown) {
            QStringList ids;
            for (int at = 0; at < horizontalHeader()->count(); ++at) {
                const QString other = columnId(horizontalHeader()->logicalIndex(at));
                if (other == id ? shown : !m_shown || m_shown->contains(other))
                    ids += other;
            }
            chooseColumns(ids);
        });
    }
    menu->popup(globalPos);
}

} // namespace belfry

// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/desktop/sidebar.h"

#include <QContextMenuEvent>
#include <QMenu>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

enum ItemRole { ViewRole = Qt::UserRole, SavedRole };

} // namespace

Sidebar::Sidebar(Desk *desk)
    : m_desk(desk)
{
    setObjectName(u"navigation"_s);
    setAccessibleName(tr("Views"));
    setFixedWidth(168);
    setIconSize(QSize(18, 18));
    setVerticalScrollBarPolicy(Qt::ScrollBarAsNeeded);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    for (const ViewEntry &entry : viewEntries()) {
        auto *item = new QListWidgetItem(desk->theme->icon(entry.icon), entry.title, this);
        item->setData(ViewRole, entry.id);
        item->setToolTip(desk->commands->action(u"view."_s + entry.id)->toolTip());
    }
    m_views = count();
    showSaved();
    connect(desk->savedViews, &SavedViews::changed, this, &Sidebar::showSaved);
    connect(this, &QListWidget::currentRowChanged, this, [this](int row) {
        if (row < 0)
            return;
        if (row < m_views)
            Q_EMIT viewChosen(item(row)->data(ViewRole).toString());
        else if (const QString name = item(row)->data(SavedRole).toString(); !name.isEmpty())
            Q_EMIT savedChosen(name);
    });
}

void Sidebar::showSaved()
{
    const QSignalBlocker quiet(this);
    const QString marked = currentItem() ? currentItem()->data(SavedRole).toString() : QString();
    while (count() > m_views)
        delete takeItem(count() - 1);
    if (m_desk->savedViews->all().empty())
        return;
    auto *heading = new QListWidgetItem(tr("Saved"), this);
    heading->setFlags(Qt::NoItemFlags);
    for (const SavedView &view : m_desk->savedViews->all()) {
        auto *item = new QListWidgetItem(m_desk->theme->icon(view.icon), view.name, this);
        item->setData(SavedRole, view.name);
        item->setToolTip(view.filter.isEmpty() ? view.name : view.name + u'\n' + view.filter);
    }
    if (!marked.isEmpty())
        markSaved(marked);
}

int Sidebar::rowOf(const QString &view) const
{
    for (int row = 0; row < m_views; ++row)
        if (item(row)->data(ViewRole).toString() == view)
            return row;
    return -1;
}

void Sidebar::markRow(int row)
{
    const QSignalBlocker quiet(this);
    setCurrentRow(row);
}

void Sidebar::markSaved(const QString &name)
{
    for (int row = m_views; row < count(); ++row)
        if (item(row)->data(SavedRole).toString() == name)
            markRow(row);
}

void Sidebar::focusInEvent(QFocusEvent *event)
{
    // A list without a current row takes its first one when it gets the focus, which is no choice of anybody.
    const QSignalBlocker quiet(this);
    const int row = currentRow();
    QListWidget::focusInEvent(event);
    setCurrentRow(row);
}

void Sidebar::contextMenuEvent(QContextMenuEvent *event)
{
    const QListWidgetItem *at = itemAt(event->pos());
    const QString name = at ? at->data(SavedRole).toString() : QString();
    if (name.isEmpty())
        return;
    Q_EMIT savedChosen(name); // the commands act on the one that is open
    QMenu menu(this);
    menu.setToolTipsVisible(true);
    for (QAction *action : m_desk->commands->all())
        if (action->objectName().startsWith("saved."_L1))
            menu.addAction(action);
    menu.exec(event->globalPos());
}

} // namespace belfry

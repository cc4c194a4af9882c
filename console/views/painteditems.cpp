// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/painteditems.h"

#include <QAbstractScrollArea>
#include <QAccessibleWidget>
#include <QPointer>

namespace belfry {

namespace {

class ItemAccess final : public QAccessibleInterface
{
public:
    ItemAccess(QAbstractScrollArea *area, PaintedItems *items, int item)
        : m_area(area)
        , m_items(items)
        , m_item(item)
    { }

    bool isValid() const override { return m_area && m_item < m_items->itemCount(); }
    QObject *object() const override { return nullptr; }
    QAccessibleInterface *parent() const override { return QAccessible::queryAccessibleInterface(m_area); }
    QAccessibleInterface *child(int) const override { return nullptr; }
    QAccessibleInterface *childAt(int, int) const override { return nullptr; }
    int childCount() const override { return 0; }
    int indexOfChild(const QAccessibleInterface *) const override { return -1; }
    QAccessible::Role role() const override { return QAccessible::ListItem; }
    void setText(QAccessible::Text, const QString &) override { }
    QString text(QAccessible::Text kind) const override
    {
        return isValid() && kind == QAccessible::Name ? m_items->itemText(m_item) : QString();
    }
    QRect rect() const override
    {
        if (!isValid())
            return {};
        const QRect local = m_items->itemRect(m_item);
        return QRect(m_area->viewport()->mapToGlobal(local.topLeft()), local.size());
    }
    QAccessible::State state() const override
    {
        QAccessible::State state;
        state.selectable = true;
        state.focusable = true;
        state.selected = isValid() && m_items->currentItem() == m_item;
        state.focused = state.selected && m_area->hasFocus();
        return state;
    }

private:
    QPointer<QAbstractScrollArea> m_area;
    PaintedItems *m_items; // lives as long as the area
    int m_item;
};

class ListAccess final : public QAccessibleWidget
{
public:
    ListAccess(QAbstractScrollArea *area, PaintedItems *items)
        : QAccessibleWidget(area, QAccessible::List)
        , m_area(area)
        , m_items(items)
    { }
    ~ListAccess() override
    {
        for (const QAccessible::Id id : m_ids)
            QAccessible::deleteAccessibleInterface(id);
    }

    int childCount() const override { return m_items->itemCount(); }
    QAccessibleInterface *child(int item) const override
    {
        if (item < 0 || item >= childCount())
            return nullptr;
        while (int(m_ids.size()) <= item)
            m_ids.push_back(
                QAccessible::registerAccessibleInterface(new ItemAccess(m_area, m_items, int(m_ids.size()))));
        return QAccessible::accessibleInterface(m_ids[std::size_t(item)]);
    }
    int indexOfChild(const QAccessibleInterface *child) const override
    {
        for (std::size_t i = 0; i < m_ids.size(); ++i)
            if (QAccessible::accessibleInterface(m_ids[i]) == child)
                return int(i);
        return -1;
    }
    QAccessibleInterface *focusChild() const override
    {
        return m_area->hasFocus() && m_items->currentItem() >= 0 ? child(m_items->currentItem()) : nullptr;
    }

private:
    QAbstractScrollArea *m_area;
    PaintedItems *m_items;
    mutable std::vector<QAccessible::Id> m_ids; // made as they are asked for
};

QAccessibleInterface *makeAccess(const QString &, QObject *object)
{
    auto *items = dynamic_cast<PaintedItems *>(object);
    auto *area = items ? qobject_cast<QAbstractScrollArea *>(object) : nullptr;
    return area ? new ListAccess(area, items) : nullptr;
}

} // namespace

PaintedItems::PaintedItems()
{
    static const bool once = [] {
        QAccessible::installFactory(makeAccess);
        return true;
    }();
    Q_UNUSED(once);
}

} // namespace belfry

// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/timelineaccess.h"

#include "console/views/timelineview.h"

#include <QAccessibleWidget>

namespace belfry {

namespace {

class BarAccess final : public QAccessibleInterface
{
public:
    BarAccess(TimelineView *view, int bar)
        : m_view(view)
        , m_bar(bar)
    { }

    bool isValid() const override { return m_view && m_bar < m_view->barCount(); }
    QObject *object() const override { return nullptr; }
    QAccessibleInterface *parent() const override { return QAccessible::queryAccessibleInterface(m_view); }
    QAccessibleInterface *child(int) const override { return nullptr; }
    QAccessibleInterface *childAt(int, int) const override { return nullptr; }
    int childCount() const override { return 0; }
    int indexOfChild(const QAccessibleInterface *) const override { return -1; }
    QAccessible::Role role() const override { return QAccessible::ListItem; }
    void setText(QAccessible::Text, const QString &) override { }
    QString text(QAccessible::Text kind) const override
    {
        return isValid() && kind == QAccessible::Name ? m_view->barText(m_bar) : QString();
    }
    QRect rect() const override
    {
        if (!isValid())
            return {};
        const QRect local = m_view->barRect(m_bar);
        return QRect(m_view->viewport()->mapToGlobal(local.topLeft()), local.size());
    }
    QAccessible::State state() const override
    {
        QAccessible::State state;
        state.selectable = true;
        state.focusable = true;
        state.selected = isValid() && m_view->current() == m_bar;
        state.focused = state.selected && m_view->hasFocus();
        return state;
    }

private:
    QPointer<TimelineView> m_view;
    int m_bar;
};

class TimelineAccess final : public QAccessibleWidget
{
public:
    explicit TimelineAccess(TimelineView *view)
        : QAccessibleWidget(view, QAccessible::List)
    { }
    ~TimelineAccess() override
    {
        for (const QAccessible::Id id : m_bars)
            QAccessible::deleteAccessibleInterface(id);
    }

    int childCount() const override { return view()->barCount(); }
    QAccessibleInterface *child(int bar) const override
    {
        if (bar < 0 || bar >= childCount())
            return nullptr;
        while (int(m_bars.size()) <= bar)
            m_bars.push_back(QAccessible::registerAccessibleInterface(new BarAccess(view(), int(m_bars.size()))));
        return QAccessible::accessibleInterface(m_bars[std::size_t(bar)]);
    }
    int indexOfChild(const QAccessibleInterface *child) const override
    {
        for (std::size_t i = 0; i < m_bars.size(); ++i)
            if (QAccessible::accessibleInterface(m_bars[i]) == child)
                return int(i);
        return -1;
    }
    QAccessibleInterface *focusChild() const override
    {
        return view()->hasFocus() && view()->current() >= 0 ? child(view()->current()) : nullptr;
    }

private:
    TimelineView *view() const { return static_cast<TimelineView *>(object()); }
    mutable std::vector<QAccessible::Id> m_bars; // made as they are asked for
};

QAccessibleInterface *makeAccess(const QString &, QObject *object)
{
    auto *view = qobject_cast<TimelineView *>(object);
    return view ? new TimelineAccess(view) : nullptr;
}

} // namespace

void installTimelineAccess()
{
    static const bool once = [] {
        QAccessible::installFactory(makeAccess);
        return true;
    }();
    Q_UNUSED(once);
}

} // namespace belfry

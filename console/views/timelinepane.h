// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/views/timelineview.h"

class QComboBox;

namespace belfry {

// The timeline with what it shows said in words above it, and buttons for what keys and wheel do.
class TimelinePane final : public QWidget
{
    Q_OBJECT

public:
    explicit TimelinePane(Desk *desk, QWidget *parent = nullptr);

    TimelineView *view() const { return m_view; }
    Timeline *timeline() const { return m_timeline; }
    // What is selected, for actions.
    Subject subject() const;
    QString rangeText() const { return m_range->text(); }
    void setEmptyText(const QString &text, bool isFault = false) { m_view->setEmptyText(text, isFault); }

private:
    QToolButton *button(const QString &text, const QString &tip, std::function<void()> act);
    void redraw();
    void open(int bar);

    Desk *m_desk;
    Timeline *m_timeline;
    TimelineView *m_view;
    QLabel *m_range;
    QLabel *m_limits; // what is left out
    QLabel *m_selected;
    QComboBox *m_by;
};

} // namespace belfry

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/models/dayhistory.h"
#include "console/views/desk.h"
#include "console/views/painteditems.h"

#include <QAbstractScrollArea>

namespace belfry {

// The last year as a calendar: a column a week, a cell a day, which shows the worst that happened and how many runs
// there were. Arrows select a day, PageUp and PageDown one four weeks away, Home the first and End today.
class HeatMap final : public QAbstractScrollArea, public PaintedItems
{
    Q_OBJECT

public:
    HeatMap(Desk *desk, const DayHistory *days, QWidget *parent = nullptr);

    QDate current() const { return m_current; }
    void setCurrent(QDate date);
    QRect dayRect(QDate date) const; // in the viewport
    QDate dayUnder(const QPoint &at) const; // invalid: none
    // `Tue 24 Nov 2026: 12 runs: 12 succeeded`
    QString dayText(QDate date) const;
    int itemCount() const override;
    QString itemText(int item) const override { return dayText(dateOfItem(item)); }
    QRect itemRect(int item) const override { return dayRect(dateOfItem(item)); }
    int currentItem() const override;
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

Q_SIGNALS:
    void currentChanged();
    void activated();

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseDoubleClickEvent(QMouseEvent *event) override;
    bool viewportEvent(QEvent *event) override;

private:
    QDate dateOfItem(int item) const { return m_days->firstDay().addDays(item); }
    int pitch() const; // from one cell to the next
    int left() const; // of the first column
    void paintNames(QPainter &painter) const;
    void paintDay(QPainter &painter, QDate date, qint64 most) const;

    Desk *m_desk;
    const DayHistory *m_days;
    QDate m_current;
    QDate m_today; // as it was painted last
};

} // namespace belfry

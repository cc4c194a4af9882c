// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/views/desk.h"

#include <QListWidget>

namespace belfry {

// The left bar: the views, in their order, and below them those that were saved.
class Sidebar final : public QListWidget
{
    Q_OBJECT

public:
    explicit Sidebar(Desk *desk);

    int viewCount() const { return m_views; }
    // Row of the view; -1: there is none.
    int rowOf(const QString &view) const;
    QString title(int row) const { return item(row)->text(); }
    // Marks a row without choosing it.
    void markRow(int row);
    void markSaved(const QString &name);

Q_SIGNALS:
    void viewChosen(const QString &id);
    void savedChosen(const QString &name);

protected:
    void contextMenuEvent(QContextMenuEvent *event) override;
    void focusInEvent(QFocusEvent *event) override;

private:
    void showSaved();

    Desk *m_desk;
    int m_views = 0;
};

} // namespace belfry

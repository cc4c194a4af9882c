// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/views/desk.h"

#include <QTabWidget>

class QStackedWidget;

namespace belfry {

// The middle of the window: the views, one of which is seen, and a tab for each run or job that was opened.
class PageTabs final : public QTabWidget
{
    Q_OBJECT

public:
    PageTabs(Desk *desk, const std::vector<ViewEntry> &views);

    Page *page() const;
    Page *view() const;
    Page *viewAt(int index) const;
    int viewIndex() const;
    bool showsView() const { return currentIndex() == 0; }
    void showView(int index, const QString &title);
    void setViewTitle(const QString &title) { setTabText(0, title); }

    // The run or job of that name; nullptr where none is open.
    Page *tabNamed(const QString &name) const;
    QStringList tabNames() const;
    void openTab(Page *page);
    void closeTab(int index);
    void closeAllTabs();

private:
    QWidget *makeCloseButton(Page *page);
    void letGoOfFocus();

    Desk *m_desk;
    QStackedWidget *m_views;
};

} // namespace belfry

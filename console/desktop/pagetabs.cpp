// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/desktop/pagetabs.h"

#include <QStackedWidget>
#include <QTabBar>

namespace belfry {

using namespace Qt::StringLiterals;

PageTabs::PageTabs(Desk *desk, const std::vector<ViewEntry> &views)
    : m_desk(desk)
    , m_views(new QStackedWidget)
{
    for (const ViewEntry &entry : views)
        m_views->addWidget(entry.make(desk));
    setAccessibleName(tr("Open runs and jobs"));
    setDocumentMode(true);
    setMovable(false);
    addTab(m_views, QString());
    setTabBarAutoHide(true);
}

Page *PageTabs::page() const
{
    return showsView() ? view() : qobject_cast<Page *>(currentWidget());
}

Page *PageTabs::view() const
{
    return static_cast<Page *>(m_views->currentWidget());
}

Page *PageTabs::viewAt(int index) const
{
    return static_cast<Page *>(m_views->widget(index));
}

int PageTabs::viewIndex() const
{
    return m_views->currentIndex();
}

void PageTabs::showView(int index, const QString &title)
{
    m_views->setCurrentIndex(index);
    setViewTitle(title);
    setCurrentIndex(0);
}

Page *PageTabs::tabNamed(const QString &name) const
{
    for (int i = 1; i < count(); ++i)
        if (widget(i)->objectName() == name)
            return static_cast<Page *>(widget(i));
    return nullptr;
}

QStringList PageTabs::tabNames() const
{
    QStringList names;
    for (int i = 1; i < count(); ++i)
        names += widget(i)->objectName();
    return names;
}

void PageTabs::openTab(Page *page)
{
    int at = indexOf(page);
    if (at < 0) {
        at = addTab(page, page->tabTitle());
        tabBar()->setTabButton(at, QTabBar::RightSide, makeCloseButton(page));
        connect(page, &QWidget::windowTitleChanged, this,
            [this, page](const QString &title) { setTabText(indexOf(page), title); });
    }
    letGoOfFocus();
    setCurrentIndex(at);
}

// Qt hands the focus of a page that goes to the next widget; the list of views takes that for a choice.
void PageTabs::letGoOfFocus()
{
    if (QWidget *focused = window()->focusWidget())
        focused->clearFocus();
}

// The style's own one is red, as if something had failed.
QWidget *PageTabs::makeCloseButton(Page *page)
{
    auto *button = new QToolButton;
    button->setProperty("kind", u"close"_s);
    button->setIcon(m_desk->theme->icon(u"close"_s));
    button->setIconSize(QSize(12, 12));
    button->setFocusPolicy(Qt::NoFocus); // Esc does it for the keyboard
    button->setToolTip(tr("Close  (Esc)"));
    button->setAccessibleName(tr("Close %1").arg(page->tabTitle()));
    connect(button, &QToolButton::clicked, page, [this, page] { closeTab(indexOf(page)); });
    return button;
}

void PageTabs::closeTab(int index)
{
    if (index <= 0)
        return;
    QWidget *page = widget(index);
    letGoOfFocus();
    removeTab(index);
    page->deleteLater();
}

void PageTabs::closeAllTabs()
{
    while (count() > 1)
        closeTab(count() - 1);
}

} // namespace belfry

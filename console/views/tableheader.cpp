// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/tableheader.h"

#include <QPainter>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {
constexpr int markSize = 10;
}

TableHeader::TableHeader(const Theme *theme, QWidget *parent)
    : QHeaderView(Qt::Horizontal, parent)
    , m_theme(theme)
{
    setSectionsClickable(true);
}

void TableHeader::paintSection(QPainter *painter, const QRect &rect, int section) const
{
    painter->save();
    QHeaderView::paintSection(painter, rect, section);
    painter->restore();
    if (!isSortIndicatorShown() || sortIndicatorSection() != section)
        return;
    const QString icon = sortIndicatorOrder() == Qt::AscendingOrder ? u"arrow-up"_s : u"arrow-down"_s;
    const QPoint at(rect.center().x() - markSize / 2, rect.top());
    painter->drawPixmap(
        at, m_theme->pixmap(icon, m_theme->color(u"muted"_s), markSize, painter->device()->devicePixelRatioF()));
}

void TableHeader::initStyleOptionForIndex(QStyleOptionHeader *option, int section) const
{
    QHeaderView::initStyleOptionForIndex(option, section);
    option->sortIndicator = QStyleOptionHeader::None;
}

} // namespace belfry

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/views/theme.h"

#include <QHeaderView>

namespace belfry {

// The headings of a table. The mark of the sorted column stands above its heading: beside it, it would cover headings
// that are aligned to the right, or move them off what they head.
class TableHeader final : public QHeaderView
{
    Q_OBJECT

public:
    explicit TableHeader(const Theme *theme, QWidget *parent = nullptr);

protected:
    void paintSection(QPainter *painter, const QRect &rect, int section) const override;
    void initStyleOptionForIndex(QStyleOptionHeader *option, int section) const override;

private:
    const Theme *m_theme;
};

} // namespace belfry

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

class QRect;

namespace belfry {

// A scroll area that paints its items by itself. Screen readers know it as a list of them.
class PaintedItems
{
public:
    PaintedItems();
    virtual ~PaintedItems() = default;
    virtual int itemCount() const = 0;
    // One line that says what it is.
    virtual QString itemText(int item) const = 0;
    virtual QRect itemRect(int item) const = 0; // in the viewport
    virtual int currentItem() const = 0; // -1: none
};

} // namespace belfry

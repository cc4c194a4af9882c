// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

namespace belfry {

// How wide a column wants to be, in pixels.
struct ColumnWish {
    int preferred = 0;
    int least = 0; // at most `preferred`
    int stretch = 0; // its share of room that nobody asked for; 0: none
};

// Widths that fill `width` exactly: with room to spare the stretching columns grow (the last one where none stretches),
// with too little every column gives in proportion to what it can spare. When all are at their least, the sum is more
// than `width` and the table has to scroll.
std::vector<int> fitColumns(const std::vector<ColumnWish> &wishes, int width);

} // namespace belfry

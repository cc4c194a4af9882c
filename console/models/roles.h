// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <Qt>

namespace belfry {

// What models say beyond text. Views ask for these and know nothing of the rows.
enum CellRole : int {
    SortRole = Qt::UserRole + 1, // compares as it should be sorted
    LookRole, // int of Look: the class of colour
    IconRole, // QString: name of an icon, drawn before the text
    ProgressRole, // belfry::Progress: a bar instead of the text
    KeyRole, // QString: the row's name (run number, job, agent)
    StripRole, // std::vector<belfry::StripMark>: shapes instead of the text
    NumericRole, // bool: the text is a number or a time: right-aligned, digits of one width
    DepthRole, // int, of the first column: how deep below others the row is; invalid: rows are no tree
    BranchRole, // int of Branch, of the first column: rows are below this one
};

enum class Branch { Folded, Open };

} // namespace belfry

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace belfry {

// What is wrong with an expression, and where in its text.
struct ExprFault {
    qsizetype offset = 0; // UTF-16 units from the start of the text
    QString message;
    QString hint; // may be empty

    // `message; hint` with the column, for where no file position is known.
    QString sentence() const
    {
        return QStringLiteral("column %1: %2").arg(offset + 1).arg(message)
            + (hint.isEmpty() ? QString() : QStringLiteral("; ") + hint);
    }
    bool operator==(const ExprFault &) const = default;
};

} // namespace belfry

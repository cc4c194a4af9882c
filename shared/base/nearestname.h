// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

namespace belfry {

// The name nearest to `wrong` among `known`, for "did you mean"; empty if none is near (edit distance above a third of
// its length).
QString nearestName(QStringView wrong, const QStringList &known);

} // namespace belfry

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/models/runwords.h"

#include <QBrush>

namespace belfry {

// What is laid over the colour of a class of states, so that no class is told by its colour alone.
constexpr Qt::BrushStyle patternOf(Look look)
{
    switch (look) {
    case Look::Failed:
        return Qt::DiagCrossPattern;
    case Look::Unknown:
        return Qt::BDiagPattern;
    case Look::Warning:
        return Qt::VerPattern;
    case Look::Waiting:
        return Qt::Dense6Pattern;
    case Look::Running:
        return Qt::HorPattern;
    case Look::Success:
        break;
    }
    return Qt::NoBrush;
}

} // namespace belfry

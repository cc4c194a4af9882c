// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/instant.h"
#include "shared/time/rulespec.h"

#include <QDate>

#include <functional>
#include <map>

namespace belfry {

// A slow second opinion on cron rules. It shares nothing with the fast search but the plain structs: it reads the text
// in its own way, goes through time minute by minute (or second by second), asks Qt for each minute's offset, and
// writes down what the wall clock shows. No H and no macros.
struct OracleQuestion {
    QString cron{};
    QString zone{};
    GapPolicy gap = GapPolicy::Run;
    FoldPolicy fold = FoldPolicy::First;
    std::function<bool(QDate)> isOpen{}; // none: every day
    OnClosed onClosed = OnClosed::Skip;
    Instant from{};
    Instant until{};
};

// Instants and notes (empty: fires without one).
std::map<qint64, QString> oracleEntries(const OracleQuestion &question);

} // namespace belfry

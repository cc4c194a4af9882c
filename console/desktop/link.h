// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/ids.h"
#include "shared/base/result.h"

#include <optional>

namespace belfry {

// belfry://PLACE/run/123, belfry://PLACE/job/project/name, belfry://PLACE; PLACE is a context of config.yaml or
// `host:port` of the backend. A line of a run's log: run/123?line=4510, run/123?attempt=2&line=4510.
struct ConsoleLink {
    QString place;
    std::optional<RunId> run;
    QString job;
    int attempt = 0; // 0: the last one
    qint64 line = 0; // of its log, from 1 on; 0: none

    bool operator==(const ConsoleLink &) const = default;
};
// Invalid with the forms that are known.
Result<ConsoleLink> parseLink(const QString &text);
QString linkText(const ConsoleLink &link);

} // namespace belfry

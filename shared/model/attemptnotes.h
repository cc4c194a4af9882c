// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/codec/describe.h"
#include "shared/base/instant.h"

#include <map>
#include <optional>

namespace belfry {

// A stretch of an attempt's log that is not kept.
struct LogGap {
    qint64 from = 0;
    qint64 until = 0;
    QString reason; // a sentence; empty when it is not known

    bool operator==(const LogGap &) const = default;
};
constexpr auto describe(const LogGap *)
{
    return fields(
        required(1, "from", &LogGap::from), required(2, "until", &LogGap::until), field(3, "reason", &LogGap::reason));
}

// What an attempt said in `##belfry` lines of its log.
struct AttemptNotes {
    std::optional<double> progress; // percent, 0 to 100
    QString message; // that came with the progress
    std::optional<Instant> at; // of the line with the progress
    std::map<QString, QString> outputs;
    std::map<QString, double> metrics; // the last value of each
    int errors = 0; // ##[error] lines
    int warnings = 0;

    bool operator==(const AttemptNotes &) const = default;
};
constexpr auto describe(const AttemptNotes *)
{
    return fields(field(1, "progress", &AttemptNotes::progress), field(2, "message", &AttemptNotes::message),
        field(3, "at", &AttemptNotes::at), field(4, "outputs", &AttemptNotes::outputs),
        field(5, "metrics", &AttemptNotes::metrics), field(6, "errors", &AttemptNotes::errors),
        field(7, "warnings", &AttemptNotes::warnings));
}

} // namespace belfry

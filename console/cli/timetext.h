// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/instant.h"
#include "shared/time/zone.h"

namespace belfry {

// A time as it is given on the command line: RFC 3339, `now`, `-2h` and `+30m` from now, `@1767225600` (seconds since
// 1970, also with a fraction), and in `zone`: `2026-01-31`, `2026-01-31 14:00`, `today 14:00`, `yesterday`,
// `tomorrow 06:30:15`. A local time that a clock change leaves out is refused; of one that it repeats the first is
// taken. Invalid with the forms that are known.
Result<Instant> parseTimeArgument(QStringView text, Instant now, const Zone &zone);

// The zone of this process (TZ, /etc/localtime); UTC where it has no name.
Zone localZone();

// `2026-01-31 14:00:05` in the zone, for tables.
QString localText(Instant instant, const Zone &zone);
// `5s`, `12m`, `3h 20m`, `4d 2h`: the two largest units; negative ones as 0s.
QString roughly(Duration duration);
// `12m ago`, `in 3h 20m`, `now` (less than a second away).
QString relativeText(Instant instant, Instant now);

} // namespace belfry

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <array>
#include <optional>
#include <variant>
#include <vector>

namespace belfry {

struct CronFault;

enum class CronField { Second, Minute, Hour, Day, Month, Weekday };
constexpr int cronFieldCount = 6;

// What a field may hold, and how it is called in messages and in the text that H is hashed from.
struct CronFieldRules {
    QLatin1StringView name;
    int lowest;
    int highest; // of the weekday 7, which is Sunday like 0
    int size; // the largest step
    int hashHighest; // H without a range ends here
};
const CronFieldRules &cronFieldRules(CronField field);

// low..high in steps; `n`, `*`, `a-b/n`, `a/n` all come to this.
struct CronRange {
    int low;
    int high;
    int step;
    bool operator==(const CronRange &) const = default;
    auto operator<=>(const CronRange &) const = default;
};
// H: one value of low..high, or with a step (> 0) every step-th from a first value below low + step.
struct CronHash {
    int low;
    int high;
    int step;
    bool operator==(const CronHash &) const = default;
};
// L, L-n, LW, L-nW: the last day of the month, some days before it, or the weekday nearest to that.
struct CronLastDay {
    int before;
    bool nearestWeekday;
    bool operator==(const CronLastDay &) const = default;
};
// nW: the Monday to Friday nearest to day n, in the same month.
struct CronNearestWeekday {
    int day;
    bool operator==(const CronNearestWeekday &) const = default;
};
// 5L, 5#3: the last or the nth such weekday of the month. `nth` 0 is the last.
struct CronNthWeekday {
    int weekday; // 0 Sunday .. 6 Saturday
    int nth;
    bool operator==(const CronNthWeekday &) const = default;
};
using CronItem = std::variant<CronRange, CronHash, CronLastDay, CronNearestWeekday, CronNthWeekday>;

struct CronFieldText {
    std::vector<CronItem> items;
    bool open = false; // starts with `*`, or is `?`
    bool plainHashStep = false; // exactly H/n
};

// A parsed text whose H has no values yet.
struct CronFields {
    std::array<CronFieldText, cronFieldCount> fields; // in the order of CronField
    bool hasSeconds = false;
    // Where the first H stands, 1-based; 0 without one.
    int hashColumn = 0;
    CronField hashField = CronField::Second;

    const CronFieldText &at(CronField field) const { return fields[std::size_t(field)]; }
    CronFieldText &at(CronField field) { return fields[std::size_t(field)]; }
};

// Reads one field that begins at `column` of the whole text.
std::optional<CronFieldText> readCronField(QStringView text, int column, CronField field, CronFault &fault);
// Reads a cron text; the first fault of it is put into `fault`.
std::optional<CronFields> readCronFields(QStringView text, CronFault &fault);

} // namespace belfry

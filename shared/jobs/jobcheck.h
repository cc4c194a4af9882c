// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/jobs/reading.h"
#include "shared/model/limit.h"
#include "shared/time/calendar.h"

namespace belfry {

// One job as it was read, and the nodes it was read from.
struct JobSource {
    const YamlEntry &entry; // its name and its map
    const YamlNode *defaults; // nullptr: none
    const JobDefinition &definition;
    const std::map<QString, CalendarSpec> &calendars; // of the project
    const Calendars &ready; // those of them that are good
    const std::map<QString, LimitSpec> &limits; // of the project
    bool allLimits = true; // as below
    bool allCalendars = true; // false: some may be in a part that could not be read

    // The node of a key: the job's own or that of `defaults`; nullptr where neither has it.
    const YamlNode *find(QStringView key) const;
    // The nodes of the definition's rules.
    std::vector<const YamlNode *> rules() const;
};

// What needs more than one key: command or script, expressions against parameters, exit codes, label expressions, rules
// against calendars, zones, ... Notes each problem at its place.
void checkJob(Reading &reading, const JobSource &job);

// The part that concerns parameters: definitions, `${{ }}` in command, env, defaults and rules.
void checkParams(Reading &reading, const JobSource &job);

// The part that concerns the schedule.
void checkSchedule(Reading &reading, const JobSource &job);
// Whether a scalar names a time zone.
bool checkZoneName(Reading &reading, const YamlNode &node);

} // namespace belfry

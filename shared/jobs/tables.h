// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/jobs/table.h"
#include "shared/model/limit.h"

namespace belfry {

// A file as a whole; calendars and jobs are read one by one, once everything else of the project is known.
struct FileSpec {
    QString project;
    QString zone; // empty: not said
    const YamlNode *defaults = nullptr;
    const YamlNode *calendars = nullptr;
    const YamlNode *limits = nullptr;
    const YamlNode *jobs = nullptr;
};

const Table<FileSpec> &fileTable();
const Table<CalendarSpec> &calendarTable();
const Table<LimitSpec> &limitTable();
const Table<ScheduleRule> &ruleTable();
const Table<ParamDefinition> &paramTable();
const Table<JobDefinition> &jobTable();

// What goes into a table more than once.
namespace shape {
KeyRule names(const QString &what);
Shape<std::vector<ScheduleRule>> schedule();
Shape<std::vector<ParamDefinition>> params();
Shape<Params> ruleParams();
} // namespace shape

} // namespace belfry

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/model/limit.h"
#include "shared/yaml/problem.h"

#include <QJsonObject>

namespace belfry {

constexpr auto enumNames(const Severity *)
{
    return names<Severity>({{Severity::Error, "error"}, {Severity::Warning, "warning"}});
}
constexpr auto describe(const Problem *)
{
    return fields(field(1, "severity", &Problem::severity), field(2, "file", &Problem::file),
        field(3, "line", &Problem::line), field(4, "column", &Problem::column), field(5, "message", &Problem::message),
        field(6, "hint", &Problem::hint));
}

struct FilePlace {
    QString file;
    Mark mark;
};

struct RulePlace {
    Mark mark;
    bool saysClockChanges = false; // it has gap or fold
};

// Where the parts of a job stand, for warnings and for tools that point at them.
struct JobPlace {
    QString file;
    Mark name;
    Mark agent; // the value; {} where there is none, as below
    Mark timeout;
    std::vector<RulePlace> rules; // one for each of the definition's rules
};

// What the files of one project say.
struct ParsedProject {
    QString project;
    std::vector<JobDefinition> jobs; // by name
    std::map<QString, JobPlace> places; // by job name
    std::map<QString, CalendarSpec> calendars; // all of the project, also those that no rule names
    std::map<QString, FilePlace> calendarPlaces; // of their names
    std::map<QString, LimitSpec> limits;
};

// The largest definition of a job, in bytes of its compact form: it is stored with each version and sent to agents.
constexpr qsizetype largestJob = 256 * 1024;
// Names of projects, jobs, limits, calendars, parameters and rules.
constexpr auto namePattern = "[a-z0-9][a-z0-9_-]{0,63}";

// Judges job files (name -> text) that are applied together: all must name the same project, and one job must be in one
// of them only. Either what they say or everything that is wrong with them, sorted by file and place.
// `zone` is that of files which name none.
using ParseResult = tl::expected<ParsedProject, std::vector<Problem>>;
[[nodiscard]] ParseResult parseJobFiles(
    const std::map<QString, QString> &files, const QString &zone = QStringLiteral("UTC"));

// Whether a text is a name as above.
bool isName(QStringView text);

// The schema of a job file for editors, JSON Schema draft 7. A file that parseJobFiles() takes is valid by it; it
// cannot see what needs more than one key or a look at time (cron texts, zones, names of parameters).
QJsonObject jobsSchema();

} // namespace belfry

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/instant.h"
#include "shared/base/result.h"
#include "shared/model/limit.h"

#include <QStringList>

#include <map>
#include <variant>
#include <vector>

// A timeline: what happens to some jobs, and what the ledger and the starts must be in the end. The text form is
// described in docs/semantics.md.
namespace belfry::policy {

// How long an attempt lives, and how it ends.
struct Take {
    Duration length{0};
    int exitCode = 0;
};

struct Apply {
    std::map<QString, LimitSpec> limits;
    QString project;
    std::vector<JobDefinition> jobs;
};
struct Down {
    Instant until;
};
struct Up { };
struct Pause {
    QString name;
    std::optional<Instant> until;
    PauseThen then = PauseThen::Skip;
};
struct Resume {
    QString name;
};
struct Trigger {
    QString job;
    Params params;
    QString force; // the reason
    bool refused = false; // it is expected to be
};
struct Cancel {
    RunId run;
};
struct Skip {
    QString job;
    std::optional<Instant> at; // none: the next one
    bool undo = false;
    bool refused = false; // it is expected to be
};
struct Hold {
    RunId run;
    bool held = true; // false: release
};
struct Prioritize {
    RunId run;
    int priority = 0;
};
struct ClockStep {
    Duration by{0};
};
struct AgentAway { };
struct AgentBack { };
using Act = std::variant<Apply, Down, Up, Pause, Resume, Trigger, Cancel, Skip, Hold, Prioritize, ClockStep, AgentAway,
    AgentBack>;

struct Entry {
    Instant at; // by a right clock
    int line = 0;
    Act act;
};

// One expected line, as it is printed.
struct Expected {
    int line = 0;
    QString text;
};

struct Timeline {
    QString file;
    Instant start;
    Instant end;
    int slots = 100;
    std::map<QString, std::vector<Take>> takes; // by bare job name; the last one repeats
    std::map<QString, Duration> stops; // by bare job name: what a cancelled attempt takes to go
    std::vector<Entry> entries; // by time
    std::optional<std::vector<Expected>> ledger; // none: nothing is expected
    std::optional<std::vector<Expected>> starts;
};

// Invalid: `FILE:LINE: what is wrong`.
Result<Timeline> parseTimeline(const QString &file, const QString &text);

// `12:04` on the timeline's first day, else `2026-01-06T02:30`; seconds and milliseconds where there are any.
QString timeText(Instant at, Instant start);

} // namespace belfry::policy

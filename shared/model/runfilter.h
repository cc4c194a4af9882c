// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/model/run.h"

// What a filter expression asks of runs, already parsed: shared/filter makes it, the store answers it.
namespace belfry {

enum class RunField {
    State,
    Job, // glob over project/job
    OfJobs, // by JobId
    Agent, // glob
    Cause,
    By, // glob
    Reason, // part of its reason or of why it was triggered, ASCII letters in any case
    Text, // part of job, agent, by or reason, ASCII letters in any case
    Queued, // times in ms
    Started,
    Ended,
    Lasted, // ms from the start to the end or to `RunFilter::now`
    Exit,
    Signal,
    Run,
    Attempts,
    Priority,
    Tag, // `key=value` or `key` of the job as it is now; the server turns it into OfJobs
};
enum class Relation { Equal, Less, AtMost, Greater, AtLeast };

// One alternative of a condition. Texts are compared by glob (`*` any text, `?` any character) or as a part; numbers by
// the comparison. What a run does not have (an exit code, a start) passes no test.
struct RunTest {
    Relation comparison = Relation::Equal;
    QString text;
    qint64 number = 0;
    bool operator==(const RunTest &) const = default;
};
struct RunCondition {
    RunField field = RunField::Text;
    bool negated = false;
    std::vector<RunTest> anyOf; // empty: nothing passes
    bool operator==(const RunCondition &) const = default;
};
struct RunFilter {
    Instant now;
    std::vector<RunCondition> conditions; // all must hold
    bool operator==(const RunFilter &) const = default;
};

} // namespace belfry

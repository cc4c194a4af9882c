// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/engine/fatewords.h"

#include "backend/engine/explainrun.h"
#include "backend/engine/ledger.h"

#include <algorithm>

namespace belfry::engine {

using namespace Qt::StringLiterals;

namespace {

QString calendarOf(const Occasion &row, const JobDefinition &definition)
{
    for (const ScheduleRule &rule : definition.schedule) {
        if (ruleKey(rule) == row.rule)
            return rule.rule.calendar;
    }
    return {};
}

// `succeeded at 12:04:00Z`, `is running on agent a1`: what follows `which`.
QString standing(const Run &run, const Words &words)
{
    const QString at = run.endedAt ? u" at "_s + words.time(*run.endedAt) : QString();
    switch (run.state) {
    case RunState::Queued:
    case RunState::Retrying:
        return u"waits"_s;
    case RunState::Assigned:
    case RunState::Running:
        return u"lives on agent "_s + run.agent;
    case RunState::Succeeded:
    case RunState::Failed:
        return nameOf(run.state) + at;
    case RunState::Warning:
        return u"ended with a warning"_s + at;
    case RunState::Skipped:
        return u"ended as skipped"_s + at;
    case RunState::TimedOut:
        return u"timed out"_s + at;
    case RunState::Cancelled:
        return u"was cancelled"_s + at;
    case RunState::NotStarted:
        return u"could not be started"_s + at;
    case RunState::Lost:
        return u"is lost"_s + (run.endedAt ? u" since "_s + words.time(*run.endedAt) : QString());
    }
    return {};
}

std::map<QString, QString> factsOf(const Occasion &row, const JobDefinition *definition, const Run *run,
    const std::vector<Run> &earlier, const Words &words)
{
    std::map<QString, QString> facts;
    facts[u"run"_s] = row.run ? u"run %1"_s.arg(row.run->value) : u"a run"_s;
    facts[u"by"_s] = u"somebody"_s;
    facts[u"skipper"_s] = row.by.isEmpty() ? u"somebody"_s : row.by;
    facts[u"said"_s] = row.byReason.isEmpty() ? QString() : u" (%1)"_s.arg(row.byReason);
    if (definition) {
        const bool skips = definition->overlap == OverlapPolicy::Skip;
        const QString calendar = calendarOf(row, *definition);
        facts[u"calendar"_s] = calendar.isEmpty() ? u"its calendar"_s : u"calendar "_s + calendar;
        facts[u"window"_s] = u" (%1)"_s.arg(formatDuration(definition->catchUp.window));
        facts[u"max"_s] = u" (%1)"_s.arg(definition->catchUp.max);
        facts[u"max_queued"_s] = u" (%1)"_s.arg(definition->maxQueued);
        facts[u"start_by"_s] = definition->startBy ? u" (%1)"_s.arg(formatDuration(*definition->startBy)) : QString();
        facts[u"crowd"_s] = skips ? u"a run of the job was not over, and its overlap is skip"_s
                                  : u"%1 runs of the job were waiting already"_s.arg(maxWaiting);
    } else {
        facts[u"calendar"_s] = u"its calendar"_s;
        facts[u"crowd"_s] = u"other runs of the job were not over"_s;
    }
    if (run) {
        facts[u"state"_s] = u", which "_s + standing(*run, words);
        if (!run->cancelledBy.isEmpty())
            facts[u"by"_s] = run->cancelledBy;
        const QString delay = delayText(*run, earlier, words);
        facts[u"story"_s] = u" and "_s + standing(*run, words) + (delay.isEmpty() ? QString() : u"; "_s + delay);
        if (run->cause == Cause::CatchUp)
            facts[u"caught_up"_s] = u", caught up on at "_s + words.time(run->queuedAt);
    }
    return facts;
}

QString filled(QStringView text, const std::map<QString, QString> &facts)
{
    QString result;
    for (qsizetype at = 0; at < text.size();) {
        const qsizetype open = text.indexOf(u'{', at);
        const qsizetype close = open < 0 ? -1 : text.indexOf(u'}', open);
        if (close < 0)
            return result + text.sliced(at).toString();
        result += text.sliced(at, open - at);
        if (const auto found = facts.find(text.sliced(open + 1, close - open - 1).toString()); found != facts.end())
            result += found->second;
        at = close + 1;
    }
    return result;
}

// What made room for another run was cancelled by no person.
QString codeOf(const Occasion &row, const Run *run)
{
    const bool replaced = row.fate == Fate::Cancelled && run && run->reason.endsWith(reason::replaced);
    return replaced ? reason::replaced.toString() : row.reason;
}

} // namespace

const std::vector<FateSentence> &fateSentences()
{
    static const std::vector<FateSentence> all{
        {Fate::Pending, u"", u"it has not started yet: {run} stands for it{state}"},
        {Fate::Pending, u"paused", u"it is held until its job is resumed, for the job is paused"},
        {Fate::Ran, u"", u"{run} started for it{caught_up}{story}"},
        {Fate::Merged, reason::overlap,
            u"it was merged into {run}{state}: as many runs with the same parameters as max_queued{max_queued} allows "
            u"were "
            u"waiting, and the last of them covers it too"},
        {Fate::Skipped, u"calendar", u"it was skipped, because {calendar} closes that day"},
        {Fate::Skipped, u"gap", u"it was skipped, because a clock change left its local time out"},
        {Fate::Skipped, u"paused",
            u"it was skipped, because the job was paused, and what is due in the pause is skipped"},
        {Fate::Skipped, reason::byOperator, u"it was skipped, because {skipper} wanted it to be{said}"},
        {Fate::Skipped, reason::overlap, u"it was skipped, because {crowd}"},
        {Fate::Skipped, reason::parameters,
            u"it was skipped, because the parameters of its rule do not pass the job's definitions"},
        {Fate::Missed, reason::downtime,
            u"it was missed, because the backend was down when it was due, and its catch_up is none"},
        {Fate::Missed, reason::outsideWindow,
            u"it was missed, because the backend was down when it was due, and came back later than its catch_up window"
            u"{window}"},
        {Fate::Missed, reason::superseded,
            u"it was missed, because the backend was down when it was due, and of those that it missed with the same "
            u"parameters only the newest ran, as {run}"},
        {Fate::Missed, reason::overMax,
            u"it was missed, because the backend was down when it was due, and more were missed than its catch_up max"
            u"{max} takes"},
        {Fate::Expired, reason::startBy, u"it expired, because it could not start within its start_by{start_by}"},
        {Fate::Cancelled, reason::cancelled, u"it was cancelled: {by} cancelled {run} before it started"},
        {Fate::Cancelled, reason::replaced,
            u"it was cancelled, because a later run took the place of {run} (overlap: replace) before it started"},
        {Fate::Cancelled, reason::jobRemoved, u"it was cancelled, because the job was removed before {run} started"},
    };
    return all;
}

const FateSentence *fateSentence(Fate fate, QStringView reason)
{
    const auto &all = fateSentences();
    const auto found = std::find_if(
        all.begin(), all.end(), [&](const FateSentence &each) { return each.fate == fate && each.reason == reason; });
    return found == all.end() ? nullptr : &*found;
}

QString fateInWords(const Occasion &row, const JobDefinition *definition, const Run *run,
    const std::vector<Run> &earlier, const Words &words)
{
    const FateSentence *sentence = fateSentence(row.fate, codeOf(row, run));
    QString text = sentence ? filled(sentence->text, factsOf(row, definition, run, earlier, words))
                            : u"it is %1 (%2)"_s.arg(nameOf(row.fate), row.reason);
    if (row.count > 1 && row.until)
        text += u"; so were all %1 from %2 to %3"_s.arg(row.count).arg(words.time(row.at), words.time(*row.until));
    return text;
}

} // namespace belfry::engine

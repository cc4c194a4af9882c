// SPDX-License-Identifier: GPL-3.0-or-later
// What people say of failures: that they have seen them. Nothing that is to be started depends on it.
#include "backend/engine/reactions.h"
#include "backend/engine/words.h"

namespace belfry::engine {

using namespace Qt::StringLiterals;

namespace {

QString nameOfSubject(const Run &run)
{
    return u"run %1"_s.arg(run.id.value);
}
QString nameOfSubject(const Occasion &occasion)
{
    return u"the occasion of %1 at %2"_s.arg(occasion.jobName, toRfc3339(occasion.at));
}

QString seenText(Instant at, const QString &by)
{
    const QString who = by.isEmpty() ? QString() : u" by "_s + by;
    return u"was acknowledged%1 at %2 already"_s.arg(who, toRfc3339(at));
}

template <class Subject> Status mark(Step &step, Subject subject, const Acknowledge &event)
{
    const QString name = nameOfSubject(subject);
    if (event.undo && !subject.acknowledgedAt)
        return fail(ErrorKind::Conflict, u"%1 is not acknowledged"_s.arg(name));
    if (!event.undo && subject.acknowledgedAt)
        return fail(
            ErrorKind::Conflict, u"%1 %2"_s.arg(name, seenText(*subject.acknowledgedAt, subject.acknowledgedBy)));
    subject.acknowledgedAt = event.undo ? std::nullopt : std::optional(step.now);
    subject.acknowledgedBy = event.undo ? QString() : event.by;
    subject.acknowledgeNote = event.undo ? QString() : event.note;
    step.changes.acknowledge(subject);
    return {};
}

Status markRun(Step &step, const Run &run, const Acknowledge &event)
{
    if (step.state.runs.find(run.id) || !isFinal(run.state))
        return fail(
            ErrorKind::Conflict, u"run %1 is not over: there is nothing to acknowledge yet"_s.arg(run.id.value));
    if (!isFailure(run.state))
        return fail(ErrorKind::Conflict,
            u"run %1 is %2: only failed, timed_out, not_started and lost runs are acknowledged"_s.arg(run.id.value)
                .arg(nameOf(run.state)));
    return mark(step, run, event);
}

// All rules of the instant for which it can be done; an error where it can be for none.
Result<int> markOccasions(Step &step, const Acknowledge &event)
{
    int rows = 0;
    Status refused = fail(ErrorKind::Conflict, u"no occasion of that time was missed or expired"_s);
    for (const Occasion &occasion : event.occasions) {
        if (!isFailure(occasion))
            continue;
        if (const Status done = mark(step, occasion, event); done)
            ++rows;
        else
            refused = done;
    }
    if (rows == 0)
        return fail(refused.error());
    return rows;
}

Result<AnswerBody> answerTo(Step &step, const Acknowledge &event)
{
    if (event.run) {
        if (const Status done = markRun(step, *event.run, event); !done)
            return fail(done.error());
        return AnswerBody(wire::AttentionMarked{1});
    }
    const auto rows = markOccasions(step, event);
    if (!rows)
        return fail(rows.error());
    return AnswerBody(wire::AttentionMarked{*rows});
}

} // namespace

void on(Step &step, const Acknowledge &event)
{
    step.answer(event.token, answerTo(step, event));
}

} // namespace belfry::engine

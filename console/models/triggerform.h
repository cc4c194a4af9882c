// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/expr/paramvalues.h"
#include "shared/wire/api.h"

namespace belfry {

// What a person fills in to run a job, judged by the code that the backend judges with.
class TriggerForm
{
public:
    explicit TriggerForm(const Job &job);

    const Job &job() const { return m_job; }
    const std::vector<ParamDefinition> &fields() const { return m_job.definition.params; }

    // A text that differs from the default; an empty one means: not given.
    void set(const QString &name, const QString &text);
    QString given(const QString &name) const;
    const Params &givenValues() const { return m_given; }
    void setAll(const Params &params);

    // What is wrong with a field as it stands; empty when nothing is.
    QString fault(const ParamDefinition &field) const;
    bool isGood() const;

    // What goes to the backend, values canonical. Its precondition is isGood().
    wire::RunTrigger request(const QString &reason, bool force) const;
    // The same as a line for a shell.
    QString commandLine(const QString &reason, bool force) const;

private:
    Job m_job;
    Params m_given;
};

// One word of a POSIX shell.
QString shellWord(const QString &text);

} // namespace belfry

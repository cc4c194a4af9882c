// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/server/lintwarnings.h"

#include "shared/jobs/lint.h"

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype mostWarnings = 100;

QString lineOf(const Problem &problem)
{
    const QString text = problem.hint.isEmpty() ? problem.message : problem.message + u"; "_s + problem.hint;
    return u"%1:%2:%3: "_s.arg(problem.file).arg(problem.line).arg(problem.column) + text;
}

} // namespace

std::vector<Problem> lintProblems(const ParsedProject &project, const AgentLabels &agents, Instant now)
{
    std::vector<Problem> problems = lintProject(project, now);
    if (!agents.empty()) {
        const std::vector<Problem> more = lintAgents(project, agents);
        problems.insert(problems.end(), more.begin(), more.end());
        sortProblems(problems);
    }
    return problems;
}

QStringList warningLines(const std::vector<Problem> &problems)
{
    QStringList lines;
    for (const Problem &each : problems) {
        if (lines.size() == mostWarnings) {
            lines += u"and %1 warnings more; belfry validate shows those of the files"_s.arg(
                qsizetype(problems.size()) - mostWarnings);
            break;
        }
        lines += lineOf(each);
    }
    return lines;
}

} // namespace belfry

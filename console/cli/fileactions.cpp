// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/cli/actions.h"
#include "console/cli/session.h"
#include "console/cli/sheets.h"
#include "console/cli/text.h"
#include "console/cli/waitcode.h"
#include "shared/jobs/folder.h"
#include "shared/jobs/lint.h"

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

using Sources = std::map<QString, QString>;

ListLook<Problem> problemsLook()
{
    return {.columns = {},
        .name = [](const Problem &each) { return u"%1:%2:%3"_s.arg(each.file).arg(each.line).arg(each.column); },
        .nothing = {}};
}

// The product of validate, so on standard output in every form.
void showProblems(Session &session, const std::vector<Problem> &problems, const Sources &sources)
{
    Output &output = session.output();
    if (!output.isForPeople())
        output.list(problems, problemsLook());
    else if (!problems.empty())
        output.write((formatProblems(problems, sources) + u'\n').toUtf8());
}

} // namespace

void startValidate(Session &session)
{
    if (session.arguments().has(u"schema"_s)) {
        session.output().write(jsonText(jobsSchema()));
        session.finish(exitDone);
        return;
    }
    if (session.arguments().positional().isEmpty()) {
        session.failUsage(u"validate: PATH is missing"_s);
        return;
    }
    const LoadedFiles files = loadJobFiles(session.arguments().positional());
    if (!files) {
        showProblems(session, files.error(), {});
        session.finish(exitInvalid);
        return;
    }
    const ParseResult parsed = parseJobFiles(*files);
    if (!parsed) {
        showProblems(session, parsed.error(), *files);
        session.finish(exitInvalid);
        return;
    }
    showProblems(session, lintProject(*parsed, session.now()), *files);
    session.output().say(u"%1 of project %2 in %3: good"_s.arg(
        counted(qint64(parsed->jobs.size()), u"job"_s), parsed->project, counted(qint64(files->size()), u"file"_s)));
    session.finish(exitDone);
}

void startApply(Session &session)
{
    const LoadedFiles files = loadJobFiles(session.arguments().positional());
    if (!files) {
        session.output().complain(formatProblems(files.error(), {}) + u'\n');
        session.finish(exitInvalid);
        return;
    }
    const Arguments &arguments = session.arguments();
    const wire::JobApply request{.files = *files,
        .prune = arguments.value(u"prune"_s) != "false"_L1,
        .dryRun = arguments.has(u"dry-run"_s),
        .message = arguments.value(u"message"_s)};
    session.setSources(*files);
    session.ask(request, [&session, dryRun = request.dryRun](const wire::ApplyReply &reply) {
        for (const QString &warning : reply.warnings)
            session.output().note(u"warning: "_s + warning);
        session.output().sheet(applySheet(reply, dryRun));
        session.finish(exitDone);
    });
}

} // namespace belfry

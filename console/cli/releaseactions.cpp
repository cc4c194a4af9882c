// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/cli/actions.h"
#include "console/cli/diffsheet.h"
#include "console/cli/releaselooks.h"
#include "console/cli/session.h"
#include "console/cli/sheets.h"
#include "console/cli/waitcode.h"
#include "shared/jobs/folder.h"

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

constexpr int largestPage = 1000;

View viewOf(const Session &session)
{
    return {session.now(), session.zone()};
}

// Asks for one page after the other, then shows all rows.
template <class Request, class Row> struct Pages {
    Request request;
    ListLook<Row> look;
    std::vector<Row> Request::Reply::*field;
    std::vector<Row> rows;
};

template <class Request, class Row> void askPage(Session &session, const std::shared_ptr<Pages<Request, Row>> &pages)
{
    pages->request.limit = largestPage;
    session.ask(pages->request, [&session, pages](const typename Request::Reply &reply) {
        const std::vector<Row> &page = reply.*pages->field;
        pages->rows.insert(pages->rows.end(), page.begin(), page.end());
        if (reply.next) {
            pages->request.after = reply.next;
            askPage(session, pages);
            return;
        }
        session.output().list(pages->rows, pages->look);
        session.finish(exitDone);
    });
}

bool isPruning(const Arguments &arguments)
{
    return arguments.value(u"prune"_s) != "false"_L1;
}

} // namespace

void startReleases(Session &session)
{
    using All = Pages<wire::ProjectReleases, wire::ReleaseRow>;
    askPage(session,
        std::make_shared<All>(All{.request = {.project = session.arguments().positional(0)},
            .look = releasesLook(viewOf(session)),
            .field = &wire::ReleasesReply::releases,
            .rows = {}}));
}

void startJobHistory(Session &session)
{
    using All = Pages<wire::JobHistory, wire::VersionRow>;
    askPage(session,
        std::make_shared<All>(All{.request = {.job = session.arguments().positional(0)},
            .look = versionsLook(viewOf(session)),
            .field = &wire::JobHistoryReply::versions,
            .rows = {}}));
}

void startJobSource(Session &session)
{
    const Arguments &arguments = session.arguments();
    wire::JobSource request{.job = arguments.positional(0), .version = {}};
    if (arguments.positional().size() > 1) {
        bool ok = false;
        request.version = arguments.positional(1).toInt(&ok);
        if (!ok || *request.version < 1) {
            session.failUsage(u"'%1' is no version: versions are numbers from 1 on"_s.arg(arguments.positional(1)));
            return;
        }
    }
    session.ask(request, [&session](const wire::JobSourceReply &reply) {
        for (const QString &warning : reply.warnings)
            session.output().note(u"warning: "_s + warning);
        session.output().sheet(sourceSheet(reply));
        session.finish(exitDone);
    });
}

void startRollback(Session &session)
{
    const Arguments &arguments = session.arguments();
    wire::ProjectRollback request{.project = arguments.positional(0),
        .release = {},
        .dryRun = arguments.has(u"dry-run"_s),
        .message = arguments.value(u"message"_s)};
    if (arguments.positional().size() > 1) {
        bool ok = false;
        request.release = arguments.positional(1).toLongLong(&ok);
        if (!ok || *request.release < 1) {
            session.failUsage(u"'%1' is no release: releases are numbers from 1 on"_s.arg(arguments.positional(1)));
            return;
        }
    }
    session.ask(request, [&session, dryRun = request.dryRun](const wire::ApplyReply &reply) {
        for (const QString &warning : reply.warnings)
            session.output().note(u"warning: "_s + warning);
        session.output().sheet(applySheet(reply, dryRun));
        session.finish(exitDone);
    });
}

void startDiff(Session &session)
{
    const LoadedFiles files = loadJobFiles(session.arguments().positional());
    if (!files) {
        session.output().complain(formatProblems(files.error(), {}) + u'\n');
        session.finish(exitInvalid);
        return;
    }
    session.setSources(*files);
    const wire::JobDiff request{.files = *files, .prune = isPruning(session.arguments())};
    session.ask(request, [&session](const wire::DiffReply &reply) {
        for (const QString &warning : reply.warnings)
            session.output().note(u"warning: "_s + warning);
        session.output().sheet(diffSheet(reply, viewOf(session), session.output().style()));
        session.finish(reply.same ? exitDone : exitFailed);
    });
}

} // namespace belfry

// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/cli/actions.h"
#include "console/cli/help.h"
#include "console/cli/looks.h"
#include "console/cli/manual.h"
#include "console/cli/session.h"
#include "console/cli/sheets.h"
#include "console/cli/waitcode.h"
#include "shared/base/nearestname.h"

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

constexpr int largestPage = 1000;

View viewOf(const Session &session)
{
    return {session.now(), session.zone()};
}

// Gathers pages until there are `wanted` rows or no more.
struct RunPages {
    wire::RunList request;
    qint64 wanted = 0;
    ListLook<wire::RunRow> look;
    std::vector<wire::RunRow> rows;
};

void askRunPage(Session &session, const std::shared_ptr<RunPages> &pages)
{
    pages->request.limit = int(std::min<qint64>(largestPage, pages->wanted - qint64(pages->rows.size())));
    session.ask(pages->request, [&session, pages](const wire::RunListReply &reply) {
        pages->rows.insert(pages->rows.end(), reply.runs.begin(), reply.runs.end());
        if (reply.next && qint64(pages->rows.size()) < pages->wanted) {
            pages->request.after = reply.next;
            askRunPage(session, pages);
            return;
        }
        session.output().list(pages->rows, pages->look);
        session.finish(exitDone);
    });
}

struct JobPages {
    wire::JobList request;
    std::vector<wire::JobRow> rows;
};

void askJobPage(Session &session, const std::shared_ptr<JobPages> &pages)
{
    pages->request.limit = largestPage;
    session.ask(pages->request, [&session, pages](const wire::JobListReply &reply) {
        pages->rows.insert(pages->rows.end(), reply.jobs.begin(), reply.jobs.end());
        if (reply.next) {
            pages->request.after = *reply.next;
            askJobPage(session, pages);
            return;
        }
        session.output().list(pages->rows, jobsLook(viewOf(session)));
        session.finish(exitDone);
    });
}

bool readStates(Session &session, std::vector<RunState> &states)
{
    for (const QString &given : session.arguments().values(u"state"_s))
        for (const QString &word : given.split(u',', Qt::SkipEmptyParts)) {
            const auto state = enumOf<RunState>(word);
            if (!state) {
                session.failUsage(u"--state: '%1' is none of %2"_s.arg(word, enumChoices<RunState>()));
                return false;
            }
            states.push_back(*state);
        }
    return true;
}

void showAgent(Session &session, const Agent &agent)
{
    session.output().sheet({.lines = {{u"agent"_s, {agent.name}}, {u"state"_s, {nameOf(agent.state)}},
                                {u"used"_s, {u"%1/%2"_s.arg(agent.used).arg(agent.slots)}}},
        .below = {},
        .json = toJson(agent),
        .keys = fieldNames<Agent>(),
        .name = agent.name});
    session.finish(exitDone);
}

// Changes an agent and shows it as it is then.
template <class Request> void changeAgent(Session &session)
{
    const QString name = session.arguments().positional(0);
    session.ask(Request{name}, [&session, name](const wire::Nothing &) {
        session.ask(wire::AgentList{}, [&session, name](const wire::AgentListReply &reply) {
            for (const Agent &agent : reply.agents)
                if (agent.name == name) {
                    showAgent(session, agent);
                    return;
                }
            session.fail(Error{ErrorKind::NotFound, u"the agent '%1' was forgotten meanwhile"_s.arg(name)});
        });
    });
}

} // namespace

void startPs(Session &session)
{
    const auto pages = std::make_shared<RunPages>();
    pages->request.live = true;
    pages->request.filter = session.arguments().value(u"filter"_s);
    pages->wanted = std::numeric_limits<qint64>::max();
    pages->look = liveRunsLook(viewOf(session));
    askRunPage(session, pages);
}

void startRuns(Session &session)
{
    const auto pages = std::make_shared<RunPages>();
    const auto limit = session.number(u"limit"_s, 50, 1, 1'000'000);
    pages->request.job = session.arguments().value(u"job"_s);
    pages->request.filter = session.arguments().value(u"filter"_s);
    if (!limit || !readStates(session, pages->request.states) || !session.time(u"since"_s, pages->request.since))
        return;
    if (session.arguments().has(u"after"_s)) {
        pages->request.after = session.run(session.arguments().value(u"after"_s));
        if (!pages->request.after)
            return;
    }
    pages->wanted = *limit;
    pages->look = runsLook(viewOf(session));
    askRunPage(session, pages);
}

void startShow(Session &session)
{
    const auto run = session.run(session.arguments().positional(0));
    if (!run)
        return;
    session.ask(wire::RunGet{*run}, [&session](const wire::RunDetail &detail) {
        session.output().sheet(runSheet(detail, viewOf(session), session.output().style()));
        session.finish(exitDone);
    });
}

void startJobs(Session &session)
{
    const auto pages = std::make_shared<JobPages>();
    pages->request.filter = session.arguments().value(u"filter"_s);
    askJobPage(session, pages);
}

void startJobShow(Session &session)
{
    session.ask(wire::JobGet{session.arguments().positional(0)}, [&session](const Job &job) {
        const wire::JobHistory newest{.job = job.definition.fullName(), .after = {}, .limit = 1};
        session.ask(newest, [&session, job](const wire::JobHistoryReply &history) {
            const auto made = history.versions.empty() ? wire::VersionRow{} : history.versions.front();
            session.output().sheet(jobSheet(job, made, viewOf(session)));
            session.finish(exitDone);
        });
    });
}

void startLedger(Session &session)
{
    wire::LedgerList request;
    request.job = session.arguments().positional(0);
    request.from = session.now() - 24h;
    request.limit = 10'000;
    if (!session.time(u"from"_s, request.from) || !session.time(u"until"_s, request.until))
        return;
    session.ask(request, [&session, limit = request.limit](const wire::LedgerReply &reply) {
        session.output().list(reply.occasions, ledgerLook(viewOf(session)));
        if (qint64(reply.occasions.size()) >= limit)
            session.output().note(u"only the newest %1 rows; narrow the time with --from and --until"_s.arg(limit));
        session.finish(exitDone);
    });
}

void startDays(Session &session)
{
    wire::RunDays request{.jobs = session.arguments().positional(),
        .project = session.arguments().value(u"project"_s),
        .zone = session.arguments().value(u"zone"_s),
        .since = {},
        .until = {}};
    if (!session.time(u"since"_s, request.since) || !session.time(u"until"_s, request.until))
        return;
    if (request.zone.isEmpty())
        request.zone = session.zone().name();
    session.ask(request, [&session](const wire::DaysReply &reply) {
        session.output().list(reply.days, daysLook());
        session.finish(exitDone);
    });
}

void startAgents(Session &session)
{
    session.ask(wire::AgentList{}, [&session](const wire::AgentListReply &reply) {
        session.output().list(reply.agents, agentsLook(viewOf(session)));
        session.finish(exitDone);
    });
}

void startAgentDrain(Session &session)
{
    changeAgent<wire::AgentDrain>(session);
}
void startAgentResume(Session &session)
{
    changeAgent<wire::AgentResume>(session);
}
void startAgentForget(Session &session)
{
    const QString name = session.arguments().positional(0);
    if (!session.confirm(u"Forget the agent '%1'?"_s.arg(name)))
        return;
    session.ask(wire::AgentForget{name}, [&session, name](const wire::Nothing &) {
        session.output().sheet({.lines = {{u"forgotten"_s, {name}}},
            .below = {},
            .json = {{u"name"_s, name}},
            .keys = {u"name"_s},
            .name = name});
        session.finish(exitDone);
    });
}

void startStatus(Session &session)
{
    session.ask(wire::ServerStatus{}, [&session](const wire::StatusReply &status) {
        session.output().sheet(statusSheet(status, viewOf(session), session.output().style()));
        session.finish(exitDone);
    });
}

void startHelp(Session &session)
{
    if (session.arguments().has(u"man"_s)) {
        session.output().write(manPage().toUtf8());
        session.finish(exitDone);
        return;
    }
    const QString words = session.arguments().positional().join(u' ');
    const VerbSpec *verb = findVerb(words);
    const QString text = words.isEmpty() ? overviewHelp() : verb ? verbHelp(*verb) : groupHelp(words);
    if (text.isEmpty()) {
        const QString near = nearestName(words, verbWords());
        session.failUsage(u"the verb '%1' is unknown%2"_s.arg(
            words, near.isEmpty() ? QString() : u"; did you mean '%1'?"_s.arg(near)));
        return;
    }
    session.output().write(text.toUtf8());
    session.finish(exitDone);
}

} // namespace belfry

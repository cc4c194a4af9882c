// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/cli/actions.h"
#include "console/cli/completing.h"
#include "console/cli/session.h"
#include "console/cli/waitcode.h"
#include "console/client/contexts.h"

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

// Whoever presses Tab waits for this.
constexpr auto longestWait = 1500ms;
constexpr int mostNames = 1000;
constexpr int mostRuns = 50;

// Prints names as they are found; ends after `left` answers or when nobody has more patience.
class Names final : public QObject
{
public:
    Names(Session &session, Completion completion)
        : QObject(&session)
        , m_session(session)
        , m_completion(std::move(completion))
    { }

    void start()
    {
        for (const Completion::Candidate &each : m_completion.candidates)
            print(each.word, each.help);
        askFor(m_completion.word);
        if (m_left == 0) {
            m_session.finish(exitDone);
            return;
        }
        QTimer::singleShot(longestWait, this, [this] { m_session.finish(exitDone); });
    }

private:
    void print(const QString &word, const QString &help)
    {
        m_session.output().write((visible(word) + u'\t' + visible(help) + u'\n').toUtf8());
    }
    void offer(const QString &name, const QString &help = {})
    {
        if (name.startsWith(m_completion.current))
            print(m_completion.prefix + name, help);
    }

    template <class Request, class Use> void ask(const Request &request, Use use)
    {
        Client *client = m_session.quietClient();
        if (!client)
            return;
        ++m_left;
        client->ask(request, this, [this, use](const Answer<typename Request::Reply> &answer) {
            if (answer)
                use(*answer);
            if (--m_left == 0)
                m_session.finish(exitDone);
        });
    }

    void askForJobs(bool projects, bool jobs)
    {
        ask(wire::JobList{.project = {}, .after = {}, .limit = mostNames, .filter = {}},
            [this, projects, jobs](const wire::JobListReply &reply) {
                std::set<QString> seen;
                for (const wire::JobRow &row : reply.jobs) {
                    const QString project = row.job.section(u'/', 0, 0);
                    if (projects && seen.insert(project).second)
                        offer(project);
                    if (jobs)
                        offer(row.job, row.title);
                }
            });
    }

    void askFor(Word word)
    {
        switch (word) {
        case Word::Job:
            askForJobs(false, true);
            break;
        case Word::JobOrProject:
            askForJobs(true, true);
            break;
        case Word::Project:
            askForJobs(true, false);
            break;
        case Word::RunOrJob:
            askForJobs(false, true);
            askForRuns();
            break;
        case Word::Run:
            askForRuns();
            break;
        case Word::Agent:
            ask(wire::AgentList{}, [this](const wire::AgentListReply &reply) {
                for (const Agent &agent : reply.agents)
                    offer(agent.name, nameOf(agent.state));
            });
            break;
        case Word::Token:
            ask(wire::TokenList{}, [this](const wire::TokenListReply &reply) {
                for (const wire::TokenRow &token : reply.tokens)
                    if (!token.revoked)
                        offer(token.id, token.name);
            });
            break;
        case Word::Context:
            if (const auto contexts = readContexts(configFile(m_session.environment())))
                for (const Context &each : contexts->all)
                    offer(each.name, each.url);
            break;
        case Word::File:
            m_session.output().write(":files\n");
            break;
        case Word::Verb:
        case Word::Time:
        case Word::Text:
            break;
        }
    }

    void askForRuns()
    {
        wire::RunList request;
        request.limit = mostRuns;
        ask(request, [this](const wire::RunListReply &reply) {
            for (const wire::RunRow &run : reply.runs)
                offer(QString::number(run.id.value), u"%1, %2"_s.arg(run.jobName, nameOf(run.state)));
        });
    }

    Session &m_session;
    Completion m_completion;
    int m_left = 0; // answers
};

} // namespace

// The words before `--`, and what is typed of the next one after it.
void startComplete(Session &session, const QStringList &words)
{
    const qsizetype border = words.lastIndexOf(u"--"_s);
    const QStringList before = words.first(std::max<qsizetype>(border, 0));
    const QString current = border < 0 ? QString() : words.value(border + 1);
    (new Names(session, completionOf(before, current)))->start();
}

void startCompletion(Session &session)
{
    const QString shell = session.arguments().positional(0);
    if (!completionShells().contains(shell)) {
        session.failUsage(
            u"'%1' is none of the shells %2"_s.arg(shell.left(64), completionShells().join(u", "_s)));
        return;
    }
    session.output().write(completionScript(shell).toUtf8());
    session.finish(exitDone);
}

} // namespace belfry

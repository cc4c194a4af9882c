// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/cli/arguments.h"
#include "console/cli/output.h"
#include "console/cli/timetext.h"
#include "console/client/client.h"

namespace belfry {

// One call of the program: what was asked for, where its answer goes, and the connection once somebody needs it. A verb
// ends it with finish(), at once or after answers have come; the first end counts.
class Session : public QObject
{
    Q_OBJECT

public:
    Session(Arguments arguments, Output &output, Environment environment);

    const Arguments &arguments() const { return m_arguments; }
    Output &output() { return m_output; }
    const Environment &environment() const { return m_environment; }
    // The backend that client() connects to.
    Result<Address> address() const;
    // One instant for the whole call, so that its relative times agree.
    Instant now() const { return m_now; }
    const Zone &zone() const { return m_zone; }

    void finish(int exitCode);
    // Says why and ends with the kind's exit code.
    void fail(const Error &error);
    void fail(const Refusal &refusal);
    // Says how the command line is wrong and ends with 2.
    void failUsage(const QString &why);
    bool isFinished() const { return m_exitCode.has_value(); }
    int exitCode() const { return m_exitCode.value_or(0); }

    // Connects at the first call. Nullptr, and the session is finished, when the settings are wrong.
    Client *client();
    // The same, saying nothing on standard error, and without an end of the session when there is none.
    Client *quietClient();
    // Asks the backend; a refusal ends the session.
    template <class Request, class Callback> void ask(const Request &request, Callback onReply)
    {
        if (Client *connection = client())
            connection->ask(
                request, this, [this, onReply = std::move(onReply)](const Answer<typename Request::Reply> &answer) {
                    if (isFinished())
                        return;
                    if (answer)
                        onReply(*answer);
                    else
                        fail(answer.error());
                });
    }

    // Asks the user, unless --yes is given or nobody sits there. False: the session is finished, with a note.
    bool confirm(const QString &question);

    // Options as values; nullopt and a finished session for bad ones.
    std::optional<qint64> number(const QString &key, qint64 otherwise, qint64 min, qint64 max);
    // False for a bad one; `out` stays as it is where the option is not there.
    bool time(const QString &key, std::optional<Instant> &out);
    std::optional<RunId> run(const QString &text);

    // Shown with the problems of files: name -> text.
    void setSources(std::map<QString, QString> sources) { m_sources = std::move(sources); }

Q_SIGNALS:
    void finished(int exitCode);

private:
    void onState(Client::State state);

    Arguments m_arguments;
    Output &m_output;
    Environment m_environment;
    Instant m_now;
    Zone m_zone = localZone();
    std::map<QString, QString> m_sources;
    std::optional<int> m_exitCode;
    std::unique_ptr<Client> m_client;
    bool m_interrupted = false; // the connection was lost, and somebody was told
};

} // namespace belfry

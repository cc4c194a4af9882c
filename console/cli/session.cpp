// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/cli/session.h"

#include "console/cli/text.h"
#include "console/cli/waitcode.h"
#include "shared/base/clock.h"

#include <cstdio>
#include <unistd.h>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

// Somebody at the terminal wants to know by then what takes so long.
constexpr Duration quietWait = 2s;

} // namespace

Session::Session(Arguments arguments, Output &output, Environment environment)
    : m_arguments(std::move(arguments))
    , m_output(output)
    , m_environment(std::move(environment))
    , m_now(SystemClock().now())
{ }

void Session::finish(int exitCode)
{
    if (m_exitCode)
        return;
    m_exitCode = exitCode;
    if (!m_output.flush() && exitCode == exitDone) {
        m_output.note(u"standard output did not take everything"_s);
        m_exitCode = exitFailed;
    }
    Q_EMIT finished(*m_exitCode);
}

void Session::fail(const Error &error)
{
    if (m_exitCode)
        return;
    m_output.note(error.message);
    finish(exitCodeOf(error.kind));
}

void Session::fail(const Refusal &refusal)
{
    if (!m_exitCode && !refusal.problems.empty())
        m_output.complain(formatProblems(refusal.problems, m_sources) + u'\n');
    fail(Error(refusal));
}

void Session::failUsage(const QString &why)
{
    if (m_exitCode)
        return;
    const VerbSpec *verb = m_arguments.verb();
    m_output.note(why);
    m_output.complain(verb ? u"Usage: "_s + verb->usage() + u'\n' : u"Try: belfry help\n"_s);
    finish(exitUsage);
}

Result<Address> Session::address() const
{
    return findAddress({.url = m_arguments.value(u"url"_s),
                           .tokenFile = m_arguments.value(u"token-file"_s),
                           .context = m_arguments.value(u"context"_s)},
        m_environment);
}

bool Session::confirm(const QString &question)
{
    if (m_arguments.has(u"yes"_s) || isatty(STDIN_FILENO) != 1 || isatty(STDERR_FILENO) != 1)
        return true;
    m_output.complain(visible(question) + u" [y/N] "_s);
    char answer[16] = {};
    const bool read = std::fgets(answer, sizeof answer, stdin) != nullptr;
    if (read && (answer[0] == 'y' || answer[0] == 'Y'))
        return true;
    m_output.note(u"nothing was done"_s);
    finish(exitFailed);
    return false;
}

Client *Session::client()
{
    if (m_client || m_exitCode)
        return m_client.get();
    const auto address = this->address();
    if (!address) {
        m_output.note(address.error().message);
        finish(exitUsage);
        return nullptr;
    }
    m_client = std::make_unique<Client>(*address);
    connect(m_client.get(), &Client::stateChanged, this, &Session::onState);
    QTimer::singleShot(quietWait, this, [this] {
        if (!m_exitCode && m_client->state() == Client::State::Connecting)
            m_output.note(u"waiting for the backend: "_s + m_client->trouble().message);
    });
    m_client->start();
    return m_client.get();
}

Client *Session::quietClient()
{
    if (m_client)
        return m_client.get();
    const auto address = this->address();
    if (!address)
        return nullptr;
    m_client = std::make_unique<Client>(*address);
    m_client->start();
    return m_client.get();
}

void Session::onState(Client::State state)
{
    if (m_exitCode)
        return;
    if (state == Client::State::Reconnecting)
        m_output.note(u"connection lost, reconnecting: "_s + m_client->trouble().message);
    if (state == Client::State::Ready && m_interrupted)
        m_output.note(u"connected again"_s);
    m_interrupted = state == Client::State::Reconnecting;
    // Requests are refused by the client itself; this is for verbs that wait for something else.
    if (state == Client::State::Failed)
        fail(m_client->trouble());
}

std::optional<qint64> Session::number(const QString &key, qint64 otherwise, qint64 min, qint64 max)
{
    const auto number = m_arguments.number(key, otherwise, min, max);
    if (number)
        return *number;
    failUsage(number.error().message);
    return std::nullopt;
}

bool Session::time(const QString &key, std::optional<Instant> &out)
{
    if (!m_arguments.has(key))
        return true;
    const auto instant = parseTimeArgument(m_arguments.value(key), m_now, m_zone);
    if (!instant) {
        failUsage(u"--%1: %2"_s.arg(key, instant.error().message));
        return false;
    }
    out = *instant;
    return true;
}

std::optional<RunId> Session::run(const QString &text)
{
    bool ok = false;
    const qint64 number = text.toLongLong(&ok);
    if (ok && number > 0)
        return RunId(number);
    failUsage(u"'%1' is no run: runs are numbers from 1 on"_s.arg(text));
    return std::nullopt;
}

} // namespace belfry

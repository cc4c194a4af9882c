// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/logwords.h"

#include <QCoreApplication>
#include <QLocale>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("belfry::LogPanel", text);
}

const wire::AttemptRow *attemptOf(const LogFetch &fetch)
{
    if (fetch.detail())
        for (const wire::AttemptRow &each : fetch.detail()->attemptRows)
            if (each.attempt == fetch.attempt())
                return &each;
    return nullptr;
}

// The agent of a log that is not whole, when it is away.
QString awayText(const LogFetch &fetch, const Desk &desk)
{
    const wire::AttemptRow *attempt = attemptOf(fetch);
    const Agent *agent = attempt ? desk.agents->find(attempt->agent) : nullptr;
    if (!agent || agent->state != AgentState::Unreachable || fetch.state() == LogFetch::State::Complete)
        return {};
    return tr("Agent %1 has been unreachable since %2.").arg(agent->name, desk.times->text(agent->lastSeen));
}

} // namespace

QString emptyLogText(const LogFetch &fetch, const Desk &desk)
{
    const wire::AttemptRow *attempt = attemptOf(fetch);
    switch (fetch.state()) {
    case LogFetch::State::Asking:
        return desk.session->isReady() ? tr("Loading ...") : tr("Waiting for the connection.");
    case LogFetch::State::NoAttempt:
        return fetch.detail() && isFinal(fetch.detail()->state) ? tr("The run ended without having started: there is no log.")
                                                                : tr("It has not started yet: there is no log.");
    case LogFetch::State::Failed:
        return fetch.remark();
    case LogFetch::State::Ended:
        return fetch.remark().isEmpty() ? tr("There is no log.") : fetch.remark();
    case LogFetch::State::Complete:
        if (attempt && attempt->logWritten > 0)
            return tr("%1 were written; none of it is kept any more.").arg(formatSize(attempt->logWritten));
        return tr("The attempt printed nothing.");
    case LogFetch::State::Coming:
        break;
    }
    if (const QString away = awayText(fetch, desk); !away.isEmpty())
        return away + u' ' + tr("Nothing of the log was received before.");
    if (attempt && attempt->startedAt && !isFinal(attempt->state))
        return tr("No output yet (running %1).").arg(spanText(desk.times->now() - *attempt->startedAt));
    return tr("No output yet.");
}

QString logStateText(const LogFetch &fetch, const Desk &desk)
{
    QStringList parts;
    if (fetch.attempt() > 0) {
        const int attempts = fetch.detail() ? int(fetch.detail()->attemptRows.size()) : 0;
        if (attempts > 1)
            parts += tr("attempt %1 of %2").arg(fetch.attempt()).arg(std::max(attempts, fetch.attempt()));
    }
    if (fetch.spool()) {
        const qint64 lines = fetch.spool()->lineCount();
        parts += lines == 1 ? tr("1 line") : tr("%1 lines").arg(QLocale().toString(lines));
        const qint64 here = fetch.spool()->size();
        parts += fetch.sizeThere() > fetch.cameUntil() + (1 << 20) && fetch.state() == LogFetch::State::Coming
            ? tr("%1 of %2").arg(formatSize(fetch.cameUntil()), formatSize(fetch.sizeThere()))
            : formatSize(here);
    }
    switch (fetch.state()) {
    case LogFetch::State::Complete:
        parts += fetch.remark().isEmpty() ? tr("complete") : fetch.remark();
        break;
    case LogFetch::State::Ended:
    case LogFetch::State::Failed:
        parts += fetch.remark();
        break;
    case LogFetch::State::Coming:
        if (!desk.session->isReady())
            parts += tr("not connected: more may come");
        else if (const QString away = awayText(fetch, desk); !away.isEmpty())
            parts += away;
        else
            parts += tr("live");
        break;
    case LogFetch::State::Asking:
    case LogFetch::State::NoAttempt:
        break;
    }
    return parts.join(u"  ·  "_s);
}

} // namespace belfry

// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/cli/runfollower.h"

#include "shared/wire/limits.h"

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

wire::WatchFilter filterOf(RunId run)
{
    wire::WatchFilter filter;
    filter.run = run;
    return filter;
}

// A run that is over, and a log from which nothing has come for this long: its agent is not there to send the rest.
constexpr Duration patience = wire::agentSilence;
// Where only the state is wanted, the end of the log is a courtesy to whoever reads it next.
constexpr Duration courtesy = 5s;

} // namespace

QString gapText(qint64 from, qint64 until, const QString &why)
{
    const QString what = u"%1 bytes of the log are missing, from %2 to %3"_s.arg(until - from).arg(from).arg(until);
    return why.isEmpty() ? what : what + u": "_s + why;
}

RunFollower::RunFollower(Client *client, const Wish &wish, QObject *parent)
    : QObject(parent)
    , m_client(client)
    , m_wish(wish)
    , m_watch(client, wire::Topic::Runs, filterOf(wish.run))
    , m_next(wish.firstAttempt)
{
    m_silence.setSingleShot(true);
    connect(&m_silence, &QTimer::timeout, this, &RunFollower::checkSilence);
    connect(&m_watch, &Watch::failed, this, &RunFollower::fail);
    connect(&m_watch, &Watch::reset, this, [this](const std::vector<QJsonValue> &rows) {
        if (rows.empty())
            fail({{ErrorKind::NotFound, u"there is no run %1"_s.arg(m_wish.run.value)}, {}});
        else
            take(rows.front());
    });
    connect(&m_watch, &Watch::changed, this, [this](const QJsonValue &row, bool removed) {
        if (!removed)
            take(row);
    });
}

void RunFollower::fail(const Refusal &why)
{
    if (std::exchange(m_over, true))
        return;
    dropLog();
    Q_EMIT failed(why);
}

void RunFollower::take(const QJsonValue &row)
{
    auto run = fromJson<wire::RunRow>(row);
    if (!run || run->id != m_wish.run) {
        fail({{ErrorKind::Internal, u"the backend's news of run %1 cannot be read"_s.arg(m_wish.run.value)}, {}});
        return;
    }
    m_run = std::move(*run);
    Q_EMIT stateChanged(*m_run);
    advance();
}

// Opens the next log there is, or ends.
void RunFollower::advance()
{
    if (m_over || m_log || !m_run)
        return;
    const bool over = isFinal(m_run->state);
    const int last = std::min(m_wish.onlyAttempt.value_or(m_run->attempts), m_run->attempts);
    if (m_wish.logs && m_next <= last) {
        openLog();
    } else if (over && !m_wish.logs && !std::exchange(m_awaited, true) && last > 0 && m_run->state != RunState::Lost) {
        awaitLog(last);
    } else if (over && m_wish.onlyAttempt > m_run->attempts) {
        fail({{ErrorKind::NotFound, u"run %1 has no attempt %2"_s.arg(m_run->id.value).arg(*m_wish.onlyAttempt)}, {}});
    } else if (over || (m_wish.onlyAttempt && m_next > *m_wish.onlyAttempt)) {
        m_over = true;
        Q_EMIT ended(*m_run);
    }
}

void RunFollower::openLog()
{
    const LogStream::Part part{m_wish.run, m_next, std::exchange(m_wish.offset, 0), true};
    m_log = new LogStream(m_client, part, this);
    m_silence.start(patience);
    connect(m_log, &LogStream::opened, this, [this](int attempt) {
        m_silence.start(patience);
        if (std::exchange(m_begun, attempt) != attempt)
            Q_EMIT attemptBegins(attempt);
    });
    connect(m_log, &LogStream::received, this,
        [this](qint64 from, const QByteArray &bytes, const std::vector<wire::LogIndexEntry> &index) {
            m_silence.start(patience);
            Q_EMIT received(from, bytes, index);
        });
    connect(m_log, &LogStream::gap, this,
        [this](qint64 from, qint64 to, const QString &why) { Q_EMIT incomplete(gapText(from, to, why)); });
    connect(m_log, &LogStream::ended, this, [this](bool complete, const QString &reason) {
        if (!complete || !reason.isEmpty())
            Q_EMIT incomplete(reason.isEmpty() ? u"the log is not complete"_s : reason);
        closeLog();
    });
    connect(m_log, &LogStream::failed, this, [this](const Refusal &why) {
        if (!m_wish.stateDecides || m_client->state() == Client::State::Failed) {
            fail(why);
            return;
        }
        Q_EMIT incomplete(u"the log of attempt %1: %2"_s.arg(m_next).arg(why.message));
        closeLog();
    });
}

// Whoever reads the log next finds it complete.
void RunFollower::awaitLog(int attempt)
{
    m_log = new LogStream(m_client, {m_wish.run, attempt, -1, true}, this);
    m_silence.start(courtesy);
    connect(m_log, &LogStream::ended, this, &RunFollower::closeLog);
    connect(m_log, &LogStream::failed, this, &RunFollower::closeLog);
}

void RunFollower::dropLog()
{
    m_silence.stop();
    if (LogStream *log = std::exchange(m_log, nullptr)) {
        log->disconnect(this);
        log->deleteLater();
    }
}

// This log has ended; on to the next.
void RunFollower::closeLog()
{
    dropLog();
    if (m_wish.logs)
        Q_EMIT attemptEnds(m_next++);
    advance();
}

void RunFollower::checkSilence()
{
    const bool waits = m_log && m_run && isFinal(m_run->state);
    if (m_wish.logs && (!waits || !m_log->isOpen())) {
        m_silence.start(patience);
        return;
    }
    if (m_wish.logs)
        Q_EMIT incomplete(u"the log of attempt %1 is not complete, and nothing more came for %2"_s.arg(m_next).arg(
            formatDuration(patience)));
    closeLog();
}

} // namespace belfry

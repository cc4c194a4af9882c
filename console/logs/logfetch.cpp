// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/logs/logfetch.h"

#include <QCryptographicHash>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

constexpr qint64 spoolLimit = qint64(2) << 30; // bytes of all spools
constexpr auto growsEvery = 30ms;

} // namespace

LogFetch::LogFetch(Client *client, const Part &part, Beside *beside, QString folder, QObject *parent)
    : QObject(parent)
    , m_client(client)
    , m_part(part)
    , m_beside(beside)
    , m_folder(std::move(folder))
{
    m_growing.setSingleShot(true);
    m_growing.setInterval(growsEvery);
    connect(&m_growing, &QTimer::timeout, this, &LogFetch::grown);
    client->ask(wire::RunGet{part.run}, this, [this](const Answer<wire::RunDetail> &answer) {
        if (answer)
            take(*answer);
        else
            fail(answer.error().message);
    });
}

LogFetch::~LogFetch() = default;

void LogFetch::take(const wire::RunDetail &detail)
{
    m_detail = detail;
    const wire::AttemptRow *wanted = nullptr;
    for (const wire::AttemptRow &each : detail.attemptRows)
        if (m_part.attempt == 0 || each.attempt == m_part.attempt)
            wanted = &each;
    if (!wanted && m_part.attempt == 0) {
        setState(State::NoAttempt);
        return;
    }
    if (!wanted) {
        fail(tr("run %1 has no attempt %2").arg(detail.id.value).arg(m_part.attempt));
        return;
    }
    m_part.attempt = wanted->attempt;
    // The time tells it from an attempt of that number of a backend that was set up anew.
    const QByteArray place
        = QCryptographicHash::hash(m_part.place.toUtf8(), QCryptographicHash::Sha256).toHex().left(16);
    const QString name = u"%1-%2-%3-%4"_s.arg(QString::fromLatin1(place))
                             .arg(m_part.run.value)
                             .arg(wanted->attempt)
                             .arg(wanted->assignedAt.ms);
    using Opened = Result<std::shared_ptr<LogSpool>>;
    m_beside->run(
        this,
        [folder = m_folder, name] {
            Opened opened = LogSpool::open(folder, name);
            pruneSpools(folder, spoolLimit); // those in use stay
            return opened;
        },
        [this](Opened opened) {
            if (!opened) {
                fail(opened.error().message);
                return;
            }
            m_spool = *opened;
            if (m_spool->isComplete())
                setState(State::Complete, m_spool->remark());
            else
                setState(State::Coming);
            indexRest();
        });
}

void LogFetch::indexRest()
{
    m_beside->run(
        this, [spool = m_spool] { return spool->indexSome(); },
        [this](const Result<bool> &more) {
            m_growing.start();
            if (!more)
                fail(more.error().message);
            else if (*more)
                indexRest();
            else if (m_state == State::Coming)
                openStream();
        });
}

void LogFetch::openStream()
{
    if (!m_client) {
        fail(tr("the connection is closed"));
        return;
    }
    // Nothing is being written now, so that the offset may be read.
    const LogStream::Part part{.run = m_part.run,
        .attempt = m_part.attempt,
        .offset = m_spool->logOffset(),
        .follow = true,
        .paced = true};
    m_stream = std::make_unique<LogStream>(m_client, part);
    connect(m_stream.get(), &LogStream::opened, this, [this](int, qint64 size) {
        m_sizeThere = size;
        Q_EMIT changed();
    });
    connect(m_stream.get(), &LogStream::received, this,
        [this](qint64 from, const QByteArray &bytes, const std::vector<wire::LogIndexEntry> &index) {
            m_sizeThere = std::max(m_sizeThere, from + bytes.size());
            put([from, bytes, index](LogSpool &spool) { return spool.append(from, bytes, index); }, bytes.size());
        });
    connect(m_stream.get(), &LogStream::gap, this, [this](qint64 from, qint64 to, const QString &why) {
        const QString text = why.isEmpty() ? tr("[%1 of the log are missing here]").arg(formatSize(to - from))
                                           : tr("[%1 of the log are missing here: %2]").arg(formatSize(to - from), why);
        put([text, to](LogSpool &spool) { return spool.addNote(text, to); }, 0);
    });
    connect(m_stream.get(), &LogStream::ended, this, [this](bool complete, const QString &reason) {
        if (!complete) {
            setState(State::Ended, reason);
            return;
        }
        m_beside->run(
            this, [spool = m_spool, reason] { return spool->complete(reason); },
            [this, reason](const Status &status) {
                if (!status)
                    fail(status.error().message);
                else
                    setState(State::Complete, reason);
            });
    });
    connect(m_stream.get(), &LogStream::failed, this, [this](const Refusal &why) { fail(why.message); });
}

void LogFetch::put(std::function<Status(LogSpool &)> work, qint64 bytes)
{
    m_beside->run(
        this, [spool = m_spool, work = std::move(work)] { return work(*spool); },
        [this, bytes](const Status &status) {
            if (!status) {
                m_stream.reset();
                fail(status.error().message);
                return;
            }
            if (m_stream)
                m_stream->took(bytes);
            if (!m_growing.isActive())
                m_growing.start();
        });
}

void LogFetch::fail(const QString &why)
{
    if (m_state != State::Failed)
        setState(State::Failed, why);
}

void LogFetch::setState(State state, const QString &remark)
{
    m_state = state;
    m_remark = remark;
    Q_EMIT changed();
}

} // namespace belfry

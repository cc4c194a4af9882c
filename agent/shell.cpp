// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/shell.h"

#include "agent/datafolder.h"
#include "agent/translate.h"
#include "shared/base/faultpoint.h"
#include "shared/link/link.h"
#include "shared/wire/frame.h"
#include "shared/wire/limits.h"

#include <QFileInfo>
#include <QLoggingCategory>

#include <algorithm>

namespace belfry {

using namespace Qt::StringLiterals;
using namespace agentengine;

namespace {

constexpr Duration spoolPeriod = 5s;
// A reboot is told of each old attempt as soon as its supervisor stands; without one the agent still has to be heard.
constexpr Duration longestSilence = 10s;
constexpr int closeProtocol = 1002;
constexpr qsizetype maxSentence = 1'000; // characters of a reason

QString nameOf(spool::AttemptKey key)
{
    return u"run %1, attempt %2"_s.arg(key.run).arg(key.attempt);
}

} // namespace

Shell::Shell(
    Identity identity, Supervisors &supervisors, const QString &dataFolder, const Clock &clock, QObject *parent)
    : QObject(parent)
    , m_engine(std::move(identity))
    , m_supervisors(supervisors)
    , m_dataFolder(dataFolder)
    , m_clock(clock)
{
    m_due.setSingleShot(true);
    m_readyTimer.setSingleShot(true);
    connect(&m_due, &QTimer::timeout, this, [this] { tell(TimePassed{}); });
    connect(&m_spoolTimer, &QTimer::timeout, this, &Shell::checkSpool);
    connect(&m_readyTimer, &QTimer::timeout, this, [this] {
        m_rebooted.clear();
        checkReady();
    });
    connect(&m_outbox, &Outbox::emptied, this, &Shell::flushed);
    listen();
}

void Shell::listen()
{
    connect(&m_supervisors, &Supervisors::started, this, [this](spool::AttemptKey key, qint64 pid, Instant at) {
        tell(agentengine::AttemptStarted{fromSpool(key), pid, at});
    });
    connect(&m_supervisors, &Supervisors::outputGrew, this, [this](spool::AttemptKey key, qint64 size) {
        tell(OutputGrew{fromSpool(key), size});
    });
    connect(&m_supervisors, &Supervisors::finished, this, &Shell::onFinished);
    connect(&m_supervisors, &Supervisors::quarantined, this, &Shell::onQuarantined);
    connect(&m_supervisors, &Supervisors::killPending, this, [](spool::AttemptKey key, int processes) {
        qWarning().noquote() << u"%1: %2 processes were killed and still live"_s.arg(nameOf(key)).arg(processes);
    });
    connect(&m_supervisors, &Supervisors::troubled, this, [](const QString &why) { qWarning().noquote() << why; });
}

Status Shell::begin()
{
    for (const PutAside &entry : quarantine(m_dataFolder))
        tell(EntryQuarantined{entry.key, entry.path, u"it was put aside by an earlier start"_s});
    const auto entries = m_supervisors.scan();
    if (!entries)
        return fail(entries.error());
    SpoolScanned scanned;
    for (const SpoolEntry &entry : *entries) {
        const bool finished = entry.state == SpoolEntry::State::Finished;
        if (entry.rebooted && !finished)
            m_rebooted.insert(entry.key);
        scanned.attempts.push_back(fromSpool(entry, finished ? outputsOf(entry.key) : std::map<QString, QString>()));
    }
    qInfo().noquote() << u"the spool holds %1 attempts"_s.arg(scanned.attempts.size());
    tell(std::move(scanned));
    checkSpool();
    m_spoolTimer.start(spoolPeriod);
    m_readyTimer.start(m_rebooted.empty() ? Duration(0) : longestSilence);
    return {};
}

void Shell::checkReady()
{
    if (m_ready || !m_rebooted.empty())
        return;
    m_ready = true;
    m_readyTimer.stop();
    Q_EMIT ready();
}

void Shell::connected(Link *link)
{
    m_link = link;
    m_outbox.attach(link);
    connect(link, &Link::binaryReceived, this, &Shell::receive);
    connect(link, &Link::textReceived, this, [this] { breakOff(u"it sent text"_s); });
    tell(Connected{});
}

void Shell::disconnected(int code, const QString &reason)
{
    m_link = nullptr;
    m_outbox.attach(nullptr);
    tell(Disconnected{code, reason});
}

void Shell::receive(const QByteArray &frame)
{
    auto decoded = wire::decodeBackendFrame(frame);
    if (!decoded) {
        breakOff(decoded.error().message);
        return;
    }
    for (const int tag : decoded->unknownTags)
        qInfo().noquote() << u"the backend sent a message of number %1, which this version does not know"_s.arg(tag);
    for (wire::BackendToAgent &message : decoded->messages)
        tell(Received{std::move(message)});
}

void Shell::breakOff(const QString &why)
{
    qWarning().noquote() << u"the connection to the backend is broken off: %1"_s.arg(why);
    if (m_link)
        m_link->abort(closeProtocol, why);
}

void Shell::tell(EventBody body)
{
    m_events.push_back(std::move(body));
    if (m_busy)
        return;
    m_busy = true;
    while (!m_events.empty()) {
        const Event event{m_clock.now(), m_clock.monotonic(), Supervisors::bootTime(), std::move(m_events.front())};
        m_events.pop_front();
        for (const Effect &effect : m_engine.apply(event))
            std::visit([this](const auto &each) { carryOut(each); }, effect);
    }
    m_busy = false;
    const auto due = m_engine.nextDue();
    if (due)
        m_due.start(std::max(*due - m_clock.monotonic(), Duration(1)));
    else
        m_due.stop();
    if (std::exchange(m_wasWelcomed, m_engine.welcomed()) != m_engine.welcomed() && m_engine.welcomed())
        Q_EMIT welcomed();
}

void Shell::carryOut(const StartOrder &effect)
{
    FAULT_POINT("agent-order-received");
    const Status started
        = m_supervisors.start(toSpool(effect.order, m_engine.identity().name), effect.order.script.toUtf8());
    FAULT_POINT("agent-order-spooled");
    if (!started)
        startFailed(effect, started.error());
}

void Shell::startFailed(const StartOrder &effect, const Error &error)
{
    const AttemptKey key{effect.order.run, effect.order.attempt};
    if (error.kind == ErrorKind::Conflict) {
        // Somebody's files are in its place: whether they ran cannot be told here unless the spool can.
        if (const auto entry = m_supervisors.entry(toSpool(key))) {
            tell(SpoolScanned{{fromSpool(*entry, outputsOf(entry->key))}});
            return;
        }
        wire::AttemptResult unseen;
        unseen.exitUnseen = true;
        unseen.startedAt = unseen.endedAt = m_clock.now();
        tell(agentengine::AttemptEnded{key, unseen});
        return;
    }
    tell(StartFailed{key, error.message.left(maxSentence)});
    if (error.kind == ErrorKind::Unavailable) {
        m_spoolTrouble = error.message;
        tell(SpoolChecked{m_spoolTrouble});
    }
}

void Shell::carryOut(const CancelOrder &effect)
{
    const Status cancelled = m_supervisors.cancel(toSpool(effect.key), effect.grace, effect.reason);
    if (!cancelled && cancelled.error().kind != ErrorKind::NotFound)
        tell(CancelFailed{effect.key, cancelled.error().message});
}

void Shell::carryOut(const RenewLease &effect)
{
    if (const Status renewed = m_supervisors.renew(toSpool(effect.key), effect.until); !renewed)
        qWarning().noquote() << u"the lease of %1 is not renewed: %2"_s.arg(
            nameOf(toSpool(effect.key)), renewed.error().message);
}

void Shell::carryOut(const SendMessage &effect)
{
    m_outbox.send(effect.message);
    if (std::holds_alternative<wire::AttemptEnded>(effect.message))
        FAULT_POINT("agent-end-told");
}

void Shell::carryOut(const SendLog &effect)
{
    FAULT_POINT("agent-log-sent");
    SendLog rest = effect;
    while (rest.size > 0) {
        const qint64 sent = sendPiece(rest);
        if (sent == 0)
            return;
        rest.offset += sent;
        rest.size -= sent;
    }
}

// Bytes sent; 0: the engine was told why there are none.
qint64 Shell::sendPiece(const SendLog &part)
{
    const auto piece = m_supervisors.readOutput(toSpool(part.key), part.offset, part.size);
    if (piece && piece->gapUntil > part.offset) {
        m_outbox.send(wire::LogMissing{.run = part.key.run,
            .attempt = part.key.attempt,
            .epoch = part.epoch,
            .offset = part.offset,
            .until = piece->gapUntil,
            .reason = u"it was over the cap (resources.log): the head and the tail are kept"_s});
        tell(LogSkipped{part.key, piece->gapUntil});
        return piece->gapUntil - part.offset;
    }
    const auto entry = m_supervisors.entry(toSpool(part.key));
    const bool ended = (piece && piece->bytes.empty()) || (!piece && entry && entry->outputBytes < part.offset);
    if (ended) {
        tell(LogShort{part.key, piece ? part.offset : entry->outputBytes});
        return 0;
    }
    if (!piece) {
        tell(LogUnreadable{part.key, piece.error().message});
        return 0;
    }
    qint64 sent = 0;
    for (wire::LogChunk &chunk : toChunks(part.key, part.epoch, part.offset, *piece)) {
        sent += chunk.bytes.size();
        m_outbox.send(std::move(chunk));
    }
    if (sent == 0)
        tell(LogUnreadable{part.key, u"its index does not cover it"_s});
    return sent;
}

void Shell::carryOut(const DeleteEntry &effect)
{
    FAULT_POINT("agent-before-delete");
    if (const Status released = m_supervisors.release(toSpool(effect.key)); !released)
        qWarning().noquote() << u"%1 stays in the spool: %2"_s.arg(
            nameOf(toSpool(effect.key)), released.error().message);
}

void Shell::carryOut(const Reconnect &effect)
{
    m_outbox.attach(nullptr);
    if (m_link)
        m_link->disconnect(this);
    m_link = nullptr;
    Q_EMIT reconnectWanted(effect.after);
}

void Shell::carryOut(const Notice &effect)
{
    if (effect.level == Notice::Level::Warning)
        qWarning().noquote() << effect.text;
    else
        qInfo().noquote() << effect.text;
}

void Shell::onFinished(const spool::AttemptResult &result)
{
    tell(agentengine::AttemptEnded{fromSpool(result.key), fromSpool(result, outputsOf(result.key))});
    m_rebooted.erase(result.key);
    checkReady();
}

void Shell::onQuarantined(const QString &path, const QString &why)
{
    EntryQuarantined event{.path = path, .why = why};
    if (const auto key = spool::keyOfFolder(QFileInfo(path).fileName().section(u'.', 0, 0).toStdString()))
        event.key = fromSpool(*key);
    tell(std::move(event));
}

std::map<QString, QString> Shell::outputsOf(spool::AttemptKey key) const
{
    const auto text = m_supervisors.readOutputs(key);
    if (!text) {
        qWarning().noquote() << u"the outputs of %1 are lost: %2"_s.arg(nameOf(key), text.error().message);
        return {};
    }
    Outputs outputs = parseOutputs(*text);
    if (outputs.ignoredLines > 0)
        qWarning().noquote() << u"%1: %2 lines of BELFRY_OUTPUT are no key=value or too much"_s.arg(nameOf(key))
                                    .arg(outputs.ignoredLines);
    return std::move(outputs.values);
}

void Shell::checkSpool()
{
    m_spoolTrouble = spoolTrouble(m_dataFolder, !m_spoolTrouble.isEmpty());
    tell(SpoolChecked{m_spoolTrouble});
}

} // namespace belfry

// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/process/supervisors.h"

#include "agent/process/crew.h"
#include "agent/process/hostenvironment.h"
#include "shared/base/random.h"
#include "shared/spool/host.h"

#include <algorithm>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

constexpr std::size_t maxOutputs = 1u << 20;

Error unknown(AttemptKey key)
{
    return {
        ErrorKind::NotFound, u"attempt %1 is not in the spool"_s.arg(QString::fromStdString(spool::folderName(key)))};
}

} // namespace

Supervisors::Supervisors(Settings settings, QObject *parent)
    : QObject(parent)
    , m_crew(new Crew(std::move(settings), this))
{ }

Supervisors::~Supervisors() = default;

Status Supervisors::open()
{
    return m_crew->spoolFolder().open();
}

Result<std::vector<SpoolEntry>> Supervisors::scan()
{
    return m_crew->scan();
}

QString Supervisors::bootId()
{
    return QString::fromStdString(spool::bootId());
}

Duration Supervisors::bootTime()
{
    return Duration(spool::bootTimeMs());
}

Status Supervisors::start(spool::Order order, const QByteArray &script)
{
    const std::string folder = m_crew->spoolFolder().pathOf(order.key);
    order.bootId = spool::bootId();
    order.cookie = randomToken(18).toStdString();
    completeEnvironment(order.environment);
    addToEnvironment(order.environment, "BELFRY_OUTPUT", folder + '/' + spool::name::outputs);
    const std::string bytes = encode(order);
    if (const auto sound = spool::decodeOrder(bytes, folder); !sound)
        return fail(ErrorKind::Invalid, QString::fromStdString(sound.failure().why));
    if (auto written = m_crew->spoolFolder().write(order, script); !written)
        return written;
    m_crew->add({order.key, SpoolEntry::State::Ordered, order.epoch}, order.leaseUntilMs);
    return {};
}

Status Supervisors::cancel(AttemptKey key, Duration grace, const QString &reason)
{
    const SpoolEntry *const entry = m_crew->find(key);
    if (!entry)
        return fail(unknown(key));
    if (entry->state == SpoolEntry::State::Finished)
        return {};
    const spool::CancelNote note{std::max<qint64>(grace.count(), 0), reason.toStdString()};
    if (auto written = m_crew->spoolFolder().writeCancelNote(key, note); !written)
        return written;
    m_crew->cancel(key);
    return {};
}

Status Supervisors::renew(AttemptKey key, Duration until)
{
    const SpoolEntry *const entry = m_crew->find(key);
    if (!entry)
        return fail(unknown(key));
    if (entry->state != SpoolEntry::State::Finished)
        m_crew->renew(key, until.count());
    return {};
}

Result<SpoolEntry> Supervisors::entry(AttemptKey key) const
{
    const SpoolEntry *const entry = m_crew->find(key);
    if (!entry)
        return fail(unknown(key));
    return *entry;
}

Result<spool::OutputPiece> Supervisors::readOutput(AttemptKey key, qint64 offset, qint64 maxBytes) const
{
    if (!m_crew->find(key))
        return fail(unknown(key));
    auto piece
        = spool::readOutputPiece(m_crew->spoolFolder().pathOf(key), offset, std::size_t(std::max<qint64>(maxBytes, 0)));
    if (!piece)
        return fail(toError(piece.failure()));
    return std::move(*piece);
}

Result<QByteArray> Supervisors::readOutputs(AttemptKey key) const
{
    if (!m_crew->find(key))
        return fail(unknown(key));
    const std::string path = m_crew->spoolFolder().pathOf(key);
    const auto folder = spool::openFolder(path);
    if (!folder)
        return fail(toError(folder.failure()));
    if (!spool::exists(folder->get(), spool::name::outputs))
        return QByteArray();
    const auto bytes = spool::readOwned(folder->get(), spool::name::outputs, maxOutputs, path);
    if (!bytes)
        return fail(toError(bytes.failure()));
    return QByteArray::fromStdString(*bytes);
}

Status Supervisors::release(AttemptKey key)
{
    const SpoolEntry *const entry = m_crew->find(key);
    if (!entry)
        return fail(unknown(key));
    if (entry->state != SpoolEntry::State::Finished)
        return fail(
            ErrorKind::Conflict, u"attempt %1 is not finished"_s.arg(QString::fromStdString(spool::folderName(key))));
    if (auto removed = m_crew->spoolFolder().remove(key); !removed)
        return removed;
    m_crew->forget(key);
    m_crew->emptyTrash();
    return {};
}

} // namespace belfry

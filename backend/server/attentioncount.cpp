// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/server/attentioncount.h"

#include "backend/store/store.h"

namespace belfry {

namespace {

constexpr Duration countDelay = 200ms; // what is committed meanwhile is counted with it
constexpr Duration countAge = 60s;

bool mayChange(const SaveRun &write)
{
    return isFailure(write.run.state);
}
bool mayChange(const SaveOccasion &write)
{
    return isFailure(write.occasion);
}
bool mayChange(const ReopenOccasions &)
{
    return true;
}
bool mayChange(const AcknowledgeRun &)
{
    return true;
}
bool mayChange(const AcknowledgeOccasion &)
{
    return true;
}
template <class Other> bool mayChange(const Other &)
{
    return false;
}

} // namespace

AttentionCount::AttentionCount(Core &core, QObject *parent)
    : QObject(parent)
    , m_core(core)
{
    m_soon.setSingleShot(true);
    m_soon.setInterval(countDelay);
    connect(&m_soon, &QTimer::timeout, this, &AttentionCount::count);
    connect(&core, &Core::committed, this, &AttentionCount::note);
    m_soon.start();
}

qint64 AttentionCount::value()
{
    if (!m_soon.isActive() && m_core.clock().monotonic() - m_countedAt >= countAge)
        m_soon.start();
    return m_value;
}

void AttentionCount::note(const WriteBatch &writes)
{
    const bool stale = std::ranges::any_of(
        writes, [](const Write &write) { return std::visit([](const auto &each) { return mayChange(each); }, write); });
    if (stale && !m_soon.isActive())
        m_soon.start();
}

void AttentionCount::count()
{
    m_countedAt = m_core.clock().monotonic();
    m_core.store().ask(store::CountAttention{}, this, [this](Result<qint64> count) {
        if (!count)
            qWarning("what asks for attention is not counted: %s", qUtf8Printable(count.error().message));
        else if (std::exchange(m_value, *count) != *count)
            Q_EMIT changed();
    });
}

} // namespace belfry

// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/engine/triggerkeys.h"

#include <QCryptographicHash>

#include <algorithm>
#include <cstring>

namespace belfry::engine {

using namespace Qt::StringLiterals;

namespace {

// With its length before it, so that no two lists of texts are hashed alike.
void add(QCryptographicHash &hash, const QString &text)
{
    hash.addData(QByteArray::number(text.size()) + ':');
    hash.addData(text.toUtf8());
}

} // namespace

TriggerKeys::TriggerKeys(const std::vector<TriggerKey> &keys)
{
    for (const TriggerKey &key : keys)
        add(key);
    std::stable_sort(m_byTime.begin(), m_byTime.end(), [](const auto &a, const auto &b) { return a.first < b.first; });
}

QByteArray TriggerKeys::requestOf(const QString &jobName, const TriggerJob &trigger)
{
    QCryptographicHash hash(QCryptographicHash::Sha256);
    engine::add(hash, jobName);
    engine::add(hash, trigger.reason);
    engine::add(hash, trigger.force ? u"force"_s : QString());
    for (const auto &[name, value] : trigger.params) {
        engine::add(hash, name);
        engine::add(hash, value);
    }
    return hash.result();
}

Result<std::optional<RunId>> TriggerKeys::find(
    const QString &project, const QString &key, const QByteArray &request) const
{
    const auto found = m_made.find(hashOf(project, key));
    if (found == m_made.end())
        return std::optional<RunId>();
    if (found->second.request != request)
        return fail(ErrorKind::Conflict,
            u"key '%1' was used for another request, which made run %2; use a new key"_s.arg(key.left(64))
                .arg(found->second.run.value));
    return std::optional(found->second.run);
}

void TriggerKeys::add(const TriggerKey &key)
{
    const Hash hash = hashOf(key.project, key.key);
    m_made[hash] = {key.request, key.run};
    m_byTime.emplace_back(key.at, hash);
}

bool TriggerKeys::prune(Instant now)
{
    bool any = false;
    while (!m_byTime.empty() && m_byTime.front().first < now - lifetime) {
        m_made.erase(m_byTime.front().second);
        m_byTime.pop_front();
        any = true;
    }
    return any;
}

std::size_t TriggerKeys::HashOf::operator()(const Hash &hash) const
{
    std::size_t value = 0;
    std::memcpy(&value, hash.data(), sizeof value);
    return value;
}

TriggerKeys::Hash TriggerKeys::hashOf(const QString &project, const QString &key)
{
    QCryptographicHash digest(QCryptographicHash::Sha256);
    engine::add(digest, project);
    engine::add(digest, key);
    Hash hash{};
    std::memcpy(hash.data(), digest.result().constData(), hash.size());
    return hash;
}

} // namespace belfry::engine

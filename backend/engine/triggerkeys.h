// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backend/engine/events.h"

#include <array>
#include <deque>
#include <unordered_map>

namespace belfry::engine {

// Which keys of triggers made which runs, for 7 days. A key belongs to its project. Held as hashes: a key may be long,
// and every call of the command line makes one.
class TriggerKeys
{
public:
    static constexpr Duration lifetime = 7 * 24h;

    explicit TriggerKeys(const std::vector<TriggerKey> &keys);

    // SHA-256 of what is asked for: the job and the parameters as given, reason and force.
    static QByteArray requestOf(const QString &jobName, const TriggerJob &trigger);

    // The run that the key made; Conflict if it was for another request; none: the key is new.
    Result<std::optional<RunId>> find(const QString &project, const QString &key, const QByteArray &request) const;
    void add(const TriggerKey &key);
    // Forgets what is older than `lifetime`. True: there was something.
    bool prune(Instant now);

private:
    using Hash = std::array<char, 16>;
    struct HashOf {
        std::size_t operator()(const Hash &hash) const;
    };
    struct Made {
        QByteArray request;
        RunId run;
    };
    static Hash hashOf(const QString &project, const QString &key);

    std::unordered_map<Hash, Made, HashOf> m_made; // never walked through
    std::deque<std::pair<Instant, Hash>> m_byTime;
};

} // namespace belfry::engine

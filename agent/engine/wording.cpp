// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/engine/wording.h"

namespace belfry::agentengine {

using namespace Qt::StringLiterals;

QString nameOf(AttemptKey key)
{
    return u"run %1, attempt %2"_s.arg(key.run.value).arg(key.attempt);
}

QString count(std::size_t attempts)
{
    return attempts == 1 ? u"1 attempt"_s : u"%1 attempts"_s.arg(attempts);
}

QString listOf(const std::vector<AttemptKey> &keys)
{
    constexpr std::size_t most = 20;
    QStringList names;
    for (std::size_t i = 0; i < std::min(keys.size(), most); ++i)
        names += u"%1-%2"_s.arg(keys[i].run.value).arg(keys[i].attempt);
    if (keys.size() > most)
        names += u"and %1 more"_s.arg(keys.size() - most);
    return names.join(u", "_s);
}

} // namespace belfry::agentengine

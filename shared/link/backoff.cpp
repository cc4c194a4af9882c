// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/link/backoff.h"

#include <QRegularExpression>

namespace belfry {

using namespace Qt::StringLiterals;

Duration Backoff::next(Random &random)
{
    m_bound = m_bound == Duration(0) ? m_first : std::min(m_bound * 2, m_last);
    const double share = 0.5 + 0.5 * random.unit();
    return Duration(qint64(double(m_bound.count()) * share));
}

QString withRetryAfter(const QString &reason, Duration wait)
{
    const qint64 seconds = (wait.count() + 999) / 1000;
    return u"%1; retry after %2s"_s.arg(reason).arg(seconds);
}

std::optional<Duration> retryAfterOf(const QString &reason)
{
    static const QRegularExpression pattern(u"; retry after ([0-9]{1,4})s\\z"_s);
    const auto match = pattern.match(reason);
    if (!match.hasMatch())
        return std::nullopt;
    return std::min(Duration(std::chrono::seconds(match.capturedView(1).toInt())), Duration(1h));
}

} // namespace belfry

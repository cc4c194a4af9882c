// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/logstamps.h"

#include <QTime>

namespace belfry {

using namespace Qt::StringLiterals;

QString LogStamps::text(Instant at) const
{
    constexpr qint64 day = 86'400'000;
    if (at.ms == 0)
        return {};
    switch (kind) {
    case Kind::None:
        return {};
    case Kind::Clock: {
        const qint64 ofDay = (zone.toLocal(at).ms % day + day) % day;
        return QTime::fromMSecsSinceStartOfDay(int(ofDay)).toString(u"HH:mm:ss.zzz"_s);
    }
    case Kind::Relative:
        break;
    }
    const qint64 ms = std::max<qint64>(0, at.ms - origin.ms);
    return u"+%1:%2:%3.%4"_s.arg(ms / 3'600'000)
        .arg(ms / 60'000 % 60, 2, 10, QChar(u'0'))
        .arg(ms / 1000 % 60, 2, 10, QChar(u'0'))
        .arg(ms % 1000, 3, 10, QChar(u'0'));
}

} // namespace belfry

// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/model/job.h"

#include "shared/time/rule.h"

#include <QCryptographicHash>

namespace belfry {

using namespace Qt::StringLiterals;

QString ruleKey(const ScheduleRule &rule)
{
    const QString key = ruleKey(rule.rule);
    if (rule.params.empty() || !rule.rule.name.isEmpty())
        return key;
    QCryptographicHash hash(QCryptographicHash::Sha256);
    hash.addData(key.toUtf8());
    for (const auto &[name, value] : rule.params)
        hash.addData(u"\n%1=%2:%3"_s.arg(name).arg(value.size()).arg(value).toUtf8());
    return QString::fromLatin1(hash.result().toHex().first(12));
}

} // namespace belfry

// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/client/call.h"

#include "shared/base/random.h"

#include <QJsonArray>

namespace belfry {

using namespace Qt::StringLiterals;

void prepare(wire::RunTrigger &trigger)
{
    constexpr int keyBytes = 16;
    if (trigger.key.isEmpty())
        trigger.key = u"auto-"_s + QString::fromLatin1(randomToken(keyBytes));
}

std::vector<Problem> problemsOf(const QJsonObject &errorData)
{
    std::vector<Problem> problems;
    for (const QJsonValue &each : errorData[u"problems"].toArray()) {
        Problem problem;
        problem.severity = each[u"severity"].toString() == "warning"_L1 ? Severity::Warning : Severity::Error;
        problem.file = each[u"file"].toString();
        problem.line = each[u"line"].toInt();
        problem.column = each[u"column"].toInt();
        problem.message = each[u"message"].toString();
        problem.hint = each[u"hint"].toString();
        if (!problem.message.isEmpty())
            problems.push_back(std::move(problem));
    }
    return problems;
}

} // namespace belfry

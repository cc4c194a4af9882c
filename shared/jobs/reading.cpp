// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/jobs/reading.h"

#include <algorithm>

namespace belfry {

using namespace Qt::StringLiterals;

bool Reading::error(Mark mark, const QString &message, const QString &hint)
{
    m_problems.push_back({Severity::Error, m_document.file(), mark.line, mark.column, message, hint});
    return false;
}

bool Reading::error(const YamlNode &node, const QString &message, const QString &hint)
{
    return error(node.mark, message, hint);
}

bool Reading::errorInside(const YamlNode &scalar, qsizetype offset, const QString &message, const QString &hint)
{
    return error(m_document.inside(scalar, offset), message, hint);
}

void Reading::unsupported(Mark at, Mark value, const QString &what)
{
    m_deferred.push_back({at, value, what});
}

void Reading::finish()
{
    std::vector<Mark> wrong;
    for (const Problem &each : m_problems)
        if (each.file == m_document.file())
            wrong.push_back(each.mark());
    std::sort(wrong.begin(), wrong.end());
    const auto isWrong = [&](Mark mark) { return std::binary_search(wrong.begin(), wrong.end(), mark); };
    for (const Deferred &each : m_deferred)
        if (!isWrong(each.at) && !isWrong(each.value))
            error(each.at, each.what + u": not supported yet"_s);
    m_deferred.clear();
}

} // namespace belfry

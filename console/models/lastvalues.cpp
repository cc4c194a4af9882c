// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/lastvalues.h"

#include "console/models/statefile.h"
#include "shared/base/files.h"
#include "shared/codec/codec.h"

#include <QFile>
#include <QJsonDocument>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

constexpr qint64 largest = 4 << 20; // bytes of the file

} // namespace

LastValues::LastValues(QString path)
    : m_path(std::move(path))
{
    QFile file(m_path);
    if (m_path.isEmpty() || !file.open(QIODevice::ReadOnly))
        return;
    auto content = fromJson<LastValueFile>(QJsonDocument::fromJson(file.read(largest)).object());
    if (content)
        m_content = std::move(*content);
    else
        qWarning("%s cannot be used: %s", qPrintable(m_path), qPrintable(content.error().message));
}

QString LastValues::defaultPath()
{
    return stateFile(u"lastvalues.json"_s);
}

Params LastValues::of(const QString &backend, const QString &job) const
{
    for (const LastValue &entry : m_content.entries)
        if (entry.backend == backend && entry.job == job)
            return entry.params;
    return {};
}

Status LastValues::remember(const QString &backend, const QString &job, const Params &params)
{
    std::erase_if(
        m_content.entries, [&](const LastValue &entry) { return entry.backend == backend && entry.job == job; });
    if (m_content.entries.size() >= mostJobs)
        m_content.entries.erase(m_content.entries.begin());
    m_content.entries.push_back({backend, job, params});
    if (m_path.isEmpty())
        return {};
    return replacePrivateFile(m_path, QJsonDocument(toJson(m_content)).toJson(QJsonDocument::Compact));
}

} // namespace belfry

// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/store/releasetables.h"

using namespace Qt::StringLiterals;

namespace belfry::store {

namespace {

void read(const Statement::Rows &rows, Release &release)
{
    QByteArray bytes;
    rows.into(release.project, release.number, release.at, release.by, release.message, release.restores, release.added,
        release.changed, release.removed, release.unchanged, bytes);
    auto limits = fromCbor<std::map<QString, LimitSpec>>(QCborValue::fromCbor(bytes), {Keys::Numbers});
    if (!limits)
        throw SqlError{11,
            u"the limits of release %1 of %2 cannot be read: %3"_s.arg(release.number)
                .arg(release.project, limits.error().message)};
    release.limits = std::move(*limits);
}

} // namespace

void ReleasesTable::save(const Release &release)
{
    QByteArray limits;
    QCborStreamWriter writer(&limits);
    Codec<std::map<QString, LimitSpec>>::write(writer, release.limits);
    m_save.run(release.project, release.number, release.at, release.by, release.message, release.restores,
        release.added, release.changed, release.removed, release.unchanged, limits);
    m_removeFiles.run(release.project, release.number);
    for (const auto &[name, text] : release.files)
        m_saveFile.run(release.project, release.number, name, text);
}

std::optional<Release> ReleasesTable::find(const QString &project, qint64 number)
{
    Statement::Rows rows = m_find.select(project, number);
    if (!rows.next())
        return std::nullopt;
    Release release;
    read(rows, release);
    for (Statement::Rows files = m_files.select(project, number); files.next();) {
        std::pair<QString, QString> file;
        files.into(file.first, file.second);
        release.files.insert(file);
    }
    return release;
}

std::vector<Release> ReleasesTable::list(const ListReleases &query)
{
    std::vector<Release> all;
    const qint64 before = query.after.value_or(std::numeric_limits<qint64>::max());
    for (Statement::Rows rows = m_list.select(query.project, before, std::clamp(query.limit, 1, 1000)); rows.next();)
        read(rows, all.emplace_back());
    return all;
}

std::map<QString, qint64> ReleasesTable::newest()
{
    std::map<QString, qint64> all;
    for (Statement::Rows rows = m_newest.select(); rows.next();) {
        std::pair<QString, qint64> each;
        rows.into(each.first, each.second);
        all.insert(each);
    }
    return all;
}

} // namespace belfry::store

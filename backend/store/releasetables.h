// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backend/store/queries.h"
#include "backend/store/sql.h"

namespace belfry::store {

// Releases and, in a table of their own, the texts of their files.
class ReleasesTable
{
public:
    explicit ReleasesTable(Database &database)
        : m_database(database)
    { }
    void save(const Release &release);
    std::optional<Release> find(const QString &project, qint64 number);
    std::vector<Release> list(const ListReleases &query); // newest first, without files
    std::map<QString, qint64> newest();

private:
    Database &m_database;
    Statement m_save{m_database, QStringLiteral(R"(
        INSERT INTO releases (project, number, at, by, message, restores, added, changed, removed, unchanged, limits)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (project, number) DO UPDATE SET at = excluded.at, by = excluded.by, message = excluded.message,
            restores = excluded.restores, added = excluded.added, changed = excluded.changed,
            removed = excluded.removed, unchanged = excluded.unchanged, limits = excluded.limits)")};
    Statement m_removeFiles{m_database, QStringLiteral("DELETE FROM release_files WHERE project = ? AND number = ?")};
    Statement m_saveFile{
        m_database, QStringLiteral("INSERT INTO release_files (project, number, name, text) VALUES (?, ?, ?, ?)")};
    Statement m_find{m_database, QStringLiteral(R"(
        SELECT project, number, at, by, message, restores, added, changed, removed, unchanged, limits
        FROM releases WHERE project = ? AND number = ?)")};
    Statement m_files{
        m_database, QStringLiteral("SELECT name, text FROM release_files WHERE project = ? AND number = ?")};
    Statement m_list{m_database, QStringLiteral(R"(
        SELECT project, number, at, by, message, restores, added, changed, removed, unchanged, limits
        FROM releases WHERE project = ? AND number < ? ORDER BY number DESC LIMIT ?)")};
    Statement m_newest{m_database, QStringLiteral("SELECT project, max(number) FROM releases GROUP BY project")};
};

} // namespace belfry::store

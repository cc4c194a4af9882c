// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backend/store/store.h"

namespace belfry::store {

class Database;
class DataFolder;

// Marks a SQLite file as Belfry's own: "BLFY".
constexpr int applicationId = 0x424c4659;

// A numbered change of the schema: :/migrations/0001_first.sql. Numbers rise by one from 1.
struct Migration {
    int version = 0;
    QString name;
    QStringList statements;
};
std::vector<Migration> migrations();
// The version of a database that is Belfry's; 0 for an empty one. Throws SqlError.
int schemaVersion(Database &database);
// Applies what is missing, each migration in one transaction with its number. Throws SqlError.
void migrate(Database &database, const std::vector<Migration> &all);

// Makes the folder's database where there is none, checks that it is ours, whole and not newer, and brings its schema
// up to date after a copy of the old one. Gives the epoch of this start: raised durably.
tl::expected<qint64, OpenError> prepareDatabase(const DataFolder &folder);

} // namespace belfry::store

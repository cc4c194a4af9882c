// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backend/store/store.h"

namespace belfry::store {

class Database;
class DataFolder;

// Marks a SQLite file as Belfry's own: "BLFY".
constexpr int applicationId = 0x424c4659;

// A numbered change of the schema: :/migrations/0001_first.sql. Numbers rise; each is used once.
struct Migration {
    int version = 0;
    QString name;
    QStringList statements;
};
std::vector<Migration> migrations();
// The newest migration that a database has; 0 for an empty one. Throws SqlError.
int schemaVersion(Database &database);
// Applies what is missing in order, each migration in one transaction with its number. Throws SqlError.
void migrate(Database &database, const std::vector<Migration> &all);

struct Prepared {
    qint64 epoch = 0; // of this start, raised durably
    bool isChecked = true; // false: the history was left to damageOf()
};
// Makes the folder's database where there is none, checks that it is ours, whole and not newer, and brings its schema
// up to date after a copy of the old one. Of one with more than `checkedAtOnce` bytes only the small tables are looked
// at, which an engine starts from: a long history would hold up the start for seconds.
tl::expected<Prepared, OpenError> prepareDatabase(const DataFolder &folder, qint64 checkedAtOnce);


} // namespace belfry::store

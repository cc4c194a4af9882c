// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/store/schema.h"

#include "backend/store/datafolder.h"
#include "backend/store/examination.h"
#include "backend/store/sql.h"

#include <QDir>
#include <QFile>
#include <QLoggingCategory>

using namespace Qt::StringLiterals;

Q_LOGGING_CATEGORY(lcSchema, "belfry.store.schema")

namespace belfry::store {

namespace {

tl::unexpected<OpenError> refuse(OpenFailure failure, const QString &message)
{
    return tl::unexpected<OpenError>(OpenError{failure, message});
}

OpenError openErrorOf(const SqlError &error)
{
    return {error.isDamage() ? OpenFailure::Damaged
            : error.isBusy() ? OpenFailure::InUse
                             : OpenFailure::Other,
        error.message};
}

QStringList statementsOf(const QString &text)
{
    QStringList lines = text.split(u'\n');
    lines.removeIf([](const QString &line) { return line.startsWith(u"--"_s); });
    QStringList statements = lines.join(u'\n').split(u";\n"_s);
    statements.removeIf([](const QString &each) { return each.trimmed().isEmpty(); });
    return statements;
}

// What can be said without SQLite: which would take an empty file for a new database and other files for damaged ones.
tl::expected<void, OpenError> checkFile(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return refuse(OpenFailure::Other, u"%1 cannot be read: %2"_s.arg(path, file.errorString()));
    const QString fix = u" Restore the last backup in its place"_s;
    if (file.size() == 0)
        return refuse(OpenFailure::Damaged, u"%1 is empty: its content is lost."_s.arg(path) + fix);
    if (!file.read(16).startsWith("SQLite format 3"))
        return refuse(
            OpenFailure::Damaged, u"%1 is not a database of Belfry, or its head is damaged."_s.arg(path) + fix);
    return {};
}

QString damageText(const QString &path, const QString &found)
{
    return found == u"ok"_s ? QString() : u"%1 is damaged: %2. Restore its last backup"_s.arg(path, found);
}

// What an engine starts from; all else is history.
QString damageOfSmallTables(Database &database)
{
    for (const QString &table : {u"migrations"_s, u"meta"_s, u"jobs"_s, u"rule_marks"_s, u"agents"_s, u"trigger_keys"_s,
             u"tokens"_s, u"limits"_s, u"rate_uses"_s, u"planned_skips"_s})
        if (const QString found = database.value(u"PRAGMA quick_check(%1)"_s.arg(table)).toString(); found != u"ok"_s)
            return damageText(database.file(), found);
    return {};
}

tl::expected<void, OpenError> checkContent(Database &database, int newest, bool all)
{
    const QString path = database.file();
    if (database.value(u"PRAGMA application_id"_s).toInt() != applicationId)
        return refuse(
            OpenFailure::Damaged, u"%1 is a database of another program: choose another data folder"_s.arg(path));
    const int version = schemaVersion(database);
    if (version > newest)
        return refuse(OpenFailure::Newer,
            u"%1 was written by a newer Belfry (schema %2, this one knows %3): run that version, or restore the backup made before the upgrade"_s
                .arg(path)
                .arg(version)
                .arg(newest));
    // Where a migration may have to write, half a look is not enough.
    const QString damage = all || version < newest
        ? damageText(path, database.value(u"PRAGMA quick_check(1)"_s).toString())
        : damageOfSmallTables(database);
    if (!damage.isEmpty())
        return refuse(OpenFailure::Damaged, damage);
    return {};
}

// Under another name first: a file of the real name is always a whole database.
void makeDatabase(const QString &path, const std::vector<Migration> &all)
{
    const QString draft = path + u".new"_s;
    for (const QString &leftover : {draft, draft + u"-journal"_s, draft + u"-wal"_s})
        QFile::remove(leftover);
    {
        Database database(draft, Database::Access::ReadWrite);
        database.run(u"PRAGMA application_id = %1"_s.arg(applicationId));
        migrate(database, all);
    }
    if (!QFile::rename(draft, path))
        throw SqlError{0, u"%1 cannot be renamed to %2"_s.arg(draft, path)};
    if (const Status synced = syncFolder(QFileInfo(path).path()); !synced)
        throw SqlError{0, synced.error().message};
}

void keepCopy(Database &database, int version)
{
    const QString copy = database.file() + u".schema%1"_s.arg(version);
    if (QFile::exists(copy))
        return;
    qCInfo(lcSchema).noquote() << u"the schema changes: a copy of the old database is kept as %1"_s.arg(copy);
    QFile::remove(copy + u".part"_s);
    Statement(database, u"VACUUM INTO ?"_s).run(copy + u".part"_s);
    QFile::rename(copy + u".part"_s, copy);
}

qint64 raiseEpoch(Database &database, qint64 atLeast)
{
    Statement raise(database, u"UPDATE meta SET value = max(value, ?) + 1 WHERE name = 'epoch'"_s);
    Transaction transaction(database, Transaction::Kind::Write);
    raise.run(atLeast);
    const qint64 epoch = database.value(u"SELECT value FROM meta WHERE name = 'epoch'"_s).toLongLong();
    transaction.commit();
    return epoch;
}

std::set<int> appliedTo(Database &database)
{
    std::set<int> versions;
    if (schemaVersion(database) == 0)
        return versions;
    Statement all(database, u"SELECT version FROM migrations"_s);
    for (Statement::Rows rows = all.select(); rows.next();) {
        int version = 0;
        rows.into(version);
        versions.insert(version);
    }
    return versions;
}

tl::expected<Prepared, OpenError> openDatabase(
    const DataFolder &folder, const std::vector<Migration> &all, qint64 checkedAtOnce)
{
    Database database(folder.database(), Database::Access::ReadWrite);
    const int newest = all.back().version;
    const bool isSmall = QFileInfo(database.file()).size() <= checkedAtOnce;
    if (const auto checked = checkContent(database, newest, isSmall); !checked)
        return tl::unexpected<OpenError>(checked.error());
    const int version = schemaVersion(database);
    if (appliedTo(database).size() < all.size()) {
        keepCopy(database, version);
        migrate(database, all);
        qCInfo(lcSchema).noquote()
            << u"migrated %1 from schema %2 to %3"_s.arg(database.file()).arg(version).arg(newest);
    }
    database.value(u"PRAGMA journal_mode = WAL"_s);
    return Prepared{raiseEpoch(database, folder.lastEpoch()), isSmall};
}

} // namespace

std::vector<Migration> migrations()
{
    std::vector<Migration> all;
    for (const QString &name : QDir(u":/migrations"_s).entryList({u"*.sql"_s}, QDir::Files, QDir::Name)) {
        QFile file(u":/migrations/"_s + name);
        const bool readable = file.open(QIODevice::ReadOnly);
        const int version = name.section(u'_', 0, 0).toInt();
        Q_ASSERT_X(readable && version > (all.empty() ? 0 : all.back().version), "migrations", qPrintable(name));
        all.push_back({version, name, statementsOf(QString::fromUtf8(file.readAll()))});
    }
    Q_ASSERT(!all.empty());
    return all;
}

int schemaVersion(Database &database)
{
    if (!database.value(u"SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'migrations'"_s).isValid())
        return 0;
    return database.value(u"SELECT coalesce(max(version), 0) FROM migrations"_s).toInt();
}

void migrate(Database &database, const std::vector<Migration> &all)
{
    database.run(u"CREATE TABLE IF NOT EXISTS migrations (version INTEGER PRIMARY KEY, name TEXT NOT NULL)"_s);
    const std::set<int> applied = appliedTo(database);
    for (const Migration &each : all) {
        if (applied.contains(each.version))
            continue;
        Transaction transaction(database, Transaction::Kind::Write);
        for (const QString &statement : each.statements)
            database.run(statement);
        Statement(database, u"INSERT INTO migrations (version, name) VALUES (?, ?)"_s).run(each.version, each.name);
        transaction.commit();
    }
}

tl::expected<Prepared, OpenError> prepareDatabase(const DataFolder &folder, qint64 checkedAtOnce)
{
    const QString path = folder.database();
    const std::vector<Migration> all = migrations();
    if (!QFile::exists(path)) {
        const bool traces = QFile::exists(path + u"-wal"_s) || !QDir(folder.logs()).isEmpty() || folder.lastEpoch() > 0;
        if (traces)
            return refuse(OpenFailure::Damaged,
                u"%1 is missing, but there are traces of it: restore its last backup, or choose an empty data folder"_s
                    .arg(path));
        if (const auto made = perform([&] { makeDatabase(path, all); }); !made)
            return tl::unexpected<OpenError>(openErrorOf(made.error()));
    }
    if (const auto checked = checkFile(path); !checked)
        return tl::unexpected<OpenError>(checked.error());
    if (!folder.stoppedCleanly() && !QFile::exists(path + u"-wal"_s))
        qCWarning(lcSchema).noquote()
            << u"%1-wal of the last session is not there: if nobody opened the database since, its newest changes are lost"_s
                   .arg(path);

    auto opened = perform([&] { return openDatabase(folder, all, checkedAtOnce); });
    if (!opened && opened.error().isFull() && Reserve(folder.reserve()).release()) {
        qCWarning(lcSchema).noquote() << u"the disk of %1 is full: its reserve is freed to start at all"_s.arg(path);
        opened = perform([&] { return openDatabase(folder, all, checkedAtOnce); });
    }
    if (!opened)
        return tl::unexpected<OpenError>(openErrorOf(opened.error()));
    return std::move(*opened);
}

QString damageOf(const QString &folder)
{
    const QString path = DataFolder::databaseIn(folder);
    const auto found = perform([&] {
        Database database(path, Database::Access::ReadOnly);
        return database.value(u"PRAGMA quick_check(1)"_s).toString();
    });
    if (found)
        return damageText(path, *found);
    return found.error().isDamage() ? found.error().message : QString(); // busy or full says nothing of damage
}

} // namespace belfry::store

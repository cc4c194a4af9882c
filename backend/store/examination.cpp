// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/store/examination.h"

#include "backend/store/datafolder.h"
#include "backend/store/logfiles.h"
#include "backend/store/schema.h"
#include "backend/store/sql.h"

#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QFileInfo>

#include <set>
#include <sys/stat.h>
#include <sys/statvfs.h>

using namespace Qt::StringLiterals;

namespace belfry::store {

namespace {

constexpr int mostDamage = 10;
constexpr Duration settled = 1h; // since an attempt ended: its log has had time to arrive

QString nameOfAttempt(AttemptKey key)
{
    return u"%1-%2"_s.arg(key.run.value).arg(key.attempt);
}

// `12-1.log` belongs to attempt 1 of run 12.
std::optional<AttemptKey> attemptOf(const QString &file)
{
    const QString base = file.section(u'.', 0, 0);
    bool isRun = false;
    bool isAttempt = false;
    const AttemptKey key{RunId(base.section(u'-', 0, 0).toLongLong(&isRun)), base.section(u'-', 1).toInt(&isAttempt)};
    return isRun && isAttempt ? std::optional(key) : std::nullopt;
}

void lookAtDatabase(Database &database, Examination &found)
{
    Statement check(database, u"PRAGMA quick_check(%1)"_s.arg(mostDamage));
    for (Statement::Rows rows = check.select(); rows.next();) {
        QString line;
        rows.into(line);
        if (line != u"ok"_s)
            found.damage += line;
    }
    found.schema = schemaVersion(database);
    found.sqlite = database.value(u"SELECT sqlite_version()"_s).toString();
}

// Files are listed before the rows are read, so that a log that begins meanwhile is not taken for an orphan.
void lookAtFiles(Database &database, const QString &logs, Examination &found)
{
    Statement known(database, u"SELECT 1 FROM attempts WHERE run = ? AND attempt = ?"_s);
    QDirIterator files(logs, QDir::Files | QDir::Hidden, QDirIterator::Subdirectories);
    std::set<AttemptKey> counted; // of the folder in hand: an attempt has several files
    QString folder;
    while (files.hasNext()) {
        const QFileInfo file(files.next());
        if (std::exchange(folder, file.path()) != file.path())
            counted.clear();
        const auto key = attemptOf(file.fileName());
        if (key && !counted.insert(*key).second)
            continue;
        if (!key || !known.select(key->run, key->attempt).next())
            found.filesWithoutAttempt.add(file.filePath());
    }
}

void lookAtAttempts(Database &database, const QString &logs, Instant now, Examination &found)
{
    QString sql = u"SELECT run, attempt FROM attempts WHERE log_stored > 0"_s;
    if (database.value(u"SELECT 1 FROM sqlite_master WHERE name = 'packed_logs'"_s).isValid())
        sql += u" AND NOT EXISTS (SELECT 1 FROM packed_logs"
               " WHERE packed_logs.run = attempts.run AND packed_logs.attempt = attempts.attempt)"_s;
    Statement stored(database, sql);
    for (Statement::Rows rows = stored.select(); rows.next();) {
        AttemptKey key;
        rows.into(key.run, key.attempt);
        const QString base = u"%1/%2"_s.arg(logs, logBase(key));
        if (!QFile::exists(base + u".log"_s) && !QFile::exists(base + u".zst"_s))
            found.attemptsWithoutFile.add(nameOfAttempt(key));
    }
    Statement held(database,
        u"SELECT agent, run, attempt, log_written - log_stored FROM attempts "
        "WHERE final = 1 AND log_written > log_stored AND ended_at < ?"_s);
    for (Statement::Rows rows = held.select(now - settled); rows.next();) {
        QString agent;
        AttemptKey key;
        qint64 missing = 0;
        rows.into(agent, key.run, key.attempt, missing);
        found.heldByAgents.add(u"%1 on %2"_s.arg(nameOfAttempt(key), agent));
        found.heldBytes += missing;
    }
}

void lookAtDisk(const QString &folder, Examination &found)
{
    struct statvfs about {};
    if (::statvfs(QFile::encodeName(folder).constData(), &about) == 0) {
        found.freeBytes = qint64(about.f_bavail) * qint64(about.f_frsize);
        found.totalBytes = qint64(about.f_blocks) * qint64(about.f_frsize);
    }
    for (const QFileInfo &each : QDir(folder).entryInfoList(
             QDir::AllEntries | QDir::Hidden | QDir::System | QDir::NoDotAndDotDot)) {
        struct stat file {};
        if (::lstat(QFile::encodeName(each.filePath()).constData(), &file) == 0 && !S_ISLNK(file.st_mode)
            && (file.st_mode & 077))
            found.open.add(each.filePath());
    }
}

} // namespace

void Counted::add(const QString &name)
{
    if (++count <= 10)
        first += name;
}

Result<Examination> examine(const QString &folder, Instant now)
{
    Examination found;
    const QString path = DataFolder::databaseIn(folder);
    const QString logs = DataFolder::logsIn(folder);
    const auto looked = perform([&] {
        Database database(path, Database::Access::ReadOnly);
        lookAtDatabase(database, found);
        lookAtFiles(database, logs, found);
        lookAtAttempts(database, logs, now, found);
    });
    if (!looked && !looked.error().isDamage())
        return fail(ErrorKind::Unavailable, looked.error().message);
    if (!looked)
        found.damage += looked.error().message;
    found.databaseBytes = QFileInfo(path).size();
    found.walBytes = QFileInfo(path + u"-wal"_s).size();
    found.reserve = QFile::exists(DataFolder::reserveIn(folder));
    lookAtDisk(folder, found);
    return found;
}

} // namespace belfry::store

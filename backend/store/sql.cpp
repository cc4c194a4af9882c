// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/store/sql.h"

#include <QJsonDocument>
#include <QSqlError>

#include <atomic>

using namespace Qt::StringLiterals;

namespace belfry::store {

namespace {

[[noreturn]] void raise(const QSqlError &error, const QString &file)
{
    const int code = error.nativeErrorCode().toInt();
    SqlError raised{code, u"%1: %2 (SQLite %3)"_s.arg(file, error.databaseText().trimmed()).arg(code)};
    if (error.databaseText().isEmpty())
        raised.message = u"%1: %2"_s.arg(file, error.text());
    if (raised.isDamage())
        raised.message += u". The database is damaged: stop the backend and restore its last backup"_s;
    throw raised;
}

} // namespace

Database::Database(const QString &file, Access access)
{
    static std::atomic<quint64> count;
    m_name = u"belfry-%1"_s.arg(++count);
    m_database = QSqlDatabase::addDatabase(u"QSQLITE"_s, m_name);
    m_database.setDatabaseName(file);
    // Milliseconds that SQLite waits for a lock of another process before it gives up.
    m_database.setConnectOptions(access == Access::ReadOnly ? u"QSQLITE_OPEN_READONLY;QSQLITE_BUSY_TIMEOUT=5000"_s
                                                            : u"QSQLITE_BUSY_TIMEOUT=5000"_s);
    if (!m_database.open()) {
        const QSqlError error = m_database.lastError();
        m_database = QSqlDatabase();
        QSqlDatabase::removeDatabase(m_name);
        raise(error, file);
    }
    if (access == Access::ReadWrite) {
        run(u"PRAGMA synchronous = FULL"_s);
        run(u"PRAGMA foreign_keys = ON"_s);
    }
}

Database::~Database()
{
    m_database.close();
    m_database = QSqlDatabase();
    QSqlDatabase::removeDatabase(m_name);
}

void Database::run(const QString &sql)
{
    QSqlQuery query(m_database);
    if (!query.exec(sql))
        raise(query.lastError(), file());
}

QVariant Database::value(const QString &sql)
{
    QSqlQuery query(m_database);
    query.setForwardOnly(true);
    if (!query.exec(sql))
        raise(query.lastError(), file());
    if (query.next())
        return query.value(0);
    if (query.lastError().isValid())
        raise(query.lastError(), file());
    return {};
}

void Statement::execute(const std::vector<QVariant> &values)
{
    if (!m_query) {
        QSqlQuery query(m_database.m_database);
        query.setForwardOnly(true);
        if (!query.prepare(m_sql))
            raise(query.lastError(), m_database.file());
        m_query.emplace(std::move(query));
    }
    int at = 0;
    for (const QVariant &value : values)
        m_query->bindValue(at++, value);
    if (!m_query->exec()) {
        const QSqlError error = m_query->lastError();
        m_query->finish();
        raise(error, m_database.file());
    }
}

bool Statement::Rows::next()
{
    if (m_statement.m_query->next())
        return true;
    if (m_statement.m_query->lastError().isValid())
        raise(m_statement.m_query->lastError(), m_statement.m_database.file());
    return false;
}

Transaction::Transaction(Database &database, Kind kind)
    : m_database(database)
{
    m_database.run(kind == Kind::Write ? u"BEGIN IMMEDIATE"_s : u"BEGIN"_s);
}

Transaction::~Transaction()
{
    if (!m_open)
        return;
    // After some errors SQLite has rolled back by itself and ROLLBACK fails, which says the same.
    const auto ended = perform([&] { m_database.run(u"ROLLBACK"_s); });
    Q_UNUSED(ended)
}

void Transaction::commit()
{
    m_database.run(u"COMMIT"_s);
    m_open = false;
}

namespace sql {

QVariant bound(const std::map<QString, QString> &value)
{
    if (value.empty())
        return u""_s;
    QJsonObject object;
    for (const auto &[key, text] : value)
        object.insert(key, text);
    return QString::fromUtf8(QJsonDocument(object).toJson(QJsonDocument::Compact));
}

void read(const QVariant &from, std::map<QString, QString> &to)
{
    to.clear();
    const QJsonObject object = QJsonDocument::fromJson(from.toString().toUtf8()).object();
    for (auto it = object.begin(); it != object.end(); ++it)
        to.emplace(it.key(), it.value().toString());
}

QVariant bound(const std::vector<Instant> &value)
{
    QStringList texts;
    for (const Instant each : value)
        texts.append(QString::number(each.ms));
    return texts.isEmpty() ? u""_s : texts.join(u',');
}

void read(const QVariant &from, std::vector<Instant> &to)
{
    to.clear();
    for (const QString &each : from.toString().split(u',', Qt::SkipEmptyParts))
        to.emplace_back(each.toLongLong());
}

void refuseName(const QString &name)
{
    throw SqlError{11, u"the database holds the unknown name '%1'"_s.arg(name.left(64))};
}

} // namespace sql

} // namespace belfry::store

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/result.h"
#include "shared/codec/codec.h"

#include <QSqlDatabase>
#include <QSqlQuery>
#include <QVariant>

namespace belfry::store {

// What a failing statement throws. It fails the whole transaction; perform() is the only place that catches it.
struct SqlError {
    int code = 0; // SQLite's extended result code
    QString message;

    int primary() const { return code & 0xff; }
    bool isBusy() const { return primary() == 5 || primary() == 6; }
    bool isFull() const { return primary() == 13; }
    bool isDamage() const { return primary() == 11 || primary() == 26; }
};

template <class F> auto perform(F work) -> tl::expected<std::invoke_result_t<F>, SqlError>
{
    try {
        if constexpr (std::is_void_v<std::invoke_result_t<F>>) {
            work();
            return {};
        } else {
            return work();
        }
    } catch (const SqlError &error) {
        return tl::unexpected<SqlError>(error);
    }
}

// One connection. It belongs to the thread that made it.
class Database
{
public:
    enum class Access { ReadOnly, ReadWrite };
    // Throws when the file cannot be opened. ReadWrite: commits are synced before they return, foreign keys hold.
    Database(const QString &file, Access access);
    ~Database();
    Q_DISABLE_COPY_MOVE(Database)

    // For statements that are run once: pragmas, migrations.
    void run(const QString &sql);
    QVariant value(const QString &sql); // first column of the first row; invalid when there is none
    QString file() const { return m_database.databaseName(); }

private:
    friend class Statement;
    QString m_name;
    QSqlDatabase m_database;
};

// Values as they are bound and read. What may be absent is an optional.
namespace sql {

inline QVariant bound(qint64 value)
{
    return value;
}
inline QVariant bound(int value)
{
    return value;
}
inline QVariant bound(bool value)
{
    return int(value);
}
// Qt binds a null text or byte array as NULL; ours are empty instead.
inline QVariant bound(const QString &value)
{
    return value.isNull() ? QString(QLatin1StringView("")) : value;
}
inline QVariant bound(const QByteArray &value)
{
    return value.isNull() ? QByteArray("") : value;
}
inline QVariant bound(Instant value)
{
    return value.ms;
}
inline QVariant bound(Duration value)
{
    return qint64(value.count());
}
template <class Tag> QVariant bound(Id<Tag> value)
{
    return value.value;
}
template <NamedEnum E> QVariant bound(E value)
{
    return nameOf(value);
}
template <class T> QVariant bound(const std::optional<T> &value)
{
    return value ? bound(*value) : QVariant();
}
QVariant bound(const std::map<QString, QString> &value); // JSON object
QVariant bound(const std::vector<Instant> &value); // milliseconds, by commas

inline void read(const QVariant &from, qint64 &to)
{
    to = from.toLongLong();
}
inline void read(const QVariant &from, int &to)
{
    to = from.toInt();
}
inline void read(const QVariant &from, bool &to)
{
    to = from.toInt() != 0;
}
inline void read(const QVariant &from, QString &to)
{
    to = from.toString();
}
inline void read(const QVariant &from, QByteArray &to)
{
    to = from.toByteArray();
}
inline void read(const QVariant &from, Instant &to)
{
    to.ms = from.toLongLong();
}
inline void read(const QVariant &from, Duration &to)
{
    to = Duration(from.toLongLong());
}
template <class Tag> void read(const QVariant &from, Id<Tag> &to)
{
    to.value = from.toLongLong();
}
[[noreturn]] void refuseName(const QString &name);
template <NamedEnum E> void read(const QVariant &from, E &to)
{
    const auto found = enumOf<E>(from.toString());
    if (!found)
        refuseName(from.toString());
    to = *found;
}
template <class T> void read(const QVariant &from, std::optional<T> &to)
{
    to.reset();
    if (!from.isNull())
        read(from, to.emplace());
}
void read(const QVariant &from, std::map<QString, QString> &to);
void read(const QVariant &from, std::vector<Instant> &to);

} // namespace sql

// A prepared statement, kept for as long as its connection. It is prepared at its first use.
class Statement
{
public:
    Statement(Database &database, QString sql)
        : m_database(database)
        , m_sql(std::move(sql))
    { }

    // Runs it to its end; the number of rows that it changed.
    template <class... T> int run(const T &...values)
    {
        execute({sql::bound(values)...});
        const int changed = m_query->numRowsAffected();
        m_query->finish();
        return changed;
    }

    // The rows of a SELECT. An unfinished one would block checkpoints and schema changes, so it ends with its scope.
    class Rows
    {
    public:
        explicit Rows(Statement &statement)
            : m_statement(statement)
        { }
        ~Rows() { m_statement.m_query->finish(); }
        Q_DISABLE_COPY_MOVE(Rows)
        bool next();
        // The columns of the current row, in order.
        template <class... T> void into(T &...columns) const
        {
            int at = 0;
            (sql::read(m_statement.m_query->value(at++), columns), ...);
        }

    private:
        Statement &m_statement;
    };
    template <class... T> Rows select(const T &...values)
    {
        execute({sql::bound(values)...});
        return Rows(*this);
    }
    Rows selectBound(const std::vector<QVariant> &values)
    {
        execute(values);
        return Rows(*this);
    }

private:
    void execute(const std::vector<QVariant> &values);

    Database &m_database;
    QString m_sql;
    std::optional<QSqlQuery> m_query; // once prepared
};

// Everything between its making and commit() happens or none of it does.
class Transaction
{
public:
    enum class Kind { Read, Write };
    Transaction(Database &database, Kind kind);
    ~Transaction(); // rolls back what was not committed
    Q_DISABLE_COPY_MOVE(Transaction)
    void commit();

private:
    Database &m_database;
    bool m_open = true;
};

} // namespace belfry::store

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonArray>
#include <QJsonObject>
#include <QStringList>

#include <map>

// What the programs of the bench share: each does one thing, prints one line of JSON for it and exits 0, or says on
// standard error what went wrong and exits 1. Times are microseconds, points in time nanoseconds since 1970.
namespace belfry::bench {

// Of CLOCK_MONOTONIC and CLOCK_REALTIME.
qint64 monotonicUs();
qint64 realtimeNs();

// Times that were measured one by one.
QJsonArray toJson(const std::vector<qint64> &values);
void print(const QJsonObject &line);
// Says what went wrong and ends the process with 1.
[[noreturn]] void fail(const QString &sentence);

// `--name value` options; a name without a value is refused with exit 2.
class Options
{
public:
    explicit Options(const QStringList &arguments);
    QString text(const QString &name) const; // refused when it is missing
    QString text(const QString &name, const QString &otherwise) const;
    int number(const QString &name, int otherwise) const;

private:
    std::map<QString, QString> m_values;
};

// The whole file, without white space at its ends.
QByteArray readToken(const QString &file);

} // namespace belfry::bench

// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/bench/report.h"

#include <QFile>
#include <QJsonDocument>

#include <cstdio>
#include <cstdlib>
#include <ctime>

namespace belfry::bench {

using namespace Qt::StringLiterals;

namespace {

qint64 clockNs(clockid_t clock)
{
    timespec now{};
    clock_gettime(clock, &now);
    return qint64(now.tv_sec) * 1'000'000'000 + now.tv_nsec;
}

[[noreturn]] void usage(const QString &sentence)
{
    std::fprintf(stderr, "%s\n", qUtf8Printable(sentence));
    std::exit(2);
}

} // namespace

qint64 monotonicUs()
{
    return clockNs(CLOCK_MONOTONIC) / 1000;
}
qint64 realtimeNs()
{
    return clockNs(CLOCK_REALTIME);
}

QJsonArray toJson(const std::vector<qint64> &values)
{
    QJsonArray array;
    for (const qint64 value : values)
        array.append(value);
    return array;
}

void print(const QJsonObject &line)
{
    std::fprintf(stdout, "%s\n", QJsonDocument(line).toJson(QJsonDocument::Compact).constData());
    std::fflush(stdout);
}

void fail(const QString &sentence)
{
    std::fprintf(stderr, "%s\n", qUtf8Printable(sentence));
    std::exit(1);
}

Options::Options(const QStringList &arguments)
{
    if (arguments.size() % 2 != 0)
        usage(u"options are pairs: --name value"_s);
    for (qsizetype at = 0; at < arguments.size(); at += 2)
        m_values[arguments[at]] = arguments[at + 1];
}

QString Options::text(const QString &name) const
{
    const auto found = m_values.find(u"--"_s + name);
    if (found == m_values.end())
        usage(u"--%1 is missing"_s.arg(name));
    return found->second;
}

QString Options::text(const QString &name, const QString &otherwise) const
{
    const auto found = m_values.find(u"--"_s + name);
    return found == m_values.end() ? otherwise : found->second;
}

int Options::number(const QString &name, int otherwise) const
{
    const auto found = m_values.find(u"--"_s + name);
    if (found == m_values.end())
        return otherwise;
    bool ok = false;
    const int value = found->second.toInt(&ok);
    if (!ok)
        usage(u"--%1: '%2' is no number"_s.arg(name, found->second));
    return value;
}

QByteArray readToken(const QString &name)
{
    QFile file(name);
    if (!file.open(QIODevice::ReadOnly))
        fail(u"%1: %2"_s.arg(name, file.errorString()));
    return file.readAll().trimmed();
}

} // namespace belfry::bench

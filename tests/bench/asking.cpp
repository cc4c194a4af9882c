// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/bench/connection.h"
#include "tests/bench/measuring.h"

#include <QCoreApplication>
#include <QJsonDocument>
#include <QSocketNotifier>
#include <QTimer>

#include <iostream>
#include <unistd.h>

namespace belfry::bench {

using namespace Qt::StringLiterals;

namespace {

class Asker : public QObject
{
public:
    Asker(const Target &target)
        : m_connection(new Connection(target.url, target.token, this))
    {
        connect(m_connection, &Connection::ready, this, [this] { nextLine(); });
    }

private:
    void nextLine()
    {
        std::string text;
        if (!std::getline(std::cin, text)) {
            QCoreApplication::quit();
            return;
        }
        const QJsonObject line = QJsonDocument::fromJson(QByteArray::fromStdString(text)).object();
        m_method = line["method"_L1].toString();
        m_params = QString::fromUtf8(QJsonDocument(line["params"_L1].toObject()).toJson(QJsonDocument::Compact));
        m_left = line["repeat"_L1].toInt(1);
        m_times.clear();
        again();
    }

    void again()
    {
        const qint64 from = monotonicUs();
        m_connection->ask(m_method, m_params, [this, from](const QJsonObject &result) {
            m_times.push_back(monotonicUs() - from);
            if (--m_left > 0) {
                again();
                return;
            }
            print({{u"times"_s, toJson(m_times)}, {u"result"_s, result}});
            nextLine();
        });
    }

    Connection *m_connection;
    QString m_method;
    QString m_params;
    int m_left = 0;
    std::vector<qint64> m_times;
};

class Pinger : public QObject
{
public:
    Pinger(const Target &target, int pause)
        : m_connection(new Connection(target.url, target.token, this))
        , m_pause(pause)
        , m_input(STDIN_FILENO, QSocketNotifier::Read)
    {
        connect(m_connection, &Connection::ready, this, [this] {
            print({{u"ready"_s, true}});
            ping();
        });
        connect(&m_input, &QSocketNotifier::activated, this, [this] {
            char byte = 0;
            if (::read(STDIN_FILENO, &byte, 1) != 0)
                return;
            m_input.setEnabled(false);
            print({{u"times"_s, toJson(m_times)}});
            QCoreApplication::quit();
        });
    }

private:
    void ping()
    {
        const qint64 from = monotonicUs();
        m_connection->ask(u"server.status"_s, u"{}"_s, [this, from](const QJsonObject &) {
            m_times.push_back(monotonicUs() - from);
            QTimer::singleShot(m_pause, Qt::PreciseTimer, this, [this] { ping(); });
        });
    }

    Connection *m_connection;
    int m_pause = 0;
    QSocketNotifier m_input;
    std::vector<qint64> m_times;
};

} // namespace

Measuring askLines(const Target &target)
{
    return std::make_unique<Asker>(target);
}
Measuring pingUntilEnd(const Target &target, int pause)
{
    return std::make_unique<Pinger>(target, pause);
}

} // namespace belfry::bench

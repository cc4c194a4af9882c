// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/bench/connection.h"
#include "tests/bench/measuring.h"

#include <QCoreApplication>
#include <QTimer>

namespace belfry::bench {

using namespace Qt::StringLiterals;

namespace {

QString triggerOf(const QString &job)
{
    return uR"({"job":"%1"})"_s.arg(job);
}

class Submitter : public QObject
{
public:
    Submitter(const Target &target, const QStringList &jobs, int clients, int ms)
        : m_jobs(jobs)
        , m_ms(ms)
    {
        for (int i = 0; i < clients; ++i) {
            auto *connection = new Connection(target.url, target.token, this);
            m_connections.push_back(connection);
            connect(connection, &Connection::ready, this, [this] {
                if (++m_ready == int(m_connections.size()))
                    start();
            });
        }
    }

private:
    void start()
    {
        m_from = monotonicUs();
        for (Connection *each : m_connections)
            next(each, m_from);
    }

    void next(Connection *connection, qint64 now)
    {
        if (now - m_from >= m_ms * 1000) {
            if (--m_ready == 0)
                finish(now);
            return;
        }
        const QString &job = m_jobs[qsizetype(m_sent++) % m_jobs.size()];
        connection->ask(u"run.trigger"_s, triggerOf(job), [this, connection, now](const QJsonObject &) {
            const qint64 after = monotonicUs();
            m_times.push_back(after - now);
            next(connection, after);
        });
    }

    void finish(qint64 now)
    {
        print({{u"count"_s, qint64(m_times.size())}, {u"us"_s, now - m_from}, {u"times"_s, toJson(m_times)}});
        QCoreApplication::quit();
    }

    QStringList m_jobs;
    int m_ms = 0;
    qint64 m_sent = 0;
    std::vector<Connection *> m_connections;
    int m_ready = 0;
    qint64 m_from = 0;
    std::vector<qint64> m_times;
};

class Drain : public QObject
{
public:
    Drain(const Target &target, const QStringList &jobs, int count, int window)
        : m_connection(new Connection(target.url, target.token, this))
        , m_jobs(jobs)
        , m_count(count)
    {
        connect(m_connection, &Connection::ready, this, [this, window] {
            m_from = monotonicUs();
            for (int i = 0; i < window; ++i)
                trigger();
        });
    }

private:
    void trigger()
    {
        if (m_sent == m_count)
            return;
        m_connection->ask(u"run.trigger"_s, triggerOf(m_jobs[m_sent++ % m_jobs.size()]), [this](const QJsonObject &) {
            trigger();
            if (++m_answered < m_count)
                return;
            m_submitted = monotonicUs();
            look();
        });
    }

    void look()
    {
        m_connection->ask(u"server.status"_s, u"{}"_s, [this](const QJsonObject &status) {
            const qint64 now = monotonicUs();
            if (status["waiting"_L1].toInt() + status["live"_L1].toInt() > 0) {
                QTimer::singleShot(10, Qt::PreciseTimer, this, [this] { look(); });
                return;
            }
            print({{u"count"_s, m_count}, {u"us"_s, now - m_from}, {u"submit_us"_s, m_submitted - m_from}});
            QCoreApplication::quit();
        });
    }

    Connection *m_connection;
    QStringList m_jobs;
    int m_count = 0;
    int m_sent = 0;
    int m_answered = 0;
    qint64 m_from = 0;
    qint64 m_submitted = 0;
};

class SlowTrigger : public QObject
{
public:
    SlowTrigger(const Target &target, const QString &job, int count, int pause)
        : m_connection(new Connection(target.url, target.token, this))
        , m_params(triggerOf(job))
        , m_count(count)
        , m_pause(pause)
    {
        connect(m_connection, &Connection::ready, this, [this] { next(); });
    }

private:
    void next()
    {
        if (m_count-- == 0) {
            print({{u"sent"_s, m_sent}});
            QCoreApplication::quit();
            return;
        }
        const qint64 sent = realtimeNs();
        m_connection->ask(u"run.trigger"_s, m_params, [this, sent](const QJsonObject &result) {
            m_sent[QString::number(result["run"_L1].toInteger())] = sent;
            QTimer::singleShot(m_pause, Qt::PreciseTimer, this, [this] { next(); });
        });
    }

    Connection *m_connection;
    QString m_params;
    int m_count = 0;
    int m_pause = 0;
    QJsonObject m_sent;
};

} // namespace

Measuring submitAtOnce(const Target &target, const QStringList &jobs, int clients, int ms)
{
    return std::make_unique<Submitter>(target, jobs, clients, ms);
}
Measuring drainRuns(const Target &target, const QStringList &jobs, int count, int window)
{
    return std::make_unique<Drain>(target, jobs, count, window);
}
Measuring triggerSlowly(const Target &target, const QString &job, int count, int pause)
{
    return std::make_unique<SlowTrigger>(target, job, count, pause);
}

} // namespace belfry::bench

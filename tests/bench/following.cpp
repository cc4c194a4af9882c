// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/client/client.h"
#include "console/client/logstream.h"
#include "shared/spool/hash.h"
#include "tests/bench/measuring.h"

#include <QCoreApplication>

namespace belfry::bench {

using namespace Qt::StringLiterals;

namespace {

Address addressOf(const Target &target)
{
    Address address;
    address.url = QUrl(target.url);
    address.token = target.token;
    return address;
}

// Two connections, as an operator who triggers a run here and reads its log there.
class Follower : public QObject
{
public:
    Follower(const Target &target, QString job, bool stamps)
        : m_job(std::move(job))
        , m_stamps(stamps)
        , m_trigger(addressOf(target))
        , m_reader(addressOf(target))
    {
        for (Client *each : {&m_trigger, &m_reader}) {
            connect(each, &Client::stateChanged, this, [this, each](Client::State state) {
                if (state == Client::State::Failed)
                    fail(each->trouble().message);
                if (state == Client::State::Ready && ++m_ready == 2)
                    trigger();
            });
            each->start();
        }
    }

private:
    void trigger()
    {
        m_from = monotonicUs();
        m_trigger.ask(wire::RunTrigger{.job = m_job, .params = {}, .key = {}, .reason = {}, .force = false}, this,
            [this](const Answer<wire::TriggerReply> &reply) {
                if (!reply)
                    fail(reply.error().message);
                m_run = reply->run;
                watch();
            });
    }

    void watch()
    {
        auto *stream = new LogStream(&m_reader, {.run = m_run, .attempt = 1, .offset = 0, .follow = true}, this);
        connect(stream, &LogStream::received, this,
            [this](qint64 from, const QByteArray &bytes, const auto &) { take(from, bytes); });
        connect(stream, &LogStream::gap, this,
            [](qint64 from, qint64 to) { fail(u"the log lacks its bytes %1 to %2"_s.arg(from).arg(to)); });
        connect(stream, &LogStream::ended, this, &Follower::ended);
        // The attempt may not be there yet.
        connect(stream, &LogStream::failed, this, [this, stream](const Refusal &why) {
            if (why.kind != ErrorKind::NotFound)
                fail(why.message);
            stream->deleteLater();
            QTimer::singleShot(1, Qt::PreciseTimer, this, [this] { watch(); });
        });
    }

    void take(qint64 from, const QByteArray &bytes)
    {
        if (from != m_bytes)
            fail(u"byte %1 came where %2 was next"_s.arg(from).arg(m_bytes));
        m_bytes += bytes.size();
        m_hash.add(bytes.constData(), std::size_t(bytes.size()));
        if (!m_stamps)
            return;
        const qint64 now = realtimeNs();
        m_rest += bytes;
        for (qsizetype end = m_rest.indexOf('\n'); end >= 0; end = m_rest.indexOf('\n')) {
            m_delays.push_back((now - m_rest.first(end).toLongLong()) / 1000);
            m_rest.remove(0, end + 1);
        }
    }

    void ended(bool complete, const QString &reason)
    {
        const qint64 us = monotonicUs() - m_from;
        if (!complete)
            fail(u"the log is not complete: "_s + reason);
        m_trigger.ask(wire::RunGet{m_run}, this, [this, us](const Answer<wire::RunDetail> &run) {
            if (!run)
                fail(run.error().message);
            const Attempt &attempt = run->attemptRows.front();
            const QString hash = u"%1"_s.arg(m_hash.value(), 16, 16, '0'_L1);
            if (attempt.logHash != hash || attempt.logWritten != m_bytes)
                fail(u"the log was %1 bytes (%2) and %3 bytes (%4) came"_s.arg(attempt.logWritten)
                         .arg(attempt.logHash)
                         .arg(m_bytes)
                         .arg(hash));
            const qint64 job = attempt.startedAt ? (*attempt.endedAt - *attempt.startedAt).count() : 0;
            print({{u"run"_s, m_run.value}, {u"bytes"_s, m_bytes}, {u"us"_s, us}, {u"job_us"_s, job * 1000},
                {u"delays"_s, toJson(m_delays)}});
            QCoreApplication::quit();
        });
    }

    QString m_job;
    bool m_stamps = false;
    Client m_trigger;
    Client m_reader;
    int m_ready = 0;
    RunId m_run;
    qint64 m_from = 0;
    qint64 m_bytes = 0;
    spool::RunningHash m_hash;
    QByteArray m_rest;
    std::vector<qint64> m_delays;
};

} // namespace

Measuring followRun(const Target &target, const QString &job, bool stamps)
{
    return std::make_unique<Follower>(target, job, stamps);
}

} // namespace belfry::bench

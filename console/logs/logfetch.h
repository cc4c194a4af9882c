// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/client/logstream.h"
#include "console/logs/beside.h"
#include "console/logs/logspool.h"

#include <QTimer>

namespace belfry {

// Brings the log of one attempt into its spool, and goes on while it grows. What the spool has is not fetched again;
// after a broken connection it goes on at the exact byte.
class LogFetch final : public QObject
{
    Q_OBJECT

public:
    enum class State {
        Asking, // which attempts there are
        NoAttempt, // the run has not started
        Coming, // bytes come, or may come
        Complete,
        Ended, // nothing more comes, and the log is not complete: see remark()
        Failed, // see remark()
    };
    Q_ENUM(State)

    struct Part {
        RunId run;
        int attempt = 0; // 0: the last one
        QString place; // of the backend: another one's run of that number is another run
    };
    // `beside` writes, and outlives it.
    LogFetch(Client *client, const Part &part, Beside *beside, QString folder, QObject *parent = nullptr);
    ~LogFetch() override;

    State state() const { return m_state; }
    QString remark() const { return m_remark; }
    RunId run() const { return m_part.run; }
    int attempt() const { return m_part.attempt; }
    // As it was when it was asked for; nullopt: not yet.
    const std::optional<wire::RunDetail> &detail() const { return m_detail; }
    // Null until the attempt is known.
    const std::shared_ptr<LogSpool> &spool() const { return m_spool; }
    // Bytes that the backend had when it was asked; 0: not known.
    qint64 sizeThere() const { return m_sizeThere; }
    // Of the next byte that is to come; what the backend does not have any more is left behind too.
    qint64 cameUntil() const { return m_stream ? std::max<qint64>(0, m_stream->offset()) : 0; }

Q_SIGNALS:
    // State, remark or spool.
    void changed();
    // The spool has more lines, or a longer one: at most some 30 times a second.
    void grown();

private:
    void take(const wire::RunDetail &detail);
    void indexRest();
    void openStream();
    void put(std::function<Status(LogSpool &)> work, qint64 bytes);
    void fail(const QString &why);
    void setState(State state, const QString &remark = {});

    QPointer<Client> m_client;
    Part m_part;
    Beside *m_beside;
    QString m_folder;
    State m_state = State::Asking;
    QString m_remark;
    std::optional<wire::RunDetail> m_detail;
    std::shared_ptr<LogSpool> m_spool;
    std::unique_ptr<LogStream> m_stream;
    qint64 m_sizeThere = 0;
    QTimer m_growing;
};

} // namespace belfry

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/client/logstream.h"
#include "console/client/watch.h"

namespace belfry {

// "12 bytes of the log are missing, from 5 to 17: why"
QString gapText(qint64 from, qint64 until, const QString &why);

// Follows one run until its state is final and its log complete (or given up); where they are wanted, the logs of its
// attempts come one after the other. Restarts of the backend in between do not show.
class RunFollower final : public QObject
{
    Q_OBJECT

public:
    struct Wish {
        RunId run;
        bool logs = false;
        int firstAttempt = 1; // whose log is wanted
        qint64 offset = 0; // in the log of the first one
        std::optional<int> onlyAttempt; // the end of this one's log is the end
        bool stateDecides = false; // a log that cannot be had is told by incomplete(), not failed()
    };

    RunFollower(Client *client, const Wish &wish, QObject *parent = nullptr);

Q_SIGNALS:
    void stateChanged(const belfry::wire::RunRow &run);
    void attemptBegins(int attempt);
    void received(qint64 from, const QByteArray &bytes, const std::vector<belfry::wire::LogIndexEntry> &index);
    void attemptEnds(int attempt);
    // Something is missing in a log, in words.
    void incomplete(const QString &why);
    // The last signal, unless failed() is.
    void ended(const belfry::wire::RunRow &run);
    void failed(const belfry::Refusal &why);

private:
    void take(const QJsonValue &row);
    void openLog();
    void awaitLog(int attempt);
    void dropLog();
    void closeLog();
    void advance();
    void checkSilence();
    void fail(const Refusal &why);

    Client *m_client;
    Wish m_wish;
    Watch m_watch;
    std::optional<wire::RunRow> m_run;
    int m_next; // attempt whose log comes next
    int m_begun = 0; // attempt whose log has come last
    bool m_awaited = false; // the log that nobody reads was waited for
    LogStream *m_log = nullptr;
    QTimer m_silence;
    bool m_over = false;
};

} // namespace belfry

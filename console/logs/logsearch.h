// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/logs/beside.h"
#include "console/logs/linematcher.h"
#include "console/logs/lineset.h"
#include "console/logs/logspool.h"

#include <atomic>
#include <memory>

namespace belfry {

// The lines of a spool that match, found beside the thread that draws and told as they come. It follows a log that
// grows. Ends without waiting when it is deleted.
class LogSearch final : public QObject
{
    Q_OBJECT

public:
    // `beside` outlives it. The pattern is good.
    LogSearch(std::shared_ptr<LogSpool> spool, const SearchSpec &spec, const LineMatcher &matcher, Beside *beside,
        QObject *parent = nullptr);
    ~LogSearch() override;

    const SearchSpec &spec() const { return m_spec; }
    const LineMatcher &matcher() const { return m_matcher; }
    const LineSet &hits() const { return m_shared->hits; }
    std::shared_ptr<const LineSet> sharedHits() const { return {m_shared, &m_shared->hits}; }
    // All that was there when it last looked.
    bool isDone() const { return !m_running; }
    // Lines that have been looked at.
    qint64 searched() const { return m_shared->searched; }
    qint64 costly() const { return m_shared->costly; }
    // Why it ended early; empty: it did not.
    QString fault() const { return m_fault; }

    // There is more of the log.
    void grow();

Q_SIGNALS:
    // More lines were looked at, or all.
    void progressed();

private:
    struct Shared {
        LineSet hits;
        std::atomic<qint64> searched = 0;
        std::atomic<qint64> costly = 0;
        std::atomic<bool> stopped = false;
        std::atomic<bool> told = false; // a progressed() is on its way
    };
    static Status search(LogSpool &spool, LineMatcher &matcher, const SearchSpec &spec, Shared &shared, qint64 from,
        const std::function<void()> &tell);
    void start();

    std::shared_ptr<LogSpool> m_spool;
    SearchSpec m_spec;
    LineMatcher m_matcher;
    Beside *m_beside;
    std::shared_ptr<Shared> m_shared = std::make_shared<Shared>();
    bool m_running = false;
    bool m_again = false;
    QString m_fault;
};

} // namespace belfry

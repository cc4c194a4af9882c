// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backend/store/store.h"

#include <QDeadlineTimer>
#include <QMutex>
#include <QSemaphore>
#include <QThread>
#include <QWaitCondition>

namespace belfry::store {

// One thread and what waits for it; inline, everything is done at once in the caller's. All calls come from the Store's
// thread. The handler takes all that has gathered, and says after what time it wants to be called again even though
// nothing has.
template <class Item> class Lane
{
public:
    using Handler = std::function<std::optional<Duration>(std::vector<Item>)>;
    struct Work {
        std::function<void()> prepare; // in the lane's thread, before start() returns
        Handler handle;
        std::function<void()> finish; // in the lane's thread, last
    };

    Lane() = default;
    Q_DISABLE_COPY_MOVE(Lane)
    ~Lane() { stop(); }
    bool isRunning() const { return m_running; }

    void start(Store::Mode mode, const QString &name, Work work)
    {
        m_work = std::move(work);
        m_running = true;
        if (mode == Store::Mode::Inline) {
            m_work.prepare();
            return;
        }
        QSemaphore prepared;
        m_thread.reset(QThread::create([this, &prepared] {
            m_work.prepare();
            prepared.release();
            run();
            m_work.finish();
        }));
        m_thread->setObjectName(name);
        m_thread->start();
        prepared.acquire();
    }

    void post(Item item)
    {
        if (!m_running)
            return;
        if (!m_thread) {
            std::vector<Item> one;
            one.push_back(std::move(item));
            if (m_work.handle(std::move(one)))
                m_work.handle({});
            return;
        }
        const QMutexLocker lock(&m_mutex);
        m_queue.push_back(std::move(item));
        m_more.wakeOne();
    }

    // Handles what was posted, then ends.
    void stop()
    {
        if (!std::exchange(m_running, false))
            return;
        if (!m_thread) {
            m_work.finish();
            return;
        }
        {
            const QMutexLocker lock(&m_mutex);
            m_stopping = true;
            m_more.wakeOne();
        }
        m_thread->wait();
        m_thread.reset();
    }

private:
    void run()
    {
        for (std::optional<Duration> again;;) {
            std::vector<Item> all;
            {
                const QMutexLocker lock(&m_mutex);
                const QDeadlineTimer until
                    = again ? QDeadlineTimer(again->count()) : QDeadlineTimer(QDeadlineTimer::Forever);
                while (m_queue.empty() && !m_stopping && !until.hasExpired())
                    m_more.wait(&m_mutex, until);
                if (m_queue.empty() && m_stopping)
                    return;
                all.swap(m_queue);
            }
            again = m_work.handle(std::move(all));
        }
    }

    Work m_work;
    bool m_running = false;
    std::unique_ptr<QThread> m_thread;
    QMutex m_mutex;
    QWaitCondition m_more;
    std::vector<Item> m_queue; // under the mutex
    bool m_stopping = false; // under the mutex
};

} // namespace belfry::store

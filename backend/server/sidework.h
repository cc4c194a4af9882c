// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QPointer>
#include <QThreadPool>

#include <atomic>
#include <functional>
#include <memory>

namespace belfry {

// Long pure work (parsing and comparing job files) beside the main thread, so that no start waits for it. One piece at
// a time, in the order asked. Values cross, never pointers to what may change.
class SideWork final
{
public:
    SideWork();
    // Waits a moment for the piece that is under way, which may look at `stopping`; nobody is answered any more.
    ~SideWork();
    Q_DISABLE_COPY_MOVE(SideWork)

    // `done` comes in the thread that made this object, later, unless `context` is gone by then.
    template <class Work, class Done> void run(QObject *context, Work work, Done done)
    {
        start([guard = QPointer<QObject>(context), work = std::move(work), done = std::move(done)]() mutable {
            auto result = std::make_shared<decltype(work())>(work());
            return std::function<void()>([guard, result, done = std::move(done)]() mutable {
                if (guard)
                    done(std::move(*result));
            });
        });
    }
    // Set when the answer is not wanted any more. It stays readable for as long as work runs.
    const std::atomic<bool> &stopping() const { return m_room->stopping; }

    // A piece did not end with its SideWork. The program has to end without the farewell of static objects, which it
    // may still use.
    static bool isAnyLeft();

private:
    struct Room {
        QThreadPool pool;
        QObject here; // in the thread that is told
        std::atomic<bool> stopping = false;
    };
    void start(std::function<std::function<void()>()> work);

    std::unique_ptr<Room> m_room;
};

} // namespace belfry

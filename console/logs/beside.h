// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QPointer>
#include <QThread>

#include <functional>

namespace belfry {

// A thread beside the one that draws: pieces of work one after the other. Values cross, and objects that say that they
// can be used by several threads.
class Beside
{
public:
    Beside()
    {
        m_room->moveToThread(&m_thread);
        QObject::connect(&m_thread, &QThread::finished, m_room, &QObject::deleteLater);
        m_thread.start();
    }
    // Waits for the piece under way; what follows it is dropped.
    ~Beside()
    {
        m_thread.quit();
        m_thread.wait();
    }
    Q_DISABLE_COPY_MOVE(Beside)

    void run(std::function<void()> work) { QMetaObject::invokeMethod(m_room, std::move(work), Qt::QueuedConnection); }
    // `done(result of work)` comes in the thread of `context`, which is this one, unless it is gone by then.
    template <class Work, class Done> void run(QObject *context, Work work, Done done)
    {
        run([this, guard = QPointer<QObject>(context), work = std::move(work), done = std::move(done)]() mutable {
            auto result = std::make_shared<decltype(work())>(work());
            tell(guard, [result, done = std::move(done)]() mutable { done(std::move(*result)); });
        });
    }
    // From work: `say` comes in the thread of `context`, unless it is gone by then.
    void tell(const QPointer<QObject> &context, std::function<void()> say)
    {
        QMetaObject::invokeMethod(
            &m_answers,
            [context, say = std::move(say)] {
                if (context)
                    say();
            },
            Qt::QueuedConnection);
    }

private:
    QThread m_thread;
    QObject m_answers; // in the thread that made this object
    QObject *m_room = new QObject;
};

} // namespace belfry

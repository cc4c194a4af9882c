// SPDX-License-Identifier: GPL-3.0-or-later
// bench-console: the desktop console's window under load.
#include "console/desktop/console.h"
#include "tests/bench/report.h"

#include <QApplication>
#include <QSocketNotifier>
#include <QTimer>

#include <unistd.h>

using namespace belfry;
using namespace Qt::StringLiterals;

namespace {

// How long the thread of the window was at something else when a beat was due: nothing is painted meanwhile.
class Frames : public QObject
{
public:
    Frames()
    {
        m_beat.setTimerType(Qt::PreciseTimer);
        connect(&m_beat, &QTimer::timeout, this, [this] {
            const qint64 now = bench::monotonicUs();
            m_gaps.push_back(now - std::exchange(m_last, now));
        });
    }

    void start()
    {
        m_gaps.clear();
        m_last = bench::monotonicUs();
        m_beat.start(period);
    }
    std::vector<qint64> stop()
    {
        m_beat.stop();
        return std::exchange(m_gaps, {});
    }

private:
    static constexpr auto period = std::chrono::milliseconds(4);
    QTimer m_beat;
    qint64 m_last = 0;
    std::vector<qint64> m_gaps;
};

// Sees when the window has painted after something else has come true.
class Painted : public QObject
{
public:
    explicit Painted(QWidget *widget)
        : m_widget(widget)
    {
        widget->installEventFilter(this);
    }

    // `done` hears it after the first painting of the whole widget for which `ready` holds.
    void whenPainted(std::function<bool()> ready, std::function<void()> done)
    {
        m_ready = std::move(ready);
        m_done = std::move(done);
        look();
    }

    bool eventFilter(QObject *, QEvent *event) override
    {
        if (event->type() == QEvent::UpdateRequest)
            QMetaObject::invokeMethod(
                this, [this] { look(); }, Qt::QueuedConnection);
        return false;
    }

private:
    void look()
    {
        if (!m_done)
            return;
        if (!m_ready()) {
            QTimer::singleShot(1, this, [this] { look(); });
            return;
        }
        m_widget->repaint();
        std::exchange(m_done, {})();
    }

    QWidget *m_widget;
    std::function<bool()> m_ready;
    std::function<void()> m_done;
};

// Standard input rules it, a word a line, each answered with a line:
//   filled          when jobs, live runs and agents have come and are painted: `shown` and `filled`, since --from
//   view NAME       opens a view: until it is painted with the first rows
//   watch           begins to count changes of runs, and to look every 4 ms whether the thread is free
//   frames          ends it: the times between two looks, and the changes heard
class Operator : public QObject
{
public:
    Operator(Console *console, qint64 from)
        : m_console(console)
        , m_painted(console->window())
        , m_from(from)
        , m_input(STDIN_FILENO, QSocketNotifier::Read)
    {
        connect(&m_input, &QSocketNotifier::activated, this, &Operator::onInput);
        connect(console->desk()->liveRuns, &LiveRuns::runChanged, this, [this] { ++m_heard; });
        m_painted.whenPainted([] { return true; }, [this] { m_shown = bench::monotonicUs() - m_from; });
    }

private:
    void onInput()
    {
        char text[256];
        const ssize_t size = ::read(STDIN_FILENO, text, sizeof text);
        if (size <= 0) {
            QCoreApplication::quit();
            return;
        }
        const QStringList words = QString::fromUtf8(text, size).simplified().split(u' ');
        if (words[0] == "filled"_L1)
            tellFilled();
        else if (words[0] == "view"_L1)
            openView(words.value(1));
        else if (words[0] == "watch"_L1)
            watch();
        else if (words[0] == "frames"_L1)
            tellFrames();
        else
            bench::fail(u"bench-console: there is no word '%1'"_s.arg(words[0]));
    }

    void tellFilled()
    {
        const Desk &desk = *m_console->desk();
        m_painted.whenPainted(
            [&desk] { return desk.jobs->isComplete() && desk.liveRuns->isComplete() && desk.agents->isComplete(); },
            [this, &desk] {
                bench::print({{u"shown"_s, m_shown}, {u"filled"_s, bench::monotonicUs() - m_from},
                    {u"jobs"_s, desk.jobs->rowCount()}, {u"live"_s, desk.liveRuns->rowCount()}});
            });
    }

    void openView(const QString &name)
    {
        const qint64 from = bench::monotonicUs();
        m_console->desk()->navigator->openView(name);
        const auto *history = m_console->window()->currentPage()->findChild<History *>({}, Qt::FindDirectChildrenOnly);
        m_painted.whenPainted([history] { return !history || history->isComplete(); },
            [from] {
                bench::print({{u"us"_s, bench::monotonicUs() - from}});
            });
    }

    void watch()
    {
        m_heard = 0;
        m_frames.start();
        bench::print({});
    }

    void tellFrames()
    {
        bench::print({{u"gaps"_s, bench::toJson(m_frames.stop())}, {u"heard"_s, std::exchange(m_heard, 0)},
            {u"live"_s, m_console->desk()->liveRuns->rowCount()}});
    }

    Console *m_console;
    Painted m_painted;
    Frames m_frames;
    qint64 m_from;
    qint64 m_shown = 0;
    int m_heard = 0;
    QSocketNotifier m_input;
};

} // namespace

// usage: bench-console --url URL --token-file FILE --from US   `from`: of CLOCK_MONOTONIC, when it was started
int main(int argc, char **argv)
{
    QApplication application(argc, argv);
    const bench::Options options(QApplication::arguments().sliced(1));
    const auto address = findAddress({options.text(u"url"_s), options.text(u"token-file"_s), {}}, {});
    if (!address)
        bench::fail(address.error().message);
    Theme theme;
    theme.applyToApplication();
    Console console(&theme);
    console.open(*address);
    console.window()->resize(1500, 940);
    console.window()->show();
    Operator operating(&console, options.text(u"from"_s).toLongLong());
    return QApplication::exec();
}

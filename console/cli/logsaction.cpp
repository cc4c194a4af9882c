// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/cli/actions.h"
#include "console/cli/logprinter.h"
#include "console/cli/runfollower.h"
#include "console/cli/session.h"
#include "console/cli/waitcode.h"

#include <unistd.h>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

// `-n` reads from the end this far at first, and four times as far each time that the lines do not suffice.
constexpr qint64 firstTail = 64 << 10;
constexpr qint64 longestTail = 256 << 20;

struct LogsWish {
    RunId run;
    std::optional<int> attempt;
    std::optional<qint64> lines;
    bool follow = false;
    LogLook look;
};

// Prints a log: all of it or its tail, and then what comes. Lives as long as the session.
class LogsAction final : public QObject
{
public:
    LogsAction(Session &session, const LogsWish &wish)
        : QObject(&session)
        , m_session(session)
        , m_wish(wish)
        , m_printer(wish.look, stdout)
    { }

    void start()
    {
        if (m_wish.lines)
            readTail(firstTail);
        else if (m_wish.follow)
            findAttempt();
        else
            readAll();
    }

private:
    LogStream *open(qint64 offset)
    {
        auto *stream = new LogStream(m_session.client(), {m_wish.run, m_wish.attempt, offset, false}, this);
        connect(stream, &LogStream::failed, this, &LogsAction::failed);
        connect(stream, &LogStream::gap, this, &LogsAction::gap);
        return stream;
    }

    void readAll()
    {
        const LogStream *stream = open(0);
        connect(stream, &LogStream::received, this, &LogsAction::print);
        connect(stream, &LogStream::ended, this, &LogsAction::endOfStream);
    }

    void readTail(qint64 length)
    {
        m_tail = {};
        LogStream *stream = open(-length);
        connect(stream, &LogStream::opened, this, [this, length](int attempt, qint64 size) {
            m_wish.attempt = attempt;
            m_wholeLog = size <= length;
        });
        connect(stream, &LogStream::received, this,
            [this](qint64 from, const QByteArray &bytes, const std::vector<wire::LogIndexEntry> &index) {
                m_tail.add(from, bytes, index, m_wish.look.stream);
            });
        connect(stream, &LogStream::ended, this, [this, stream, length](bool complete, const QString &reason) {
            stream->deleteLater();
            tailRead(stream->offset(), length, complete, reason);
        });
    }

    // One line more than wanted shows that the first of them is whole.
    void tailRead(qint64 end, qint64 length, bool complete, const QString &reason)
    {
        if (!m_wholeLog && m_tail.lines() <= *m_wish.lines && length < longestTail) {
            readTail(length * 4);
            return;
        }
        m_tail.keepLines(*m_wish.lines);
        m_printer.print(m_tail);
        m_tail = {};
        if (m_wish.follow && !complete)
            follow(*m_wish.attempt, end);
        else if (m_wish.follow)
            follow(*m_wish.attempt + 1, 0);
        else
            endOfStream(complete, reason);
    }

    // The last attempt there is; a run that waits for its first is followed from there.
    void findAttempt()
    {
        m_session.ask(wire::RunGet{m_wish.run}, [this](const wire::RunDetail &run) {
            const int last = run.attemptRows.empty() ? 1 : run.attemptRows.back().attempt;
            follow(m_onlyAttempt().value_or(last), 0);
        });
    }

    std::optional<int> m_onlyAttempt() const
    {
        return m_session.arguments().has(u"attempt"_s) ? m_wish.attempt : std::nullopt;
    }

    void follow(int attempt, qint64 offset)
    {
        const RunFollower::Wish wish{
            .run = m_wish.run, .logs = true, .firstAttempt = attempt, .offset = offset, .onlyAttempt = m_onlyAttempt()};
        auto *follower = new RunFollower(m_session.client(), wish, this);
        connect(follower, &RunFollower::attemptBegins, this, [this, attempt](int each) {
            if (each != attempt)
                m_session.output().note(u"attempt %1"_s.arg(each));
        });
        connect(follower, &RunFollower::received, this, &LogsAction::print);
        connect(follower, &RunFollower::attemptEnds, this, [this] { m_printer.finish(); });
        connect(follower, &RunFollower::incomplete, this, [this](const QString &why) { m_session.output().note(why); });
        connect(follower, &RunFollower::failed, this, &LogsAction::failed);
        connect(follower, &RunFollower::ended, this, [this] { finish(); });
    }

    void print(qint64 from, const QByteArray &bytes, const std::vector<wire::LogIndexEntry> &index)
    {
        LogBytes log;
        log.add(from, bytes, index, m_wish.look.stream);
        m_printer.print(log);
        if (!m_printer.isGood())
            m_session.finish(exitFailed);
    }

    void endOfStream(bool complete, const QString &reason)
    {
        m_printer.finish();
        if (!complete)
            m_session.output().note(reason.isEmpty() ? u"this is not all: more may come (-f follows)"_s : reason);
        finish();
    }

    void gap(qint64 from, qint64 to)
    {
        m_session.output().note(u"the log lacks the bytes from %1 to %2"_s.arg(from).arg(to));
    }

    void failed(const Refusal &why) { m_session.fail(why); }
    void finish() { m_session.finish(m_printer.isGood() ? exitDone : exitFailed); }

    Session &m_session;
    LogsWish m_wish;
    LogPrinter m_printer;
    LogBytes m_tail;
    bool m_wholeLog = false; // the tail is the whole log
};

} // namespace

void startLogs(Session &session)
{
    const Arguments &arguments = session.arguments();
    const bool raw = arguments.has(u"raw"_s);
    if (raw && arguments.has(u"timestamps"_s)) {
        session.failUsage(u"--raw prints the bytes as recorded, so it goes without --timestamps"_s);
        return;
    }
    LogsWish wish{.follow = arguments.has(u"follow"_s),
        .look = {.safe = !raw && isatty(STDOUT_FILENO) == 1, .timestamps = arguments.has(u"timestamps"_s)}};
    const auto run = session.run(arguments.positional(0));
    const auto lines = session.number(u"lines"_s, 0, 0, 1'000'000'000);
    const auto attempt = session.number(u"attempt"_s, 0, 1, 1'000'000);
    if (!run || !lines || !attempt)
        return;
    wish.run = *run;
    if (arguments.has(u"lines"_s))
        wish.lines = *lines;
    if (arguments.has(u"attempt"_s))
        wish.attempt = int(*attempt);
    if (arguments.has(u"stream"_s))
        wish.look.stream = arguments.value(u"stream"_s) == "stdout"_L1 ? 1 : 2;
    if (session.client())
        (new LogsAction(session, wish))->start();
}

} // namespace belfry

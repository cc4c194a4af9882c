// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/cli/actions.h"
#include "console/cli/loglines.h"
#include "console/cli/runfollower.h"
#include "console/cli/session.h"
#include "console/cli/waitcode.h"

#include <unistd.h>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

// `-n` reads from the end this far at first, and four times as far each time that the lines do not suffice.
constexpr qint64 firstTail = 64 << 10;
constexpr qint64 longestTail = qint64(1) << 60;

struct LogsWish {
    RunId run;
    std::optional<int> attempt;
    std::optional<qint64> lines;
    std::optional<QRegularExpression> pattern;
    bool follow = false;
    LogLook look;
};

// Prints a log: all of it or its tail, and then what comes. Lives as long as the session. The tail is read twice, first
// to count its lines: so lines of any length and number pass through without being held.
class LogsAction final : public QObject
{
public:
    LogsAction(Session &session, const LogsWish &wish)
        : QObject(&session)
        , m_session(session)
        , m_wish(wish)
        , m_printer(wish.look, stdout)
        , m_lines({wish.pattern})
    { }

    void start()
    {
        if (m_wish.lines)
            countTail(firstTail);
        else if (m_wish.follow)
            findAttempt();
        else
            read(0, std::numeric_limits<qint64>::max());
    }

private:
    LogStream *open(qint64 offset)
    {
        auto *stream = new LogStream(m_session.client(), {m_wish.run, m_wish.attempt, offset, false}, this);
        connect(stream, &LogStream::failed, this, &LogsAction::failed);
        return stream;
    }

    void read(qint64 offset, qint64 end)
    {
        LogStream *stream = open(offset);
        connect(stream, &LogStream::gap, this, &LogsAction::gap);
        connect(stream, &LogStream::received, this,
            [this, stream, end](qint64 from, const QByteArray &bytes, const std::vector<wire::LogIndexEntry> &index) {
                print(from, from + bytes.size() > end ? bytes.first(std::max<qint64>(0, end - from)) : bytes, index);
                if (from + bytes.size() >= end) { // what has come since the lines were counted is not among them
                    stream->disconnect(this);
                    endOfStream(m_tailComplete, m_tailReason);
                }
            });
        connect(stream, &LogStream::ended, this, &LogsAction::endOfStream);
    }

    void countTail(qint64 length)
    {
        m_lines = LogLines({m_wish.pattern});
        m_tailBegin = m_tailEnd = -1;
        LogStream *stream = open(-length);
        connect(stream, &LogStream::opened, this, [this, length, stream](int attempt, qint64 size) {
            m_wish.attempt = attempt;
            m_wholeLog = size <= length;
            if (m_tailBegin < 0)
                m_tailBegin = stream->offset();
        });
        connect(stream, &LogStream::received, this,
            [this](qint64 from, const QByteArray &bytes, const std::vector<wire::LogIndexEntry> &index) {
                LogBytes log;
                log.add(from, bytes, index, m_wish.look.stream);
                m_lines.take(log);
            });
        connect(stream, &LogStream::ended, this, [this, stream, length](bool complete, const QString &reason) {
            stream->deleteLater();
            m_lines.finish();
            m_tailEnd = stream->offset();
            m_tailComplete = complete;
            m_tailReason = reason;
            tailCounted(length);
        });
    }

    // One line more than wanted shows that the first of them is whole.
    void tailCounted(qint64 length)
    {
        const qint64 lines = m_lines.lines();
        if (!m_wholeLog && lines <= *m_wish.lines && length < longestTail) {
            countTail(length * 4);
            return;
        }
        m_lines = LogLines({m_wish.pattern, std::max<qint64>(0, lines - *m_wish.lines)});
        if (m_wish.follow)
            follow(*m_wish.attempt, m_tailBegin);
        else if (m_tailBegin < m_tailEnd)
            read(m_tailBegin, m_tailEnd);
        else
            endOfStream(m_tailComplete, m_tailReason);
    }

    // The last attempt there is; a run that waits for its first is followed from there.
    void findAttempt()
    {
        m_session.ask(wire::RunGet{m_wish.run}, [this](const wire::RunDetail &run) {
            const int last = run.attemptRows.empty() ? 1 : run.attemptRows.back().attempt;
            follow(onlyAttempt().value_or(last), 0);
        });
    }

    std::optional<int> onlyAttempt() const
    {
        return m_session.arguments().has(u"attempt"_s) ? m_wish.attempt : std::nullopt;
    }

    void follow(int attempt, qint64 offset)
    {
        const RunFollower::Wish wish{
            .run = m_wish.run, .logs = true, .firstAttempt = attempt, .offset = offset, .onlyAttempt = onlyAttempt()};
        auto *follower = new RunFollower(m_session.client(), wish, this);
        connect(follower, &RunFollower::attemptBegins, this, [this, attempt](int each) {
            if (each != attempt)
                m_session.output().note(u"attempt %1"_s.arg(each));
        });
        connect(follower, &RunFollower::received, this, &LogsAction::print);
        connect(follower, &RunFollower::attemptEnds, this, &LogsAction::endOfLog);
        connect(follower, &RunFollower::incomplete, this, [this](const QString &why) { m_session.output().note(why); });
        connect(follower, &RunFollower::failed, this, &LogsAction::failed);
        connect(follower, &RunFollower::ended, this, [this] { finish(); });
    }

    void print(qint64 from, const QByteArray &bytes, const std::vector<wire::LogIndexEntry> &index)
    {
        LogBytes log;
        log.add(from, bytes, index, m_wish.look.stream);
        m_printer.print(m_wish.pattern || m_wish.lines ? m_lines.take(log) : log);
        if (!m_printer.isGood())
            m_session.finish(exitFailed);
    }

    void endOfLog()
    {
        m_printer.print(m_lines.finish());
        m_printer.finish();
        m_lines = LogLines({m_wish.pattern}); // whatever comes next is behind the tail
    }

    void endOfStream(bool complete, const QString &reason)
    {
        endOfLog();
        if (!complete || !reason.isEmpty())
            m_session.output().note(reason.isEmpty() ? u"this is not all: more may come (-f follows)"_s : reason);
        finish();
    }

    void gap(qint64 from, qint64 to, const QString &why) { m_session.output().note(gapText(from, to, why)); }

    void failed(const Refusal &why) { m_session.fail(why); }
    void finish() { m_session.finish(m_printer.isGood() ? exitDone : exitFailed); }

    Session &m_session;
    LogsWish m_wish;
    LogPrinter m_printer;
    LogLines m_lines;
    qint64 m_tailBegin = -1;
    qint64 m_tailEnd = -1;
    bool m_tailComplete = false;
    QString m_tailReason;
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
    if (arguments.has(u"grep"_s)) {
        QRegularExpression pattern(arguments.value(u"grep"_s), QRegularExpression::UseUnicodePropertiesOption);
        if (!pattern.isValid()) {
            session.failUsage(u"--grep '%1': %2 (at character %3)"_s.arg(pattern.pattern(), pattern.errorString())
                                  .arg(pattern.patternErrorOffset() + 1));
            return;
        }
        wish.pattern = std::move(pattern);
    }
    if (session.client())
        (new LogsAction(session, wish))->start();
}

} // namespace belfry

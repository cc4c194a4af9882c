// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/policy/timeline.h"

#include "shared/jobs/jobfile.h"

#include <algorithm>

namespace belfry::policy {

using namespace Qt::StringLiterals;

namespace {

constexpr qint64 day = 24LL * 3600 * 1000; // ms

Instant midnightOf(Instant at)
{
    return Instant(at.ms - (at.ms % day + day) % day);
}

// What `apply` says in the block under it, with what a timeline may leave out.
QString completed(const QString &block, int *added)
{
    QString front;
    const QStringList lines = block.split(u'\n');
    const auto has = [&](QStringView key) {
        return std::any_of(lines.begin(), lines.end(), [&](const QString &line) { return line.startsWith(key); });
    };
    if (!has(u"project:"))
        front += u"project: p\n"_s;
    if (!has(u"defaults:"))
        front += u"defaults: {command: [work]}\n"_s;
    *added = int(front.count(u'\n'));
    return front + block;
}

class Parser
{
public:
    Parser(const QString &file, const QString &text)
        : m_lines(text.split(u'\n'))
    {
        m_timeline.file = file;
    }

    Result<Timeline> parse()
    {
        while (m_at < m_lines.size()) {
            if (const auto status = directive(); !status)
                return fail(
                    ErrorKind::Invalid, u"%1:%2: %3"_s.arg(m_timeline.file).arg(m_place).arg(status.error().message));
        }
        if (!m_started)
            return fail(ErrorKind::Invalid, u"%1: a timeline begins with `start TIME`"_s.arg(m_timeline.file));
        if (m_timeline.end <= m_timeline.start)
            return fail(ErrorKind::Invalid, u"%1: it needs `TIME end` after its start"_s.arg(m_timeline.file));
        std::stable_sort(m_timeline.entries.begin(), m_timeline.entries.end(),
            [](const Entry &a, const Entry &b) { return a.at < b.at; });
        return std::move(m_timeline);
    }

private:
    static tl::unexpected<Error> bad(const QString &text) { return fail(ErrorKind::Invalid, text); }

    QString next()
    {
        QString line = m_lines[m_at++];
        m_place = int(m_at);
        return line;
    }

    static bool isIndented(const QString &line) { return line.startsWith(u' ') && !line.trimmed().isEmpty(); }

    static QStringList wordsOf(const QString &line)
    {
        const qsizetype comment = line.indexOf(u" #"_s);
        return line.left(comment < 0 ? line.size() : comment).simplified().split(u' ', Qt::SkipEmptyParts);
    }

    Status directive()
    {
        const QString line = next();
        if (line.trimmed().isEmpty() || line.startsWith(u'#'))
            return {};
        if (isIndented(line))
            return bad(u"this line belongs to nothing: only `apply` and `expect` have lines under them"_s);
        const QStringList words = wordsOf(line);
        if (words[0] == u"start")
            return start(words);
        if (!m_started)
            return bad(u"a timeline begins with `start TIME`"_s);
        if (words[0] == u"slots")
            return slots(words);
        if (words[0] == u"takes" || words[0] == u"stops")
            return lengths(words);
        if (words[0] == u"expect")
            return expect(words);
        const auto at = time(words[0]);
        if (!at)
            return bad(u"'%1' is neither a time nor one of start, slots, takes, stops, expect"_s.arg(words[0]));
        if (words.size() < 2)
            return bad(u"what happens then?"_s);
        return event(*at, words[1], words.mid(2));
    }

    Status start(const QStringList &words)
    {
        const auto at = words.size() == 2 ? fullTime(words[1]) : Result<Instant>(bad(QString()));
        if (!at)
            return bad(u"write it like `start 2026-01-05T10:20`"_s);
        m_timeline.start = *at;
        m_started = true;
        return {};
    }

    Status slots(const QStringList &words)
    {
        bool ok = false;
        m_timeline.slots = words.value(1).toInt(&ok);
        return ok && m_timeline.slots >= 0 && words.size() == 2 ? Status() : bad(u"write it like `slots 4`"_s);
    }

    Status lengths(const QStringList &words)
    {
        if (words.size() < 3 || (words[0] == u"stops" && words.size() > 3))
            return bad(u"write it like `takes JOB 20m 27m:1 34m` or `stops JOB 5s`"_s);
        for (const QString &word : words.mid(2)) {
            const auto length = parseDuration(word.section(u':', 0, 0));
            bool ok = true;
            const int code = word.contains(u':') ? word.section(u':', 1).toInt(&ok) : 0;
            if (!length || !ok || code < 0 || code > 255)
                return bad(u"'%1' is no duration with an exit code, like 20m or 20m:75"_s.arg(word));
            if (words[0] == u"takes")
                m_timeline.takes[words[1]].push_back({*length, code});
            else
                m_timeline.stops[words[1]] = *length;
        }
        return {};
    }

    Status expect(const QStringList &words)
    {
        const bool ledger = words.value(1) == u"ledger";
        if (words.size() != 2 || (!ledger && words[1] != u"starts"))
            return bad(u"write `expect ledger` or `expect starts`"_s);
        auto &expected = ledger ? m_timeline.ledger : m_timeline.starts;
        if (expected)
            return bad(u"`expect %1` is there twice"_s.arg(words[1]));
        expected.emplace();
        while (m_at < m_lines.size() && (isIndented(m_lines[m_at]) || m_lines[m_at].startsWith(u'#'))) {
            const QString line = next();
            if (const QStringList text = wordsOf(line); !text.isEmpty() && !line.startsWith(u'#'))
                expected->push_back({m_place, text.join(u' ')});
        }
        return {};
    }

    Status event(Instant at, const QString &verb, const QStringList &words)
    {
        if (at < m_timeline.start)
            return bad(u"that is before the start"_s);
        const int line = m_place;
        const auto add = [&](Act act) {
            m_timeline.entries.push_back({at, line, std::move(act)});
            return Status();
        };
        if (verb == u"end") {
            m_timeline.end = at;
            return {};
        }
        if (verb == u"apply") {
            auto apply = block();
            return apply ? add(std::move(*apply)) : Status(fail(apply.error()));
        }
        if (verb == u"down") {
            const auto until = words.size() == 2 && words[0] == u"until" ? time(words[1]) : std::nullopt;
            if (!until || *until <= at)
                return bad(u"write it like `11:00 down until 12:10`"_s);
            m_timeline.entries.push_back({*until, line, Up{}});
            return add(Down{*until});
        }
        if (verb == u"pause")
            return pause(words, add);
        if (verb == u"resume")
            return words.size() == 1 ? add(Resume{words[0]}) : bad(u"write it like `12:00 resume p/etl`"_s);
        if (verb == u"run")
            return trigger(words, add);
        if (verb == u"cancel") {
            bool ok = false;
            const RunId run(words.value(0).toLongLong(&ok));
            return ok && words.size() == 1 ? add(Cancel{run}) : bad(u"write it like `12:00 cancel 4`"_s);
        }
        if (verb == u"skip" || verb == u"unskip")
            return skip(words, verb == u"unskip", add);
        if (verb == u"hold" || verb == u"release") {
            const auto run = number(words, 0);
            return run && words.size() == 1 ? add(Hold{RunId(*run), verb == u"hold"})
                                            : bad(u"write it like `12:00 hold 4`"_s);
        }
        if (verb == u"priority") {
            const auto run = number(words, 0);
            const auto priority = number(words, 1);
            return run && priority && words.size() == 2 ? add(Prioritize{RunId(*run), int(*priority)})
                                                        : bad(u"write it like `12:00 priority 4 90`"_s);
        }
        if (verb == u"clock") {
            const auto by = words.size() == 1 ? step(words[0]) : std::nullopt;
            return by ? add(ClockStep{*by}) : bad(u"write it like `12:00 clock +3h` or `clock -30m`"_s);
        }
        if (verb == u"agent" && words == QStringList{u"away"_s})
            return add(AgentAway{});
        if (verb == u"agent" && words == QStringList{u"back"_s})
            return add(AgentBack{});
        return bad(
            u"'%1' is none of apply, down, pause, resume, run, cancel, skip, unskip, hold, release, priority, clock, agent away, agent back, end"_s
                .arg(verb));
    }

    template <class Add> Status pause(const QStringList &words, const Add &add)
    {
        Pause pause{.name = words.value(0)};
        bool good = !words.isEmpty() && words.size() % 2 == 1;
        for (qsizetype i = 1; good && i < words.size(); i += 2) {
            if (words[i] == u"until") {
                pause.until = time(words[i + 1]);
                good = pause.until.has_value();
            } else {
                const auto then = enumOf<PauseThen>(words[i + 1]);
                good = words[i] == u"then" && then;
                pause.then = then.value_or(PauseThen::Skip);
            }
        }
        return good ? add(std::move(pause)) : bad(u"write it like `11:00 pause p/etl until 12:00 then latest`"_s);
    }

    static std::optional<qint64> number(const QStringList &words, qsizetype at)
    {
        bool ok = false;
        const qint64 value = words.value(at).toLongLong(&ok);
        return ok ? std::optional(value) : std::nullopt;
    }

    template <class Add> Status skip(const QStringList &words, bool undo, const Add &add)
    {
        Skip skip{.job = words.value(0), .at = {}, .undo = undo};
        bool good = !words.isEmpty();
        for (const QString &word : words.mid(1)) {
            if (word == u"refused") {
                skip.refused = true;
            } else {
                skip.at = time(word);
                good = good && skip.at;
            }
        }
        return good ? add(std::move(skip)) : bad(u"write it like `11:00 skip etl 12:00` or `11:00 unskip etl`"_s);
    }

    template <class Add> Status trigger(const QStringList &words, const Add &add)
    {
        Trigger trigger{.job = words.value(0)};
        if (words.isEmpty())
            return bad(u"write it like `11:00 run etl mode=full`"_s);
        for (const QString &word : words.mid(1)) {
            if (word == u"refused")
                trigger.refused = true;
            else if (word == u"force")
                trigger.force = u"the timeline says so"_s;
            else if (word.contains(u'='))
                trigger.params[word.section(u'=', 0, 0)] = word.section(u'=', 1);
            else
                return bad(u"'%1' is neither NAME=VALUE nor force nor refused"_s.arg(word));
        }
        return add(std::move(trigger));
    }

    Result<Apply> block()
    {
        const int first = m_place + 1;
        QStringList lines;
        while (m_at < m_lines.size() && (isIndented(m_lines[m_at]) || m_lines[m_at].trimmed().isEmpty()))
            lines.push_back(next());
        const qsizetype margin = leading(lines);
        for (QString &line : lines)
            line = line.mid(margin);
        int added = 0;
        const QString text = completed(lines.join(u'\n'), &added);
        auto parsed = parseJobFiles({{u"timeline.yaml"_s, text}});
        if (!parsed) {
            const Problem &problem = parsed.error().front();
            m_place = first + problem.line - 1 - added;
            return bad(problem.message);
        }
        return Apply{std::move(parsed->limits), parsed->project, std::move(parsed->jobs)};
    }

    static qsizetype leading(const QStringList &lines)
    {
        qsizetype least = -1;
        for (const QString &line : lines) {
            qsizetype blanks = 0;
            while (blanks < line.size() && line[blanks] == u' ')
                ++blanks;
            if (blanks < line.size() && (least < 0 || blanks < least))
                least = blanks;
        }
        return std::max<qsizetype>(0, least);
    }

    static std::optional<Duration> step(const QString &text)
    {
        if (!text.startsWith(u'+') && !text.startsWith(u'-'))
            return std::nullopt;
        const auto by = parseDuration(text.mid(1));
        if (!by)
            return std::nullopt;
        return text.startsWith(u'-') ? -*by : *by;
    }

    static Result<Instant> fullTime(QString text)
    {
        if (!text.contains(u'T'))
            return bad(u"no date"_s);
        const QString clock = text.section(u'T', 1);
        if (clock.endsWith(u'Z') || clock.contains(u'+') || clock.contains(u'-'))
            return parseRfc3339(text);
        if (clock.count(u':') == 1)
            text += u":00"_s;
        return parseRfc3339(text + u'Z');
    }

    // On the first day, or with its date.
    std::optional<Instant> time(const QString &text) const
    {
        const QString full
            = text.contains(u'T') ? text : toRfc3339(midnightOf(m_timeline.start)).section(u'T', 0, 0) + u'T' + text;
        const auto at = fullTime(full);
        return at ? std::optional(*at) : std::nullopt;
    }

    QStringList m_lines;
    qsizetype m_at = 0;
    int m_place = 0; // the line that is read, from 1
    bool m_started = false;
    Timeline m_timeline;
};

} // namespace

Result<Timeline> parseTimeline(const QString &file, const QString &text)
{
    return Parser(file, text).parse();
}

QString timeText(Instant at, Instant start)
{
    QString text = toRfc3339(at); // 2026-01-05T10:20:00.000Z
    text.chop(1);
    if (text.endsWith(u".000"_s))
        text.chop(4);
    if (text.endsWith(u":00"_s) && text.count(u':') == 2)
        text.chop(3);
    return midnightOf(at) == midnightOf(start) ? text.section(u'T', 1) : text;
}

} // namespace belfry::policy

// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/policy/player.h"

#include "tests/engine/bench.h"

namespace belfry::policy {

using namespace Qt::StringLiterals;
using namespace engine;

namespace {

constexpr int mostRounds = 100'000; // at one instant: more is an engine that turns in circles
constexpr Duration usualLength = 1min;
constexpr Duration pingPeriod = 5s; // of an agent that holds leases

// An attempt in the agent's spool.
struct Live {
    qint64 epoch = 0;
    Instant started; // by the right clock, as below
    Instant ends;
    int exitCode = 0;
    QString job;
    Duration grace{0};
    std::optional<Instant> lease; // it has to end then, by the right clock
    bool cancelled = false;
    bool expired = false; // its lease ran out
    bool ended = false;

    bool isLeased() const { return lease && !ended && !expired && !cancelled; }
};

class Player
{
public:
    Player(const Timeline &timeline, Refusals refusals)
        : m_timeline(timeline)
        , m_ignoresRefusals(refusals == Refusals::Ignore)
        , m_now(timeline.start)
    { }

    Result<Played> play()
    {
        boot();
        auto entry = m_timeline.entries.begin();
        while (true) {
            const auto first = entry;
            while (entry != m_timeline.entries.end() && entry->at <= m_now)
                ++entry;
            at({first, entry});
            if (!m_failure.isEmpty())
                return fail(ErrorKind::Invalid, m_failure);
            if (m_now >= m_timeline.end)
                break;
            m_now = std::max(m_now, std::min(m_timeline.end, nextMoment(entry)));
        }
        if (!m_store.complaints().isEmpty())
            return fail(ErrorKind::Internal, u"%1: %2"_s.arg(m_timeline.file, m_store.complaints().join(u"; "_s)));
        if (const QStringList wrong = m_store.ledgerDifferences(); !wrong.isEmpty())
            return fail(ErrorKind::Internal, u"%1: %2"_s.arg(m_timeline.file, wrong.join(u"; "_s)));
        return result();
    }

private:
    using Entries = std::pair<std::vector<Entry>::const_iterator, std::vector<Entry>::const_iterator>;

    Instant wall() const { return m_now + m_offset; }
    Duration bootTime() const { return m_now - m_timeline.start + 2h; }

    Instant nextMoment(std::vector<Entry>::const_iterator entry) const
    {
        Instant next = m_timeline.end;
        if (entry != m_timeline.entries.end())
            next = std::min(next, entry->at);
        for (const auto &[key, live] : m_live) {
            if (!live.ended)
                next = std::min(next, live.ends);
            if (live.isLeased())
                next = std::min(next, *live.lease);
        }
        if (pings())
            next = std::min(next, m_pinged + pingPeriod);
        if (const auto due = m_engine ? m_engine->nextDue() : std::nullopt)
            next = std::min(next, *due - m_offset);
        return next;
    }

    // Everything of one instant: ends, then what changes who is there and what is paused, then what is due, then the
    // rest.
    void at(Entries entries)
    {
        settle(false);
        for (auto each = entries.first; each != entries.second; ++each) {
            if (comesFirst(each->act))
                perform(*each);
        }
        settle(true);
        for (auto each = entries.first; each != entries.second; ++each) {
            if (!comesFirst(each->act)) {
                perform(*each);
                settle(true);
            }
        }
    }

    static bool comesFirst(const Act &act)
    {
        return !std::holds_alternative<Apply>(act) && !std::holds_alternative<Trigger>(act)
            && !std::holds_alternative<Cancel>(act) && !std::holds_alternative<ClockStep>(act)
            && !std::holds_alternative<Skip>(act) && !std::holds_alternative<Hold>(act)
            && !std::holds_alternative<Prioritize>(act);
    }

    void settle(bool withDue)
    {
        for (int round = 0; m_failure.isEmpty(); ++round) {
            if (round > mostRounds) {
                m_failure = u"%1: the engine does not come to rest at %2"_s.arg(m_timeline.file, toRfc3339(m_now));
                return;
            }
            if (endOne() || expireOne() || (withDue && pingIfDue()))
                continue;
            const auto due = withDue && m_engine ? m_engine->nextDue() : std::nullopt;
            if (!due || *due > wall())
                return;
            apply(TimePassed{});
        }
    }

    bool endOne()
    {
        for (auto &[key, live] : m_live) {
            if (live.ended || live.ends > m_now)
                continue;
            live.ended = true;
            if (m_engine && m_session)
                apply(AgentReportedEnd{*m_session, {key.run, key.attempt, live.epoch, resultOf(live)}});
            return true;
        }
        return false;
    }

    // The supervisor ends what has outlived its lease.
    bool expireOne()
    {
        for (auto &[key, live] : m_live) {
            if (!live.isLeased() || *live.lease > m_now)
                continue;
            live.expired = true;
            live.ends = m_now + std::min(live.grace, timeToStop(live));
            return true;
        }
        return false;
    }

    // What an agent says each few seconds makes a difference to leases only.
    bool pings() const
    {
        return m_engine && m_session
            && std::any_of(m_engine->jobs().begin(), m_engine->jobs().end(),
                [](const auto &each) { return each.second.definition.onLost != OnLost::Wait; });
    }

    bool pingIfDue()
    {
        if (!pings() || m_now < m_pinged + pingPeriod)
            return false;
        m_pinged = m_now;
        apply(AgentHeard{*m_session, wall(), bootTime()});
        return true;
    }

    Duration timeToStop(const Live &live) const
    {
        const auto stops = m_timeline.stops.find(live.job);
        return stops == m_timeline.stops.end() ? Duration(0) : stops->second;
    }

    wire::AttemptResult resultOf(const Live &live) const
    {
        wire::AttemptResult result;
        if (live.cancelled) {
            result.signal = 15;
            result.cancelled = true;
        } else if (live.expired) {
            result.signal = 15;
            result.leaseExpired = true;
        } else {
            result.exitCode = live.exitCode;
        }
        result.startedAt = live.started + m_offset;
        result.endedAt = live.ends + m_offset;
        return result;
    }

    Effects apply(EventBody body)
    {
        Effects effects = m_engine->apply({wall(), m_now - m_timeline.start + 1h, m_dice++, std::move(body)});
        m_store.commit(effects.writes);
        for (const ToAgent &each : effects.messages) {
            if (m_session == each.session)
                std::visit([this](const auto &message) { hear(message); }, each.message);
        }
        return effects;
    }

    void hear(const wire::StartAttempt &message)
    {
        const Run &run = m_engine->run(message.run)->run;
        m_starts.push_back({run.jobName, run.id, message.attempt, wall(), run.cause, run.occasion});
        const QString job = run.jobName.section(u'/', 1);
        const auto takes = m_timeline.takes.find(job);
        Take take{usualLength, 0};
        if (takes != m_timeline.takes.end())
            take = takes->second[std::min(m_taken[job]++, takes->second.size() - 1)];
        m_live[{message.run, message.attempt}] = {.epoch = message.epoch,
            .started = m_now,
            .ends = m_now + take.length,
            .exitCode = take.exitCode,
            .job = job,
            .grace = message.grace};
        if (message.leaseUntil)
            m_live.at({message.run, message.attempt}).lease = m_now + (*message.leaseUntil - bootTime());
    }
    void hear(const wire::CancelAttempt &message)
    {
        const auto live = m_live.find({message.run, message.attempt});
        if (live == m_live.end() || live->second.ended || live->second.cancelled)
            return;
        live->second.cancelled = true;
        live->second.ends = m_now + timeToStop(live->second);
    }
    void hear(const wire::LeasesRenewed &message)
    {
        for (const wire::Lease &lease : message.leases) {
            const auto live = m_live.find({lease.run, lease.attempt});
            if (live != m_live.end() && live->second.isLeased())
                live->second.lease = std::max(*live->second.lease, m_now + (lease.until - bootTime()));
        }
    }
    void hear(const wire::ResultCommitted &message) { m_live.erase({message.run, message.attempt}); }
    template <class T> void hear(const T &) { }

    void boot()
    {
        m_engine = std::make_unique<Engine>(m_store.snapshot(), wall(), m_now - m_timeline.start + 1h);
        apply(TimePassed{});
        if (!m_isAway)
            connect();
    }

    void connect()
    {
        AgentConnected event;
        m_session = SessionId(++m_lastSession);
        event.session = *m_session;
        event.hello = helloOf(u"x"_s, m_timeline.slots);
        event.hello.now = wall();
        event.hello.bootTime = bootTime();
        m_pinged = m_now;
        for (const auto &[key, live] : m_live) {
            wire::AttemptReport report{.run = key.run, .attempt = key.attempt, .epoch = live.epoch};
            report.phase = live.ended ? wire::AttemptPhase::Ended : wire::AttemptPhase::Running;
            report.pid = 100;
            report.startedAt = live.started + m_offset;
            if (live.ended)
                report.result = resultOf(live);
            event.stored.push_back(m_store.stored(u"x"_s, key, live.epoch));
            event.hello.attempts.push_back(std::move(report));
        }
        apply(std::move(event));
    }

    void perform(const Entry &entry)
    {
        if (!m_failure.isEmpty())
            return;
        m_line = entry.line;
        std::visit([this](const auto &act) { perform(act); }, entry.act);
    }

    void failHere(const QString &text)
    {
        if (m_failure.isEmpty())
            m_failure = u"%1:%2: %3"_s.arg(m_timeline.file).arg(m_line).arg(text);
    }

    // Asks the engine for something; it must be granted.
    void ask(EventBody body, bool refused = false)
    {
        if (!m_engine)
            return failHere(u"the backend is down then"_s);
        const Effects effects = apply(std::move(body));
        for (const Answer &answer : effects.answers) {
            if (m_ignoresRefusals)
                continue;
            if (!answer.body && !refused)
                failHere(u"refused: "_s + answer.body.error().message);
            else if (answer.body && refused)
                failHere(u"it was expected to be refused"_s);
        }
    }

    void perform(const Apply &act)
    {
        ask(ApplyProject{.token = 1, .project = act.project, .jobs = act.jobs, .limits = act.limits, .by = u"ann"_s});
    }
    void perform(const Down &)
    {
        if (!m_engine)
            return failHere(u"the backend is down already"_s);
        m_engine.reset();
        m_session.reset();
    }
    void perform(const Up &)
    {
        m_store.nextEpoch();
        boot();
    }
    void perform(const Pause &act)
    {
        ask(PauseJobs{.token = 1, .name = act.name, .until = act.until, .then = act.then, .by = u"ann"_s});
    }
    void perform(const Resume &act) { ask(ResumeJobs{.token = 1, .name = act.name, .by = u"ann"_s}); }
    void perform(const Trigger &act)
    {
        ask(TriggerJob{.token = 1,
                .job = act.job,
                .params = act.params,
                .by = u"ann"_s,
                .reason = act.force,
                .force = !act.force.isEmpty()},
            act.refused);
    }
    void perform(const Cancel &act) { ask(CancelRun{.token = 1, .run = act.run, .by = u"ann"_s}); }
    void perform(const Skip &act)
    {
        ask(SkipOccasion{.token = 1, .job = act.job, .at = act.at, .undo = act.undo, .by = u"ann"_s, .reason = {}},
            act.refused);
    }
    void perform(const Hold &act)
    {
        ask(HoldRun{.token = 1, .run = act.run, .held = act.held, .by = u"ann"_s, .reason = {}});
    }
    void perform(const Prioritize &act)
    {
        ask(PrioritizeRun{.token = 1, .run = act.run, .priority = act.priority, .by = u"ann"_s});
    }
    void perform(const ClockStep &act)
    {
        m_offset += act.by;
        if (m_engine)
            apply(TimePassed{});
    }
    void perform(const AgentAway &)
    {
        m_isAway = true;
        if (m_engine && m_session)
            apply(AgentDisconnected{*m_session});
        m_session.reset();
    }
    void perform(const AgentBack &)
    {
        m_isAway = false;
        if (m_engine && !m_session)
            connect();
    }

    Played result() const
    {
        Played played{.starts = m_starts};
        for (const auto &[key, row] : m_store.occasions)
            played.rows.push_back(row);
        std::sort(played.rows.begin(), played.rows.end(), [](const Occasion &a, const Occasion &b) {
            return std::tie(a.at, a.jobName, a.rule) < std::tie(b.at, b.jobName, b.rule);
        });
        return played;
    }

    const Timeline &m_timeline;
    bool m_ignoresRefusals;
    Instant m_now; // by the right clock
    Duration m_offset{0}; // of the backend's clock
    ModelStore m_store;
    std::unique_ptr<Engine> m_engine; // none: it is down
    std::optional<SessionId> m_session;
    qint64 m_lastSession = 0;
    bool m_isAway = false; // the agent
    Instant m_pinged; // by the right clock
    quint64 m_dice = 7;
    std::map<AttemptKey, Live> m_live;
    std::map<QString, std::size_t> m_taken;
    std::vector<Start> m_starts;
    int m_line = 0;
    QString m_failure;
};

void compare(const QString &file, const std::vector<Expected> &expected, const QStringList &found, QStringList &out)
{
    const std::size_t common = std::min(expected.size(), std::size_t(found.size()));
    for (std::size_t i = 0; i < common; ++i) {
        if (expected[i].text != found[qsizetype(i)])
            out.push_back(u"%1:%2: expected `%3`, found `%4`"_s.arg(file)
                              .arg(expected[i].line)
                              .arg(expected[i].text, found[qsizetype(i)]));
    }
    for (std::size_t i = common; i < expected.size(); ++i)
        out.push_back(u"%1:%2: expected `%3`, found nothing"_s.arg(file).arg(expected[i].line).arg(expected[i].text));
    const int last = expected.empty() ? 0 : expected.back().line;
    for (std::size_t i = common; i < std::size_t(found.size()); ++i)
        out.push_back(u"%1:%2: after this, found also `%3`"_s.arg(file).arg(last).arg(found[qsizetype(i)]));
}

} // namespace

Result<Played> play(const Timeline &timeline, Refusals refusals)
{
    return Player(timeline, refusals).play();
}

QStringList ledgerLines(const Played &played, Instant start)
{
    QStringList lines;
    for (const Occasion &row : played.rows) {
        QStringList words{timeText(row.at, start), row.jobName.section(u'/', 1), row.rule, nameOf(row.fate)};
        if (!row.reason.isEmpty())
            words.push_back(row.reason);
        if (row.run)
            words.push_back(u"run %1"_s.arg(row.run->value));
        words.push_back(u"v%1"_s.arg(row.version));
        if (row.until)
            words.push_back(u"count %1 until %2"_s.arg(row.count).arg(timeText(*row.until, start)));
        lines.push_back(words.join(u' '));
    }
    return lines;
}

QStringList startLines(const Played &played, Instant start)
{
    QStringList lines;
    for (const Start &each : played.starts) {
        QString text = u"%1 %2 run %3 %4"_s.arg(timeText(each.at, start), each.job.section(u'/', 1))
                           .arg(each.run.value)
                           .arg(nameOf(each.cause));
        if (each.occasion)
            text += u" for "_s + timeText(*each.occasion, start);
        if (each.attempt > 1)
            text += u" attempt %1"_s.arg(each.attempt);
        lines.push_back(text);
    }
    return lines;
}

QStringList differences(const Timeline &timeline, const Played &played)
{
    QStringList all;
    if (timeline.ledger)
        compare(timeline.file, *timeline.ledger, ledgerLines(played, timeline.start), all);
    if (timeline.starts)
        compare(timeline.file, *timeline.starts, startLines(played, timeline.start), all);
    return all;
}

QJsonObject playedJson(const Played &played)
{
    QJsonArray rows;
    for (const Occasion &row : played.rows)
        rows.append(toJson(row));
    QJsonArray starts;
    for (const Start &start : played.starts)
        starts.append(toJson(start));
    return {{u"rows"_s, rows}, {u"starts"_s, starts}};
}

} // namespace belfry::policy

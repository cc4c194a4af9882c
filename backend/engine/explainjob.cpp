// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/engine/explainjob.h"

#include "backend/engine/agenda.h"
#include "backend/engine/fatewords.h"

#include <algorithm>

namespace belfry::engine {

using namespace Qt::StringLiterals;

namespace {

// What the rules of one definition say about an instant.
struct Forecast {
    std::vector<std::pair<QString, Occurrence>> entries; // rule in words -> entry at the instant
    std::optional<Instant> before;
    std::optional<Instant> after;
    QStringList afterRules; // those that count from the end of a run, in words
};

Forecast forecast(const JobDefinition &definition, const QString &uid, Instant at)
{
    Forecast found;
    const auto rules = rulesOf(definition, uid);
    if (!rules)
        return found;
    for (const DueRule &due : *rules) {
        const Rule &rule = due.rule;
        if (!rule.hasInstants()) {
            found.afterRules += rule.describe();
            continue;
        }
        for (const Occurrence &entry : rule.list(at, at + 1ms, 1))
            found.entries.emplace_back(rule.describe(), entry);
        if (const auto before = rule.previous(at); before && (!found.before || *found.before < before->at))
            found.before = before->at;
        if (const auto after = rule.next(at + 1ms); after && (!found.after || after->at < *found.after))
            found.after = after->at;
    }
    return found;
}

QString overlapWords(const JobDefinition &definition)
{
    switch (definition.overlap) {
    case OverlapPolicy::Queue:
        return u"if a run of the job is not over by then, it waits for its end (overlap: queue)"_s;
    case OverlapPolicy::Skip:
        return u"if a run of the job is not over by then, it is skipped (overlap: skip)"_s;
    case OverlapPolicy::Replace:
        return u"if a run of the job is not over by then, it takes its place (overlap: replace)"_s;
    case OverlapPolicy::Allow:
        return u"at most %1 runs of the job live at once (overlap: allow)"_s.arg(definition.maxRunning);
    }
    return {};
}

QString skipWords(const PlannedSkip &skip, const Words &words)
{
    const QString why = skip.reason.isEmpty() ? QString() : u" (%1)"_s.arg(skip.reason);
    return u"%1 said so at %2%3"_s.arg(skip.by.isEmpty() ? u"somebody"_s : skip.by, words.time(skip.since), why);
}

QString removedIn(const Job &job)
{
    return job.removedIn > 0 ? u" by release %1"_s.arg(job.removedIn) : QString();
}

class Answer
{
public:
    Answer(const JobFacts &facts, const Words &words)
        : m_facts(facts)
        , m_words(words)
        , m_name(facts.job.definition.fullName())
    { }

    wire::Explanation explain()
    {
        m_answer.job = m_name;
        m_answer.at = m_facts.at;
        m_answer.version = m_facts.version;
        for (const OccasionFacts &each : m_facts.rows)
            m_answer.occasions.push_back(each.row);
        m_answer.sentence = sentence();
        return m_answer;
    }

private:
    QString sentence()
    {
        if (!m_facts.rows.empty())
            return ofRows();
        if (m_facts.exists && m_facts.at < *m_facts.exists)
            return beforeItExisted();
        return m_facts.at > m_words.now() ? ofTheFuture() : ofThePast();
    }

    QString ofRows()
    {
        QStringList sentences;
        for (const OccasionFacts &each : m_facts.rows) {
            if (!m_answer.run && each.run) {
                m_answer.run = each.run->id;
                m_answer.state = each.run->state;
            }
            const QString which = m_facts.rows.size() == 1 ? QString() : u", by rule "_s + each.row.rule;
            sentences += u"%1 was due at %2 (version %3)%4: %5."_s.arg(m_name, m_words.fullTime(m_facts.at),
                QString::number(each.row.version), which,
                fateInWords(each.row, each.definition ? &*each.definition : nullptr, each.run ? &*each.run : nullptr,
                    each.earlier, m_words));
        }
        return sentences.join(u' ');
    }

    QString beforeItExisted()
    {
        return u"%1 did not exist at %2: its first version came into force at %3, and nothing is owed before."_s.arg(
            m_name, m_words.fullTime(m_facts.at), m_words.fullTime(*m_facts.exists));
    }

    void noteNeighbours(std::optional<Instant> before, std::optional<Instant> after)
    {
        m_answer.before = before;
        m_answer.after = after;
    }

    QString neighbours(const QString &verb) const
    {
        QStringList parts;
        if (m_answer.before)
            parts += u"the nearest before is %1"_s.arg(m_words.fullTime(*m_answer.before));
        if (m_answer.after)
            parts += u"the nearest after is %1"_s.arg(m_words.fullTime(*m_answer.after));
        return parts.isEmpty() ? QString() : verb + Words::list(parts) + u'.';
    }

    QString ofTheFuture()
    {
        const JobDefinition &definition = m_facts.job.definition;
        const QString when = m_words.fullTime(m_facts.at);
        if (m_facts.job.removed)
            return u"%1 will not be due at %2: it was removed%3."_s.arg(m_name, when, removedIn(m_facts.job));
        if (!definition.enabled)
            return u"%1 will not be due at %2: it is disabled by `enabled: false` in its definition."_s.arg(
                m_name, when);
        const Forecast found = forecast(definition, m_facts.job.uid, m_facts.at);
        noteNeighbours(found.before, found.after);
        QStringList due;
        QStringList skipped;
        for (const auto &[rule, entry] : found.entries)
            (entry.fires() ? due : skipped) += rule + (entry.reason.isEmpty() ? QString() : u"; "_s + entry.reason);
        QString text;
        if (!due.isEmpty() && m_facts.skip)
            text = u"%1 will not run at %2, the occasion (%3) will be skipped: %4."_s.arg(
                m_name, when, due.join(u", and "_s), skipWords(*m_facts.skip, m_words));
        else if (!due.isEmpty())
            text = u"%1 will be due at %2 (%3); %4."_s.arg(
                m_name, when, due.join(u", and "_s), overlapWords(definition));
        else if (!skipped.isEmpty())
            text = u"%1 will not run at %2, the occasion will be skipped: %3."_s.arg(
                m_name, when, skipped.join(u", and "_s));
        else
            text = u"%1 will not be due at %2: none of its rules names that time."_s.arg(m_name, when);
        if (due.isEmpty())
            text += neighbours(u" Of its rules' times "_s);
        if (!found.afterRules.isEmpty())
            text += u" What is due after the end of a run cannot be told beforehand (%1)."_s.arg(
                found.afterRules.join(u"; "_s));
        return text + pauseText();
    }

    QString pauseText() const
    {
        return m_facts.job.pausedSince ? u" It is paused since %1, which holds what is due meanwhile."_s.arg(
                   m_words.time(*m_facts.job.pausedSince))
                                       : QString();
    }

    QString ofThePast()
    {
        const QString when = m_words.fullTime(m_facts.at);
        noteNeighbours(
            m_facts.before ? std::optional(m_facts.before->until.value_or(m_facts.before->at)) : std::nullopt,
            m_facts.after ? std::optional(m_facts.after->at) : std::nullopt);
        const QString version = u"version %1, in force then,"_s.arg(m_facts.version);
        if (m_facts.definition && !m_facts.definition->enabled)
            return u"%1 was not due at %2: %3 was disabled (enabled: false)."_s.arg(m_name, when, version)
                + neighbours(u" In the ledger, "_s);
        QString why = version + u" names no such time"_s;
        if (!m_facts.definition)
            why = u"the ledger has no occasion then"_s;
        else if (const Forecast found = forecast(*m_facts.definition, m_facts.job.uid, m_facts.at); isDue(found))
            why = m_facts.job.removed
                ? u"%1 names that time, but the ledger has no row: the job had been removed, or its history is deleted"_s
                      .arg(version)
                : u"%1 names that time, but the ledger has no row: the rule was not in force yet (a new rule owes "
                  "nothing before its apply), the ledger has not come to it yet, or its history is deleted"_s.arg(
                      version);
        QString text = u"%1 was not due at %2: %3."_s.arg(m_name, when, why) + neighbours(u" In the ledger, "_s);
        if (m_facts.job.removed)
            text += u" The job was removed since%1."_s.arg(removedIn(m_facts.job));
        return text;
    }

    static bool isDue(const Forecast &found)
    {
        return std::any_of(
            found.entries.begin(), found.entries.end(), [](const auto &each) { return each.second.fires(); });
    }

    const JobFacts &m_facts;
    const Words &m_words;
    QString m_name;
    wire::Explanation m_answer;
};

QString nextText(const JobNow &now, const Words &words)
{
    if (now.job.removed)
        return u" The job was removed%1, and nothing more is due."_s.arg(removedIn(now.job));
    if (!now.job.definition.enabled)
        return u" It is disabled by `enabled: false` in its definition, so nothing is due."_s;
    QString text = now.next                   ? u" It is due next at %1."_s.arg(words.fullTime(*now.next))
        : now.job.definition.schedule.empty() ? u" It has no schedule: it runs when somebody triggers it."_s
                                              : u" Its schedule has no occasion that can be told beforehand."_s;
    if (now.next && now.skip)
        text += u" That occasion will be skipped: %1."_s.arg(skipWords(*now.skip, words));
    if (now.job.pausedSince)
        text += u" It is paused since %1, which holds what is due meanwhile."_s.arg(words.time(*now.job.pausedSince));
    return text;
}

} // namespace

wire::Explanation explainNow(const JobNow &now, const Words &words)
{
    wire::Explanation answer;
    answer.job = now.job.definition.fullName();
    answer.version = now.job.version;
    const auto waits = std::find_if(
        now.open.begin(), now.open.end(), [](const RunFacts &each) { return isWaiting(each.run.state); });
    if (!now.open.empty()) {
        const RunFacts &shown = waits != now.open.end() ? *waits : now.open.front();
        answer.sentence = runSentence(shown, words);
        answer.blockers = shown.blockers;
        answer.run = shown.run.id;
        answer.state = shown.run.state;
    } else if (now.last) {
        answer.sentence = u"No run of %1 waits or lives. "_s.arg(answer.job) + runSentence({.run = *now.last}, words);
        answer.run = now.last->id;
        answer.state = now.last->state;
    } else {
        answer.sentence = u"%1 has never run."_s.arg(answer.job);
    }
    answer.sentence += nextText(now, words);
    return answer;
}

wire::Explanation explainAt(const JobFacts &facts, const Words &words)
{
    return Answer(facts, words).explain();
}

} // namespace belfry::engine

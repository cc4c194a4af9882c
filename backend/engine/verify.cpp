// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/engine/verify.h"

#include <algorithm>

namespace belfry::engine {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype chunk = 1000; // occasions asked for at once

// A rule over the versions in which it meant the same.
struct Stretch {
    Rule rule;
    QString key;
    int version = 0; // the first
    int lastVersion = 0;
    Instant since; // inclusive
    std::optional<Instant> end; // inclusive; none: in force
};

class Verifier
{
public:
    Verifier(const JobRecord &record, Instant from, Instant until, std::size_t most, wire::VerifyReply &reply)
        : m_record(record)
        , m_from(from)
        , m_until(until)
        , m_most(most)
        , m_reply(reply)
    { }

    void verify()
    {
        for (const VersionInForce &version : m_record.versions)
            follow(version);
        for (const Occasion &row : m_record.rows)
            noteAccounted(row.rule, row.version, row.until.value_or(row.at) + 1ms);
        for (const Stretch &stretch : m_stretches)
            noteAccounted(stretch.key, stretch.version, stretch.since);
        for (const Stretch &stretch : m_stretches)
            expect(stretch);
        compare();
    }

private:
    using Key = std::pair<QString, Instant>;

    // Goes on from one version to the next.
    void follow(const VersionInForce &version)
    {
        std::vector<DueRule> rules;
        if (version.definition.enabled) {
            if (auto made = rulesOf(version.definition, m_record.uid))
                rules = std::move(*made);
        }
        std::map<QString, std::size_t> inForce;
        for (DueRule &rule : rules) {
            if (!rule.rule.hasInstants()) {
                m_unknown.insert(rule.key);
                continue;
            }
            const auto known = m_open.find(rule.key);
            if (known != m_open.end() && m_before
                && meansTheSame(
                    *m_before, version.definition, m_stretches[known->second].rule.spec(), rule.rule.spec())) {
                m_stretches[known->second].lastVersion = version.version;
                inForce[rule.key] = known->second;
                m_open.erase(known);
                continue;
            }
            inForce[rule.key] = m_stretches.size();
            m_stretches.push_back(
                {std::move(rule.rule), rule.key, version.version, version.version, version.since, std::nullopt});
        }
        close(version.since);
        m_open = std::move(inForce);
        m_before = &version.definition;
        const bool goesOn
            = version.until && &version != &m_record.versions.back() && (&version + 1)->since <= *version.until;
        if (version.until && !goesOn) {
            close(*version.until);
            m_before = nullptr;
        }
    }

    void close(Instant end)
    {
        for (const auto &[key, index] : m_open)
            m_stretches[index].end = end;
        m_open.clear();
    }

    const RuleMark *markOf(const QString &key) const
    {
        const auto found = std::find_if(
            m_record.marks.begin(), m_record.marks.end(), [&](const RuleMark &mark) { return mark.rule == key; });
        return found == m_record.marks.end() ? nullptr : &*found;
    }

    void expect(const Stretch &stretch)
    {
        const RuleMark *mark = stretch.end ? nullptr : markOf(stretch.key);
        if (!stretch.end && !mark)
            return; // it owes nothing yet
        Instant at = std::max({m_from, stretch.since, accountedBefore(stretch)});
        if (mark)
            at = std::max(at, mark->since);
        const Instant end = std::min(m_until, stretch.end ? *stretch.end + 1ms : mark->accountedUntil);
        while (at < end) {
            const auto entries = stretch.rule.list(at, end, chunk);
            if (entries.empty())
                return;
            for (const Occurrence &entry : entries) {
                const bool isDue = !stretch.end || dueAt(stretch.rule, entry.at) <= *stretch.end;
                if (isDue && !(mark && isOwedAgain(*mark, entry.at)))
                    m_expected.try_emplace({stretch.key, entry.at}, stretch.version);
            }
            at = entries.back().at + 1ms;
        }
    }

    void noteAccounted(const QString &rule, int version, Instant until)
    {
        Instant &known = m_accounted[{rule, version}];
        known = std::max(known, until);
    }

    // What an earlier version had accounted for, by a clock that was ahead, the rule does not owe again.
    Instant accountedBefore(const Stretch &stretch) const
    {
        Instant until;
        for (auto at = m_accounted.lower_bound({stretch.key, 0});
             at != m_accounted.end() && at->first < std::pair(stretch.key, stretch.version); ++at)
            until = std::max(until, at->second);
        return until;
    }

    // The clock was set back behind it, and its time has not come again.
    static bool isOwedAgain(const RuleMark &mark, Instant at)
    {
        return mark.reopened && at >= *mark.leapFrom && at < *mark.leapTo
            && !std::binary_search(mark.leapRan.begin(), mark.leapRan.end(), at);
    }

    void compare()
    {
        m_reply.occasions += qint64(m_expected.size());
        std::map<QString, std::vector<const Occasion *>> ranges;
        for (const Occasion &row : m_record.rows) {
            m_reply.rows += row.count;
            if (m_unknown.count(row.rule) != 0) {
                m_reply.occasions += row.count;
            } else if (row.until) {
                ranges[row.rule].push_back(&row);
            } else if (m_expected.erase({row.rule, row.at}) == 0 && !isOwedByItsVersion(row)) {
                tell(u"extra"_s, row.rule, row.at, row.version,
                    u"the ledger has a row of %1, %2, and no definition owes it"_s.arg(
                        toRfc3339(row.at), nameOf(row.fate)));
            }
        }
        for (const auto &[rule, all] : ranges)
            compareRanges(rule, all);
        for (const auto &[key, version] : m_expected)
            tell(u"missing"_s, key.first, key.second, version,
                u"%1 was due by version %2, and the ledger has no row of it"_s.arg(toRfc3339(key.second)).arg(version));
    }

    // What the clock was ahead for is not recomputed: a version that was in force by that clock owed it.
    bool isOwedByItsVersion(const Occasion &row) const
    {
        return std::any_of(m_stretches.begin(), m_stretches.end(), [&](const Stretch &stretch) {
            return stretch.key == row.rule && stretch.version <= row.version && row.version <= stretch.lastVersion
                && row.at >= stretch.since && !stretch.rule.list(row.at, row.at + 1ms, 1).empty();
        });
    }

    // Each range takes as many of the occasions that have no row of their own as it counts.
    void compareRanges(const QString &rule, const std::vector<const Occasion *> &ranges)
    {
        for (const Occasion *range : ranges) {
            int left = range->count;
            auto at = m_expected.lower_bound({rule, range->at});
            while (left > 0 && at != m_expected.end() && at->first <= Key(rule, *range->until)) {
                at = m_expected.erase(at);
                --left;
            }
            const bool isWhole = range->at >= m_from && *range->until < m_until;
            if (left > 0 && isWhole)
                tell(u"doubled"_s, rule, range->at, range->version,
                    u"the range from %1 to %2 counts %3 occasions more than have no other row"_s
                        .arg(toRfc3339(range->at), toRfc3339(*range->until))
                        .arg(left));
        }
    }

    void tell(const QString &kind, const QString &rule, Instant at, int version, const QString &text)
    {
        if (m_reply.differences.size() >= m_most) {
            m_reply.partial = true;
            return;
        }
        m_reply.differences.push_back(
            {kind, m_record.name, rule, at, version, u"%1, rule %2: %3"_s.arg(m_record.name, rule, text)});
    }

    const JobRecord &m_record;
    Instant m_from;
    Instant m_until;
    std::size_t m_most;
    wire::VerifyReply &m_reply;
    std::vector<Stretch> m_stretches;
    std::map<QString, std::size_t> m_open; // stretches that go on, by rule
    const JobDefinition *m_before = nullptr;
    std::set<QString> m_unknown; // keys of `after` rules
    std::map<Key, int> m_expected; // -> version
    std::map<std::pair<QString, int>, Instant> m_accounted; // by rule and version: up to when there are rows
};

} // namespace

void verify(const JobRecord &record, Instant from, Instant until, std::size_t most, wire::VerifyReply &reply)
{
    Verifier(record, from, until, most, reply).verify();
}

} // namespace belfry::engine

// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/jobs/diff.h"

#include "shared/time/rulewalk.h"

#include <algorithm>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

constexpr std::size_t shownChanges = 10;

QStringList differing(const JobDefinition &a, const JobDefinition &b)
{
    QStringList names;
    describe(&a).apply([&](const auto &...each) {
        ((a.*each.member == b.*each.member ? void() : names.append(QString::fromLatin1(each.name))), ...);
    });
    return names;
}

// One side's instants, and up to when they are all there.
struct Instants {
    std::vector<Instant> at;
    Instant until;
};

Instants instantsOf(const JobDefinition *job, const QString &uid, const DiffSpan &span, qsizetype most)
{
    Instants found{.at = {}, .until = span.until};
    if (!job || !job->enabled)
        return found;
    const auto zone = Zone::make(job->zone);
    const auto calendars = Calendar::makeAll(job->calendars);
    if (!zone || !calendars)
        return found;
    for (const ScheduleRule &each : job->schedule) {
        const auto rule = Rule::make(each.rule, *zone, *calendars, uid);
        if (!rule || !rule->hasInstants())
            continue;
        RuleWalk walk(*rule, span.from, span.until, Wanted::Firing);
        auto entry = walk.nextFiring();
        for (qsizetype count = 0; entry && count < most; ++count, entry = walk.nextFiring())
            found.at.push_back(entry->at);
        if (entry)
            found.until = std::min(found.until, entry->at);
    }
    std::sort(found.at.begin(), found.at.end());
    found.at.erase(std::unique(found.at.begin(), found.at.end()), found.at.end());
    return found;
}

// An instant that only one side has.
struct Single {
    Instant at;
    bool isNew = false;
};

std::vector<Single> singlesOf(const Instants &before, const Instants &after, Instant until)
{
    std::vector<Single> singles;
    const auto end
        = [until](const std::vector<Instant> &all) { return std::lower_bound(all.begin(), all.end(), until); };
    auto old = before.at.begin(), fresh = after.at.begin();
    const auto oldEnd = end(before.at), freshEnd = end(after.at);
    while (old != oldEnd || fresh != freshEnd) {
        if (old != oldEnd && fresh != freshEnd && *old == *fresh) {
            ++old, ++fresh;
        } else if (fresh == freshEnd || (old != oldEnd && *old < *fresh)) {
            singles.push_back({*old++, false});
        } else {
            singles.push_back({*fresh++, true});
        }
    }
    return singles;
}

template <class T> void keep(std::vector<T> &first, const T &next)
{
    if (first.size() < shownChanges)
        first.push_back(next);
}

// Neighbours of opposite kind are one move, unless the second has a nearer neighbour behind it.
void tell(OccasionDiff &diff, const std::vector<Single> &singles)
{
    const auto arePair
        = [&](std::size_t i) { return i + 1 < singles.size() && singles[i].isNew != singles[i + 1].isNew; };
    for (std::size_t i = 0; i < singles.size(); ++i) {
        const Single &here = singles[i];
        const bool nearerBehind
            = arePair(i) && arePair(i + 1) && singles[i + 2].at - singles[i + 1].at < singles[i + 1].at - here.at;
        if (!arePair(i) || nearerBehind) {
            ++(here.isNew ? diff.added : diff.removed);
            keep(here.isNew ? diff.firstAdded : diff.firstRemoved, here.at);
            continue;
        }
        const Single &next = singles[++i];
        ++diff.moved;
        keep(diff.firstMoved, here.isNew ? MovedOccasion{next.at, here.at} : MovedOccasion{here.at, next.at});
    }
}

} // namespace

QStringList changedKeys(const JobDefinition &a, const JobDefinition &b)
{
    QStringList names = differing(a, b);
    for (const QString &other : {u"project"_s, u"name"_s, u"was"_s})
        names.removeAll(other);
    names.replaceInStrings(u"log_cap"_s, u"resources"_s);
    return names;
}

bool hasSameSchedule(const JobDefinition &a, const JobDefinition &b)
{
    return a.enabled == b.enabled && a.zone == b.zone && a.calendars == b.calendars
        && std::equal(a.schedule.begin(), a.schedule.end(), b.schedule.begin(), b.schedule.end(),
            [](const ScheduleRule &x, const ScheduleRule &y) { return x.rule == y.rule; });
}

OccasionDiff diffOccasions(const DiffPair &pair, const DiffSpan &span, qsizetype most)
{
    OccasionDiff diff{.job = (pair.after ? pair.after : pair.before)->fullName()};
    const Instants before = instantsOf(pair.before, pair.uid, span, most);
    const Instants after = instantsOf(pair.after, pair.uid, span, most);
    diff.until = std::min(before.until, after.until);
    diff.complete = diff.until == span.until;
    tell(diff, singlesOf(before, after, diff.until));
    return diff;
}

} // namespace belfry

// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/time/rule.h"

#include "shared/time/rulewalk.h"

#include <QCryptographicHash>
#include <QtEndian>

#include <limits>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype maxSkippedListed = 100'000;
constexpr Duration shortestEvery = 1s; // the backend looks once a second
constexpr Duration longestPeriod = 146'097 * 24h;
constexpr Instant farthest{std::numeric_limits<qint64>::max()};

QByteArray sha256(const QString &text)
{
    return QCryptographicHash::hash(text.toUtf8(), QCryptographicHash::Sha256);
}

tl::unexpected<Error> bad(const QString &message)
{
    return fail(ErrorKind::Invalid, message);
}

QString timeText(const std::optional<Instant> &time)
{
    return time ? QString::number(time->ms) : QString();
}

Status checkPeriod(QStringView key, const std::optional<Duration> &period, Duration shortest)
{
    if (!period || (*period >= shortest && *period <= longestPeriod))
        return {};
    return bad(*period < shortest
            ? u"%1: %2 is too short; the shortest is %3"_s.arg(key, formatDuration(*period), formatDuration(shortest))
            : u"%1: %2 is too long; the longest is 400 years"_s.arg(key, formatDuration(*period)));
}

Status checkTime(QStringView key, const std::optional<Instant> &time)
{
    if (!time || (*time >= firstRuleInstant && *time < lastRuleInstant))
        return {};
    return bad(u"%1: write a time of the years 1 to 9999"_s.arg(key));
}

Status checkKind(const RuleSpec &spec)
{
    const int kinds = int(!spec.cron.isEmpty()) + int(spec.every.has_value()) + int(spec.after.has_value())
        + int(spec.at.has_value());
    if (kinds != 1)
        return bad(kinds == 0 ? u"a rule needs one of cron, every, after, at"_s
                              : u"a rule has one of cron, every, after, at; write several rules instead"_s);
    return {};
}

Status checkSpec(const RuleSpec &spec)
{
    if (auto status = checkKind(spec); !status)
        return status;
    if (auto status = checkPeriod(u"every", spec.every, shortestEvery); !status)
        return status;
    if (auto status = checkPeriod(u"after", spec.after, 0s); !status)
        return status;
    for (const auto &[key, time] : {std::pair("at"_L1, &spec.at), {"from"_L1, &spec.from}, {"until"_L1, &spec.until}})
        if (auto status = checkTime(QString(key), *time); !status)
            return status;
    if (spec.jitter < 0s || spec.jitter > longestPeriod)
        return bad(u"jitter: it cannot be negative or longer than 400 years"_s);
    if (spec.from && spec.until && *spec.until <= *spec.from)
        return bad(u"until: it must be later than from, or the rule never applies"_s);
    if (spec.calendar.isEmpty() && spec.onClosed != OnClosed::Skip)
        return bad(u"on_closed: it needs a calendar to say which days are closed"_s);
    if (!spec.calendar.isEmpty() && spec.after)
        return bad(u"calendar: a rule with after has no days of its own; use cron or every"_s);
    if (spec.every && spec.onClosed != OnClosed::Skip)
        return bad(u"on_closed: an every rule has no day to move from; use cron, or on_closed: skip"_s);
    return {};
}

} // namespace

QString ruleKey(const RuleSpec &spec)
{
    if (!spec.name.isEmpty())
        return spec.name;
    const auto period = [](const std::optional<Duration> &d) { return d ? QString::number(d->count()) : QString(); };
    const QStringList parts{u"cron="_s + (spec.cron.isEmpty() ? QString() : Cron::normalised(spec.cron)),
        u"every="_s + period(spec.every), u"after="_s + period(spec.after), u"at="_s + timeText(spec.at),
        u"zone="_s + spec.zone, u"from="_s + timeText(spec.from), u"until="_s + timeText(spec.until),
        u"gap="_s + gapPolicyName(spec.gap), u"fold="_s + foldPolicyName(spec.fold), u"calendar="_s + spec.calendar,
        u"on_closed="_s + onClosedName(spec.onClosed), u"jitter="_s + QString::number(spec.jitter.count())};
    return QString::fromLatin1(sha256(parts.join(u'\n')).toHex().first(12));
}

Result<Rule> Rule::make(const RuleSpec &spec, const Zone &defaultZone, const Calendars &calendars, const QString &seed)
{
    if (const auto status = checkSpec(spec); !status)
        return fail(status.error());
    auto zone = spec.zone.isEmpty() ? Result<Zone>(defaultZone) : Zone::make(spec.zone);
    if (!zone)
        return fail(zone.error());
    Rule rule(spec, std::move(*zone), seed);
    if (!spec.cron.isEmpty()) {
        auto cron = Cron::parse(spec.cron, seed);
        if (!cron)
            return fail(cron.error());
        rule.m_cron = std::move(*cron);
    }
    if (!spec.calendar.isEmpty()) {
        const auto calendar = calendars.find(spec.calendar);
        if (calendar == calendars.end())
            return bad(u"calendar: there is no '%1' among the calendars of this project"_s.arg(spec.calendar.left(64)));
        rule.m_calendar = calendar->second;
    }
    return rule;
}

bool Rule::neverFires() const
{
    if (!hasInstants())
        return false;
    return !next(m_spec.from.value_or(Instant()));
}

std::optional<Occurrence> Rule::next(Instant from) const
{
    return RuleWalk(*this, from, farthest, Wanted::Firing).nextFiring();
}

std::optional<Occurrence> Rule::previous(Instant before) const
{
    return previousFiring(*this, before);
}

std::vector<Occurrence> Rule::list(Instant from, std::optional<Instant> until, qsizetype count) const
{
    std::vector<Occurrence> entries;
    RuleWalk walk(*this, from, until.value_or(farthest), Wanted::All);
    qsizetype skipped = 0;
    while (count > 0 && skipped < maxSkippedListed) {
        auto entry = walk.next();
        if (!entry)
            break;
        if (entry->fires())
            --count;
        else
            ++skipped;
        entries.push_back(std::move(*entry));
    }
    return entries;
}

std::optional<Instant> Rule::nextAfterEnd(Instant ended) const
{
    if (!m_spec.after)
        return std::nullopt;
    const Instant due = std::max(ended + *m_spec.after, m_spec.from.value_or(ended));
    if (m_spec.until && due >= *m_spec.until)
        return std::nullopt;
    return due;
}

Duration Rule::jitterAt(Instant at) const
{
    if (m_spec.jitter <= 0s)
        return 0s;
    const QByteArray hash = sha256(m_seed + u'|' + m_key + u'|' + QString::number(at.ms));
    return Duration(qint64(qFromBigEndian<quint64>(hash.constData()) % quint64(m_spec.jitter.count())));
}

} // namespace belfry

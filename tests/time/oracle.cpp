// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/time/oracle.h"

#include <QDateTime>
#include <QStringList>
#include <QTimeZone>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

constexpr qint64 minuteMs = 60'000;
constexpr qint64 marginMs = 26 * 60 * minuteMs;
constexpr int farthestOpenDay = 366;

int numberOf(const QString &word, const QString &names, int base)
{
    const int at = int(names.indexOf(word.toLower()));
    return word.size() == 3 && at >= 0 ? at / 3 + base : word.toInt();
}

// Whether one part of a list holds the value; `names` is a run of three-letter names that begin at `base`.
bool partHolds(const QString &part, int value, int low, int high, const QString &names, int base)
{
    const QString body = part.section(u'/', 0, 0);
    const int step = part.contains(u'/') ? part.section(u'/', 1).toInt() : 1;
    int first = low, last = high;
    if (body != u"*" && body != u"?") {
        first = numberOf(body.section(u'-', 0, 0), names, base);
        last = body.contains(u'-') ? numberOf(body.section(u'-', 1), names, base) : part.contains(u'/') ? high : first;
        if (body.toLower().endsWith(u"-sun") && first > 0)
            last = 7;
    }
    return value >= first && value <= last && (value - first) % step == 0;
}

bool fieldHolds(const QString &field, int value, int low, int high, const QString &names = {}, int base = 0)
{
    for (const QString &part : field.split(u','))
        if (partHolds(part, value, low, high, names, base))
            return true;
    return false;
}

// The date itself, or the nearest Monday to Friday of the same month.
QDate onWeekday(QDate date)
{
    for (const int away : {0, -1, 1, -2, 2})
        if (const QDate other = date.addDays(away); other.month() == date.month() && other.dayOfWeek() <= 5)
            return other;
    return {};
}

bool dayFieldHolds(const QString &field, QDate date)
{
    const int length = date.daysInMonth();
    for (const QString &part : field.split(u',')) {
        const bool weekday = part.endsWith(u'W');
        const QString body = weekday ? part.chopped(1) : part;
        if (body.startsWith(u'L')) {
            const int day = length - (body.size() > 1 ? body.mid(2).toInt() : 0);
            if (day < 1)
                continue;
            const QDate meant(date.year(), date.month(), day);
            if ((weekday ? onWeekday(meant) : meant) == date)
                return true;
        } else if (weekday) {
            if (body.toInt() <= length && onWeekday(QDate(date.year(), date.month(), body.toInt())) == date)
                return true;
        } else if (partHolds(part, date.day(), 1, 31, {}, 0)) {
            return true;
        }
    }
    return false;
}

bool weekdayFieldHolds(const QString &field, QDate date)
{
    const QString names = u"sunmontuewedthufrisat"_s;
    const int today = date.dayOfWeek() % 7;
    for (const QString &part : field.split(u',')) {
        if (part.endsWith(u'L') && part.toLower() != u"l") {
            if (numberOf(part.chopped(1), names, 0) % 7 == today && date.addDays(7).month() != date.month())
                return true;
        } else if (part.contains(u'#')) {
            if (numberOf(part.section(u'#', 0, 0), names, 0) % 7 == today
                && (date.day() + 6) / 7 == part.section(u'#', 1).toInt())
                return true;
        } else if (partHolds(part, today, 0, 7, names, 0) || (today == 0 && partHolds(part, 7, 0, 7, names, 0))) {
            return true;
        }
    }
    return false;
}

// What a gap or the clock brought to one instant.
struct Slot {
    bool own = false; // due here by the clock itself
    bool moved = false;
    bool second = false;
    bool skipped = false;
};

class Oracle
{
public:
    explicit Oracle(const OracleQuestion &question)
        : m_question(question)
        , m_zone(question.zone.toLatin1())
        , m_fields(question.cron.split(u' '))
    {
        m_hasSeconds = m_fields.size() == 6;
        if (!m_hasSeconds)
            m_fields.prepend(u"0"_s);
        m_elapsed = m_fields[1].startsWith(u'*') || m_fields[2].startsWith(u'*');
        for (int n = 0; n < 60; ++n) {
            m_seconds.push_back(fieldHolds(m_fields[0], n, 0, 59));
            m_minutes.push_back(fieldHolds(m_fields[1], n, 0, 59));
            m_hours.push_back(n < 24 && fieldHolds(m_fields[2], n, 0, 23));
        }
    }

    std::map<qint64, QString> entries()
    {
        const auto whole = [](qint64 ms) { return ms - (ms % minuteMs + minuteMs) % minuteMs; };
        const qint64 begin = whole(m_question.from.ms - marginMs), end = whole(m_question.until.ms + marginMs);
        qint64 offset = offsetAt(begin);
        for (qint64 minute = begin; minute < end; minute += minuteMs) {
            const qint64 now = offsetAt(minute);
            for (qint64 local = minute + offset; local < minute + now; local += minuteMs)
                throughMinute(local, [&](qint64 at) { inGap(at, minute, now - offset); });
            offset = now;
            throughMinute(minute + offset, [&](qint64 at) { m_passes[at].push_back(at - offset); });
        }
        for (const auto &[local, instants] : m_passes)
            onClock(local, instants);
        return finished();
    }

private:
    struct DayFate {
        bool own = false;
        bool moved = false;
        bool closed = false;
    };

    qint64 offsetAt(qint64 ms) const
    {
        return qint64(m_zone.offsetFromUtc(QDateTime::fromMSecsSinceEpoch(ms, Qt::UTC))) * 1000;
    }

    template <class Found> void throughMinute(qint64 local, Found found)
    {
        const qint64 dayMs = 1440 * minuteMs;
        const qint64 minute = ((local % dayMs + dayMs) % dayMs) / minuteMs;
        if (!m_minutes[std::size_t(minute % 60)] || !m_hours[std::size_t(minute / 60)])
            return;
        for (int second = 0; second < (m_hasSeconds ? 60 : 1); ++second)
            if (m_seconds[std::size_t(second)])
                found(local + second * 1000);
    }

    bool isOwnDay(QDate date) const
    {
        if (!fieldHolds(m_fields[4], date.month(), 1, 12, u"janfebmaraprmayjunjulaugsepoctnovdec"_s, 1))
            return false;
        const bool day = dayFieldHolds(m_fields[3], date), weekday = weekdayFieldHolds(m_fields[5], date);
        const auto open = [](const QString &field) { return field.startsWith(u'*') || field == u"?"; };
        return open(m_fields[3]) || open(m_fields[5]) ? day && weekday : day || weekday;
    }

    // Where a closed day's times go; invalid where they go nowhere.
    QDate targetOf(QDate closed) const
    {
        if (m_question.onClosed == OnClosed::Skip)
            return {};
        for (int i = 1; i <= farthestOpenDay; ++i)
            if (const QDate date = closed.addDays(m_question.onClosed == OnClosed::Next ? i : -i);
                m_question.isOpen(date))
                return date;
        return {};
    }

    DayFate fateOf(QDate date)
    {
        if (const auto known = m_fates.find(date); known != m_fates.end())
            return known->second;
        DayFate fate;
        if (!m_question.isOpen || m_question.isOpen(date)) {
            fate.own = isOwnDay(date);
            if (m_question.isOpen && m_question.onClosed != OnClosed::Skip)
                for (int i = -farthestOpenDay; i <= farthestOpenDay && !fate.moved; ++i)
                    if (const QDate other = date.addDays(i); !m_question.isOpen(other) && isOwnDay(other))
                        fate.moved = targetOf(other) == date;
        } else {
            fate.closed = isOwnDay(date) && !targetOf(date).isValid();
        }
        return m_fates[date] = fate;
    }

    DayFate fateAt(qint64 local) { return fateOf(QDateTime::fromMSecsSinceEpoch(local, Qt::UTC).date()); }

    void inGap(qint64 local, qint64 resumes, qint64 size)
    {
        const DayFate fate = fateAt(local);
        if (m_elapsed || (!fate.own && !fate.moved && !fate.closed))
            return;
        const bool madeUp = m_question.gap == GapPolicy::Run && size < 180 * minuteMs && !fate.closed;
        (madeUp ? m_slots[resumes].moved : m_slots[resumes].skipped) = true;
    }

    void onClock(qint64 local, const std::vector<qint64> &instants)
    {
        const DayFate fate = fateAt(local);
        for (std::size_t i = 0; i < instants.size(); ++i) {
            const bool wanted = m_elapsed || m_question.fold == FoldPolicy::Both
                || (m_question.fold == FoldPolicy::First ? i == 0 : i + 1 == instants.size());
            if (!wanted || (!fate.own && !fate.moved && !fate.closed))
                continue;
            Slot &slot = m_slots[instants[i]];
            slot.own |= fate.own;
            slot.moved |= fate.moved;
            slot.skipped |= fate.closed;
            slot.second |= i > 0;
        }
    }

    std::map<qint64, QString> finished() const
    {
        std::map<qint64, QString> found;
        const auto put = [&](qint64 at, const QString &note) {
            if (at >= m_question.from.ms && at < m_question.until.ms)
                found[at] = note;
        };
        for (const auto &[at, slot] : m_slots) {
            const bool fires = slot.own || slot.moved;
            if (slot.skipped)
                put(fires ? at - 1 : at, u"skipped"_s);
            if (fires)
                put(at,
                    slot.own && slot.moved ? u"merged"_s
                        : slot.moved       ? u"moved"_s
                        : slot.second      ? u"repeated"_s
                                           : QString());
        }
        return found;
    }

    OracleQuestion m_question;
    QTimeZone m_zone;
    QStringList m_fields;
    bool m_hasSeconds = false;
    bool m_elapsed = false;
    std::vector<bool> m_seconds, m_minutes, m_hours;
    std::map<qint64, std::vector<qint64>> m_passes; // local -> instants
    std::map<qint64, Slot> m_slots;
    std::map<QDate, DayFate> m_fates;
};

} // namespace

std::map<qint64, QString> oracleEntries(const OracleQuestion &question)
{
    return Oracle(question).entries();
}

} // namespace belfry

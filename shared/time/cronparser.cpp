// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/time/cron.h"

#include <array>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

constexpr std::array monthNames{"jan"_L1, "feb"_L1, "mar"_L1, "apr"_L1, "may"_L1, "jun"_L1, "jul"_L1, "aug"_L1,
    "sep"_L1, "oct"_L1, "nov"_L1, "dec"_L1};
constexpr std::array weekdayNames{"sun"_L1, "mon"_L1, "tue"_L1, "wed"_L1, "thu"_L1, "fri"_L1, "sat"_L1};

bool isDigit(QChar c)
{
    return c >= u'0' && c <= u'9';
}
bool isLetter(QChar c)
{
    return (c >= u'a' && c <= u'z') || (c >= u'A' && c <= u'Z');
}

QString shown(QChar c)
{
    const bool printable = c > u' ' && c < QChar(0x7f);
    return printable ? QString(c) : u"U+%1"_s.arg(QString::number(c.unicode(), 16).toUpper(), 4, QChar(u'0'));
}

// A value and whether it was written as the name of Sunday, which ends a range as 7 and begins one as 0.
struct Value {
    int number;
    bool namedSunday;
};

// Reads one field. A method that fails has put the fault and returns nothing.
class FieldReader
{
public:
    FieldReader(QStringView text, int column, CronField field, CronFault &fault)
        : m_text(text)
        , m_column(column)
        , m_field(field)
        , m_rules(cronFieldRules(field))
        , m_fault(fault)
    { }

    std::optional<CronFieldText> read();

private:
    std::optional<CronItem> item();
    std::optional<CronItem> range();
    std::optional<CronItem> starRange();
    std::optional<CronItem> hash();
    std::optional<CronItem> lastDay();
    std::optional<CronItem> weekdayOfMonth(int weekday);
    std::optional<Value> value();
    std::optional<int> number(const QString &what);
    // After `/`; 1 without one.
    std::optional<int> step(int size);

    bool atEnd() const { return m_pos >= m_text.size(); }
    QChar peek() const { return atEnd() ? QChar() : m_text[m_pos]; }
    bool take(QChar c)
    {
        if (peek() != c || atEnd())
            return false;
        ++m_pos;
        return true;
    }
    QStringView takeWhile(bool (*wanted)(QChar));
    std::nullopt_t refuse(qsizetype at, const QString &reason);
    std::nullopt_t junk();
    bool isDayField() const { return m_field == CronField::Day || m_field == CronField::Weekday; }
    QString backwards(int low, int high) const;
    QString bounds() const { return u"%1 to %2"_s.arg(m_rules.lowest).arg(m_rules.highest); }

    QStringView m_text;
    int m_column;
    CronField m_field;
    const CronFieldRules &m_rules;
    CronFault &m_fault;
    qsizetype m_pos = 0;
};

std::nullopt_t FieldReader::refuse(qsizetype at, const QString &reason)
{
    m_fault = {m_column + int(at), m_rules.name, reason};
    return std::nullopt;
}

// What stands where an item, or something after one, was expected.
std::nullopt_t FieldReader::junk()
{
    if (atEnd() || peek() == u',')
        return refuse(m_pos, u"a list item is missing; write a value on both sides of each comma"_s);
    const QString found = shown(peek());
    if (found == u"?")
        return refuse(m_pos,
            isDayField() ? u"'?' stands alone in its field"_s
                         : u"'?' is for the day and weekday fields; write * here"_s);
    if (found == u"L" || found == u"W" || found == u"#")
        return refuse(m_pos,
            u"'%1' cannot stand here; the day field knows L, L-3, LW, L-3W and 15W, the weekday field 5L and 5#3"_s.arg(
                found));
    if (found == u"l" || found == u"w" || found == u"h")
        return refuse(m_pos, u"'%1' cannot stand here; L, W and H are written as capital letters"_s.arg(found));
    if (found == u"*")
        return refuse(m_pos, u"'*' stands alone or before a step, as in */5"_s);
    return refuse(
        m_pos, u"'%1' cannot stand here; a field is made of values, a-b, *, steps /n and commas"_s.arg(found));
}

QString FieldReader::backwards(int low, int high) const
{
    if (m_field == CronField::Weekday && low == 7)
        return u"the range runs backwards; Sunday begins a range as 0, as in 0-%1"_s.arg(high);
    const int last = m_field == CronField::Weekday ? 6 : m_rules.highest;
    return u"the range runs backwards; write two parts, as in %1-%2,%3-%4"_s.arg(low)
        .arg(last)
        .arg(m_rules.lowest)
        .arg(high);
}

QStringView FieldReader::takeWhile(bool (*wanted)(QChar))
{
    const qsizetype begin = m_pos;
    while (!atEnd() && wanted(m_text[m_pos]))
        ++m_pos;
    return m_text.sliced(begin, m_pos - begin);
}

std::optional<CronFieldText> FieldReader::read()
{
    CronFieldText field;
    if (m_text == u"?" && isDayField()) {
        field.open = true;
        field.items.push_back(CronRange{m_rules.lowest, m_rules.highest, 1});
        return field;
    }
    field.open = peek() == u'*';
    field.plainHashStep = m_text.startsWith(u"H/") && !m_text.contains(u',');
    do {
        auto next = item();
        if (!next)
            return std::nullopt;
        if (!atEnd() && peek() != u',')
            return junk();
        field.items.push_back(std::move(*next));
    } while (take(u','));
    return field;
}

std::optional<CronItem> FieldReader::item()
{
    if (peek() == u'*')
        return starRange();
    if (peek() == u'H')
        return hash();
    if (peek() == u'L' && m_field == CronField::Day)
        return lastDay();
    if (peek() == u'L' && m_field == CronField::Weekday)
        return refuse(m_pos, u"L needs its weekday here: 5L is the last Friday of the month"_s);
    if (peek() == u'-' || peek() == u'+')
        return refuse(m_pos, u"there are no signed values; the %1 is %2"_s.arg(m_rules.name, bounds()));
    if (peek() == u'/')
        return refuse(m_pos, u"a step needs something before it, as in */5 or 10/5"_s);
    if (isDigit(peek()) || isLetter(peek()))
        return range();
    return junk();
}

std::optional<CronItem> FieldReader::starRange()
{
    take(u'*');
    const auto by = step(m_rules.size);
    if (!by)
        return std::nullopt;
    return CronRange{m_rules.lowest, m_rules.highest, *by};
}

std::optional<CronItem> FieldReader::range()
{
    const qsizetype begin = m_pos;
    const auto low = value();
    if (!low)
        return std::nullopt;
    if (m_field == CronField::Day && take(u'W'))
        return CronNearestWeekday{low->number};
    if (m_field == CronField::Weekday && (peek() == u'L' || peek() == u'#'))
        return weekdayOfMonth(low->number % 7);
    const bool ranged = take(u'-');
    int high = low->number;
    if (ranged) {
        const auto end = value();
        if (!end)
            return std::nullopt;
        high = end->namedSunday && low->number > 0 ? 7 : end->number;
        if (high < low->number)
            return refuse(begin, backwards(low->number, high));
    }
    const bool stepped = peek() == u'/' && !atEnd();
    const auto by = step(m_rules.size);
    if (!by)
        return std::nullopt;
    return CronRange{low->number, stepped && !ranged ? m_rules.highest : high, *by};
}

std::optional<CronItem> FieldReader::hash()
{
    const qsizetype begin = m_pos;
    take(u'H');
    int low = m_rules.lowest;
    int high = m_rules.hashHighest;
    if (take(u'(')) {
        const auto first = value();
        if (!first)
            return std::nullopt;
        if (!take(u'-'))
            return refuse(m_pos, u"H takes a range, as in H(%1-%2)"_s.arg(m_rules.lowest).arg(m_rules.hashHighest));
        const auto last = value();
        if (!last)
            return std::nullopt;
        if (!take(u')'))
            return refuse(m_pos, u"the closing parenthesis of H(a-b) is missing"_s);
        low = first->number;
        high = last->namedSunday && low > 0 ? 7 : last->number;
        if (high < low)
            return refuse(begin, u"the range of H runs backwards; write the smaller value first"_s);
    }
    if (peek() != u'/' || atEnd())
        return CronHash{low, high, 0};
    const auto by = step(high - low + 1);
    if (!by)
        return std::nullopt;
    return CronHash{low, high, *by};
}

std::optional<CronItem> FieldReader::lastDay()
{
    take(u'L');
    int before = 0;
    if (take(u'-')) {
        const qsizetype at = m_pos;
        const auto days = number(u"1 to 30 days before the last one"_s);
        if (!days)
            return std::nullopt;
        if (*days < 1 || *days > 30)
            return refuse(at, u"L-n takes 1 to 30 days; L alone is the last day"_s);
        before = *days;
    }
    return CronLastDay{before, take(u'W')};
}

std::optional<CronItem> FieldReader::weekdayOfMonth(int weekday)
{
    if (take(u'L'))
        return CronNthWeekday{weekday, 0};
    take(u'#');
    const qsizetype at = m_pos;
    const auto nth = number(u"#1 to #5"_s);
    if (!nth)
        return std::nullopt;
    if (*nth < 1 || *nth > 5)
        return refuse(at, u"a month has the 1st to 5th of a weekday; write #1 to #5, or L for the last"_s);
    return CronNthWeekday{weekday, *nth};
}

std::optional<Value> FieldReader::value()
{
    const qsizetype begin = m_pos;
    if (isDigit(peek())) {
        const auto n = number(u"the %1, %2"_s.arg(m_rules.name, bounds()));
        if (!n)
            return std::nullopt;
        if (*n < m_rules.lowest || *n > m_rules.highest)
            return refuse(begin, u"%1 is out of range; the %2 is %3"_s.arg(*n).arg(m_rules.name, bounds()));
        return Value{*n, false};
    }
    QStringView word = takeWhile(isLetter);
    if (word.isEmpty())
        return refuse(begin, u"a value is missing; the %1 is %2"_s.arg(m_rules.name, bounds()));
    if (word == u"l" || word == u"lw" || word == u"w" || word == u"h")
        return refuse(begin, u"'%1' is not known; L, W and H are written as capital letters"_s.arg(word));
    if (m_field != CronField::Month && m_field != CronField::Weekday)
        return refuse(begin, u"the %1 takes numbers, %2"_s.arg(m_rules.name, bounds()));
    // friL: the L is not part of the name.
    if (m_field == CronField::Weekday && word.size() == 4 && word.endsWith(u'L')) {
        word.chop(1);
        --m_pos;
    }
    const auto numberOf = [&word](const auto &names) {
        const auto it = std::find_if(names.begin(), names.end(),
            [&word](QLatin1StringView name) { return word.compare(name, Qt::CaseInsensitive) == 0; });
        return it == names.end() ? -1 : int(it - names.begin());
    };
    if (m_field == CronField::Month) {
        if (const int month = numberOf(monthNames); month >= 0)
            return Value{month + 1, false};
        return refuse(begin, u"'%1' is no month; the names are jan to dec, of three letters"_s.arg(word.left(16)));
    }
    if (const int weekday = numberOf(weekdayNames); weekday >= 0)
        return Value{weekday, weekday == 0};
    return refuse(begin, u"'%1' is no weekday; the names are sun to sat, of three letters"_s.arg(word.left(16)));
}

std::optional<int> FieldReader::number(const QString &what)
{
    const qsizetype begin = m_pos;
    const QStringView digits = takeWhile(isDigit);
    if (digits.isEmpty())
        return refuse(begin, u"a number is missing; it should be %1"_s.arg(what));
    if (digits.size() > 2)
        return refuse(begin, u"'%1' has more than two digits; it should be %2"_s.arg(digits.left(16), what));
    return digits.toInt();
}

std::optional<int> FieldReader::step(int size)
{
    if (!take(u'/'))
        return 1;
    const qsizetype at = m_pos;
    const auto by = number(u"a step of 1 to %1"_s.arg(size));
    if (!by)
        return std::nullopt;
    if (*by == 0)
        return refuse(at, u"a step of 0 goes nowhere; write 1 to %1"_s.arg(size));
    if (*by > size)
        return refuse(at, u"a step of %1 is larger than the %2 values there are; write 1 to %2"_s.arg(*by).arg(size));
    return by;
}

} // namespace

std::optional<CronFieldText> readCronField(QStringView text, int column, CronField field, CronFault &fault)
{
    return FieldReader(text, column, field, fault).read();
}

} // namespace belfry

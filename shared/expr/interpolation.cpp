// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/expr/interpolation.h"

#include <algorithm>
#include <functional>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

constexpr auto opening = u"${{";
constexpr qsizetype openingSize = 3;

// One `${{ }}`: a name, or a text in quotes.
struct Expression {
    QString name;
    QString text;
    bool isText = false;
    qsizetype offset = 0; // of the name
};

bool isNameLetter(QChar c)
{
    return (c.unicode() < 0x80 && c.isLetterOrNumber()) || c == u'_' || c == u'-' || c == u'.';
}

bool isName(QStringView text)
{
    return !text.isEmpty() && std::all_of(text.begin(), text.end(), isNameLetter) && !text.startsWith(u'.')
        && !text.endsWith(u'.') && !text.contains(u"..");
}

// Reads a quoted text from `at` (the quote) on; moves `at` behind it. nullopt: not closed.
std::optional<QString> readQuoted(QStringView text, qsizetype &at)
{
    QString out;
    for (++at; at < text.size(); ++at) {
        if (text[at] != u'\'') {
            out += text[at];
        } else if (at + 1 < text.size() && text[at + 1] == u'\'') {
            out += text[at++];
        } else {
            ++at;
            return out;
        }
    }
    return std::nullopt;
}

// Walks a text; gives each literal stretch and each expression, in order. Ends at the first fault.
std::optional<ExprFault> walk(QStringView text, const std::function<void(QStringView)> &literal,
    const std::function<void(const Expression &)> &expression)
{
    qsizetype at = 0;
    for (qsizetype open = text.indexOf(opening); open >= 0; open = text.indexOf(opening, at)) {
        literal(text.mid(at, open - at));
        at = open + openingSize;
        while (at < text.size() && text[at].isSpace())
            ++at;
        Expression here;
        here.offset = at;
        if (at < text.size() && text[at] == u'\'') {
            const auto quoted = readQuoted(text, at);
            if (!quoted)
                return ExprFault{here.offset, u"this quote is not closed"_s, {}};
            here.isText = true;
            here.text = *quoted;
        } else {
            while (at < text.size() && isNameLetter(text[at]))
                ++at;
            here.name = text.mid(here.offset, at - here.offset).toString();
        }
        while (at < text.size() && text[at].isSpace())
            ++at;
        if (!text.mid(at).startsWith(u"}}")) {
            if (text.indexOf(u"}}", at) < 0)
                return ExprFault{open, u"this '${{' is not closed"_s, u"end it with '}}'"_s};
            return ExprFault{at, u"expected '}}' here"_s, u"an expression is one name, such as params.date"_s};
        }
        if (!here.isText && !isName(here.name))
            return ExprFault{here.offset,
                here.name.isEmpty() ? u"a name is missing"_s : u"'%1' is not a name"_s.arg(here.name.left(64)),
                u"write one such as params.date"_s};
        at += 2;
        expression(here);
    }
    literal(text.mid(at));
    return std::nullopt;
}

QString suggestion(const QString &name, const QStringList &known)
{
    const QString near = nearestName(name, known);
    if (!near.isEmpty())
        return u"did you mean '%1'?"_s.arg(near);
    return known.isEmpty() ? QString() : u"known are: "_s + known.join(u", "_s);
}

std::optional<ExprFault> judge(const Expression &here, const KnownNames &known)
{
    const QStringList occasion = occasionNameList();
    if (here.isText || occasion.contains(here.name))
        return std::nullopt;
    if (here.name.startsWith(u"params."_s)) {
        if (!known.params)
            return ExprFault{
                here.offset, u"parameters cannot be used here"_s, u"known are: "_s + occasion.join(u", "_s)};
        const QString param = here.name.mid(7);
        if (known.params->contains(param))
            return std::nullopt;
        return ExprFault{here.offset, u"the job has no parameter '%1'"_s.arg(param.left(64)),
            known.params->isEmpty() ? u"define it under params"_s : suggestion(param, *known.params)};
    }
    if (here.name.startsWith(u"matrix."_s) || here.name.startsWith(u"steps."_s))
        return ExprFault{here.offset,
            u"'%1' is known only in the steps of a pipeline; pipelines are not supported yet"_s.arg(here.name.left(64)),
            {}};
    if (here.name.startsWith(u"secrets."_s))
        return ExprFault{here.offset, u"secrets are not supported yet"_s, {}};
    QStringList all = occasion;
    if (known.params)
        for (const QString &param : *known.params)
            all += u"params."_s + param;
    return ExprFault{here.offset, u"the name '%1' is unknown"_s.arg(here.name.left(64)), suggestion(here.name, all)};
}

} // namespace

QStringList occasionNameList()
{
    return {u"occasion"_s, u"occasion.date"_s, u"occasion.time"_s, u"occasion.year"_s, u"occasion.month"_s,
        u"occasion.day"_s, u"occasion.hour"_s, u"occasion.minute"_s, u"occasion.second"_s, u"occasion.weekday"_s,
        u"occasion.unix"_s, u"occasion.utc"_s};
}

std::map<QString, QString> occasionNames(Instant at, const Zone &zone)
{
    static const char *const weekdays[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
    const auto toTheSecond = [](QString text) { return text.remove(text.indexOf(u'.'), 4); };
    const LocalTime local = zone.toLocal(at);
    const QDate date = local.date();
    const QTime time = QTime::fromMSecsSinceStartOfDay(local.secondOfDay() * 1000);
    return {{u"occasion"_s, toTheSecond(toRfc3339(at, zone))}, {u"occasion.date"_s, date.toString(u"yyyy-MM-dd"_s)},
        {u"occasion.time"_s, time.toString(u"HH:mm:ss"_s)}, {u"occasion.year"_s, date.toString(u"yyyy"_s)},
        {u"occasion.month"_s, date.toString(u"MM"_s)}, {u"occasion.day"_s, date.toString(u"dd"_s)},
        {u"occasion.hour"_s, time.toString(u"HH"_s)}, {u"occasion.minute"_s, time.toString(u"mm"_s)},
        {u"occasion.second"_s, time.toString(u"ss"_s)},
        {u"occasion.weekday"_s, QString::fromLatin1(weekdays[isoWeekdayOf(local.day()) - 1])},
        {u"occasion.unix"_s, QString::number(floorDiv(at.ms, msPerSecond))},
        {u"occasion.utc"_s, toTheSecond(toRfc3339(at))}};
}

std::vector<ExprFault> Interpolation::faults(QStringView text, const KnownNames &known)
{
    std::vector<ExprFault> found;
    const auto broken = walk(
        text, [](QStringView) {},
        [&](const Expression &here) {
            if (const auto fault = judge(here, known))
                found.push_back(*fault);
        });
    if (broken)
        found.push_back(*broken);
    return found;
}

Result<QString> Interpolation::evaluate(QStringView text, const NameValues &values)
{
    QString out;
    QString unknown;
    const auto broken = walk(
        text, [&](QStringView literal) { out += literal; },
        [&](const Expression &here) {
            const auto occasion = values.occasion.find(here.name);
            if (here.isText) {
                out += here.text;
            } else if (occasion != values.occasion.end()) {
                out += occasion->second;
            } else if (here.name.startsWith(u"params."_s)) {
                const auto param = values.params.find(here.name.mid(7));
                out += param == values.params.end() ? QString() : param->second;
            } else {
                unknown = here.name;
            }
        });
    if (broken)
        return fail(ErrorKind::Invalid, broken->sentence());
    if (!unknown.isEmpty())
        return fail(ErrorKind::Invalid, u"the name '%1' is unknown"_s.arg(unknown.left(64)));
    return out;
}

} // namespace belfry

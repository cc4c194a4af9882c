// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/expr/paramvalues.h"

#include <QDate>
#include <QRegularExpression>

#include <QLocale>

#include <algorithm>
#include <cmath>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype mostBytes = 64 * 1024;
constexpr qsizetype mostForPattern = 4 * 1024;
constexpr qsizetype longestPattern = 1024;

QString shown(const QString &value)
{
    return u"'%1'"_s.arg(value.size() > 64 ? value.left(61) + u"..."_s : value);
}

tl::unexpected<Error> refuse(const QString &message)
{
    return fail(ErrorKind::Invalid, message);
}

bool isPlainInteger(QStringView text)
{
    if (text.startsWith(u'-') || text.startsWith(u'+'))
        text = text.mid(1);
    return !text.isEmpty() && std::all_of(text.begin(), text.end(), [](QChar c) { return c >= u'0' && c <= u'9'; });
}

Result<QString> canonicalInt(const QString &value)
{
    bool ok = false;
    const qint64 number = value.toLongLong(&ok);
    if (!isPlainInteger(value))
        return refuse(u"%1 is not an integer"_s.arg(shown(value)));
    if (!ok)
        return refuse(u"%1 does not fit into 64 bits"_s.arg(shown(value)));
    return QString::number(number);
}

Result<QString> canonicalNumber(const QString &value)
{
    bool ok = false;
    const double number = value.toDouble(&ok);
    const bool plain
        = std::all_of(value.begin(), value.end(), [](QChar c) { return QStringView(u"0123456789+-.eE").contains(c); });
    if (!ok || !plain || !std::isfinite(number))
        return refuse(u"%1 is not a number"_s.arg(shown(value)));
    return QString::number(number == 0 ? 0.0 : number, 'g', QLocale::FloatingPointShortest);
}

Result<QString> canonicalDate(const QString &value)
{
    // fromString would take other spellings of years and digits.
    const bool shape
        = value.size() == 10 && value[4] == u'-' && value[7] == u'-' && isPlainInteger(QString(value).remove(u'-'));
    if (!shape || !QDate::fromString(value, Qt::ISODate).isValid())
        return refuse(u"%1 is not a date such as 2026-01-31"_s.arg(shown(value)));
    return value;
}

Result<QString> canonical(ParamType type, const QString &value)
{
    switch (type) {
    case ParamType::String:
        return value;
    case ParamType::Int:
        return canonicalInt(value);
    case ParamType::Number:
        return canonicalNumber(value);
    case ParamType::Bool:
        if (value != u"true"_s && value != u"false"_s)
            return refuse(u"%1 is not true or false"_s.arg(shown(value)));
        return value;
    case ParamType::Date:
        return canonicalDate(value);
    case ParamType::Span:
        break;
    }
    const auto duration = parseDuration(value);
    if (!duration)
        return fail(duration.error());
    return formatDuration(*duration);
}

// Both canonical; dates compare as text. Negative, 0, positive.
int compare(ParamType type, const QString &a, const QString &b)
{
    const auto sign = [](auto x, auto y) { return x < y ? -1 : x > y ? 1 : 0; };
    switch (type) {
    case ParamType::Int:
        return sign(a.toLongLong(), b.toLongLong());
    case ParamType::Number:
        return sign(a.toDouble(), b.toDouble());
    case ParamType::Span:
        return sign(*parseDuration(a), *parseDuration(b));
    default:
        return QString::compare(a, b);
    }
}

bool isOrdered(ParamType type)
{
    return type == ParamType::Int || type == ParamType::Number || type == ParamType::Date || type == ParamType::Span;
}

// PCRE2 counts its steps and gives up at the limit, so that no pattern can hold up the process.
QRegularExpression expressionOf(const QString &pattern)
{
    return QRegularExpression(u"(*LIMIT_MATCH=100000)(*LIMIT_DEPTH=1000)\\A(?:"_s + pattern + u")\\z"_s,
        QRegularExpression::UseUnicodePropertiesOption);
}

Status checkPattern(const QString &pattern, const QString &value)
{
    if (value.size() > mostForPattern)
        return refuse(u"a value with a pattern has at most %1 characters"_s.arg(mostForPattern));
    const auto match = expressionOf(pattern).match(value);
    if (!match.isValid())
        return refuse(u"%1 takes too long to compare with the pattern %2"_s.arg(shown(value), pattern));
    if (!match.hasMatch())
        return refuse(u"%1 does not match the pattern %2"_s.arg(shown(value), pattern));
    return {};
}

Status checkRange(const ParamDefinition &definition, const QString &value)
{
    if (definition.min) {
        const auto min = canonical(definition.type, *definition.min);
        if (min && compare(definition.type, value, *min) < 0)
            return refuse(u"%1 is below the minimum, %2"_s.arg(value, *min));
    }
    if (definition.max) {
        const auto max = canonical(definition.type, *definition.max);
        if (max && compare(definition.type, value, *max) > 0)
            return refuse(u"%1 is above the maximum, %2"_s.arg(value, *max));
    }
    return {};
}

Status checkChoices(const ParamDefinition &definition, const QString &value)
{
    if (definition.choices.isEmpty())
        return {};
    for (const QString &each : definition.choices)
        if (canonical(definition.type, each).value_or(each) == value)
            return {};
    const QString near = nearestName(value, definition.choices);
    return refuse(u"%1 is none of %2"_s.arg(shown(value), definition.choices.join(u", "_s))
        + (near.isEmpty() ? QString() : u"; did you mean '%1'?"_s.arg(near)));
}

// What a definition without any value at all means; and an unknown name.
class Collector
{
public:
    explicit Collector(const std::vector<ParamDefinition> &definitions)
        : m_definitions(definitions)
    { }

    void refuseUnknown(const Params &given)
    {
        QStringList known;
        for (const ParamDefinition &each : m_definitions)
            known += each.name;
        for (const auto &[name, value] : given) {
            if (known.contains(name))
                continue;
            const QString near = nearestName(name, known);
            m_problems += u"parameter '%1' is unknown; "_s.arg(name.left(64))
                + (!near.isEmpty()        ? u"did you mean '%1'?"_s.arg(near)
                        : known.isEmpty() ? u"the job has none"_s
                                          : u"known are: "_s + known.join(u", "_s));
        }
    }
    void take(const ParamDefinition &definition, const Result<QString> &value)
    {
        const auto checked = value ? checkParamValue(definition, *value) : value;
        if (checked)
            m_params.insert_or_assign(definition.name, *checked);
        else
            m_problems += u"parameter '%1': %2"_s.arg(definition.name, checked.error().message);
    }
    void missing(const ParamDefinition &definition)
    {
        if (definition.required)
            m_problems += u"parameter '%1' needs a value"_s.arg(definition.name);
    }
    Result<Params> finish() const
    {
        if (!m_problems.isEmpty())
            return refuse(m_problems.join(u"; "_s));
        return m_params;
    }

private:
    const std::vector<ParamDefinition> &m_definitions;
    Params m_params;
    QStringList m_problems;
};

Result<Params> collect(const std::vector<ParamDefinition> &definitions, const Params &given,
    const std::map<QString, QString> &occasion, bool expressions)
{
    Collector collector(definitions);
    collector.refuseUnknown(given);
    const NameValues values{{}, occasion};
    for (const ParamDefinition &each : definitions) {
        const auto value = given.find(each.name);
        if (value != given.end())
            collector.take(
                each, expressions ? Interpolation::evaluate(value->second, values) : Result<QString>(value->second));
        else if (each.defaultValue)
            collector.take(each, Interpolation::evaluate(*each.defaultValue, values));
        else
            collector.missing(each);
    }
    return collector.finish();
}

void checkBounds(const ParamDefinition &definition, std::vector<ParamFault> &faults)
{
    const auto bound = [&](const QString &key, const std::optional<QString> &value) -> std::optional<QString> {
        if (!value)
            return std::nullopt;
        if (!isOrdered(definition.type)) {
            faults.push_back(
                {key, u"a %1 has no %2"_s.arg(nameOf(definition.type), key), u"int, number, date and duration have"_s});
            return std::nullopt;
        }
        const auto checked = canonical(definition.type, *value);
        if (!checked) {
            faults.push_back({key, checked.error().message, {}});
            return std::nullopt;
        }
        return *checked;
    };
    const auto min = bound(u"min"_s, definition.min);
    const auto max = bound(u"max"_s, definition.max);
    if (min && max && compare(definition.type, *min, *max) > 0)
        faults.push_back({u"min"_s, u"min is above max, %1"_s.arg(*max), {}});
}

void checkPatternText(const ParamDefinition &definition, std::vector<ParamFault> &faults)
{
    if (definition.pattern.isEmpty())
        return;
    if (definition.type != ParamType::String)
        faults.push_back({u"pattern"_s, u"only a string has a pattern"_s, {}});
    else if (definition.pattern.size() > longestPattern)
        faults.push_back({u"pattern"_s, u"a pattern has at most %1 characters"_s.arg(longestPattern), {}});
    else if (const QRegularExpression expression(definition.pattern); !expression.isValid())
        faults.push_back({u"pattern"_s, u"not a pattern: %1"_s.arg(expression.errorString()), {}});
    else if (!expressionOf(definition.pattern).isValid())
        faults.push_back({u"pattern"_s, u"not a pattern: it must not start with an option such as (*UTF)"_s, {}});
}

} // namespace

Result<QString> checkParamValue(const ParamDefinition &definition, const QString &value)
{
    if (value.size() > mostBytes)
        return refuse(u"a value has at most 64 KiB"_s);
    if (value.contains(QChar(0)))
        return refuse(u"a value must not hold the character NUL"_s);
    auto checked = canonical(definition.type, value);
    if (!checked)
        return checked;
    if (const Status status = checkChoices(definition, *checked); !status)
        return fail(status.error());
    if (const Status status = checkRange(definition, *checked); !status)
        return fail(status.error());
    if (!definition.pattern.isEmpty())
        if (const Status status = checkPattern(definition.pattern, *checked); !status)
            return fail(status.error());
    return checked;
}

std::vector<ParamFault> checkParamDefinition(const ParamDefinition &definition)
{
    std::vector<ParamFault> faults;
    checkBounds(definition, faults);
    checkPatternText(definition, faults);
    ParamDefinition loose = definition;
    loose.choices.clear();
    QStringList seen;
    for (const QString &each : definition.choices) {
        const auto checked = faults.empty() ? checkParamValue(loose, each) : canonical(definition.type, each);
        if (!checked)
            faults.push_back({u"choices"_s, checked.error().message, {}});
        else if (seen.contains(*checked))
            faults.push_back({u"choices"_s, u"%1 is there twice"_s.arg(shown(each)), {}});
        seen += checked.value_or(each);
    }
    if (faults.empty() && definition.defaultValue && !Interpolation::isIn(*definition.defaultValue))
        if (const auto checked = checkParamValue(definition, *definition.defaultValue); !checked)
            faults.push_back({u"default"_s, checked.error().message, {}});
    return faults;
}

Result<Params> paramsOfRun(
    const std::vector<ParamDefinition> &definitions, const Params &given, const std::map<QString, QString> &occasion)
{
    return collect(definitions, given, occasion, false);
}

Result<Params> paramsOfOccasion(
    const std::vector<ParamDefinition> &definitions, const Params &ofRule, const std::map<QString, QString> &occasion)
{
    return collect(definitions, ofRule, occasion, true);
}

} // namespace belfry

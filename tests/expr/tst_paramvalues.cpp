// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/expr/paramvalues.h"

#include <QElapsedTimer>
#include <QTest>

using namespace belfry;
using namespace Qt::StringLiterals;

namespace {

ParamDefinition param(ParamType type, const QString &name = u"p"_s)
{
    ParamDefinition definition;
    definition.name = name;
    definition.type = type;
    return definition;
}

QString outcome(const Result<QString> &result)
{
    return result ? *result : u"! "_s + result.error().message;
}

QString outcome(const Result<Params> &result)
{
    if (!result)
        return u"! "_s + result.error().message;
    QStringList parts;
    for (const auto &[name, value] : *result)
        parts += name + u'=' + value;
    return parts.join(u' ');
}

const std::map<QString, QString> &occasion()
{
    static const auto names = occasionNames(*parseRfc3339(u"2026-05-01T22:30:00Z"), *Zone::make(u"Europe/Berlin"));
    return names;
}

} // namespace

class TestParamValues : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void canonicalisesAndRefuses_data()
    {
        QTest::addColumn<ParamType>("type");
        QTest::addColumn<QString>("value");
        QTest::addColumn<QString>("result");
        const auto row = [](ParamType type, const QString &value, const QString &result) {
            QTest::addRow("%s %s", qPrintable(nameOf(type)), qPrintable(value)) << type << value << result;
        };
        row(ParamType::String, u" as it is "_s, u" as it is "_s);
        row(ParamType::String, u""_s, u""_s);
        row(ParamType::Int, u"42"_s, u"42"_s);
        row(ParamType::Int, u"+007"_s, u"7"_s);
        row(ParamType::Int, u"-0"_s, u"0"_s);
        row(ParamType::Int, u"-9223372036854775808"_s, u"-9223372036854775808"_s);
        row(ParamType::Int, u"9223372036854775808"_s, u"! '9223372036854775808' does not fit into 64 bits"_s);
        row(ParamType::Int, u"1.0"_s, u"! '1.0' is not an integer"_s);
        row(ParamType::Int, u" 1"_s, u"! ' 1' is not an integer"_s);
        row(ParamType::Int, u""_s, u"! '' is not an integer"_s);
        row(ParamType::Int, u"٣"_s, u"! '٣' is not an integer"_s);
        row(ParamType::Number, u"1.50"_s, u"1.5"_s);
        row(ParamType::Number, u"1e3"_s, u"1000"_s);
        row(ParamType::Number, u"-0.0"_s, u"0"_s);
        row(ParamType::Number, u"nan"_s, u"! 'nan' is not a number"_s);
        row(ParamType::Number, u"inf"_s, u"! 'inf' is not a number"_s);
        row(ParamType::Number, u"1e999"_s, u"! '1e999' is not a number"_s);
        row(ParamType::Number, u"0x10"_s, u"! '0x10' is not a number"_s);
        row(ParamType::Bool, u"true"_s, u"true"_s);
        row(ParamType::Bool, u"True"_s, u"! 'True' is not true or false"_s);
        row(ParamType::Bool, u"1"_s, u"! '1' is not true or false"_s);
        row(ParamType::Date, u"2024-02-29"_s, u"2024-02-29"_s);
        row(ParamType::Date, u"2026-02-29"_s, u"! '2026-02-29' is not a date such as 2026-01-31"_s);
        row(ParamType::Date, u"2026-1-31"_s, u"! '2026-1-31' is not a date such as 2026-01-31"_s);
        row(ParamType::Date, u"2026-01-31T00:00:00Z"_s, u"! '2026-01-31T00:00:00Z' is not a date such as 2026-01-31"_s);
        row(ParamType::Span, u"90s"_s, u"1m30s"_s);
        row(ParamType::Span, u"2w"_s, u"14d"_s);
        row(ParamType::Span, u"90"_s,
            u"! '90' is not a duration: a unit is missing; the units are w, d, h, m, s and ms"_s);
        row(ParamType::String, u"a"_s.repeated(65537), u"! a value has at most 64 KiB"_s);
        row(ParamType::String, QString(QChar(0)), u"! a value must not hold the character NUL"_s);
    }
    void canonicalisesAndRefuses()
    {
        QFETCH(ParamType, type);
        QFETCH(QString, value);
        QFETCH(QString, result);
        const auto checked = checkParamValue(param(type), value);
        QCOMPARE(outcome(checked), result);
        if (checked)
            QCOMPARE(outcome(checkParamValue(param(type), *checked)), *checked);
    }

    void keepsBoundsOfEachType()
    {
        ParamDefinition rows = param(ParamType::Int);
        rows.min = u"1"_s;
        rows.max = u"010"_s;
        QCOMPARE(outcome(checkParamValue(rows, u"10"_s)), u"10"_s);
        QCOMPARE(outcome(checkParamValue(rows, u"11"_s)), u"! 11 is above the maximum, 10"_s);
        QCOMPARE(outcome(checkParamValue(rows, u"0"_s)), u"! 0 is below the minimum, 1"_s);
        ParamDefinition date = param(ParamType::Date);
        date.min = u"2026-01-01"_s;
        QCOMPARE(outcome(checkParamValue(date, u"2025-12-31"_s)), u"! 2025-12-31 is below the minimum, 2026-01-01"_s);
        ParamDefinition span = param(ParamType::Span);
        span.max = u"1h"_s;
        QCOMPARE(outcome(checkParamValue(span, u"60m"_s)), u"1h"_s);
        QCOMPARE(outcome(checkParamValue(span, u"61m"_s)), u"! 1h1m is above the maximum, 1h"_s);
    }

    void keepsChoices()
    {
        ParamDefinition mode = param(ParamType::String);
        mode.choices = {u"full"_s, u"delta"_s};
        QCOMPARE(outcome(checkParamValue(mode, u"full"_s)), u"full"_s);
        QCOMPARE(outcome(checkParamValue(mode, u"ful"_s)), u"! 'ful' is none of full, delta; did you mean 'full'?"_s);
        ParamDefinition size = param(ParamType::Int);
        size.choices = {u"01"_s, u"2"_s};
        QCOMPARE(outcome(checkParamValue(size, u"1"_s)), u"1"_s);
    }

    void matchesWholeValues()
    {
        ParamDefinition name = param(ParamType::String);
        name.pattern = u"[a-z]+|x1"_s;
        QCOMPARE(outcome(checkParamValue(name, u"abc"_s)), u"abc"_s);
        QCOMPARE(outcome(checkParamValue(name, u"x1"_s)), u"x1"_s);
        QCOMPARE(outcome(checkParamValue(name, u"x1y"_s)), u"! 'x1y' does not match the pattern [a-z]+|x1"_s);
        QCOMPARE(outcome(checkParamValue(name, u"abc\n"_s)), u"! 'abc\n' does not match the pattern [a-z]+|x1"_s);
        QCOMPARE(outcome(checkParamValue(name, u"a"_s.repeated(4097))),
            u"! a value with a pattern has at most 4096 characters"_s);
    }

    void survivesPatternsThatExplode_data()
    {
        QTest::addColumn<QString>("pattern");
        for (const char *each :
            {"(a+)+[bc]", "(a|aa)+[bc]", "(a|a)*[bc]", "(.*)*[xy]", "(.*a){12}b", "(a?){30}a{30}b", "([a-z]+)*\\1b", "(?R)?a+b"})
            QTest::newRow(each) << QString::fromLatin1(each);
    }
    void survivesPatternsThatExplode()
    {
        QFETCH(QString, pattern);
        ParamDefinition bomb = param(ParamType::String);
        bomb.pattern = pattern;
        QElapsedTimer timer;
        timer.start();
        const auto checked = checkParamValue(bomb, u"a"_s.repeated(4000));
        QVERIFY(!checked);
        if (pattern.endsWith(u"[bc]"_s))
            QVERIFY2(checked.error().message.contains(u"takes too long"_s), qPrintable(checked.error().message));
        QVERIFY2(timer.elapsed() < 30'000, qPrintable(QString::number(timer.elapsed())));
    }

    void judgesDefinitions_data()
    {
        QTest::addColumn<ParamDefinition>("definition");
        QTest::addColumn<QStringList>("faults");
        const auto row = [](const char *name, ParamType type, auto change, const QStringList &faults) {
            ParamDefinition definition = param(type);
            change(definition);
            QTest::newRow(name) << definition << faults;
        };
        row("good", ParamType::Int, [](auto &d) { d.min = u"1"_s, d.max = u"2"_s, d.defaultValue = u"2"_s; }, {});
        row("min above max", ParamType::Int, [](auto &d) { d.min = u"3"_s, d.max = u"2"_s; },
            {u"min: min is above max, 2"_s});
        row("bad bounds", ParamType::Date, [](auto &d) { d.min = u"x"_s, d.max = u"5"_s; },
            {u"min: 'x' is not a date such as 2026-01-31"_s, u"max: '5' is not a date such as 2026-01-31"_s});
        row("bounds of a string", ParamType::String, [](auto &d) { d.min = u"1"_s; }, {u"min: a string has no min"_s});
        row("bounds of a bool", ParamType::Bool, [](auto &d) { d.max = u"1"_s; }, {u"max: a bool has no max"_s});
        row("pattern of an int", ParamType::Int, [](auto &d) { d.pattern = u"1.*"_s; },
            {u"pattern: only a string has a pattern"_s});
        row("no pattern", ParamType::String, [](auto &d) { d.pattern = u"(a"_s; },
            {u"pattern: not a pattern: missing closing parenthesis"_s});
        row("pattern that would close ours", ParamType::String, [](auto &d) { d.pattern = u"a)|(b"_s; },
            {u"pattern: not a pattern: unmatched closing parenthesis"_s});
        row("pattern with limits of its own", ParamType::String, [](auto &d) { d.pattern = u"(*LIMIT_MATCH=9)a"_s; },
            {u"pattern: not a pattern: it must not start with an option such as (*UTF)"_s});
        row("bad default", ParamType::Bool, [](auto &d) { d.defaultValue = u"yes"_s; },
            {u"default: 'yes' is not true or false"_s});
        row("default out of range", ParamType::Int, [](auto &d) { d.max = u"5"_s, d.defaultValue = u"6"_s; },
            {u"default: 6 is above the maximum, 5"_s});
        row("default that is no choice", ParamType::String,
            [](auto &d) { d.choices = QStringList{u"a"_s}, d.defaultValue = u"b"_s; },
            {u"default: 'b' is none of a"_s});
        row("default to be evaluated", ParamType::Date, [](auto &d) { d.defaultValue = u"${{ occasion.date }}"_s; },
            {});
        row("choice of another type", ParamType::Int,
            [](auto &d) {
                d.choices = QStringList{u"1"_s, u"x"_s};
            },
            {u"choices: 'x' is not an integer"_s});
        row("choice twice", ParamType::Int,
            [](auto &d) {
                d.choices = QStringList{u"1"_s, u"01"_s};
            },
            {u"choices: '01' is there twice"_s});
        row("choice out of range", ParamType::Int, [](auto &d) { d.choices = QStringList{u"9"_s}, d.max = u"5"_s; },
            {u"choices: 9 is above the maximum, 5"_s});
    }
    void judgesDefinitions()
    {
        QFETCH(ParamDefinition, definition);
        QFETCH(QStringList, faults);
        QStringList found;
        for (const ParamFault &each : checkParamDefinition(definition))
            found += each.key + u": "_s + each.message;
        QCOMPARE(found, faults);
    }

    void makesTheParametersOfARun()
    {
        ParamDefinition date = param(ParamType::Date, u"date"_s);
        date.defaultValue = u"${{ occasion.date }}"_s;
        ParamDefinition rows = param(ParamType::Int, u"rows"_s);
        rows.max = u"5"_s;
        ParamDefinition note = param(ParamType::String, u"note"_s);
        note.required = false;
        const std::vector<ParamDefinition> all{date, rows, note};

        // 22:30Z is the next day in Berlin.
        QCOMPARE(outcome(paramsOfRun(all, {{u"rows"_s, u"03"_s}}, occasion())), u"date=2026-05-02 rows=3"_s);
        QCOMPARE(outcome(paramsOfRun(
                     all, {{u"rows"_s, u"1"_s}, {u"note"_s, u""_s}, {u"date"_s, u"2020-01-01"_s}}, occasion())),
            u"date=2020-01-01 note= rows=1"_s);
        QCOMPARE(outcome(paramsOfRun(all, {}, occasion())), u"! parameter 'rows' needs a value"_s);
        QCOMPARE(
            outcome(paramsOfRun(all, {{u"rows"_s, u"9"_s}, {u"dat"_s, u"x"_s}, {u"date"_s, u"soon"_s}}, occasion())),
            u"! parameter 'dat' is unknown; did you mean 'date'?; parameter 'date': 'soon' is not a date such as "
            u"2026-01-31; "
            "parameter 'rows': 9 is above the maximum, 5"_s);
        QCOMPARE(paramsOfRun(all, {}, occasion()).error().kind, ErrorKind::Invalid);
        QCOMPARE(outcome(paramsOfRun({}, {{u"x"_s, u"1"_s}}, occasion())),
            u"! parameter 'x' is unknown; the job has none"_s);
    }

    void readsExpressionsOfRulesButNotOfPeople()
    {
        const std::vector<ParamDefinition> all{param(ParamType::String, u"text"_s)};
        const Params given{{u"text"_s, u"${{ occasion.date }}"_s}};
        QCOMPARE(outcome(paramsOfOccasion(all, given, occasion())), u"text=2026-05-02"_s);
        QCOMPARE(outcome(paramsOfRun(all, given, occasion())), u"text=${{ occasion.date }}"_s);
    }
};

QTEST_GUILESS_MAIN(TestParamValues)
#include "tst_paramvalues.moc"

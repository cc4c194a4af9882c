// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/time/cronfields.h"

#include "shared/time/cron.h"

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

constexpr std::array<CronFieldRules, cronFieldCount> rules{{
    {"second"_L1, 0, 59, 60, 59},
    {"minute"_L1, 0, 59, 60, 59},
    {"hour"_L1, 0, 23, 24, 23},
    {"day"_L1, 1, 31, 31, 28},
    {"month"_L1, 1, 12, 12, 12},
    {"weekday"_L1, 0, 7, 7, 6},
}};

struct Macro {
    QLatin1StringView name;
    QLatin1StringView fields;
};
constexpr std::array macros{
    Macro{"@hourly"_L1, "0 * * * *"_L1},
    Macro{"@daily"_L1, "0 0 * * *"_L1},
    Macro{"@midnight"_L1, "0 0 * * *"_L1},
    Macro{"@weekly"_L1, "0 0 * * 0"_L1},
    Macro{"@monthly"_L1, "0 0 1 * *"_L1},
    Macro{"@yearly"_L1, "0 0 1 1 *"_L1},
    Macro{"@annually"_L1, "0 0 1 1 *"_L1},
};

bool isBlank(QChar c)
{
    return c == u' ' || c == u'\t';
}

struct Word {
    QStringView text;
    int column;
};

std::vector<Word> wordsOf(QStringView text)
{
    std::vector<Word> words;
    qsizetype pos = 0;
    while (pos < text.size()) {
        if (isBlank(text[pos])) {
            ++pos;
            continue;
        }
        const qsizetype begin = pos;
        while (pos < text.size() && !isBlank(text[pos]))
            ++pos;
        words.push_back({text.sliced(begin, pos - begin), int(begin) + 1});
    }
    return words;
}

// The fault of a text that begins with `@` and is no macro.
CronFault macroFault(const std::vector<Word> &words)
{
    const Word &first = words.front();
    if (first.text == u"@reboot")
        return {first.column, {}, u"@reboot is no time; let the host's service manager start the job"_s};
    if (first.text == u"@every")
        return {first.column, {}, u"@every is not a cron expression; write the rule as every: 15m"_s};
    const auto known = std::find_if(macros.begin(), macros.end(), [&](const Macro &m) { return m.name == first.text; });
    if (known != macros.end())
        return {words[1].column, {}, u"nothing can follow %1"_s.arg(known->name)};
    return {first.column, {},
        u"'%1' is unknown; there are @hourly, @daily, @midnight, @weekly, @monthly, @yearly and @annually"_s.arg(
            first.text.left(16))};
}

CronFault countFault(QStringView text, const std::vector<Word> &words)
{
    if (words.empty())
        return {1, {}, u"the text is empty; write five fields: minute hour day month weekday"_s};
    if (words.size() < 5) {
        const QString given = words.size() == 1 ? u"1 field is"_s : u"%1 fields are"_s.arg(words.size());
        return {int(text.size()) + 1, {},
            u"%1 given; five are needed: minute hour day month weekday (write * for any)"_s.arg(given)};
    }
    return {words[6].column, {},
        u"%1 fields are given; write five, or six with seconds first (there is no year)"_s.arg(words.size())};
}

bool usesHash(const CronFieldText &field)
{
    return std::any_of(field.items.begin(), field.items.end(),
        [](const CronItem &item) { return std::holds_alternative<CronHash>(item); });
}

} // namespace

const CronFieldRules &cronFieldRules(CronField field)
{
    return rules[std::size_t(field)];
}

std::optional<CronFields> readCronFields(QStringView text, CronFault &fault)
{
    std::vector<Word> words = wordsOf(text);
    if (!words.empty() && words.front().text.startsWith(u'@')) {
        const auto known = std::find_if(macros.begin(), macros.end(),
            [&](const Macro &m) { return words.size() == 1 && m.name == words.front().text; });
        if (known != macros.end())
            return readCronFields(QString(known->fields), fault);
        fault = macroFault(words);
        return std::nullopt;
    }
    if (!words.empty() && (words.front().text.startsWith(u"TZ=") || words.front().text.startsWith(u"CRON_TZ="))) {
        fault = {words.front().column, {}, u"the zone is not part of the expression; give it as zone"_s};
        return std::nullopt;
    }
    if (words.size() != 5 && words.size() != 6) {
        fault = countFault(text, words);
        return std::nullopt;
    }
    CronFields fields;
    fields.hasSeconds = words.size() == 6;
    if (!fields.hasSeconds)
        fields.at(CronField::Second).items = {CronRange{0, 0, 1}};
    for (std::size_t i = 0; i < words.size(); ++i) {
        const auto field = CronField(i + (fields.hasSeconds ? 0 : 1));
        auto read = readCronField(words[i].text, words[i].column, field, fault);
        if (!read)
            return std::nullopt;
        if (const auto at = words[i].text.indexOf(u'H'); fields.hashColumn == 0 && at >= 0 && usesHash(*read)) {
            fields.hashColumn = words[i].column + int(at);
            fields.hashField = field;
        }
        fields.at(field) = std::move(*read);
    }
    return fields;
}

} // namespace belfry

// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/jobs/jobfile.h"
#include "shared/jobs/tables.h"

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

constexpr int mostUnits = 1'000'000;
constexpr int mostOfRate = 100'000; // each use is remembered for a span
constexpr Duration longestSpan = 31 * 24h;

// Maps with free names, whose entries are read later.
Shape<const YamlNode *> later(const QJsonObject &schema)
{
    return {[](Reading &reading, const YamlNode &node, const YamlNode *&out) {
                out = &node;
                return shape::expectMap(reading, node);
            },
        schema};
}

// `10/min`: at most so many within any span of that length.
bool readRate(Reading &reading, const YamlNode &node, LimitSpec &out)
{
    const auto text = asText(node);
    if (!text)
        return reading.error(node, text.error().message);
    static const std::map<QString, Duration> spans{{u"s"_s, 1s}, {u"min"_s, 1min}, {u"h"_s, 1h}, {u"d"_s, 24h}};
    const QString count = text->section(u'/', 0, 0);
    const QString span = text->section(u'/', 1);
    const auto named = spans.find(span);
    const auto per = named != spans.end() ? Result<Duration>(named->second) : parseDuration(span);
    bool whole = false;
    const int rate = count.toInt(&whole);
    if (!whole || !count[0].isDigit() || !per)
        return reading.error(node, u"'%1' is no rate"_s.arg(text->left(64)),
            u"write a number and a span: 10/min; spans are s, min, h, d, or lengths such as 15m"_s);
    if (rate < 1 || rate > mostOfRate)
        return reading.error(node, u"a rate is 1 to %1"_s.arg(mostOfRate));
    if (*per < 1s || *per > longestSpan)
        return reading.error(
            node, u"the span of a rate is %1 to %2"_s.arg(formatDuration(1s), formatDuration(longestSpan)));
    out.rate = rate;
    out.per = *per;
    return true;
}

QJsonObject defaultsSchema()
{
    QJsonObject schema = jobTable().schema();
    QJsonObject properties = schema.value(u"properties"_s).toObject();
    properties.remove(u"was"_s);
    schema.insert(u"properties"_s, properties);
    return schema;
}

} // namespace

const Table<FileSpec> &fileTable()
{
    static const Table<FileSpec> table = [] {
        Table<FileSpec> file{u"file"_s,
            {key<FileSpec>(
                 "project", &FileSpec::project, shape::name(u"a project's name"_s), "The project that owns the jobs."),
                key<FileSpec>("zone", &FileSpec::zone, shape::text(64, 1), "The time zone of this file's jobs."),
                key<FileSpec>(
                    "defaults", &FileSpec::defaults, later(defaultsSchema()), "Keys for all jobs of this file."),
                key<FileSpec>("calendars", &FileSpec::calendars,
                    later(shape::mapSchema(calendarTable().schema(), shape::names(u"a calendar's name"_s))),
                    "Named sets of days."),
                key<FileSpec>("limits", &FileSpec::limits,
                    later(shape::mapSchema(limitTable().schema(), shape::names(u"a limit's name"_s))),
                    "Quantities that attempts hold while they live."),
                key<FileSpec>("jobs", &FileSpec::jobs,
                    later(shape::mapSchema(jobTable().schema(), shape::names(u"a job's name"_s))), "The jobs."),
                reserved<FileSpec>("pipelines", "Jobs that are graphs of steps."),
                reserved<FileSpec>("artifact", "An archive that belongs to the release.")},
            {}};
        file.keys[0].required = true;
        return file;
    }();
    return table;
}

const Table<LimitSpec> &limitTable()
{
    static const Table<LimitSpec> table = [] {
        Table<LimitSpec> limit{u"limit"_s,
            {key<LimitSpec>("units", &LimitSpec::units, shape::integer(1, mostUnits),
                 "So many units are held at once; 1 is a lock."),
                {u"rate"_s, u"So many units are taken within any span, such as 10/min."_s,
                    {{u"type"_s, u"string"_s}, {u"pattern"_s, u"^[0-9]{1,6}/(s|min|h|d|([0-9]+(ms|[smhdw]))+)$"_s}},
                    readRate}},
            {}};
        limit.keys[0].byDefault = QJsonValue::Undefined;
        limit.more = {{u"oneOf"_s,
            QJsonArray{QJsonObject{{u"required"_s, QJsonArray{u"units"_s}}},
                QJsonObject{{u"required"_s, QJsonArray{u"rate"_s}}}}}};
        return limit;
    }();
    return table;
}

QJsonObject jobsSchema()
{
    QJsonObject schema = fileTable().schema();
    schema.insert(u"$schema"_s, u"http://json-schema.org/draft-07/schema#"_s);
    schema.insert(u"title"_s, u"Belfry job file"_s);
    return schema;
}

} // namespace belfry

// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/rundifferences.h"

#include <QLocale>

#include <set>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

constexpr double muchMore = 1.5; // times
constexpr Duration leastSpan = 1s; // that two durations differ by before it means anything
constexpr qint64 leastSize = 1 << 20;

const wire::AttemptRow *lastAttempt(const wire::RunDetail &run)
{
    return run.attemptRows.empty() ? nullptr : &run.attemptRows.back();
}

bool differsMuch(double a, double b, double least)
{
    return std::abs(a - b) >= least && std::max(a, b) >= muchMore * std::min(a, b);
}

// Puts down one thing after the other, each as both runs have it.
class Sheet
{
public:
    Sheet(const wire::RunDetail &here, const wire::RunDetail &good)
        : m_here(here)
        , m_good(good)
    { }

    void add(RunDifference row)
    {
        if (!row.here.isEmpty() || !row.good.isEmpty())
            m_rows.push_back(std::move(row));
    }
    template <class Text> void text(const QString &id, const QString &name, Text of)
    {
        RunDifference row{.id = id, .name = name, .here = of(m_here), .good = of(m_good)};
        row.differs = row.here != row.good;
        add(std::move(row));
    }
    // `of` gives an optional figure, `words` its text.
    template <class Figure, class Words>
    void figure(const QString &id, const QString &name, double least, Figure of, Words words)
    {
        const std::optional<double> a = of(m_here), b = of(m_good);
        add({.id = id,
            .name = name,
            .here = a ? words(*a) : QString(),
            .good = b ? words(*b) : QString(),
            .differs = a && b && differsMuch(*a, *b, least)});
    }
    // Each key that one of them has.
    void values(const QString &id, const QString &name, const std::map<QString, QString> &here,
        const std::map<QString, QString> &good)
    {
        std::set<QString> keys;
        for (const auto *map : {&here, &good})
            for (const auto &[key, value] : *map)
                keys.insert(key);
        const auto textOf = [](const std::map<QString, QString> &map, const QString &key) {
            const auto found = map.find(key);
            return found == map.end() ? RunDifferences::tr("not there") : found->second;
        };
        for (const QString &key : keys) {
            RunDifference row{
                .id = id + u'.' + key, .name = name.arg(key), .here = textOf(here, key), .good = textOf(good, key)};
            const auto a = here.find(key), b = good.find(key);
            row.differs = a == here.end() || b == good.end() || a->second != b->second;
            m_rows.push_back(std::move(row));
        }
    }
    std::vector<RunDifference> rows()
    {
        std::stable_partition(m_rows.begin(), m_rows.end(), [](const RunDifference &row) { return row.differs; });
        return std::move(m_rows);
    }

private:
    const wire::RunDetail &m_here;
    const wire::RunDetail &m_good;
    std::vector<RunDifference> m_rows;
};

QString versionText(int version)
{
    return RunDifferences::tr("version %1").arg(version);
}

// Keys of the job file that changed from one version to the other.
QString changedKeys(const std::vector<wire::VersionRow> &versions, int from, int until)
{
    std::set<QString> keys;
    for (const wire::VersionRow &each : versions)
        if (each.version > std::min(from, until) && each.version <= std::max(from, until))
            keys.insert(each.keys.begin(), each.keys.end());
    return QStringList(keys.begin(), keys.end()).join(u", "_s);
}

void addDefinition(Sheet &sheet, const wire::RunDetail &here, const wire::RunDetail &good, const RunSetting &setting)
{
    RunDifference row{.id = u"definition"_s,
        .name = RunDifferences::tr("Definition"),
        .here = versionText(here.version),
        .good = versionText(good.version),
        .differs = here.version != good.version};
    if (row.differs)
        if (const QString keys = changedKeys(setting.versions, good.version, here.version); !keys.isEmpty())
            row.here += RunDifferences::tr(", other: %1").arg(keys);
    for (const wire::VersionRow &each : setting.versions)
        if (row.differs && each.version == here.version)
            row.tip = RunDifferences::tr("Release %1 by %2, since %3. %4")
                          .arg(each.release)
                          .arg(each.by, setting.times->text(each.since, here.jobName), each.message)
                          .trimmed();
    sheet.add(std::move(row));
}

void addDuration(Sheet &sheet, const wire::RunDetail &here, const wire::RunDetail &good, const RunSetting &setting)
{
    const auto took = [&](const wire::RunDetail &run) {
        return run.startedAt ? std::optional(run.endedAt.value_or(setting.times->now()) - *run.startedAt)
                             : std::nullopt;
    };
    const auto mine = took(here), its = took(good);
    RunDifference row{.id = u"took"_s,
        .name = here.endedAt ? RunDifferences::tr("Took") : RunDifferences::tr("Running for"),
        .here = mine ? spanText(*mine) : QString(),
        .good = its ? spanText(*its) : QString()};
    row.differs = mine && its && differsMuch(double(mine->count()), double(its->count()), double(leastSpan.count()));
    if (mine && setting.usual) {
        const bool isLong = *mine > setting.usual->p90 && *mine > setting.usual->median + leastSpan;
        row.differs = row.differs || isLong;
        row.tip = RunDifferences::tr("Usually %1, nine of ten within %2 (of the last %3 successes)")
                      .arg(spanText(setting.usual->median), spanText(setting.usual->p90))
                      .arg(setting.usual->samples);
        row.here += isLong ? RunDifferences::tr(", longer than usual (%1)").arg(spanText(setting.usual->median))
                           : RunDifferences::tr(" (usually %1)").arg(spanText(setting.usual->median));
    }
    sheet.add(std::move(row));
}

void addFigures(Sheet &sheet)
{
    using Optional = std::optional<double>;
    const auto span = [](double ms) { return spanText(Duration(qint64(ms))); };
    const auto size = [](double bytes) { return formatSize(qint64(bytes)); };
    const auto count = [](double number) { return QLocale().toString(qint64(number)); };
    const auto ofLast = [](auto of) {
        return [of](const wire::RunDetail &run) -> Optional {
            const wire::AttemptRow *last = lastAttempt(run);
            return last && isFinal(last->state) ? Optional(of(*last)) : std::nullopt;
        };
    };
    using Last = const wire::AttemptRow &;
    sheet.figure(
        u"delay"_s, RunDifferences::tr("Waited to start"), double(leastSpan.count()),
        [](const wire::RunDetail &run) {
            return run.startedAt ? Optional(double((*run.startedAt - run.queuedAt).count())) : std::nullopt;
        },
        span);
    sheet.figure(u"cpu"_s, RunDifferences::tr("CPU"), double(leastSpan.count()),
        ofLast([](Last a) { return double(a.cpu.count()); }), span);
    sheet.figure(u"memory"_s, RunDifferences::tr("Peak memory"), double(leastSize),
        ofLast([](Last a) { return double(a.peakMemory); }), size);
    sheet.figure(u"log"_s, RunDifferences::tr("Log"), 1, ofLast([](Last a) { return double(a.logWritten); }), size);
    sheet.figure(
        u"errors"_s, RunDifferences::tr("##[error] lines"), 1, ofLast([](Last a) { return double(a.errors); }), count);
    sheet.figure(u"warnings"_s, RunDifferences::tr("##[warning] lines"), 1,
        ofLast([](Last a) { return double(a.warnings); }), count);
}

QString bootText(const wire::RunDetail &run)
{
    const wire::AttemptRow *last = lastAttempt(run);
    return last ? last->bootId.left(8) : QString();
}

std::vector<ColumnOf<RunDifference>> differenceColumns()
{
    const auto tip = [](const RunDifference &row) { return row.tip; };
    return {{.id = u"what"_s,
                .title = RunDifferences::tr("What"),
                .text = [](const RunDifference &row) { return row.name; }},
        {.id = u"differs"_s,
            .title = RunDifferences::tr("Compared"),
            .text =
                [](const RunDifference &row) {
                    return row.differs ? RunDifferences::tr("differs") : RunDifferences::tr("same");
                },
            .look =
                [](const RunDifference &row) {
                    return row.differs
                        ? StateLook{Look::Warning, u"state-warning"_s, RunDifferences::tr("differs"), {}}
                        : StateLook{Look::Success, u"state-succeeded"_s, RunDifferences::tr("same"), {}};
                },
            .tip = tip},
        {.id = u"here"_s,
            .title = RunDifferences::tr("This run"),
            .text = [](const RunDifference &row) { return row.here; },
            .tip = tip},
        {.id = u"good"_s,
            .title = RunDifferences::tr("Last good run"),
            .text = [](const RunDifference &row) { return row.good; },
            .tip = tip}};
}

} // namespace

std::vector<RunDifference> compareRuns(
    const wire::RunDetail &here, const wire::RunDetail &good, const RunSetting &setting)
{
    using Detail = const wire::RunDetail &;
    Sheet sheet(here, good);
    sheet.text(u"state"_s, RunDifferences::tr("State"), [](Detail run) { return lookOf(run).word; });
    sheet.text(u"exit"_s, RunDifferences::tr("Exit"), [](Detail run) { return exitWords(run.exitCode, run.signal); });
    sheet.text(u"reason"_s, RunDifferences::tr("Reason"), [](Detail run) { return run.reason; });
    addDefinition(sheet, here, good, setting);
    sheet.values(u"param"_s, RunDifferences::tr("Parameter %1"), here.params, good.params);
    sheet.text(u"cause"_s, RunDifferences::tr("Cause"), [](Detail run) {
        return run.by.isEmpty() ? causeWords(run.cause)
                                : RunDifferences::tr("%1, by %2").arg(causeWords(run.cause), run.by);
    });
    sheet.text(u"agent"_s, RunDifferences::tr("Agent"), [](Detail run) { return run.agent; });
    if (!here.agent.isEmpty() && here.agent == good.agent)
        sheet.text(u"boot"_s, RunDifferences::tr("Boot of its host"), bootText);
    sheet.text(u"attempts"_s, RunDifferences::tr("Attempts"), [](Detail run) { return QString::number(run.attempts); });
    addDuration(sheet, here, good, setting);
    addFigures(sheet);
    sheet.text(u"priority"_s, RunDifferences::tr("Priority"), [](Detail run) { return QString::number(run.priority); });
    const auto outputsOf
        = [](Detail run) { return lastAttempt(run) ? lastAttempt(run)->outputs : std::map<QString, QString>(); };
    sheet.values(u"output"_s, RunDifferences::tr("Output %1"), outputsOf(here), outputsOf(good));
    return sheet.rows();
}

RunDifferences::RunDifferences(QObject *parent)
    : RowsModel(differenceColumns(), parent)
{ }

void RunDifferences::set(const std::vector<RunDifference> &fresh)
{
    if (rows() == fresh)
        return;
    const bool sameIds = std::equal(rows().begin(), rows().end(), fresh.begin(), fresh.end(),
        [](const RunDifference &a, const RunDifference &b) { return a.id == b.id; });
    sameIds ? renew(fresh) : reset(fresh);
}

} // namespace belfry

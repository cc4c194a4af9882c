// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/jobcharts.h"

#include "console/views/parts.h"
#include "console/views/patterns.h"

#include <QtCharts/QBarCategoryAxis>
#include <QtCharts/QBarSet>
#include <QtCharts/QLineSeries>
#include <QtCharts/QScatterSeries>
#include <QtCharts/QStackedBarSeries>
#include <QtCharts/QValueAxis>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

constexpr int leastRuns = 3;
constexpr auto gatherFor = 1500ms;

// The outcomes of a day, in the order in which they are stacked.
struct Outcome {
    Look look;
    QString word;
    std::vector<RunState> states;
};
const std::vector<Outcome> &outcomesShown()
{
    static const std::vector<Outcome> all{{Look::Success, JobCharts::tr("succeeded"), {RunState::Succeeded}},
        {Look::Warning, JobCharts::tr("warning"), {RunState::Warning}},
        {Look::Failed, JobCharts::tr("failed"), {RunState::Failed, RunState::TimedOut, RunState::NotStarted}},
        {Look::Unknown, JobCharts::tr("lost or cancelled"), {RunState::Lost, RunState::Cancelled}},
        {Look::Waiting, JobCharts::tr("skipped"), {RunState::Skipped}}};
    return all;
}

} // namespace

JobCharts::JobCharts(Desk *desk, const QString &job, QWidget *parent)
    : QWidget(parent)
    , m_desk(desk)
    , m_job(job)
    , m_rate(makeLabel(u"–"_s, u"figure"_s))
    , m_rateWords(makeLabel({}, u"muted"_s))
{
    m_rate->setObjectName(u"success-rate"_s);
    auto *layout = new QGridLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(10);
    auto *head = new QHBoxLayout;
    head->setSpacing(10);
    head->addWidget(m_rate);
    head->addWidget(m_rateWords, 1);
    layout->addLayout(head, 0, 0, 1, 2);
    m_durations = new ChartBox(desk, u"chart-durations"_s, tr("How long the last %1 runs took").arg(runsShown),
        [this](ChartBox *box) { drawDurations(box); });
    m_outcomes = new ChartBox(desk, u"chart-outcomes"_s, tr("Outcomes of the last %1 days").arg(daysShown),
        [this](ChartBox *box) { drawOutcomes(box); });
    layout->addWidget(m_durations, 1, 0);
    layout->addWidget(m_outcomes, 1, 1);
    layout->setColumnStretch(0, 1);
    layout->setColumnStretch(1, 1);
    layout->setRowStretch(1, 1);
    m_soon.setSingleShot(true);
    m_soon.setInterval(gatherFor);
    connect(&m_soon, &QTimer::timeout, this, &JobCharts::ask);
    connect(desk->liveRuns, &LiveRuns::runChanged, this, [this](const wire::RunRow &run) {
        if (run.jobName == m_job && isFinal(run.state) && !m_soon.isActive())
            m_soon.start();
    });
    connect(desk->session, &Session::phaseChanged, this, [this] {
        if (m_desk->session->isReady())
            ask();
    });
    connect(desk->times, &Times::changed, m_outcomes, &ChartBox::redraw);
    ask();
}

void JobCharts::ask()
{
    if (!m_desk->session->isReady())
        return; // its return asks
    askDurations();
    askOutcomes();
}

void JobCharts::askOutcomes()
{
    const Instant since = m_desk->times->now() - std::chrono::hours(24 * daysShown);
    const wire::RunList question{.job = m_job, .since = since, .limit = runsCounted};
    m_desk->session->client()->ask(question, this, [this](const Answer<wire::RunListReply> &answer) {
        m_counted = true;
        m_fault = answer ? QString() : answer.error().message;
        m_cut = answer && answer->next;
        if (answer)
            m_ofDays = answer->runs;
        m_outcomes->redraw();
    });
}

void JobCharts::askDurations()
{
    const wire::RunList question{.job = m_job, .limit = runsShown};
    m_desk->session->client()->ask(question, this, [this](const Answer<wire::RunListReply> &answer) {
        m_answered = true;
        m_fault = answer ? QString() : answer.error().message;
        if (answer) {
            m_runs.assign(answer->runs.rbegin(), answer->runs.rend());
            std::erase_if(m_runs, [](const wire::RunRow &run) { return !isFinal(run.state); });
        }
        recount();
        m_durations->redraw();
    });
}

void JobCharts::recount()
{
    const JobFigures figures = figuresOf(m_runs);
    if (figures.judged == 0) {
        m_rate->setText(u"–"_s);
        m_rateWords->setText(tr("no run has ended yet that could succeed"));
        return;
    }
    m_rate->setText(tr("%1 %").arg(int(figures.rate() * 100)));
    m_rateWords->setText(tr("%1 of the last %2 runs succeeded; cancelled and skipped ones are left out")
                             .arg(figures.succeeded)
                             .arg(figures.judged));
}

void JobCharts::drawDurations(ChartBox *box)
{
    const JobFigures figures = figuresOf(m_runs);
    Duration longest{0};
    std::vector<std::pair<int, const wire::RunRow *>> points;
    for (const wire::RunRow &run : m_runs)
        if (run.startedAt && run.endedAt) {
            points.emplace_back(int(points.size()) + 1, &run);
            longest = std::max(longest, *run.endedAt - *run.startedAt);
        }
    if (!m_answered || !m_fault.isEmpty() || int(points.size()) < leastRuns) {
        box->setMessage(!m_fault.isEmpty() ? m_fault
                : !m_answered
                ? tr("Loading ...")
                : tr("Durations are drawn once %1 runs have ended; so far %2.").arg(leastRuns).arg(points.size()),
            !m_fault.isEmpty());
        return;
    }
    const DurationUnit unit = unitFor(longest);
    const auto scaled = [&](Duration took) { return double(took.count()) / double(unit.unit.count()); };
    auto *x = box->addAxis(Qt::AlignBottom, 0.5, double(points.size()) + 0.5, u"%.0f"_s);
    x->setTickType(QValueAxis::TicksDynamic);
    x->setTickInterval(std::max(1.0, roundedUp(double(points.size()) / 8)));
    auto *y = box->addAxis(Qt::AlignLeft, 0, roundedUp(scaled(longest)), u"%g "_s + unit.sign);
    const auto scatter = [&](const QString &name, Look look, QScatterSeries::MarkerShape shape, bool good) {
        auto *series = new QScatterSeries;
        series->setName(name);
        series->setMarkerShape(shape);
        series->setMarkerSize(8);
        series->setColor(box->color(look));
        series->setBorderColor(box->color(u"surface"_s));
        for (const auto &[at, run] : points)
            if ((run->state == RunState::Succeeded) == good)
                series->append(at, scaled(*run->endedAt - *run->startedAt));
        if (series->count() > 0)
            box->addSeries(series, {x, y});
        else
            delete series;
    };
    const auto line = [&](const QString &name, Duration at, Qt::PenStyle style) {
        auto *series = new QLineSeries;
        series->setName(name);
        series->setPen(QPen(box->color(u"accent"_s), 1.5, style));
        series->append(0.5, scaled(at));
        series->append(double(points.size()) + 0.5, scaled(at));
        box->addSeries(series, {x, y});
    };
    scatter(tr("succeeded"), Look::Success, QScatterSeries::MarkerShapeCircle, true);
    scatter(tr("did not"), Look::Failed, QScatterSeries::MarkerShapeTriangle, false);
    if (figures.timed > 0) {
        line(tr("median"), figures.median, Qt::SolidLine);
        line(tr("p90"), figures.p90, Qt::DashLine);
    }
    box->setLegend(true);
    box->setSummary(figures.timed > 0
            ? tr("median %1, nine of ten within %2; %3 succeeded")
                  .arg(spanText(figures.median), spanText(figures.p90))
                  .arg(figures.timed)
            : tr("none of the last %1 succeeded; the longest took %2").arg(points.size()).arg(spanText(longest)));
}

void JobCharts::drawOutcomes(ChartBox *box)
{
    const Zone zone = m_desk->times->zoneOf(m_job);
    const QDate last = dateIn(zone, m_desk->times->now());
    const std::map<QDate, DayTally> tallies = tallyByDay(m_ofDays, zone);
    QStringList names;
    qint64 most = 0, all = 0;
    std::vector<const DayTally *> days;
    for (int i = daysShown - 1; i >= 0; --i) {
        const QDate date = last.addDays(-i);
        const auto found = tallies.find(date);
        const DayTally *day = found == tallies.end() ? nullptr : &found->second;
        days.push_back(day);
        names += QString::number(date.day()); // no two alike within two weeks
        most = std::max(most, day ? day->runs() : 0);
        all += day ? day->runs() : 0;
    }
    if (all == 0 || !m_fault.isEmpty()) {
        box->setMessage(!m_fault.isEmpty() ? m_fault
                : !m_counted               ? tr("Loading ...")
                                           : tr("No run of this job in the last %1 days.").arg(daysShown),
            !m_fault.isEmpty());
        return;
    }
    auto *series = new QStackedBarSeries;
    series->setBarWidth(0.75);
    QStringList words;
    for (const Outcome &outcome : outcomesShown()) {
        auto *set = new QBarSet(outcome.word);
        const QColor ink = box->color(outcome.look);
        set->setPen(QPen(ink, 1));
        set->setBrush(outcome.look == Look::Success ? QBrush(ink) : QBrush(ink, patternOf(outcome.look)));
        qint64 sum = 0;
        for (const DayTally *day : days) {
            const qint64 count = day ? day->of(outcome.states) : 0;
            set->append(double(count));
            sum += count;
        }
        if (sum == 0) {
            delete set;
            continue;
        }
        series->append(set);
        words += tr("%1 %2").arg(sum).arg(outcome.word);
    }
    if (words.isEmpty()) {
        delete series;
        box->setMessage(tr("Its runs of the last %1 days have not ended yet.").arg(daysShown));
        return;
    }
    auto *x = new QBarCategoryAxis;
    x->append(names);
    box->style(x);
    x->setGridLineVisible(false);
    box->chart()->addAxis(x, Qt::AlignBottom);
    auto *y = box->addAxis(Qt::AlignLeft, 0, roundedUp(double(most)), u"%.0f"_s);
    y->setTickCount(most <= 2 ? int(roundedUp(double(most))) + 1 : 3);
    box->addSeries(series, {x, y});
    box->setLegend(true);
    QString text = words.join(u", "_s);
    if (m_cut)
        text += tr("; of the newest %1 runs").arg(runsCounted);
    box->setSummary(text);
}

} // namespace belfry

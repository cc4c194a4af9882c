// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/dayspane.h"

#include "console/views/parts.h"

#include <QToolButton>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype mostNamed = 100; // jobs in a filter

} // namespace

DaysPane::DaysPane(Desk *desk, QWidget *parent)
    : QWidget(parent)
    , m_desk(desk)
    , m_days(new DayHistory(desk->session, desk->times, desk->liveRuns, this))
    , m_map(new HeatMap(desk, m_days))
    , m_year(makeLabel({}, u"muted"_s))
    , m_day(makeLabel({}, u"heading"_s))
    , m_open(new QToolButton)
    , m_runs(new History(desk->times, this))
    , m_table(new Table(desk, u"day-runs"_s))
{
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(8);
    m_year->setObjectName(u"days-year"_s);
    m_year->setWordWrap(true);
    layout->addWidget(m_year);
    layout->addWidget(m_map);
    auto *head = new QHBoxLayout;
    head->setSpacing(8);
    m_day->setObjectName(u"days-day"_s);
    m_day->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    head->addWidget(m_day, 1);
    m_open->setObjectName(u"days-open"_s);
    m_open->setText(tr("Open in History"));
    m_open->setProperty("kind", u"action"_s);
    m_open->setIcon(desk->theme->icon(u"history"_s));
    m_open->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    head->addWidget(m_open);
    layout->addLayout(head);
    m_table->setPlain(m_runs);
    m_table->setAccessibleName(tr("Runs of the day"));
    layout->addWidget(m_table, 1);
    setFocusProxy(m_map);
    const auto open = [this] {
        if (const QString filter = filterText(); !filter.isEmpty())
            m_desk->navigator->openView(u"history"_s, filter);
    };
    connect(m_open, &QToolButton::clicked, this, open);
    connect(m_map, &HeatMap::activated, this, open);
    connect(m_map, &HeatMap::currentChanged, this, &DaysPane::askRuns);
    connect(m_days, &DayHistory::changed, this, &DaysPane::redraw);
    connect(m_days, &DayHistory::failed, this, [this](const QString &why) {
        m_year->setText(why);
        m_desk->navigator->notice(why, true);
    });
    connect(m_runs, &History::answered, this, [this] { m_table->setEmptyText(tr("No run was queued on this day.")); });
    connect(m_runs, &History::failed, this, [this](const QString &why) { m_table->setEmptyText(why, true); });
    connect(m_table, &Table::rowActivated, this, [this](int row) {
        if (const wire::RunRow *run = m_runs->at(row))
            m_desk->navigator->openRun(run->id);
    });
    connect(m_table, &Table::currentRowChanged, this, [this] {
        if (isVisible())
            m_desk->selection->set(subject());
    });
    connect(desk->liveRuns, &LiveRuns::runChanged, m_runs, &History::runChanged);
    connect(desk->times, &Times::changed, this, &DaysPane::askRuns);
    connect(desk->theme, &Theme::changed, this, [this] { m_open->setIcon(m_desk->theme->icon(u"history"_s)); });
    connect(desk->session, &Session::clientChanged, this,
        [this] { m_runs->setClient(isVisible() ? m_desk->session->client() : nullptr); });
    connect(desk->session, &Session::phaseChanged, this, [this] {
        if (m_desk->session->isReady() && isVisible())
            m_runs->reload();
    });
    redraw();
}

void DaysPane::setJobs(const std::optional<QStringList> &jobs)
{
    m_days->setJobs(jobs);
    askRuns();
}

void DaysPane::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    m_days->setActive(true);
    m_runs->setClient(m_desk->session->client());
    askRuns();
}

void DaysPane::hideEvent(QHideEvent *event)
{
    QWidget::hideEvent(event);
    m_days->setActive(false);
}

QString DaysPane::filterText() const
{
    const auto &jobs = m_days->jobs();
    if (jobs && (jobs->isEmpty() || jobs->size() > mostNamed))
        return {};
    const wire::DayRow day = m_days->day(m_map->current());
    const Zone zone = m_days->zone();
    const QString times = u"since:%1 until:%2"_s.arg(toRfc3339(day.from, zone), toRfc3339(day.until, zone));
    return jobs ? u"job:%1 "_s.arg(jobs->join(u',')) + times : times;
}

void DaysPane::askRuns()
{
    redraw();
    if (!isVisible())
        return;
    const QString filter = filterText();
    m_open->setEnabled(!filter.isEmpty());
    if (!filter.isEmpty()) {
        m_table->setEmptyText(tr("Loading ..."));
        m_runs->ask({.job = {}, .filter = filter});
    }
    m_table->setVisible(!filter.isEmpty());
}

void DaysPane::redraw()
{
    const wire::DayRow day = m_days->day(m_map->current());
    m_day->setText(m_map->dayText(m_map->current()));
    m_day->setToolTip(m_day->text());
    if (!m_days->isComplete()) {
        m_year->setText(tr("Counting the runs of the last year ..."));
        return;
    }
    m_year->setText(tr("Each day shows the worst that happened on it and how many runs there were, missed occasions "
                       "with them; days of %1.")
                        .arg(m_days->zone().name()));
    const auto &jobs = m_days->jobs();
    if (jobs && jobs->isEmpty())
        m_day->setText(tr("No job passes the filter."));
    else if (filterText().isEmpty())
        m_day->setText(tr("%1  (narrow the filter to see its runs)").arg(m_day->text()));
}

Subject DaysPane::subject() const
{
    if (const wire::RunRow *run = m_runs->at(m_table->currentRow()))
        return {.run = *run};
    const auto &jobs = m_days->jobs();
    return jobs && jobs->size() == 1 ? Subject{.job = jobs->front()} : Subject();
}

} // namespace belfry

// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/schedulepage.h"

#include "console/views/parts.h"

#include <QComboBox>
#include <QTabWidget>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

constexpr int mostListed = 5000;
constexpr std::chrono::hours ranges[] = {std::chrono::hours(6), std::chrono::hours(24), std::chrono::hours(24 * 7)};
constexpr int rangeAtFirst = 1;

} // namespace

SchedulePage::SchedulePage(Desk *desk)
    : Page(desk, u"schedule"_s)
    , m_upcoming(new Upcoming(desk->times, desk->jobs, mostListed, this))
    , m_search(new JobSearch(this))
    , m_count(makeLabel({}, u"muted"_s))
    , m_range(new QComboBox)
    , m_filter(new FilterLine(desk, FilterKind::Jobs))
    , m_tabs(new QTabWidget)
    , m_table(new Table(desk, u"schedule-table"_s))
    , m_timeline(new TimelinePane(desk))
    , m_days(new DaysPane(desk))
{
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(16, 14, 16, 12);
    layout->setSpacing(10);
    auto *bar = new QHBoxLayout;
    bar->setSpacing(8);
    bar->addWidget(makeLabel(tr("Schedule"), u"title"_s));
    bar->addSpacing(10);
    m_count->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    bar->addWidget(m_count, 1000);
    bar->addStretch(1);
    bar->addWidget(m_range);
    for (const QString &id : {u"act.run"_s, u"job.pause"_s, u"job.open"_s})
        bar->addWidget(makeButton(desk->commands->action(id)));
    layout->addLayout(bar);
    layout->addWidget(m_filter);
    m_tabs->setObjectName(u"schedule-tabs"_s);
    m_tabs->setAccessibleName(tr("Ways to see the schedule"));
    for (const auto &[title, content] : {std::pair<QString, QWidget *>(tr("List"), m_table),
             std::pair<QString, QWidget *>(tr("Timeline"), m_timeline),
             std::pair<QString, QWidget *>(tr("Days"), m_days)}) {
        auto *page = new QWidget;
        auto *inner = new QVBoxLayout(page);
        inner->setContentsMargins(0, 10, 0, 0);
        inner->addWidget(content);
        m_tabs->addTab(page, title);
    }
    layout->addWidget(m_tabs, 1);
    addRanges();
    connectFilter();
    connectList();
    connect(m_tabs, &QTabWidget::currentChanged, this, &SchedulePage::shown);
    m_search->setClient(desk->session->client());
    m_upcoming->setClient(desk->session->client());
}

void SchedulePage::addRanges()
{
    m_range->setObjectName(u"schedule-range"_s);
    m_range->setAccessibleName(tr("How far ahead"));
    m_range->setToolTip(tr("How far ahead occasions are listed"));
    for (const std::chrono::hours range : ranges)
        m_range->addItem(desk()->theme->icon(u"schedule"_s),
            range.count() <= 24 ? tr("next %1 hours").arg(range.count()) : tr("next %1 days").arg(range.count() / 24));
    connect(m_range, &QComboBox::currentIndexChanged, this, [this](int at) { m_upcoming->setRange(ranges[at]); });
    m_range->setCurrentIndex(rangeAtFirst);
}

void SchedulePage::connectFilter()
{
    connect(m_filter, &FilterLine::accepted, m_search, &JobSearch::ask);
    connect(m_search, &JobSearch::found, this, [this](const std::optional<QStringList> &jobs) {
        m_fault.clear();
        showJobs(jobs);
    });
    connect(m_search, &JobSearch::failed, this, [this](const QString &why) {
        m_fault = why;
        showJobs(QStringList());
    });
}

void SchedulePage::showJobs(const std::optional<QStringList> &jobs)
{
    m_upcoming->setJobs(jobs);
    m_timeline->timeline()->setJobs(jobs);
    m_days->setJobs(jobs);
}

void SchedulePage::connectList()
{
    m_table->setPlain(m_upcoming);
    connect(m_table, &Table::currentRowChanged, this, [this](int row) {
        if (isVisible())
            select(row);
    });
    connect(m_table, &Table::rowActivated, this,
        [this](int row) { desk()->navigator->openJob(m_upcoming->entries()[std::size_t(row)].job); });
    connect(m_upcoming, &Upcoming::failed, this, [this](const QString &why) {
        m_table->setEmptyText(why, true);
        if (m_upcoming->rowCount() > 0)
            desk()->navigator->notice(why, true);
    });
    connect(m_upcoming, &Upcoming::answered, this, &SchedulePage::recount);
    connect(desk()->session, &Session::clientChanged, this, [this] {
        m_search->setClient(desk()->session->client());
        m_upcoming->setClient(desk()->session->client());
    });
    connect(desk()->session, &Session::phaseChanged, this, [this] {
        if (desk()->session->isReady())
            refresh();
    });
    connect(desk()->session, &Session::tick, this, [this] {
        if (isVisible())
            m_upcoming->tick();
    });
    connect(desk()->times, &Times::changed, this, [this] {
        m_upcoming->retranslate();
        recount();
    });
}

void SchedulePage::recount()
{
    const Times &times = *desk()->times;
    const auto range = ranges[m_range->currentIndex()];
    const int rows = m_upcoming->rowCount();
    m_count->setText(m_upcoming->isCut()
            ? tr("the first %1 until %2").arg(rows).arg(times.longText(m_upcoming->entries().back().at))
            : tr("%1 until %2").arg(rows).arg(times.longText(times.now() + range)));
    m_count->setToolTip(m_count->text()); // it gives way to the buttons
    const QString filter = m_filter->text();
    if (!m_fault.isEmpty()) {
        m_table->setEmptyText(m_fault, true);
        return;
    }
    m_table->setEmptyText(filter.isEmpty()
            ? tr("No job is due in the %1. Choose a longer range at the top.").arg(m_range->currentText())
            : tr("No job that passes the filter  %1  is due in the %2.").arg(filter, m_range->currentText()));
}

void SchedulePage::select(int row)
{
    desk()->selection->set(row >= 0 ? Subject{.job = m_upcoming->entries()[std::size_t(row)].job} : Subject());
}

void SchedulePage::refresh()
{
    m_search->ask(m_search->filter());
    m_upcoming->refresh();
}

void SchedulePage::showRun(const wire::RunRow &run)
{
    m_filter->setText({});
    m_tabs->setCurrentIndex(1);
    m_timeline->view()->goTo(run);
}

void SchedulePage::shown()
{
    const bool lists = m_tabs->currentIndex() == 0;
    m_range->setVisible(lists);
    m_count->setVisible(lists);
    if (!lists) {
        const bool isTimeline = m_tabs->currentIndex() == 1;
        (isTimeline ? static_cast<QWidget *>(m_timeline->view()) : m_days)->setFocus(Qt::OtherFocusReason);
        desk()->selection->set(isTimeline ? m_timeline->subject() : m_days->subject());
        return;
    }
    if (!m_table->currentIndex().isValid() && m_upcoming->rowCount() > 0)
        m_table->QTableView::selectRow(0);
    m_table->setFocus(Qt::OtherFocusReason);
    select(m_table->currentRow());
}

} // namespace belfry

// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/jobpage.h"

#include <QTabWidget>
#include <QToolButton>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

constexpr int occasionsShown = 100;

} // namespace

JobPage::JobPage(Desk *desk, const QString &job)
    : Page(desk, u"job-"_s + job)
    , m_job(job)
    , m_title(makeLabel(job, u"title"_s))
    , m_state(new StateLabel(desk))
    , m_schedule(makeLabel({}, u"muted"_s))
    , m_unskip(makeButton(desk->commands->action(u"job.unskip"_s)))
    , m_tabs(new QTabWidget)
    , m_history(new History(desk->times, this))
    , m_runs(new Table(desk, u"job-runs"_s))
    , m_upcoming(new Upcoming(desk->times, desk->jobs, occasionsShown, this))
    , m_next(new Table(desk, u"job-next"_s))
    , m_definition(new DefinitionPanel(desk, job))
    , m_versions(new VersionsPanel(desk, job))
    , m_why(new WhyPanel(desk))
    , m_charts(new JobCharts(desk, job))
    , m_days(new DaysPane(desk))
{
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(16, 14, 16, 12);
    layout->setSpacing(10);
    auto *head = new QHBoxLayout;
    head->setSpacing(8);
    head->addWidget(m_title);
    head->addSpacing(10);
    head->addWidget(m_state, 1);
    for (const QString &id : {u"act.run"_s, u"job.pause"_s, u"job.skip"_s})
        head->addWidget(makeButton(desk->commands->action(id)));
    head->addWidget(m_unskip);
    m_unskip->hide(); // until something is to be skipped
    layout->addLayout(head);
    auto *below = new QHBoxLayout;
    below->setSpacing(12);
    below->addWidget(m_schedule, 1);
    below->addWidget(new RunStrip(desk, job));
    layout->addLayout(below);
    m_tabs->setObjectName(u"job-tabs"_s);
    m_tabs->setAccessibleName(tr("About this job"));
    layout->addWidget(m_tabs, 1);
    const auto tab = [this](const QString &title, QWidget *content) {
        auto *page = new QWidget;
        auto *inner = new QVBoxLayout(page);
        inner->setContentsMargins(0, 10, 0, 0);
        inner->addWidget(content);
        m_tabs->addTab(page, title);
    };
    tab(tr("Runs"), m_runs);
    tab(tr("Next"), m_next);
    tab(tr("Why"), makeCard(tr("Now"), m_why));
    tab(tr("Definition"), m_definition);
    tab(tr("Versions"), m_versions);
    tab(tr("Charts"), m_charts);
    tab(tr("Days"), m_days);

    m_days->setJobs(QStringList{job});
    m_history->ask({.job = job, .filter = {}});
    m_runs->setPlain(m_history);
    m_runs->showColumns({u"state"_s, u"run"_s, u"started"_s, u"ended"_s, u"took"_s, u"exit"_s, u"tries"_s, u"agent"_s,
        u"cause"_s, u"reason"_s, u"params"_s});
    m_next->setPlain(m_upcoming);
    m_next->showColumns({u"at"_s, u"away"_s, u"note"_s});
    connect(m_history, &History::answered, this,
        [this] { m_runs->setEmptyText(tr("It has not run yet. Run it with R.")); });
    connect(m_history, &History::failed, this, [this](const QString &why) { m_runs->setEmptyText(why, true); });
    connect(m_upcoming, &Upcoming::answered, this, [this] {
        m_next->setEmptyText(tr("It has no schedule, or no occasion is left: it runs on demand."));
        m_unskip->setVisible(std::ranges::any_of(
            m_upcoming->entries(), [](const wire::NextEntry &entry) { return !entry.by.isEmpty(); }));
    });
    connect(m_upcoming, &Upcoming::failed, this, [this](const QString &why) { m_next->setEmptyText(why, true); });
    connect(m_runs, &Table::rowActivated, this, [this](int row) {
        if (const wire::RunRow *run = m_history->at(row))
            this->desk()->navigator->openRun(run->id);
    });
    connect(m_runs, &Table::currentRowChanged, this, [this](int row) {
        if (const wire::RunRow *run = isVisible() ? m_history->at(row) : nullptr)
            this->desk()->selection->set({.run = *run});
    });
    connect(m_next, &Table::currentRowChanged, this, [this](int row) {
        if (isVisible())
            this->desk()->selection->set(subjectOfNext(row));
    });
    connect(m_tabs, &QTabWidget::currentChanged, this, &JobPage::shown);
    connect(desk->liveRuns, &LiveRuns::runChanged, m_history, &History::runChanged);
    connect(desk->jobs, &Jobs::jobsChanged, this, &JobPage::redraw);
    connect(desk->times, &Times::changed, m_history, &History::retranslate);
    connect(desk->times, &Times::changed, this, [this] {
        if (isVisible())
            askWhy();
    });
    connect(desk->times, &Times::changed, m_upcoming, &Upcoming::retranslate);
    connect(desk->session, &Session::tick, m_upcoming, &Upcoming::tick);
    connect(desk->session, &Session::clientChanged, this, [this] {
        m_history->setClient(this->desk()->session->client());
        m_upcoming->setClient(this->desk()->session->client());
    });
    connect(desk->session, &Session::phaseChanged, this, [this] {
        if (this->desk()->session->isReady())
            refresh();
    });
    m_upcoming->setJobs(QStringList{job});
    m_history->setClient(desk->session->client());
    m_upcoming->setClient(desk->session->client());
    redraw();
    askWhy();
}

void JobPage::shown()
{
    const QWidget *seen = m_tabs->currentWidget();
    const auto isSeen = [seen](const QWidget *content) { return seen && seen->isAncestorOf(content); };
    QWidget *focused = m_tabs;
    for (QWidget *each : std::array<QWidget *, 3>{m_runs, m_next, m_days})
        if (isSeen(each))
            focused = each;
    focused->setFocus();
    desk()->selection->set(isSeen(m_next) ? subjectOfNext(m_next->currentRow())
            : isSeen(m_days)              ? m_days->subject()
                                          : Subject{.job = m_job});
    askWhy();
}

Subject JobPage::subjectOfNext(int row) const
{
    Subject subject{.job = m_job};
    if (row >= 0 && row < int(m_upcoming->entries().size()))
        subject.occasion = m_upcoming->entries()[std::size_t(row)].at;
    return subject;
}

void JobPage::refresh()
{
    m_history->reload();
    m_upcoming->refresh();
    m_version = 0;
    redraw();
    askWhy();
}

void JobPage::redraw()
{
    const wire::JobRow *row = desk()->jobs->find(m_job);
    if (!row) {
        m_state->setLook({Look::Waiting, u"state-skipped"_s, {}, {}},
            desk()->jobs->isComplete() ? tr("removed") : tr("loading ..."));
        return;
    }
    m_state->setLook(lookOf(*row), lookOf(*row).word);
    const QString schedule = row->schedule.isEmpty() ? tr("on demand") : tr("%1, in %2").arg(row->schedule, row->zone);
    m_schedule->setText(row->title.isEmpty() ? schedule : row->title + u"  ·  "_s + schedule);
    if (std::exchange(m_version, row->version) != row->version) {
        m_definition->refresh();
        m_versions->refresh();
    }
}

void JobPage::askWhy()
{
    if (!desk()->session->isReady())
        return;
    desk()->session->client()->ask(wire::ExplainJob{.job = m_job, .zone = desk()->times->spokenZone()}, this,
        [this](const Answer<wire::Explanation> &answer) {
            if (answer)
                m_why->set(*answer);
            else
                m_why->setText(answer.error().message);
        });
}

} // namespace belfry

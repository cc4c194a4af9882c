// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/overviewpage.h"

#include <QPushButton>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

constexpr int nextShown = 12;
const QString failedToday = u"state:failed,timed_out,not_started,lost since:24h"_s;

} // namespace

OverviewPage::OverviewPage(Desk *desk)
    : Page(desk, u"overview"_s)
    , m_upcoming(new Upcoming(desk->times, desk->jobs, nextShown, this))
    , m_failures(new History(desk->times, this))
    , m_tiles(new QHBoxLayout)
    , m_running(makeTile(tr("running"), u"live"_s, u"state:running,assigned"_s))
    , m_waiting(makeTile(tr("waiting"), u"live"_s, u"state:queued,retrying"_s))
    , m_attention(makeTile(tr("need attention"), u"attention"_s, {}))
    , m_failed(makeTile(tr("failed in 24 h"), u"history"_s, failedToday))
    , m_paused(makeTile(tr("jobs paused"), u"jobs"_s, {}))
    , m_agents(makeTile(tr("agents connected"), u"agents"_s, {}))
    , m_live(makeTable(desk->liveRuns, u"overview-live"_s, {u"state"_s, u"job"_s, u"run"_s, u"agent"_s, u"progress"_s}))
    , m_next(makeTable(m_upcoming, u"overview-next"_s, {u"at"_s, u"away"_s, u"job"_s, u"note"_s}))
    , m_wrong(makeTable(
          m_failures, u"overview-failed"_s, {u"state"_s, u"job"_s, u"run"_s, u"ended"_s, u"exit"_s, u"reason"_s}))
{
    m_failures->ask({.job = {}, .filter = failedToday});
    auto *layout = new QGridLayout(this);
    layout->setContentsMargins(16, 14, 16, 12);
    layout->setSpacing(12);
    layout->addWidget(makeLabel(tr("Overview"), u"title"_s), 0, 0, 1, 2);
    m_tiles->setSpacing(12);
    layout->addLayout(m_tiles, 1, 0, 1, 2);
    layout->addWidget(makeCard(tr("Live now"), m_live), 2, 0);
    layout->addWidget(makeCard(tr("Next starts"), m_next), 2, 1);
    layout->addWidget(makeCard(tr("Failed in the last 24 hours"), m_wrong), 3, 0);
    layout->addWidget(new LoadCharts(desk), 3, 1);
    layout->setRowStretch(2, 1);
    layout->setRowStretch(3, 1);
    layout->setColumnStretch(0, 5);
    layout->setColumnStretch(1, 4);

    connect(m_live, &Table::rowActivated, this,
        [this](int row) { this->desk()->navigator->openRun(this->desk()->liveRuns->at(row).id); });
    connect(m_next, &Table::rowActivated, this,
        [this](int row) { this->desk()->navigator->openJob(m_upcoming->entries()[std::size_t(row)].job); });
    connect(m_wrong, &Table::rowActivated, this, [this](int row) {
        if (const wire::RunRow *run = m_failures->at(row))
            this->desk()->navigator->openRun(run->id);
    });
    connect(m_live, &Table::currentRowChanged, this, [this](int row) {
        if (isVisible() && row >= 0)
            this->desk()->selection->set({.run = this->desk()->liveRuns->at(row)});
    });
    connect(m_next, &Table::currentRowChanged, this, [this](int row) {
        if (isVisible() && row >= 0)
            this->desk()->selection->set({.job = m_upcoming->entries()[std::size_t(row)].job});
    });
    connect(m_wrong, &Table::currentRowChanged, this, [this](int row) {
        if (const wire::RunRow *run = isVisible() ? m_failures->at(row) : nullptr)
            this->desk()->selection->set({.run = *run});
    });
    connect(desk->liveRuns, &LiveRuns::countsChanged, this, &OverviewPage::recount);
    connect(desk->liveRuns, &LiveRuns::completed, this, &OverviewPage::recount);
    connect(desk->jobs, &Jobs::jobsChanged, this, &OverviewPage::recount);
    connect(desk->agents, &Agents::agentsChanged, this, &OverviewPage::recount);
    connect(desk->liveRuns, &LiveRuns::runChanged, m_failures, &History::runChanged);
    connect(desk->liveRuns, &LiveRuns::runChanged, desk->session, [session = desk->session](const wire::RunRow &run) {
        if (isFailure(run.state))
            session->refreshStatus();
    });
    connect(m_failures, &History::answered, this, &OverviewPage::recount);
    connect(m_failures, &History::rowsInserted, this, &OverviewPage::recount);
    connect(m_failures, &History::failed, this, [this](const QString &why) { m_wrong->setEmptyText(why, true); });
    connect(m_upcoming, &Upcoming::answered, this, [this] { m_next->setEmptyText(tr("No job has a schedule.")); });
    connect(m_upcoming, &Upcoming::failed, this, [this](const QString &why) { m_next->setEmptyText(why, true); });
    connect(desk->session, &Session::statusChanged, this, &OverviewPage::recount);
    connect(desk->session, &Session::clientChanged, this, [this] {
        m_upcoming->setClient(this->desk()->session->client());
        m_failures->setClient(this->desk()->session->client());
    });
    connect(desk->session, &Session::phaseChanged, this, [this] {
        if (this->desk()->session->isReady())
            refresh();
        recount();
    });
    connect(desk->session, &Session::tick, this, [this] {
        if (!isVisible())
            return;
        m_upcoming->tick();
        this->desk()->liveRuns->tick();
    });
    connect(desk->times, &Times::changed, m_upcoming, &Upcoming::retranslate);
    connect(desk->times, &Times::changed, m_failures, &History::retranslate);
    connect(desk->theme, &Theme::changed, this, &OverviewPage::recount);
    m_again.setInterval(std::chrono::minutes(10));
    connect(&m_again, &QTimer::timeout, m_failures, &History::reload);
    m_again.start();
    m_upcoming->setClient(desk->session->client());
    m_failures->setClient(desk->session->client());
    recount();
}

Table *OverviewPage::makeTable(QAbstractItemModel *model, const QString &name, const QStringList &columns)
{
    auto *table = new Table(desk(), name);
    if (model == desk()->liveRuns)
        table->setSorted(model, u"run"_s, Qt::DescendingOrder);
    else
        table->setPlain(model);
    table->showColumns(columns);
    return table;
}

OverviewPage::Tile OverviewPage::makeTile(const QString &name, const QString &view, const QString &filter)
{
    Tile tile;
    tile.button = new QPushButton;
    tile.button->setProperty("kind", u"tile"_s);
    tile.button->setMinimumHeight(86);
    tile.button->setAccessibleName(name);
    tile.icon = new QLabel;
    tile.figure = makeLabel({}, u"figure"_s);
    tile.words = makeLabel(name, u"muted"_s);
    tile.words->setWordWrap(true);
    auto *layout = new QGridLayout(tile.button);
    layout->setContentsMargins(16, 10, 16, 10);
    layout->setHorizontalSpacing(10);
    layout->setVerticalSpacing(0);
    layout->addWidget(tile.icon, 0, 0);
    layout->addWidget(tile.figure, 0, 1);
    layout->addWidget(tile.words, 1, 0, 1, 2);
    layout->setColumnStretch(1, 1);
    for (QLabel *each : {tile.icon, tile.figure, tile.words})
        each->setAttribute(Qt::WA_TransparentForMouseEvents);
    m_tiles->addWidget(tile.button, 1);
    connect(
        tile.button, &QPushButton::clicked, this, [this, view, filter] { desk()->navigator->openView(view, filter); });
    return tile;
}

void OverviewPage::setTile(Tile &tile, const QString &figure, const QString &words, const StateLook &look)
{
    const QColor ink = desk()->session->isReady() ? desk()->theme->color(look.look) : desk()->theme->color(u"muted"_s);
    tile.figure->setText(figure);
    tile.words->setText(words);
    tile.icon->setPixmap(desk()->theme->pixmap(look.icon, ink, 24, devicePixelRatioF()));
    tile.button->setAccessibleName(figure + u' ' + words);
}

void OverviewPage::recount()
{
    const Desk &all = *desk();
    const bool known = all.liveRuns->isComplete();
    const auto number = [](bool there, int value) { return there ? QString::number(value) : u"–"_s; };
    setTile(m_running, number(known, all.liveRuns->running()), tr("running"), lookOf(RunState::Running));
    setTile(m_waiting, number(known, all.liveRuns->waiting()), tr("waiting"), lookOf(RunState::Queued));
    const qint64 attention = all.session->status().attention;
    setTile(m_attention, all.session->isReady() ? QString::number(attention) : u"–"_s, tr("need attention"),
        attention > 0 ? lookOf(RunState::Failed) : lookOf(RunState::Succeeded));
    const int failures = m_failures->rowCount();
    setTile(m_failed,
        m_failures->isComplete() ? QString::number(failures) + (m_failures->hasMore() ? u"+"_s : QString()) : u"–"_s,
        tr("failed in 24 h"), failures > 0 ? lookOf(RunState::Failed) : lookOf(RunState::Succeeded));
    const int paused = int(std::count_if(all.jobs->rows().begin(), all.jobs->rows().end(),
        [](const wire::JobRow &job) { return job.pausedSince.has_value(); }));
    setTile(m_paused, all.jobs->isComplete() ? u"%1/%2"_s.arg(paused).arg(all.jobs->rowCount()) : u"–"_s,
        tr("jobs paused"),
        paused > 0 ? StateLook{Look::Warning, u"state-held"_s, {}, {}}
                   : StateLook{Look::Waiting, u"state-held"_s, {}, {}});
    const int online = all.agents->online();
    const int agents = all.agents->rowCount();
    setTile(m_agents, all.agents->isComplete() ? u"%1/%2"_s.arg(online).arg(agents) : u"–"_s, tr("agents connected"),
        agents > 0 && online == agents ? StateLook{Look::Success, u"state-succeeded"_s, {}, {}}
                                       : StateLook{Look::Unknown, u"state-unreachable"_s, {}, {}});
    if (known)
        m_live->setEmptyText(tr("Nothing waits and nothing runs."));
    if (m_failures->isComplete())
        m_wrong->setEmptyText(tr("Nothing failed in the last 24 hours."));
}

void OverviewPage::refresh()
{
    m_upcoming->refresh();
    m_failures->reload();
}

void OverviewPage::shown()
{
    m_live->setFocus(Qt::OtherFocusReason);
    const int row = m_live->currentRow();
    desk()->selection->set(row >= 0 ? Subject{.run = desk()->liveRuns->at(row)} : Subject());
}

} // namespace belfry

// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/listpages.h"

#include "console/views/parts.h"
#include "shared/filter/runfilter.h"

#include <QSortFilterProxyModel>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

constexpr int mostSelected = 1000; // rows that one action takes at once

} // namespace

ListPage::ListPage(Desk *desk, const QString &name, const QString &title, std::optional<FilterKind> kind)
    : Page(desk, name)
    , m_bar(new QHBoxLayout)
    , m_count(makeLabel({}, u"muted"_s))
    , m_table(new Table(desk, name + u"-table"_s))
{
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(16, 14, 16, 12);
    layout->setSpacing(10);
    m_bar->addWidget(makeLabel(title, u"title"_s));
    m_bar->addSpacing(10);
    m_bar->addWidget(m_count, 1);
    layout->addLayout(m_bar);
    if (kind) {
        m_filter = new FilterLine(desk, *kind);
        layout->addWidget(m_filter);
    }
    layout->addWidget(m_table, 1);
}

void ListPage::wire()
{
    const auto select = [this] {
        if (isVisible())
            desk()->selection->set(selected());
    };
    connect(m_table, &Table::currentRowChanged, this, select);
    connect(m_table, &Table::rowsSelected, this, select);
    connect(m_table, &Table::rowActivated, this, [this](int row) {
        if (row >= 0)
            open(row);
    });
}

Subject ListPage::selected() const
{
    const QList<int> rows = m_table->selectedRows(mostSelected);
    const int current = m_table->currentRow() >= 0 ? m_table->currentRow() : rows.value(0, -1);
    if (current < 0)
        return {};
    Subject subject = subjectOf(current);
    if (rows.size() < 2)
        return subject;
    subject.concerns.clear();
    for (const int row : rows) {
        const Subject each = subjectOf(row);
        if (each.run)
            subject.runs.push_back(*each.run);
        if (each.job && !each.run)
            subject.jobs += *each.job;
        subject.concerns.insert(subject.concerns.end(), each.concerns.begin(), each.concerns.end());
    }
    if (subject.jobs.size() == 1 && subject.runs.empty() && subject.concerns.empty()) // with rows that are no jobs
        subject.job = subject.jobs.front();
    return subject;
}

void ListPage::focusFilter()
{
    if (m_filter)
        m_filter->focusLine();
}

void ListPage::setFilter(const QString &text)
{
    if (m_filter)
        m_filter->setText(text);
}

void ListPage::shown()
{
    if (!m_table->currentIndex().isValid() && m_table->model() && m_table->model()->rowCount() > 0)
        m_table->QTableView::selectRow(0);
    m_table->setFocus(Qt::OtherFocusReason);
    desk()->selection->set(selected());
}

// ---- live runs

class LiveRunsPage::Proxy final : public QSortFilterProxyModel
{
public:
    explicit Proxy(LiveRuns *runs, const Times *times)
        : m_runs(runs)
        , m_times(times)
    {
        setSourceModel(runs);
        setSortRole(SortRole);
    }
    void setText(const QString &text)
    {
        m_text = text;
        const auto filter = filter::parseRunFilter(text, m_times->now());
        m_filter = filter ? *filter : RunFilter();
        invalidateFilter();
    }
    const QString &text() const { return m_text; }

protected:
    bool filterAcceptsRow(int row, const QModelIndex &) const override
    {
        return filter::matches(m_filter, m_runs->at(row));
    }

private:
    LiveRuns *m_runs;
    const Times *m_times;
    QString m_text;
    RunFilter m_filter;
};

LiveRunsPage::LiveRunsPage(Desk *desk)
    : ListPage(desk, u"live"_s, tr("Live runs"), FilterKind::Runs)
    , m_proxy(new Proxy(desk->liveRuns, desk->times))
{
    m_proxy->setParent(this);
    table()->setPlain(m_proxy);
    table()->setSortingEnabled(true);
    table()->sortByColumn(2, Qt::DescendingOrder);
    wire();
    connect(filter(), &FilterLine::accepted, this, &LiveRunsPage::onFilter);
    connect(desk->liveRuns, &LiveRuns::countsChanged, this, &LiveRunsPage::recount);
    connect(desk->liveRuns, &LiveRuns::completed, this, &LiveRunsPage::recount);
    connect(desk->liveRuns, &LiveRuns::failed, this, [this](const QString &why) { table()->setEmptyText(why, true); });
    connect(desk->session, &Session::tick, this, [this] {
        if (isVisible())
            this->desk()->liveRuns->tick();
    });
    connect(desk->times, &Times::changed, desk->liveRuns, [runs = desk->liveRuns] { runs->retranslate(); });
    recount();
}

Subject LiveRunsPage::subjectOf(int row) const
{
    return {.run = desk()->liveRuns->at(m_proxy->mapToSource(m_proxy->index(row, 0)).row())};
}

void LiveRunsPage::open(int row)
{
    desk()->navigator->openRun(subjectOf(row).run->id);
}

void LiveRunsPage::onFilter(const QString &text)
{
    // Tags belong to jobs; only the backend knows them.
    if (text.contains("tag:"_L1)) {
        table()->setEmptyText(tr("Live runs cannot be filtered by tag yet; History can."), true);
    }
    m_proxy->setText(text);
    recount();
}

void LiveRunsPage::recount()
{
    const LiveRuns &runs = *desk()->liveRuns;
    setCount(tr("%1 running, %2 waiting").arg(runs.running()).arg(runs.waiting()));
    if (m_proxy->text().contains("tag:"_L1) || !runs.isComplete())
        return;
    table()->setEmptyText(runs.rowCount() > 0 ? tr("No live run passes the filter  %1").arg(m_proxy->text())
                                              : tr("Nothing waits and nothing runs."));
}

// ---- history

HistoryPage::HistoryPage(Desk *desk)
    : ListPage(desk, u"history"_s, tr("History"), FilterKind::Runs)
    , m_history(new History(desk->times, this))
    , m_newer(new QToolButton)
{
    m_newer->setProperty("kind", u"action"_s);
    m_newer->hide();
    bar()->addWidget(m_newer);
    table()->setPlain(m_history);
    wire();
    connect(m_newer, &QToolButton::clicked, m_history, &History::reload);
    connect(filter(), &FilterLine::accepted, this,
        [this](const QString &text) { m_history->ask({.job = {}, .filter = text}); });
    connect(m_history, &History::answered, this, &HistoryPage::recount);
    connect(m_history, &History::rowsInserted, this, &HistoryPage::recount);
    connect(m_history, &History::modelReset, this, [this] { table()->setEmptyText(tr("Loading ...")); });
    connect(m_history, &History::failed, this, [this](const QString &why) { table()->setEmptyText(why, true); });
    connect(m_history, &History::unjudgedChanged, this, [this](int count) {
        m_newer->setText(tr("%n newer run(s): show", nullptr, count));
        m_newer->setVisible(count > 0);
    });
    connect(desk->liveRuns, &LiveRuns::runChanged, m_history, &History::runChanged);
    connect(desk->session, &Session::clientChanged, this,
        [this] { m_history->setClient(this->desk()->session->client()); });
    connect(desk->session, &Session::phaseChanged, this, [this] {
        if (this->desk()->session->isReady() && m_history->isComplete())
            m_history->reload(); // what changed meanwhile nobody told
    });
    connect(desk->times, &Times::changed, m_history, &History::retranslate);
    m_history->setClient(desk->session->client());
}

Subject HistoryPage::subjectOf(int row) const
{
    const wire::RunRow *run = m_history->at(row);
    return run ? Subject{.run = *run} : Subject();
}

void HistoryPage::open(int row)
{
    if (const wire::RunRow *run = m_history->at(row))
        desk()->navigator->openRun(run->id);
}

void HistoryPage::recount()
{
    setCount(m_history->hasMore() ? tr("the newest %1; more as you scroll").arg(m_history->rowCount())
                                  : tr("%n run(s)", nullptr, m_history->rowCount()));
    const QString &text = m_history->question().filter;
    table()->setEmptyText(text.isEmpty() ? tr("No job has run yet.")
                                         : tr("No run passes the filter  %1\nClear it to see all runs.").arg(text));
}

// ---- agents

AgentsPage::AgentsPage(Desk *desk)
    : ListPage(desk, u"agents"_s, tr("Agents"), std::nullopt)
{
    for (const QString &id : {u"agent.drain"_s, u"agent.resume"_s})
        bar()->addWidget(makeButton(desk->commands->action(id)));
    table()->setSorted(desk->agents, u"agent"_s);
    wire();
    connect(desk->agents, &Agents::agentsChanged, this, &AgentsPage::recount);
    connect(desk->agents, &Agents::completed, this, &AgentsPage::recount);
    connect(desk->agents, &Agents::failed, this, [this](const QString &why) { table()->setEmptyText(why, true); });
    connect(desk->session, &Session::tick, desk->agents, [this] {
        if (isVisible())
            this->desk()->agents->tick();
    });
    connect(desk->times, &Times::changed, desk->agents, [agents = desk->agents] { agents->retranslate(); });
    recount();
}

Subject AgentsPage::subjectOf(int row) const
{
    return {.agent = desk()->agents->at(row).name};
}

void AgentsPage::open(int row)
{
    desk()->navigator->openView(u"history"_s, u"agent:"_s + desk()->agents->at(row).name);
}

void AgentsPage::recount()
{
    int used = 0, slots = 0;
    for (const Agent &agent : desk()->agents->rows()) {
        used += agent.used;
        slots += agent.state == AgentState::Online ? agent.slots : 0;
    }
    setCount(tr("%1 of %2 connected; %3 of %4 slots in use")
                 .arg(desk()->agents->online())
                 .arg(desk()->agents->rowCount())
                 .arg(used)
                 .arg(slots));
    if (desk()->agents->isComplete())
        table()->setEmptyText(tr("No agents. Start one on each host that shall run jobs:\n\nbelfry-agent --backend URL "
                                 "--token-file agent.token"));
}

} // namespace belfry

// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/runpage.h"

#include "console/views/comparepanel.h"

#include <QGridLayout>
#include <QScrollArea>
#include <QTabWidget>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

std::vector<ColumnOf<wire::AttemptRow>> attemptColumns(const Times *times, const QString *job)
{
    const auto time = [times, job](const QString &id, const QString &title,
                          std::function<std::optional<Instant>(const Attempt &)> at) {
        return ColumnOf<wire::AttemptRow>{.id = id,
            .title = title,
            .text = [times, job, at](const Attempt &a) { return at(a) ? times->text(*at(a), *job) : QString(); },
            .tip = [times, job, at](const Attempt &a) { return at(a) ? times->everyZone(*at(a), *job) : QString(); },
            .numeric = true};
    };
    return {{.id = u"tries"_s,
                .title = Attempts::tr("No."),
                .text = [](const Attempt &a) { return QString::number(a.attempt); },
                .numeric = true},
        {.id = u"state"_s,
            .title = Attempts::tr("State"),
            .text = [](const Attempt &a) { return lookOf(a.state).word; },
            .look = [](const Attempt &a) { return lookOf(a.state); }},
        {.id = u"agent"_s, .title = Attempts::tr("Agent"), .text = [](const Attempt &a) { return a.agent; }},
        time(u"started"_s, Attempts::tr("Started"), [](const Attempt &a) { return a.startedAt; }),
        {.id = u"took"_s,
            .title = Attempts::tr("Took"),
            .text =
                [times](const Attempt &a) {
                    return a.startedAt ? spanText(a.endedAt.value_or(times->now()) - *a.startedAt) : QString();
                },
            .numeric = true},
        {.id = u"exit"_s,
            .title = Attempts::tr("Exit"),
            .text =
                [](const Attempt &a) {
                    return a.signal  ? exitWords(a.exitCode, a.signal)
                        : a.exitCode ? QString::number(*a.exitCode)
                                     : QString();
                },
            .numeric = true},
        {.id = u"cpu"_s,
            .title = Attempts::tr("CPU"),
            .text = [](const Attempt &a) { return isFinal(a.state) ? spanText(a.cpu) : QString(); },
            .numeric = true},
        {.id = u"memory"_s,
            .title = Attempts::tr("Peak memory"),
            .text = [](const Attempt &a) { return a.peakMemory > 0 ? formatSize(a.peakMemory) : QString(); },
            .numeric = true},
        {.id = u"size"_s,
            .title = Attempts::tr("Log"),
            .text = [](const Attempt &a) { return formatSize(a.logStored); },
            .tip =
                [](const Attempt &a) {
                    return Attempts::tr("written %1, stored %2").arg(formatSize(a.logWritten), formatSize(a.logStored));
                },
            .numeric = true},
        {.id = u"reason"_s,
            .title = Attempts::tr("Reason"),
            .text = [](const Attempt &a) { return a.reason; },
            .tip = [](const Attempt &a) { return a.reason; }}};
}

} // namespace

Attempts::Attempts(const Times *times, QObject *parent)
    : RowsModel(attemptColumns(times, &m_job), parent)
{ }

void Attempts::set(const wire::RunDetail &run)
{
    m_job = run.jobName;
    if (rows().size() != run.attemptRows.size())
        reset(run.attemptRows);
    else if (rows() != run.attemptRows)
        renew(run.attemptRows);
}

RunPage::RunPage(Desk *desk, RunId run)
    : Page(desk, u"run-%1"_s.arg(run.value))
    , m_watch(new RunWatch(desk->session, desk->times, this))
    , m_title(makeLabel(u"#%1"_s.arg(run.value), u"title"_s))
    , m_state(new StateLabel(desk))
    , m_facts(new Facts)
    , m_why(new WhyPanel(desk))
    , m_attempts(new Attempts(desk->times, this))
    , m_table(new Table(desk, u"attempts"_s))
    , m_compare(new ComparePanel(desk))
    , m_tabs(new QTabWidget)
    , m_fault(makeLabel({}, u"fault"_s))
{
    auto *layout = new QGridLayout(this);
    layout->setContentsMargins(16, 14, 16, 12);
    layout->setSpacing(12);
    auto *head = new QHBoxLayout;
    head->setSpacing(8);
    head->addWidget(m_title);
    head->addSpacing(10);
    head->addWidget(m_state, 1);
    for (const QString &id : {u"act.run"_s, u"run.changed"_s, u"run.cancel"_s, u"run.job"_s})
        head->addWidget(makeButton(desk->commands->action(id)));
    layout->addLayout(head, 0, 0, 1, 2);
    m_fault->hide();
    layout->addWidget(m_fault, 1, 0, 1, 2);
    auto *facts = new QScrollArea;
    facts->setWidgetResizable(true);
    facts->setWidget(m_facts);
    facts->setFocusPolicy(Qt::NoFocus);
    layout->addWidget(makeCard(tr("Summary"), facts), 2, 0);
    auto *why = new QScrollArea;
    why->setWidgetResizable(true);
    why->setWidget(m_why);
    why->setFocusPolicy(Qt::NoFocus);
    layout->addWidget(makeCard(tr("Why"), why), 2, 1);
    m_table->setPlain(m_attempts);
    m_tabs->setObjectName(u"runTabs"_s);
    m_tabs->setAccessibleName(tr("More about this run"));
    m_tabs->addTab(m_table, tr("Attempts"));
    m_tabs->addTab(m_compare, tr("Compare"));
    m_tabs->setTabToolTip(1, tr("With the last run before it that succeeded"));
    layout->addWidget(m_tabs, 3, 0, 1, 2);
    layout->setRowStretch(2, 3);
    layout->setRowStretch(3, 2);
    layout->setColumnStretch(0, 1);
    layout->setColumnStretch(1, 1);
    connect(m_watch, &RunWatch::changed, this, &RunPage::redraw);
    connect(m_watch, &RunWatch::failed, this, [this](const QString &fault) {
        m_fault->setText(fault);
        m_fault->show();
    });
    connect(desk->liveRuns, &LiveRuns::runChanged, m_watch, &RunWatch::runChanged);
    connect(desk->times, &Times::changed, this, &RunPage::redraw);
    connect(desk->session, &Session::tick, this, [this] {
        if (isVisible() && m_watch->detail() && !isFinal(m_watch->detail()->state))
            redraw();
    });
    m_watch->show(run);
    redraw();
}

void RunPage::showCompare()
{
    m_tabs->setCurrentWidget(m_compare);
}

QString RunPage::tabTitle() const
{
    const QString name = m_watch->detail() ? m_watch->detail()->jobName.section(u'/', -1) + u' ' : QString();
    return name + u"#%1"_s.arg(m_watch->run().value);
}

void RunPage::shown()
{
    m_tabs->currentWidget()->setFocus(Qt::OtherFocusReason);
    if (m_watch->detail())
        desk()->selection->set({.run = static_cast<const wire::RunRow &>(*m_watch->detail())});
}

void RunPage::redraw()
{
    if (!m_watch->detail()) {
        m_table->setEmptyText(tr("Loading ..."));
        return;
    }
    const wire::RunDetail &run = *m_watch->detail();
    m_fault->hide();
    m_title->setText(u"%1 #%2"_s.arg(run.jobName).arg(run.id.value));
    m_state->setLook(lookOf(run), runSummary(run));
    m_facts->set(factsOf(run, *desk()->times));
    m_why->set(m_watch->why());
    m_attempts->set(run);
    m_compare->setRun(run);
    m_table->setEmptyText(tr("It has not started yet."));
    if (isVisible())
        desk()->selection->set({.run = static_cast<const wire::RunRow &>(run)});
    setWindowTitle(tabTitle());
}

} // namespace belfry

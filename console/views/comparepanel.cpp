// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/comparepanel.h"

#include "console/views/parts.h"

#include <QSplitter>
#include <QToolButton>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

StateLook lookOfPair(LinePair::Kind kind)
{
    switch (kind) {
    case LinePair::Kind::Same:
        return {Look::Success, u"state-succeeded"_s, LinePairs::tr("same"), {}};
    case LinePair::Kind::Alike:
        return {Look::Waiting, u"state-skipped"_s, LinePairs::tr("figures"), LinePairs::tr("Only figures differ.")};
    case LinePair::Kind::Differs:
        break;
    }
    return {Look::Warning, u"state-warning"_s, LinePairs::tr("differs"), {}};
}

std::vector<ColumnOf<LinePair>> pairColumns()
{
    const auto lineColumn = [](const QString &id, const QString &title, auto side) {
        return ColumnOf<LinePair>{.id = id,
            .title = title,
            .text = [side](const LinePair &pair) { return (pair.*side).value_or(QString()); },
            .tip = [side](
                       const LinePair &pair) { return (pair.*side).value_or(LinePairs::tr("It has no such line.")); }};
    };
    return {{.id = u"differs"_s,
                .title = LinePairs::tr("Compared"),
                .text = [](const LinePair &pair) { return lookOfPair(pair.kind).word; },
                .look = [](const LinePair &pair) { return lookOfPair(pair.kind); }},
        lineColumn(u"here"_s, LinePairs::tr("End of this log"), &LinePair::here),
        lineColumn(u"good"_s, LinePairs::tr("End of the good one"), &LinePair::good)};
}

} // namespace

LinePairs::LinePairs(QObject *parent)
    : RowsModel(pairColumns(), parent)
{ }

void LinePairs::set(const std::vector<LinePair> &pairs)
{
    if (rows() != pairs)
        reset(pairs);
}

int LinePairs::firstDifference() const
{
    const auto found = std::find_if(
        rows().begin(), rows().end(), [](const LinePair &pair) { return pair.kind == LinePair::Kind::Differs; });
    return found == rows().end() ? -1 : int(found - rows().begin());
}

ComparePanel::ComparePanel(Desk *desk, QWidget *parent)
    : QWidget(parent)
    , m_desk(desk)
    , m_comparison(new GoodRun(desk->session, desk->times, desk->estimates, this))
    , m_pairs(new LinePairs(this))
    , m_sentence(makeLabel({}, u"muted"_s))
    , m_open(new QToolButton)
    , m_facts(new Table(desk, u"compare"_s))
    , m_ends(new Table(desk, u"compare-ends"_s))
{
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 8, 0, 0);
    layout->setSpacing(8);
    auto *head = new QHBoxLayout;
    m_sentence->setObjectName(u"compareSentence"_s);
    head->addWidget(m_sentence, 1);
    m_open->setObjectName(u"openGood"_s);
    m_open->setProperty("kind", u"action"_s);
    m_open->setIcon(desk->theme->icon(u"open"_s));
    m_open->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    head->addWidget(m_open);
    layout->addLayout(head);
    auto *splitter = new QSplitter;
    splitter->setChildrenCollapsible(false);
    splitter->setObjectName(u"compareSplitter"_s);
    m_facts->setPlain(m_comparison->differences());
    m_facts->setAccessibleName(tr("What differs from the last good run"));
    m_ends->setPlain(m_pairs);
    m_ends->setAccessibleName(tr("The ends of both logs, side by side"));
    splitter->addWidget(m_facts);
    splitter->addWidget(m_ends);
    layout->addWidget(splitter, 1);
    setFocusProxy(m_facts);
    connect(m_open, &QToolButton::clicked, this, [this] {
        if (m_comparison->good())
            m_desk->navigator->openRun(m_comparison->good()->id);
    });
    connect(m_comparison, &GoodRun::changed, this, [this] {
        if (m_comparison->state() == GoodRun::State::Found)
            fetchEnds();
        redraw();
    });
    connect(desk->session, &Session::clientChanged, this, [this] {
        m_here.reset(); // they were of the other client
        m_good.reset();
    });
    connect(desk->theme, &Theme::changed, this, [this] { m_open->setIcon(m_desk->theme->icon(u"open"_s)); });
    redraw();
}

void ComparePanel::setRun(const wire::RunDetail &run)
{
    const bool ended = m_run.id == run.id && !isFinal(m_run.state) && isFinal(run.state);
    m_run = run;
    m_comparison->setRun(run);
    if (isVisible())
        m_comparison->want();
    if (ended && m_comparison->good())
        fetchEnds(); // it has its last lines now
    redraw();
}

void ComparePanel::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    m_comparison->want();
}

void ComparePanel::fetchEnds()
{
    Client *client = m_desk->session->client();
    if (!client || !m_comparison->good())
        return;
    const auto fetch = [&](RunId run) {
        auto end = std::make_unique<LogEnd>(client, run);
        connect(end.get(), &LogEnd::arrived, this, &ComparePanel::showEnds);
        return end;
    };
    m_here = m_run.attemptRows.empty() ? nullptr : fetch(m_run.id);
    m_good = fetch(m_comparison->good()->id);
    showEnds();
}

void ComparePanel::showEnds()
{
    const bool isReady = m_here && m_here->isThere() && m_good && m_good->isThere();
    m_pairs->set(isReady ? alignLines(m_here->lines(), m_good->lines()) : std::vector<LinePair>());
    if (const int row = m_pairs->firstDifference(); row >= 0)
        m_ends->selectRow(QString::number(row));
    const QString trouble = !m_here    ? tr("This run has no log yet.")
        : !m_here->trouble().isEmpty() ? m_here->trouble()
        : m_good                       ? m_good->trouble()
                                       : QString();
    m_ends->setEmptyText(!trouble.isEmpty() ? trouble : isReady ? tr("Both logs are empty.") : tr("Loading ..."));
}

QString ComparePanel::words() const
{
    const std::optional<wire::RunDetail> &good = m_comparison->good();
    switch (m_comparison->state()) {
    case GoodRun::State::Idle:
    case GoodRun::State::Asking:
        return m_desk->session->isReady() ? tr("Looking for the last good run ...") : tr("Waiting for the connection.");
    case GoodRun::State::None:
        return tr("No run of the job before this one succeeded: there is nothing to compare it with.");
    case GoodRun::State::Failed:
        return m_comparison->trouble();
    case GoodRun::State::Found:
        break;
    }
    const std::vector<RunDifference> &rows = m_comparison->differences()->rows();
    const auto differ = std::count_if(rows.begin(), rows.end(), [](const RunDifference &row) { return row.differs; });
    const QString when = m_desk->times->text(good->endedAt.value_or(good->queuedAt), good->jobName);
    return (differ == 1 ? tr("%1 thing differs from #%2, the last run before that succeeded (%3).")
                        : tr("%1 things differ from #%2, the last run before that succeeded (%3)."))
        .arg(differ)
        .arg(good->id.value)
        .arg(when);
}

void ComparePanel::redraw()
{
    const QString text = words();
    const bool isFound = m_comparison->state() == GoodRun::State::Found;
    m_sentence->setText(text);
    m_open->setVisible(isFound);
    if (isFound)
        m_open->setText(tr("Open #%1").arg(m_comparison->good()->id.value));
    m_facts->setEmptyText(text, m_comparison->state() == GoodRun::State::Failed);
    m_sentence->setVisible(isFound);
    m_ends->setVisible(isFound);
}

} // namespace belfry

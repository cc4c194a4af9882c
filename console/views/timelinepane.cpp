// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/timelinepane.h"

#include "console/views/parts.h"

#include <QComboBox>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

constexpr double nearer = 2;

} // namespace

TimelinePane::TimelinePane(Desk *desk, QWidget *parent)
    : QWidget(parent)
    , m_desk(desk)
    , m_timeline(new Timeline({.session = desk->session,
                                  .times = desk->times,
                                  .jobs = desk->jobs,
                                  .liveRuns = desk->liveRuns,
                                  .estimates = desk->estimates},
          this))
    , m_view(new TimelineView(desk, m_timeline))
    , m_range(makeLabel({}, u"heading"_s))
    , m_limits(makeLabel({}, u"muted"_s))
    , m_selected(makeLabel({}, u"muted"_s))
    , m_by(new QComboBox)
{
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(8);
    m_range->setObjectName(u"timeline-range"_s);
    m_range->setAccessibleName(tr("What the timeline shows"));
    m_range->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    layout->addWidget(m_range); // a line of its own: it is long, and has to be seen whole
    auto *bar = new QHBoxLayout;
    bar->setSpacing(6);
    m_limits->setObjectName(u"timeline-limits"_s);
    m_limits->setWordWrap(true);
    bar->addWidget(m_limits, 1);
    m_by->setObjectName(u"timeline-by"_s);
    m_by->setAccessibleName(tr("Lanes of the timeline"));
    m_by->addItem(desk->theme->icon(u"jobs"_s), tr("a lane per job"));
    m_by->addItem(desk->theme->icon(u"agents"_s), tr("a lane per agent"));
    bar->addWidget(m_by);
    bar->addWidget(button(tr("Earlier"), tr("Earlier  (Ctrl+Left)"), [this] { m_view->move(-0.5); }));
    bar->addWidget(button(tr("Now"), tr("Back to now  (Home)"), [this] { m_view->goToNow(); }));
    bar->addWidget(button(tr("Later"), tr("Later  (Ctrl+Right)"), [this] { m_view->move(0.5); }));
    bar->addWidget(button(u"+"_s, tr("Show less time  (+, or the wheel)"), [this] { m_view->zoom(nearer); }));
    bar->addWidget(button(u"−"_s, tr("Show more time  (-, or the wheel)"), [this] { m_view->zoom(1 / nearer); }));
    layout->addLayout(bar);
    layout->addWidget(m_view, 1);
    m_selected->setObjectName(u"timeline-selected"_s);
    m_selected->setMinimumWidth(0);
    m_selected->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
    layout->addWidget(m_selected);
    connect(m_by, &QComboBox::currentIndexChanged, this,
        [this](int at) { m_view->setLaneBy(at == 0 ? LaneBy::Job : LaneBy::Agent); });
    connect(m_view, &TimelineView::windowChanged, this, &TimelinePane::redraw);
    connect(m_timeline, &Timeline::changed, this, &TimelinePane::redraw);
    connect(m_timeline, &Timeline::changed, this, [this] { m_view->setEmptyText({}); });
    connect(m_timeline, &Timeline::failed, this, [this](const QString &why) {
        m_view->setEmptyText(why, true);
        if (!m_timeline->bars().empty())
            m_desk->navigator->notice(why, true);
    });
    connect(m_view, &TimelineView::currentChanged, this, [this] {
        redraw();
        if (m_view->isVisible() && m_view->current() >= 0)
            m_desk->selection->set(subject());
    });
    connect(m_view, &TimelineView::activated, this, &TimelinePane::open);
    redraw();
}

QToolButton *TimelinePane::button(const QString &text, const QString &tip, std::function<void()> act)
{
    auto *made = new QToolButton;
    made->setText(text);
    made->setToolTip(tip);
    made->setAccessibleName(tip);
    made->setProperty("kind", u"action"_s);
    connect(made, &QToolButton::clicked, this, std::move(act));
    return made;
}

void TimelinePane::redraw()
{
    const TimeAxis &axis = m_view->axis();
    const Times &times = *m_desk->times;
    const QString text = tr("%1  (%2)").arg(times.rangeText(axis.from, axis.until()), spanText(axis.span));
    m_range->setText(text);
    m_range->setToolTip(text + u'\n' + times.zoneName());
    QStringList limits;
    if (m_timeline->isCut())
        limits += tr("Only the newest %1 runs are here.").arg(Timeline::mostRuns);
    if (m_timeline->isForecastCut())
        limits += tr("Only the next %1 occasions are here; a filter makes room for those of other jobs.")
                      .arg(Timeline::mostOccasions);
    if (m_view->isDense())
        limits += tr("There are too many to be drawn, so they are counted: zoom in to see each.");
    m_limits->setText(limits.join(u' '));
    m_selected->setText(m_view->currentBar()
            ? m_view->barText(m_view->current())
            : tr("filled: ran  ·  thin line: waited  ·  hollow or dashed: planned  ·  tick: when it was planned"));
}

Subject TimelinePane::subject() const
{
    const TimelineBar *bar = m_view->currentBar();
    if (!bar)
        return {};
    if (const wire::RunRow *run = bar->isForecast() ? nullptr : m_timeline->run(bar->run))
        return {.run = *run};
    return {.job = bar->job};
}

void TimelinePane::open(int bar)
{
    const TimelineBar &each = m_timeline->bars()[std::size_t(bar)];
    if (each.isForecast())
        m_desk->navigator->openJob(each.job);
    else
        m_desk->navigator->openRun(each.run);
}

} // namespace belfry

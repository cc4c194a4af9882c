// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/attentionpage.h"
#include "console/views/desk.h"
#include "console/views/jobspage.h"
#include "console/views/listpages.h"
#include "console/views/overviewpage.h"
#include "console/views/schedulepage.h"

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

template <class P> ViewEntry view(const QString &id, const QString &title, const QString &icon)
{
    return {id, title, icon, [](Desk *desk) -> Page * { return new P(desk); }};
}

} // namespace

std::vector<ViewEntry> viewEntries()
{
    return {view<OverviewPage>(u"overview"_s, Page::tr("Overview"), u"overview"_s),
        view<LiveRunsPage>(u"live"_s, Page::tr("Live runs"), u"live"_s),
        view<HistoryPage>(u"history"_s, Page::tr("History"), u"history"_s),
        view<SchedulePage>(u"schedule"_s, Page::tr("Schedule"), u"schedule"_s),
        view<JobsPage>(u"jobs"_s, Page::tr("Jobs"), u"jobs"_s),
        view<AgentsPage>(u"agents"_s, Page::tr("Agents"), u"agents"_s),
        view<AttentionPage>(u"attention"_s, Page::tr("Attention"), u"attention"_s)};
}

} // namespace belfry

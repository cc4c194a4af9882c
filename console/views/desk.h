// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/models/agents.h"
#include "console/models/history.h"
#include "console/models/jobs.h"
#include "console/models/lastvalues.h"
#include "console/models/liveruns.h"
#include "console/models/profiles.h"
#include "console/models/savedviews.h"
#include "console/models/session.h"
#include "console/models/troublewatch.h"
#include "console/views/commands.h"

#include <QWidget>

namespace belfry {

// What the user is at: the row that is selected, or the run or job of the page.
struct Subject {
    std::optional<wire::RunRow> run;
    std::optional<QString> job; // full name
    std::optional<QString> agent;
    std::optional<Instant> occasion; // of the job, one to come
    // All that are selected, where there are several.
    std::vector<wire::RunRow> runs = {};
    QStringList jobs = {};
    std::vector<wire::AttentionRow> concerns = {}; // also where there is one
    bool operator==(const Subject &) const = default;
};

// What actions act on: all that are selected, or the one.
inline std::vector<wire::RunRow> runsOf(const Subject &subject)
{
    if (!subject.runs.empty() || !subject.run)
        return subject.runs;
    return {*subject.run};
}
inline QStringList jobsOf(const Subject &subject)
{
    return !subject.jobs.isEmpty() || !subject.job ? subject.jobs : QStringList{*subject.job};
}

class Page;
class Table;

// Where the window leads. The main window is one; pages know no other.
class Navigator : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;
    virtual void openRun(RunId run) = 0;
    // The run beside the last good one before it.
    virtual void openCompare(RunId run) = 0;
    virtual void openJob(const QString &job) = 0;
    // Attempt 0: the last one; line 0: the end.
    virtual void openLog(RunId run, int attempt = 0, qint64 line = 0) = 0;
    // The timeline around the run.
    virtual void openTimeline(const wire::RunRow &run) = 0;
    virtual void openView(const QString &id, const QString &filter = {}) = 0;
    // One of desk.savedViews.
    virtual void openSaved(const QString &name) = 0;
    // One of desk.profiles.
    virtual void openProfile(const QString &name) = 0;
    // The one that is seen.
    virtual Page *page() const = 0;
    // The details dock, at why.
    virtual void openWhy() = 0;
    virtual void notice(const QString &text, bool isFault = false) = 0;
    virtual QWidget *window() = 0; // parent for dialogs
};

// The one thing that actions act on.
class Selection final : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;
    const Subject &subject() const { return m_subject; }
    void set(const Subject &subject)
    {
        if (m_subject == subject)
            return;
        m_subject = subject;
        Q_EMIT changed();
    }

Q_SIGNALS:
    void changed();

private:
    Subject m_subject;
};

class UndoBar;

// What pages share. Everything in it outlives them.
struct Desk {
    Session *session = nullptr;
    Times *times = nullptr;
    Theme *theme = nullptr;
    Commands *commands = nullptr;
    Estimates *estimates = nullptr;
    RecentRuns *recentRuns = nullptr;
    LiveRuns *liveRuns = nullptr;
    Jobs *jobs = nullptr;
    Agents *agents = nullptr;
    Selection *selection = nullptr;
    Navigator *navigator = nullptr;
    UndoBar *undo = nullptr;
    LastValues *lastValues = nullptr;
    SavedViews *savedViews = nullptr;
    Profiles *profiles = nullptr;
    TroubleWatch *troubles = nullptr;
};

// A view or an opened run or job: layout and wiring.
class Page : public QWidget
{
    Q_OBJECT

public:
    Page(Desk *desk, const QString &name)
        : m_desk(desk)
    {
        setObjectName(name);
        setAccessibleName(name);
    }

    // `/`: to the filter line, if there is one.
    virtual void focusFilter() { }
    virtual void setFilter(const QString &) { }
    virtual QString filterText() const { return {}; }
    // How it is laid out, in a form of its own, to be kept until the next start; empty: as it is at first.
    virtual QString layoutText() const { return {}; }
    virtual void setLayoutText(const QString &) { }
    // What export writes: the rows as they are shown; nullptr where there is no list.
    virtual QAbstractItemModel *listed() const { return nullptr; }
    // Whose columns and order a saved view keeps; nullptr where there is none.
    virtual Table *mainTable() const { return nullptr; }
    // F5: ask the backend again.
    virtual void refresh() { }
    // It has become the page that is seen: say what is selected, take the focus.
    virtual void shown() { }
    virtual QString tabTitle() const { return {}; }

protected:
    Desk *desk() const { return m_desk; }

private:
    Desk *m_desk;
};

// A view of the left bar.
struct ViewEntry {
    QString id;
    QString title;
    QString icon;
    std::function<Page *(Desk *)> make;
};
// All of them, in their order. A new view is one more line in pages.cpp.
std::vector<ViewEntry> viewEntries();

} // namespace belfry

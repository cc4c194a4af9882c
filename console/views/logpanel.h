// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/logs/logfetch.h"
#include "console/logs/logsearch.h"
#include "console/views/desk.h"
#include "console/views/logview.h"

class QComboBox;
class QSplitter;
class QStackedWidget;

namespace belfry {

class ElidedLabel;
class EndStrip;
class LogFinder;
class LogMinimap;

// The log of a run: its lines, live, with search, a pane of the lines that were found, streams, times, and what is to
// be said of it.
class LogPanel final : public QWidget
{
    Q_OBJECT

public:
    explicit LogPanel(Desk *desk, QWidget *parent = nullptr);
    ~LogPanel() override;

    // 0: none. Asked for again when a waiting run has started. Attempt 0: the last one; line 0: the end, else that line
    // from 1 on, as soon as it is there.
    void show(RunId run, const QString &job, int attempt = 0, qint64 line = 0);
    // The run that is selected: one whose log is shown already stays at its attempt and line.
    void showSelected(RunId run, const QString &job);
    RunId run() const { return m_run; }
    int attempt() const { return m_fetch ? m_fetch->attempt() : 0; }
    LogView *view() const { return m_view; }
    LogView *hitsView() const { return m_hits; }
    LogFinder *finder() const { return m_finder; }
    LogMinimap *minimap() const { return m_minimap; }
    const LogFetch *fetch() const { return m_fetch.get(); }
    // All lines, for as long as they are few.
    QString text() const;
    // What stands in the place of lines; empty: there are some.
    QString emptyText() const;

private:
    // How times of lines are shown, as it is chosen.
    enum class Stamps { None, Relative, Local, Utc, Job };

    void addCommands();
    void addReadingCommands();
    void addFoldCommands();
    void addCopyCommands();
    QWidget *makeBar();
    void open();
    void close();
    void onFetch();
    void onGrown();
    void redraw();
    void jump();
    void setStreams();
    void showHits(bool on);
    void showMarks();
    void fillStamps();
    void setStamps();
    // As the switch of the console says, where a clock is shown.
    void followSwitch();
    Zone zoneOfStamps() const;
    void copyAs(LogCopy::Form form);
    void copyMarkdown();
    void tellCopied(bool cut);
    QString linkTo(qint64 line) const;
    void goTo();
    void goToTyped(const QString &text);
    void save();
    void copyLink();
    void allowCommands();
    void allowFolding();
    Instant origin() const;

    Desk *m_desk;
    Beside m_writing; // before what uses them
    Beside m_searching;
    RunId m_run;
    QString m_job;
    int m_wantedAttempt = 0;
    qint64 m_wantedLine = 0; // from 1 on; 0: none
    std::unique_ptr<LogFetch> m_fetch;
    std::shared_ptr<LogText> m_text;
    std::unique_ptr<LogSearch> m_streams; // the lines of the streams that are shown; null: all
    QLabel *m_heading;
    ElidedLabel *m_state;
    QComboBox *m_attempts;
    QToolButton *m_out;
    QToolButton *m_err;
    QComboBox *m_stampKinds;
    LogFinder *m_finder;
    QStackedWidget *m_body;
    QLabel *m_empty;
    QSplitter *m_splitter;
    LogView *m_view;
    LogMinimap *m_minimap;
    LogView *m_hits;
    EndStrip *m_end;
};

} // namespace belfry

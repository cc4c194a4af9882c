// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/desktop/windowstate.h"
#include "console/views/actions.h"
#include "console/views/desk.h"

#include <QLabel>
#include <QMainWindow>
#include <QTimer>

class QComboBox;
class QDockWidget;
class QListWidget;
class QStackedWidget;
class QTabWidget;

namespace belfry {

class Banner;
class DetailsPanel;
class LogPanel;

// The window: views at the left, pages as tabs, details at the right, the log below. It introduces them to each other.
class MainWindow final : public QMainWindow
{
    Q_OBJECT

public:
    // `desk` has everything but commands, selection and navigator, which are made here.
    explicit MainWindow(const Desk &desk);
    ~MainWindow() override;

    Desk &desk() { return m_desk; }
    LogPanel *log() const { return m_log; }
    Banner *banner() const { return m_banner; }
    Page *currentPage() const;
    QString currentView() const;
    // Says all the time that nothing of it is real.
    void setDemo(bool demo);
    UndoBar *undoBar() const { return m_desk.undo; }
    WindowState state() const;
    void restore(const WindowState &state);
    QString lastNotice() const { return m_noticeText; }
    // Emitted by the choice in the menu; nullopt: follow the system.
    void setSchemeChoice(const std::optional<Scheme> &scheme);

Q_SIGNALS:
    void schemeChosen(const std::optional<belfry::Scheme> &scheme);

private:
    class Ways;
    void addCommands();
    void addViews();
    void addDocks();
    void addMenus();
    QWidget *makeTopBar();
    void addStatus();
    void redrawStatus();
    void openView(const QString &id, const QString &filter);
    void openTab(Page *page);
    Page *tabNamed(const QString &name) const;
    QWidget *makeCloseButton(Page *page);
    void closeTab(int index);
    void letGoOfFocus();
    void back();
    void pageChanged();
    void notice(const QString &text, bool isFault);
    void showPalette();
    void exportRows();

    Desk m_desk;
    std::unique_ptr<Ways> m_ways;
    Commands *m_commands;
    Selection *m_selection;
    Actions *m_actions;
    QListWidget *m_navigation;
    QStackedWidget *m_views;
    QTabWidget *m_tabs;
    Banner *m_banner;
    DetailsPanel *m_details;
    LogPanel *m_log;
    QDockWidget *m_detailsDock;
    QDockWidget *m_logDock;
    QLabel *m_demo;
    QComboBox *m_zone;
    QLabel *m_connection;
    QLabel *m_clock;
    QLabel *m_counts;
    QLabel *m_notice;
    QString m_noticeText;
    QTimer m_noticeGoes;
};

} // namespace belfry

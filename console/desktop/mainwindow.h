// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/desktop/windowstate.h"
#include "console/views/actions.h"
#include "console/views/desk.h"

#include <QLabel>
#include <QMainWindow>

class QComboBox;
class QDockWidget;

namespace belfry {

class Banner;
class DetailsPanel;
class LogPanel;
class PageTabs;
class ProfileActions;
class SavedViewActions;
class SchemeMenu;
class Sidebar;
class StatusLine;

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
    void comeToFront();
    // Says all the time that nothing of it is real.
    void setDemo(bool demo);
    UndoBar *undoBar() const { return m_desk.undo; }
    WindowState state() const;
    void restore(const WindowState &state);
    QString lastNotice() const;
    SavedViewActions *savedViews() const { return m_saved; }
    ProfileActions *profiles() const { return m_profiles; }
    // Emitted by the choice in the menu; nullopt: follow the system.
    void setSchemeChoice(const std::optional<Scheme> &scheme);

Q_SIGNALS:
    void schemeChosen(const std::optional<belfry::Scheme> &scheme);
    // Another backend is to be shown.
    void backendChosen(const belfry::Address &address);

private:
    class Ways;
    void addCommands();
    void addDocks();
    QWidget *makeTopBar();
    void retitle();
    void onClientChanged();
    void openView(const QString &id, const QString &filter);
    void openTab(Page *page);
    void back();
    void pageChanged();
    void markWhatIsSeen();
    void showPalette();

    Desk m_desk;
    std::unique_ptr<Ways> m_ways;
    Commands *m_commands;
    Selection *m_selection;
    Actions *m_actions;
    SavedViewActions *m_saved = nullptr;
    ProfileActions *m_profiles = nullptr;
    StatusLine *m_status = nullptr;
    Sidebar *m_sidebar = nullptr;
    PageTabs *m_tabs = nullptr;
    Banner *m_banner;
    DetailsPanel *m_details;
    LogPanel *m_log;
    QDockWidget *m_detailsDock;
    QDockWidget *m_logDock;
    QLabel *m_demo;
    QComboBox *m_zone;
    QFrame *m_strip; // in the colour of the backend
    SchemeMenu *m_schemes;
    QUrl m_shown; // whose runs and jobs the tabs are
};

} // namespace belfry

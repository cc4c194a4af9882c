// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/desktop/mainwindow.h"

#include "console/desktop/menus.h"
#include "console/desktop/pagetabs.h"
#include "console/desktop/sidebar.h"
#include "console/desktop/statusline.h"
#include "console/views/banner.h"
#include "console/views/detailspanel.h"
#include "console/views/exporter.h"
#include "console/views/jobpage.h"
#include "console/views/logpanel.h"
#include "console/views/notifydialog.h"
#include "console/views/palette.h"
#include "console/views/profileactions.h"
#include "console/views/profilelook.h"
#include "console/views/runpage.h"
#include "console/views/savedviewactions.h"
#include "console/views/schedulepage.h"
#include "console/views/undobar.h"

#include <QApplication>
#include <QComboBox>
#include <QDockWidget>
#include <QMenuBar>
#include <QStatusBar>

namespace belfry {

using namespace Qt::StringLiterals;

// The window as pages see it.
class MainWindow::Ways final : public Navigator
{
public:
    explicit Ways(MainWindow *window)
        : m_window(window)
    { }
    void openRun(RunId run) override
    {
        Page *page = m_window->m_tabs->tabNamed(u"run-%1"_s.arg(run.value));
        m_window->openTab(page ? page : new RunPage(&m_window->m_desk, run));
    }
    void openCompare(RunId run) override
    {
        openRun(run);
        if (auto *page = qobject_cast<RunPage *>(m_window->currentPage()))
            page->showCompare();
    }
    void openJob(const QString &job) override
    {
        Page *page = m_window->m_tabs->tabNamed(u"job-"_s + job);
        m_window->openTab(page ? page : new JobPage(&m_window->m_desk, job));
    }
    void openLog(RunId run, int attempt, qint64 line) override
    {
        m_window->m_logDock->show();
        m_window->m_logDock->raise();
        const auto &subject = m_window->m_selection->subject();
        m_window->m_log->show(
            run, subject.run && subject.run->id == run ? subject.run->jobName : QString(), attempt, line);
    }
    void openTimeline(const wire::RunRow &run) override
    {
        m_window->openView(u"schedule"_s, {});
        if (auto *page = qobject_cast<SchedulePage *>(m_window->currentPage()))
            page->showRun(run);
    }
    void openView(const QString &id, const QString &filter) override { m_window->openView(id, filter); }
    void openWhy() override
    {
        m_window->m_detailsDock->show();
        m_window->m_details->focusWhy();
    }
    void openSaved(const QString &name) override { m_window->m_saved->open(name); }
    void openProfile(const QString &name) override { m_window->m_profiles->choose(name); }
    Page *page() const override { return m_window->currentPage(); }
    void notice(const QString &text, bool isFault) override { m_window->m_status->notice(text, isFault); }
    QWidget *window() override { return m_window; }

private:
    MainWindow *m_window;
};

MainWindow::MainWindow(const Desk &desk)
    : m_desk(desk)
    , m_ways(std::make_unique<Ways>(this))
    , m_commands(new Commands(desk.theme, this))
    , m_selection(new Selection(this))
    , m_detailsDock(new QDockWidget(tr("Details"), this))
    , m_logDock(new QDockWidget(tr("Log"), this))
    , m_demo(
          makeLabel(tr("Demonstration: made-up projects, agents and runs. Nothing of it is real, and nothing is kept."),
              u"demo"_s))
    , m_zone(new QComboBox)
    , m_strip(new QFrame)
    , m_schemes(new SchemeMenu(desk.theme, this))
{
    setObjectName(u"main"_s);
    m_desk.commands = m_commands;
    m_desk.selection = m_selection;
    m_desk.navigator = m_ways.get();
    m_desk.undo = new UndoBar(this);
    m_actions = new Actions(&m_desk, this);
    addCommands();
    m_saved = new SavedViewActions(&m_desk, this);
    m_profiles = new ProfileActions(&m_desk, this);
    m_status = new StatusLine(&m_desk, statusBar());
    m_sidebar = new Sidebar(&m_desk);
    m_tabs = new PageTabs(&m_desk, viewEntries());
    m_banner = new Banner(&m_desk);
    m_details = new DetailsPanel(&m_desk);
    m_log = new LogPanel(&m_desk);

    auto *centre = new QWidget;
    centre->setObjectName(u"centre"_s);
    auto *column = new QVBoxLayout;
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    m_strip->setObjectName(u"profileStrip"_s);
    m_strip->setFixedHeight(4);
    column->addWidget(m_strip);
    column->addWidget(m_banner);
    column->addWidget(m_demo);
    column->addWidget(makeTopBar());
    column->addWidget(m_tabs, 1);
    auto *row = new QHBoxLayout(centre);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(0);
    row->addWidget(m_sidebar);
    row->addLayout(column, 1);
    setCentralWidget(centre);
    addDocks();
    fillMenus(menuBar(), *m_commands, m_schemes);
    for (QAction *action : m_commands->all())
        addAction(action); // their keys work in the whole window

    connect(m_sidebar, &Sidebar::viewChosen, this, [this](const QString &id) { openView(id, {}); });
    connect(m_sidebar, &Sidebar::savedChosen, m_saved, &SavedViewActions::open);
    connect(m_saved, &SavedViewActions::currentChanged, this, &MainWindow::markWhatIsSeen);
    connect(m_tabs, &QTabWidget::currentChanged, this, &MainWindow::pageChanged);
    connect(m_desk.session, &Session::clientChanged, this, &MainWindow::onClientChanged);
    connect(m_profiles, &ProfileActions::currentChanged, this, &MainWindow::retitle);
    connect(m_schemes, &SchemeMenu::chosen, this, &MainWindow::schemeChosen);
    connect(m_profiles, &ProfileActions::chosen, this, &MainWindow::backendChosen);
    connect(m_selection, &Selection::changed, this, [this] {
        if (const auto &run = m_selection->subject().run; run && m_logDock->isVisible())
            m_log->showSelected(run->id, run->jobName);
    });
    setDemo(false);
    resize(1440, 900);
    openView(u"overview"_s, {});
}

MainWindow::~MainWindow()
{
    // Pages go while what they look at is still there, and nobody hears of it.
    m_tabs->disconnect(this);
    m_selection->disconnect(this);
    m_saved->disconnect(this);
    m_profiles->disconnect(this);
    m_desk.savedViews->disconnect(m_saved);
    delete takeCentralWidget();
    delete m_detailsDock;
    delete m_logDock;
}

void MainWindow::addCommands()
{
    const QString go = tr("Go");
    const auto entries = viewEntries();
    for (std::size_t i = 0; i < entries.size(); ++i) {
        const QString id = entries[i].id;
        const QKeySequence key = i < 9 ? QKeySequence(Qt::ALT | Qt::Key(Qt::Key_1 + int(i))) : QKeySequence();
        m_commands->add(
            {u"view."_s + id, go, entries[i].title, entries[i].icon, key}, [this, id] { openView(id, {}); });
    }
    m_commands->add(
        {u"go.palette"_s, go, tr("Command palette"), u"search"_s, Qt::CTRL | Qt::Key_K}, [this] { showPalette(); });
    m_commands->add({u"go.filter"_s, go, tr("Filter this view"), u"filter"_s, Qt::Key_Slash},
        [this] { currentPage()->focusFilter(); });
    m_commands->add({u"go.back"_s, go, tr("Back"), u"back"_s, Qt::Key_Escape,
                        tr("Closes the run or job, then leads back to the list.")},
        [this] { back(); });
    m_commands->add({u"go.refresh"_s, go, tr("Ask again"), u"refresh"_s, Qt::Key_F5,
                        tr("Everything changes by itself; this is for those who doubt it.")},
        [this] { currentPage()->refresh(); });
    const QString view = tr("View");
    m_commands->add({u"dock.details"_s, view, tr("Details"), u"details"_s, Qt::CTRL | Qt::Key_D},
        [this] { m_detailsDock->setVisible(!m_detailsDock->isVisible()); });
    m_commands->add({u"dock.log"_s, view, tr("Log"), u"log"_s, Qt::CTRL | Qt::Key_L}, [this] {
        m_logDock->setVisible(!m_logDock->isVisible());
        if (const auto &run = m_selection->subject().run; run && m_logDock->isVisible())
            m_log->showSelected(run->id, run->jobName);
    });
    m_commands->add({u"view.zone"_s, view, tr("Next time zone"), u"clock"_s, Qt::Key_Z,
                        tr("Local, UTC, or each job's zone; for all times.")},
        [this] { m_zone->setCurrentIndex((m_zone->currentIndex() + 1) % m_zone->count()); });
    m_commands->add({u"view.notify"_s, view, tr("Notifications"), u"attention"_s, {},
                        tr("What the desktop tells while this window is not looked at.")},
        [this] { (new NotifyDialog(m_desk.troubles, this))->open(); });
    m_commands->add({u"help.keys"_s, tr("Help"), tr("Keys"), u"keys"_s, Qt::Key_F1},
        [this] { (new KeySheet(*m_commands, this))->open(); });
    m_commands->add({u"go.export"_s, go, tr("Export rows"), u"export"_s, Qt::CTRL | Qt::Key_E,
                        tr("The rows as they are shown, as CSV or JSON.")},
        [this] { askExport(&m_desk, currentView()); });
    m_commands->add({u"go.quit"_s, go, tr("Quit"), u"close"_s, Qt::CTRL | Qt::Key_Q}, [this] { close(); });
}

QWidget *MainWindow::makeTopBar()
{
    auto *bar = new QWidget;
    auto *layout = new QHBoxLayout(bar);
    layout->setContentsMargins(16, 10, 16, 6);
    layout->setSpacing(10);
    auto *search = new QToolButton;
    search->setObjectName(u"paletteButton"_s);
    search->setIcon(m_desk.theme->icon(u"search"_s));
    search->setText(tr("Search or run a command  (Ctrl+K)"));
    search->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    search->setMinimumWidth(420);
    search->setAccessibleName(tr("Search or run a command"));
    connect(search, &QToolButton::clicked, this, &MainWindow::showPalette);
    layout->addWidget(search);
    layout->addStretch(1);
    m_zone->setObjectName(u"zone"_s);
    m_zone->setAccessibleName(tr("Time zone of all times"));
    m_zone->setToolTip(tr("Time zone of all times  (Z)"));
    m_zone->addItem(
        m_desk.theme->icon(u"clock"_s), tr("Local: %1").arg(m_desk.times->zoneName()), int(Times::Mode::Local));
    m_zone->addItem(m_desk.theme->icon(u"clock"_s), tr("UTC"), int(Times::Mode::Utc));
    m_zone->addItem(m_desk.theme->icon(u"clock"_s), tr("Each job's zone"), int(Times::Mode::Job));
    connect(m_zone, &QComboBox::currentIndexChanged, this,
        [this] { m_desk.times->setMode(Times::Mode(m_zone->currentData().toInt())); });
    layout->addWidget(m_zone);
    layout->addWidget(m_profiles->makeMenuButton());
    return bar;
}

void MainWindow::retitle()
{
    const QString title = m_profiles->title();
    setWindowTitle(title.isEmpty() ? tr("Belfry") : tr("Belfry - %1").arg(title));
    const QString name = m_profiles->currentColor();
    const QColor color = profileColor(*m_desk.theme, name);
    m_strip->setVisible(color.isValid());
    if (color.isValid())
        m_strip->setStyleSheet(u"background: %1;"_s.arg(color.name()));
    setWindowIcon(belfry::windowIcon(*m_desk.theme, name));
}

// What is open is of the backend that it was opened at.
void MainWindow::onClientChanged()
{
    const QUrl url = m_desk.session->address().url;
    if (std::exchange(m_shown, url) == url)
        return;
    m_tabs->closeAllTabs();
    m_selection->set({});
}

void MainWindow::addDocks()
{
    m_detailsDock->setObjectName(u"detailsDock"_s);
    m_detailsDock->setWidget(m_details);
    m_details->setMinimumWidth(300);
    addDockWidget(Qt::RightDockWidgetArea, m_detailsDock);
    m_logDock->setObjectName(u"logDock"_s);
    m_logDock->setWidget(m_log);
    m_log->setMinimumHeight(130);
    addDockWidget(Qt::BottomDockWidgetArea, m_logDock);
    setCorner(Qt::BottomRightCorner, Qt::RightDockWidgetArea);
    resizeDocks({m_detailsDock}, {330}, Qt::Horizontal);
    resizeDocks({m_logDock}, {220}, Qt::Vertical);
}

void MainWindow::setSchemeChoice(const std::optional<Scheme> &scheme)
{
    m_schemes->mark(scheme);
}

Page *MainWindow::currentPage() const
{
    return m_tabs->page();
}

QString MainWindow::currentView() const
{
    return m_tabs->view()->objectName();
}

void MainWindow::openView(const QString &id, const QString &filter)
{
    const int row = m_sidebar->rowOf(id);
    if (row < 0)
        return;
    m_saved->leave();
    m_sidebar->markRow(row);
    m_tabs->showView(row, m_sidebar->title(row));
    if (!filter.isNull())
        currentPage()->setFilter(filter);
    pageChanged();
}

void MainWindow::openTab(Page *page)
{
    m_tabs->openTab(page);
}

void MainWindow::back()
{
    if (m_tabs->showsView())
        currentPage()->shown();
    else
        m_tabs->closeTab(m_tabs->currentIndex());
}

void MainWindow::pageChanged()
{
    markWhatIsSeen();
    m_saved->update();
    if (Page *page = currentPage())
        page->shown();
}

// A run or a job is none of the views; a view that is marked could not be clicked to come back.
void MainWindow::markWhatIsSeen()
{
    m_sidebar->markRow(m_tabs->showsView() ? m_tabs->viewIndex() : -1);
    if (m_tabs->showsView() && !m_saved->current().isEmpty())
        m_sidebar->markSaved(m_saved->current());
    m_tabs->setViewTitle(m_saved->current().isEmpty() ? m_sidebar->title(m_tabs->viewIndex()) : m_saved->current());
}

QString MainWindow::lastNotice() const
{
    return m_status->lastNotice();
}

void MainWindow::comeToFront()
{
    setWindowState(windowState() & ~Qt::WindowMinimized);
    show();
    raise();
    activateWindow();
}

void MainWindow::setDemo(bool demo)
{
    m_demo->setVisible(demo);
}

WindowState MainWindow::state() const
{
    WindowState state;
    state.geometry = QString::fromLatin1(saveGeometry().toBase64());
    state.docks = QString::fromLatin1(saveState(WindowState::currentVersion).toBase64());
    state.view = currentView();
    state.tabs = m_tabs->tabNames();
    for (int i = 0; i < m_sidebar->viewCount(); ++i) {
        const Page *page = m_tabs->viewAt(i);
        const QString filter = m_saved->ownFilterOf(page->objectName()).value_or(page->filterText());
        if (!filter.isEmpty())
            state.filters[page->objectName()] = filter;
        if (!page->layoutText().isEmpty())
            state.layouts[page->objectName()] = page->layoutText();
    }
    state.saved = m_saved->current();
    state.notify = nameOf(m_desk.troubles->rule());
    state.zone = QString::number(m_zone->currentIndex());
    return state;
}

void MainWindow::restore(const WindowState &state)
{
    restoreGeometry(QByteArray::fromBase64(state.geometry.toLatin1()));
    restoreState(QByteArray::fromBase64(state.docks.toLatin1()), WindowState::currentVersion);
    m_zone->setCurrentIndex(std::clamp(state.zone.toInt(), 0, m_zone->count() - 1));
    for (int i = 0; i < m_sidebar->viewCount(); ++i) {
        Page *page = m_tabs->viewAt(i);
        if (const auto filter = state.filters.find(page->objectName()); filter != state.filters.end())
            page->setFilter(filter->second);
        if (const auto layout = state.layouts.find(page->objectName()); layout != state.layouts.end())
            page->setLayoutText(layout->second);
    }
    for (const QString &tab : state.tabs) {
        if (const qint64 run = tab.startsWith("run-"_L1) ? tab.mid(4).toLongLong() : 0; run > 0)
            m_ways->openRun(RunId(run));
        else if (tab.startsWith("job-"_L1))
            m_ways->openJob(tab.mid(4));
    }
    if (!state.view.isEmpty())
        openView(state.view, {});
    m_saved->open(state.saved);
    m_desk.troubles->setRule(enumOf<NotifyRule>(state.notify).value_or(NotifyRule::Everything));
}

void MainWindow::showPalette()
{
    auto *palette = new PaletteDialog(&m_desk, m_actions, this);
    palette->open();
}

} // namespace belfry

// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/desktop/mainwindow.h"

#include "console/views/banner.h"
#include "console/views/detailspanel.h"
#include "console/views/exporter.h"
#include "console/views/jobpage.h"
#include "console/views/logpanel.h"
#include "console/views/palette.h"
#include "console/views/runpage.h"
#include "console/views/schedulepage.h"
#include "console/views/undobar.h"

#include <QActionGroup>
#include <QApplication>
#include <QComboBox>
#include <QDockWidget>
#include <QFileDialog>
#include <QListWidget>
#include <QMenuBar>
#include <QStackedWidget>
#include <QStatusBar>
#include <QTabBar>
#include <QTabWidget>

#include <cmath>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

constexpr auto noticeStays = std::chrono::seconds(8);

} // namespace

// The window as pages see it.
class MainWindow::Ways final : public Navigator
{
public:
    explicit Ways(MainWindow *window)
        : m_window(window)
    { }
    void openRun(RunId run) override
    {
        Page *page = m_window->tabNamed(u"run-%1"_s.arg(run.value));
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
        Page *page = m_window->tabNamed(u"job-"_s + job);
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
    void notice(const QString &text, bool isFault) override { m_window->notice(text, isFault); }
    QWidget *window() override { return m_window; }

private:
    MainWindow *m_window;
};

MainWindow::MainWindow(const Desk &desk)
    : m_desk(desk)
    , m_ways(std::make_unique<Ways>(this))
    , m_commands(new Commands(desk.theme, this))
    , m_selection(new Selection(this))
    , m_navigation(new QListWidget)
    , m_views(new QStackedWidget)
    , m_tabs(new QTabWidget)
    , m_detailsDock(new QDockWidget(tr("Details"), this))
    , m_logDock(new QDockWidget(tr("Log"), this))
    , m_demo(
          makeLabel(tr("Demonstration: made-up projects, agents and runs. Nothing of it is real, and nothing is kept."),
              u"demo"_s))
    , m_zone(new QComboBox)
    , m_connection(new QLabel)
    , m_clock(new QLabel)
    , m_counts(new QLabel)
    , m_notice(new QLabel)
{
    setObjectName(u"main"_s);
    m_desk.commands = m_commands;
    m_desk.selection = m_selection;
    m_desk.navigator = m_ways.get();
    m_desk.undo = new UndoBar(this);
    m_actions = new Actions(&m_desk, this);
    addCommands();
    m_banner = new Banner(&m_desk);
    m_details = new DetailsPanel(&m_desk);
    m_log = new LogPanel(&m_desk);

    auto *centre = new QWidget;
    centre->setObjectName(u"centre"_s);
    auto *column = new QVBoxLayout;
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_banner);
    column->addWidget(m_demo);
    column->addWidget(makeTopBar());
    column->addWidget(m_tabs, 1);
    auto *row = new QHBoxLayout(centre);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(0);
    row->addWidget(m_navigation);
    row->addLayout(column, 1);
    setCentralWidget(centre);
    addDocks();
    addViews();
    addMenus();
    addStatus();
    for (QAction *action : m_commands->all())
        addAction(action); // their keys work in the whole window

    connect(m_tabs, &QTabWidget::currentChanged, this, &MainWindow::pageChanged);
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
    m_commands->add({u"help.keys"_s, tr("Help"), tr("Keys"), u"keys"_s, Qt::Key_F1},
        [this] { (new KeySheet(*m_commands, this))->open(); });
    m_commands->add({u"go.export"_s, go, tr("Export rows"), u"export"_s, Qt::CTRL | Qt::Key_E,
                        tr("The rows as they are shown, as CSV or JSON.")},
        [this] { exportRows(); });
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
    return bar;
}

void MainWindow::addViews()
{
    m_navigation->setObjectName(u"navigation"_s);
    m_navigation->setAccessibleName(tr("Views"));
    m_navigation->setFixedWidth(168);
    m_navigation->setIconSize(QSize(18, 18));
    m_navigation->setVerticalScrollBarPolicy(Qt::ScrollBarAsNeeded);
    for (const ViewEntry &entry : viewEntries()) {
        auto *item = new QListWidgetItem(m_desk.theme->icon(entry.icon), entry.title, m_navigation);
        item->setData(Qt::UserRole, entry.id);
        item->setToolTip(m_commands->action(u"view."_s + entry.id)->toolTip());
        m_views->addWidget(entry.make(&m_desk));
    }
    m_tabs->setAccessibleName(tr("Open runs and jobs"));
    m_tabs->setDocumentMode(true);
    m_tabs->setMovable(false);
    m_tabs->addTab(m_views, QString());
    m_tabs->setTabBarAutoHide(true);
    connect(m_navigation, &QListWidget::currentRowChanged, this, [this](int row) {
        if (row >= 0)
            openView(m_navigation->item(row)->data(Qt::UserRole).toString(), {});
    });
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

void MainWindow::addMenus()
{
    for (const QString &group : {tr("Go"), tr("Run"), tr("Log"), tr("Job"), tr("Agent"), tr("View"), tr("Help")}) {
        QMenu *menu = menuBar()->addMenu(group);
        menu->setToolTipsVisible(true);
        for (QAction *action : m_commands->all())
            if (Commands::group(action) == group)
                menu->addAction(action);
        if (group != tr("View"))
            continue;
        QMenu *themes = menu->addMenu(m_desk.theme->icon(u"theme"_s), tr("Theme"));
        auto *choice = new QActionGroup(this);
        const std::pair<QString, std::optional<Scheme>> schemes[] = {{tr("As the system"), std::nullopt},
            {tr("Light"), Scheme::Light}, {tr("Dark"), Scheme::Dark}, {tr("High contrast"), Scheme::Contrast}};
        for (const auto &[name, scheme] : schemes) {
            QAction *action = themes->addAction(name);
            action->setCheckable(true);
            action->setObjectName(u"theme."_s + (scheme ? nameOf(*scheme) : u"system"_s));
            choice->addAction(action);
            connect(action, &QAction::triggered, this, [this, each = scheme] { Q_EMIT schemeChosen(each); });
        }
        setSchemeChoice(std::nullopt);
    }
}

void MainWindow::setSchemeChoice(const std::optional<Scheme> &scheme)
{
    if (auto *action = findChild<QAction *>(u"theme."_s + (scheme ? nameOf(*scheme) : u"system"_s)))
        action->setChecked(true);
}

void MainWindow::addStatus()
{
    statusBar()->setSizeGripEnabled(false);
    statusBar()->addWidget(m_connection);
    statusBar()->addWidget(m_clock);
    statusBar()->addWidget(m_counts);
    statusBar()->addPermanentWidget(m_notice);
    m_notice->setObjectName(u"notice"_s);
    m_noticeGoes.setSingleShot(true);
    m_noticeGoes.setInterval(noticeStays);
    connect(&m_noticeGoes, &QTimer::timeout, m_notice, &QLabel::clear);
    connect(m_desk.session, &Session::phaseChanged, this, &MainWindow::redrawStatus);
    connect(m_desk.session, &Session::statusChanged, this, [this] {
        m_desk.times->setSkew(m_desk.session->skew());
        redrawStatus();
    });
    connect(m_desk.liveRuns, &LiveRuns::countsChanged, this, &MainWindow::redrawStatus);
    redrawStatus();
}

void MainWindow::redrawStatus()
{
    const Session &session = *m_desk.session;
    const QString place = session.address().url.toString();
    setWindowTitle(place.isEmpty() ? tr("Belfry") : tr("Belfry - %1").arg(place));
    switch (session.phase()) {
    case Session::Phase::Connecting:
        m_connection->setText(tr("connecting to %1").arg(place));
        break;
    case Session::Phase::Ready:
        m_connection->setText(tr("connected to %1 as %2, %3 ms")
                                  .arg(place, session.client()->server().role)
                                  .arg(session.latency().count()));
        break;
    case Session::Phase::Lost:
        m_connection->setText(tr("not connected"));
        break;
    case Session::Phase::Refused:
        m_connection->setText(tr("refused"));
        break;
    }
    const double tenths = std::round(double(session.skew().count()) / 100); // no "-0.0"
    const double seconds = tenths == 0 ? 0 : tenths / 10;
    m_clock->setText(
        session.hasSkew() ? tr("clock %1%2 s").arg(seconds < 0 ? u""_s : u"+"_s).arg(seconds, 0, 'f', 1) : QString());
    m_clock->setToolTip(tr("The backend's clock against this computer's."));
    m_counts->setText(m_desk.liveRuns->isComplete()
            ? tr("%1 running, %2 waiting").arg(m_desk.liveRuns->running()).arg(m_desk.liveRuns->waiting())
            : QString());
}

Page *MainWindow::currentPage() const
{
    QWidget *tab = m_tabs->currentWidget();
    return qobject_cast<Page *>(tab == m_views ? m_views->currentWidget() : tab);
}

QString MainWindow::currentView() const
{
    return m_views->currentWidget()->objectName();
}

void MainWindow::openView(const QString &id, const QString &filter)
{
    for (int row = 0; row < m_navigation->count(); ++row) {
        if (m_navigation->item(row)->data(Qt::UserRole).toString() != id)
            continue;
        const QSignalBlocker quiet(m_navigation);
        m_navigation->setCurrentRow(row);
        m_views->setCurrentIndex(row);
        m_tabs->setTabText(0, m_navigation->item(row)->text());
        m_tabs->setCurrentIndex(0);
        if (!filter.isNull())
            currentPage()->setFilter(filter);
        pageChanged();
    }
}

Page *MainWindow::tabNamed(const QString &name) const
{
    for (int i = 1; i < m_tabs->count(); ++i)
        if (m_tabs->widget(i)->objectName() == name)
            return static_cast<Page *>(m_tabs->widget(i));
    return nullptr;
}

void MainWindow::openTab(Page *page)
{
    int at = m_tabs->indexOf(page);
    if (at < 0) {
        at = m_tabs->addTab(page, page->tabTitle());
        m_tabs->tabBar()->setTabButton(at, QTabBar::RightSide, makeCloseButton(page));
        connect(page, &QWidget::windowTitleChanged, this,
            [this, page](const QString &title) { m_tabs->setTabText(m_tabs->indexOf(page), title); });
    }
    letGoOfFocus();
    m_tabs->setCurrentIndex(at);
}

// Qt hands the focus of a page that goes to the next widget; the list of views takes that for a choice.
void MainWindow::letGoOfFocus()
{
    if (QWidget *focused = focusWidget())
        focused->clearFocus();
}

// The style's own one is red, as if something had failed.
QWidget *MainWindow::makeCloseButton(Page *page)
{
    auto *button = new QToolButton;
    button->setProperty("kind", u"close"_s);
    button->setIcon(m_desk.theme->icon(u"close"_s));
    button->setIconSize(QSize(12, 12));
    button->setFocusPolicy(Qt::NoFocus); // Esc does it for the keyboard
    button->setToolTip(tr("Close  (Esc)"));
    button->setAccessibleName(tr("Close %1").arg(page->tabTitle()));
    connect(button, &QToolButton::clicked, page, [this, page] { closeTab(m_tabs->indexOf(page)); });
    return button;
}

void MainWindow::closeTab(int index)
{
    if (index <= 0)
        return;
    QWidget *page = m_tabs->widget(index);
    letGoOfFocus();
    m_tabs->removeTab(index);
    page->deleteLater();
}

void MainWindow::back()
{
    if (m_tabs->currentIndex() > 0)
        closeTab(m_tabs->currentIndex());
    else if (Page *page = currentPage())
        page->shown();
}

void MainWindow::pageChanged()
{
    // A run or a job is none of the views; a view that is marked could not be clicked to come back.
    const QSignalBlocker quiet(m_navigation);
    m_navigation->setCurrentRow(m_tabs->currentIndex() == 0 ? m_views->currentIndex() : -1);
    if (Page *page = currentPage())
        page->shown();
}

void MainWindow::notice(const QString &text, bool isFault)
{
    m_noticeText = text;
    const QString shown = text.simplified();
    m_notice->setText(shown.size() > 140 ? shown.left(139) + u"…"_s : shown);
    m_notice->setToolTip(text);
    m_notice->setStyleSheet(
        u"color: %1; font-weight: 600;"_s.arg(m_desk.theme->color(isFault ? u"failed"_s : u"text"_s).name()));
    if (isFault)
        m_noticeGoes.stop(); // stays until something else is said
    else
        m_noticeGoes.start();
}

void MainWindow::exportRows()
{
    const QAbstractItemModel *rows = currentPage()->listed();
    if (!rows) {
        notice(tr("There is no list here; open one of the views."), true);
        return;
    }
    const QString path = QFileDialog::getSaveFileName(
        this, tr("Export rows"), currentView() + u".csv"_s, tr("CSV (*.csv);;JSON (*.json)"));
    if (path.isEmpty())
        return;
    const Status written = exportTo(path, *rows);
    if (written)
        notice(tr("%n row(s) written to %1", nullptr, rows->rowCount()).arg(path), false);
    else
        notice(written.error().message, true);
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
    for (int i = 1; i < m_tabs->count(); ++i)
        state.tabs += m_tabs->widget(i)->objectName();
    for (int i = 0; i < m_views->count(); ++i) {
        const auto *page = static_cast<const Page *>(m_views->widget(i));
        if (!page->filterText().isEmpty())
            state.filters[page->objectName()] = page->filterText();
        if (!page->layoutText().isEmpty())
            state.layouts[page->objectName()] = page->layoutText();
    }
    state.zone = QString::number(m_zone->currentIndex());
    return state;
}

void MainWindow::restore(const WindowState &state)
{
    restoreGeometry(QByteArray::fromBase64(state.geometry.toLatin1()));
    restoreState(QByteArray::fromBase64(state.docks.toLatin1()), WindowState::currentVersion);
    m_zone->setCurrentIndex(std::clamp(state.zone.toInt(), 0, m_zone->count() - 1));
    for (int i = 0; i < m_views->count(); ++i) {
        auto *page = static_cast<Page *>(m_views->widget(i));
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
}

void MainWindow::showPalette()
{
    auto *palette = new PaletteDialog(&m_desk, m_actions, this);
    palette->open();
}

} // namespace belfry

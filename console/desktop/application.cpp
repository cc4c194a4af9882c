// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/desktop/application.h"

#include "console/desktop/firststart.h"

#include <QApplication>

#include <cstdio>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

constexpr auto saveEvery = std::chrono::seconds(30);
constexpr quint64 demoSeed = 20'260'301;

} // namespace

int complain(const QString &text)
{
    std::fprintf(stderr, "belfry-console: %s\n", qPrintable(text));
    return 2;
}

Application::Application(const Options &options)
    : m_options(options)
    , m_state(loadWindowState(windowStatePath()))
    , m_wanted(enumOf<Scheme>(options.theme.value_or(m_state.theme)))
{
    followScheme();
    m_theme.applyToApplication();
    connect(&m_system, &SystemScheme::changed, this, &Application::followScheme);
}

Application::~Application() = default;

std::optional<int> Application::start()
{
    if (const auto end = findBackend())
        return end;
    m_instance = std::make_unique<Instance>(m_start.address.url.toString());
    const QString asked = m_options.link ? linkText(*m_options.link) : u"raise"_s;
    if (!m_demo && !m_options.newWindow && m_instance->handOver(asked))
        return 0;
    m_console = std::make_unique<Console>(&m_theme);
    connectWindow();
    MainWindow *window = m_console->window();
    window->setSchemeChoice(m_wanted);
    window->setDemo(m_demo != nullptr);
    if (!m_demo) {
        m_console->keepLastValues(LastValues::defaultPath());
        m_console->keepSavedViews(SavedViews::defaultPath());
    }
    m_console->open(m_start.address);
    if (!m_demo) {
        serve();
        window->restore(m_state);
        connect(&m_saving, &QTimer::timeout, this, &Application::save);
        connect(qApp, &QCoreApplication::aboutToQuit, this, &Application::save);
        m_saving.start(saveEvery);
    }
    window->show();
    if (m_options.link)
        follow(asked);
    return std::nullopt;
}

std::optional<int> Application::findBackend()
{
    if (!m_options.demo) {
        m_start = startFor(m_options.address, m_options.link, processEnvironment());
        if (!m_start.fault.isEmpty())
            complain(m_start.fault);
        if (m_start.kind == Start::Kind::Refused)
            return 2;
        if (m_start.kind != Start::Kind::Open && !askForBackend())
            return m_start.fault.isEmpty() ? 0 : 2;
    }
    if (m_options.demo && !startDemo())
        return 2;
    return std::nullopt;
}

bool Application::askForBackend()
{
    Profiles profiles(processEnvironment());
    FirstStart first(&profiles, &m_theme);
    QApplication::setQuitOnLastWindowClosed(false); // another one follows
    const bool accepted = first.exec() == QDialog::Accepted;
    QApplication::setQuitOnLastWindowClosed(true);
    m_options.demo = first.wantsDemo();
    m_start.address = first.address();
    return accepted;
}

bool Application::startDemo()
{
    m_demo = std::make_unique<DemoBackend>(demoSeed, Console::systemClock());
    if (const Status listening = m_demo->listen(); !listening) {
        complain(listening.error().message);
        return false;
    }
    m_start.address = {.url = m_demo->url(), .urlSource = QString(demoSource), .token = m_demo->token()};
    return true;
}

void Application::connectWindow()
{
    MainWindow *window = m_console->window();
    connect(window, &MainWindow::schemeChosen, this, [this](const std::optional<Scheme> &chosen) {
        m_wanted = chosen;
        followScheme();
    });
    connect(window, &MainWindow::backendChosen, this, &Application::switchTo);
    m_tray = std::make_unique<TrayNotifier>(&m_theme);
    m_console->setNotifier(m_tray.get());
    connect(m_tray.get(), &TrayNotifier::windowWanted, window, &MainWindow::comeToFront);
    connect(m_tray.get(), &TrayNotifier::quitWanted, window, &QWidget::close);
}

void Application::serve()
{
    connect(m_instance.get(), &Instance::received, this, &Application::follow);
    m_instance->serve();
}

void Application::switchTo(const Address &address)
{
    auto other = std::make_unique<Instance>(address.url.toString());
    const bool isOther = address.url != m_console->session()->address().url;
    if (isOther && !m_options.newWindow && other->handOver(u"raise"_s)) {
        m_console->desk()->navigator->notice(tr("Another window shows it already, and was raised."));
        return;
    }
    m_console->window()->setDemo(false);
    m_console->open(address);
    m_instance = std::move(other);
    serve();
}

void Application::follow(const QString &text)
{
    Navigator *navigator = m_console->desk()->navigator;
    const auto link = parseLink(text);
    if (link && link->run) {
        navigator->openRun(*link->run);
        if (link->line > 0)
            navigator->openLog(*link->run, link->attempt, link->line);
    }
    if (link && !link->job.isEmpty())
        navigator->openJob(link->job);
    m_console->window()->comeToFront();
}

void Application::followScheme()
{
    m_theme.setScheme(m_wanted.value_or(m_system.scheme()));
}

void Application::save()
{
    WindowState now = m_console->window()->state();
    now.theme = m_wanted ? nameOf(*m_wanted) : u"system"_s;
    if (now == m_state)
        return;
    m_state = now;
    if (const Status saved = saveWindowState(windowStatePath(), m_state); !saved)
        qWarning("%s", qPrintable(saved.error().message));
}

} // namespace belfry

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/demo/demobackend.h"
#include "console/desktop/console.h"
#include "console/desktop/instance.h"
#include "console/desktop/startup.h"
#include "console/desktop/systemscheme.h"
#include "console/desktop/traynotifier.h"

namespace belfry {

// What the command line asks for.
struct Options {
    AddressFlags address;
    std::optional<ConsoleLink> link;
    std::optional<QString> theme; // as given
    bool demo = false;
    bool newWindow = false;
};

// One run of the program: which backend it shows, the window, and what is kept of it.
class Application final : public QObject
{
    Q_OBJECT

public:
    explicit Application(const Options &options);
    ~Application() override;

    // Shows the window; an exit code where there is nothing to show, with the reason on standard error.
    std::optional<int> start();

private:
    std::optional<int> findBackend();
    bool askForBackend();
    bool startDemo();
    void connectWindow();
    void serve();
    void switchTo(const Address &address);
    void follow(const QString &link);
    void followScheme();
    void save();

    Options m_options;
    Start m_start;
    SystemScheme m_system;
    Theme m_theme;
    WindowState m_state;
    std::optional<Scheme> m_wanted; // nullopt: as the system
    std::unique_ptr<DemoBackend> m_demo;
    std::unique_ptr<Instance> m_instance;
    std::unique_ptr<Console> m_console;
    std::unique_ptr<TrayNotifier> m_tray;
    QTimer m_saving;
};

// Exit code 2, and the text on standard error.
int complain(const QString &text);

} // namespace belfry

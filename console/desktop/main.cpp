// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/demo/demobackend.h"
#include "console/desktop/console.h"
#include "console/desktop/instance.h"
#include "console/desktop/link.h"
#include "console/desktop/systemscheme.h"
#include "console/models/englishplurals.h"

#include <QApplication>
#include <QCommandLineParser>

#include <cstdio>

using namespace belfry;
using namespace Qt::StringLiterals;

namespace {

constexpr auto saveEvery = std::chrono::seconds(30);
constexpr quint64 demoSeed = 20'260'301;

struct Options {
    AddressFlags address;
    std::optional<ConsoleLink> link;
    std::optional<QString> theme; // as given
    bool demo = false;
    bool newWindow = false;
};

int complain(const QString &text)
{
    std::fprintf(stderr, "belfry-console: %s\n", qPrintable(text));
    return 2;
}

Result<Options> readOptions(const QApplication &application)
{
    QCommandLineParser parser;
    parser.setApplicationDescription(QApplication::translate("main", "The desktop console of Belfry."));
    parser.addHelpOption();
    parser.addVersionOption();
    parser.addPositionalArgument(
        u"link"_s, QApplication::translate("main", "What to show, like belfry://prod/run/123."), u"[LINK]"_s);
    const QCommandLineOption url(
        u"url"_s, QApplication::translate("main", "Backend, like ws://127.0.0.1:7410."), u"URL"_s);
    const QCommandLineOption tokenFile(
        u"token-file"_s, QApplication::translate("main", "File with the token."), u"FILE"_s);
    const QCommandLineOption context(
        u"context"_s, QApplication::translate("main", "Context of the configuration file of belfry."), u"NAME"_s);
    const QCommandLineOption theme(
        u"theme"_s, QApplication::translate("main", "light, dark, contrast or system."), u"NAME"_s);
    const QCommandLineOption demo(u"demo"_s, QApplication::translate("main", "Made-up data, without a backend."));
    const QCommandLineOption newWindow(
        u"new-window"_s, QApplication::translate("main", "Another window, although one shows this backend."));
    parser.addOptions({url, tokenFile, context, theme, demo, newWindow});
    parser.process(application);

    Options options{.address = {parser.value(url), parser.value(tokenFile), parser.value(context)},
        .demo = parser.isSet(demo),
        .newWindow = parser.isSet(newWindow)};
    if (parser.isSet(theme)) {
        options.theme = parser.value(theme);
        if (*options.theme != "system"_L1 && !enumOf<Scheme>(*options.theme))
            return fail(
                ErrorKind::Invalid, u"--theme: '%1' is none of light, dark, contrast and system"_s.arg(*options.theme));
    }
    const QStringList rest = parser.positionalArguments();
    if (rest.size() > 1)
        return fail(ErrorKind::Invalid, u"'%1' is not understood; see --help"_s.arg(rest[1]));
    if (rest.isEmpty())
        return options;
    const auto link = parseLink(rest[0]);
    if (!link)
        return fail(link.error());
    options.link = *link;
    return options;
}

// A link may come from anywhere: it leads to a backend that somebody has set up here, never to one that it names
// itself.
Result<Address> addressFor(const Options &options)
{
    const auto address = findAddress(options.address, processEnvironment());
    if (!address || !options.link)
        return address;
    const QString place = options.link->place;
    if (address->url.authority() == place || address->urlSource == u"context "_s + place)
        return address;
    if (!options.address.url.isEmpty() || !options.address.context.isEmpty())
        return fail(ErrorKind::Denied, u"the link is for '%1', not for %2"_s.arg(place, address->url.toString()));
    AddressFlags flags = options.address;
    flags.context = place;
    const auto named = findAddress(flags, processEnvironment());
    if (!named)
        return fail(ErrorKind::Denied, u"the link is for '%1', which no context of config.yaml names"_s.arg(place));
    return named;
}

void follow(MainWindow *window, const QString &text)
{
    const auto link = parseLink(text);
    if (link && link->run) {
        window->desk().navigator->openRun(*link->run);
        if (link->line > 0)
            window->desk().navigator->openLog(*link->run, link->attempt, link->line);
    }
    if (link && !link->job.isEmpty())
        window->desk().navigator->openJob(link->job);
    window->setWindowState(window->windowState() & ~Qt::WindowMinimized);
    window->raise();
    window->activateWindow();
}

} // namespace

int main(int argc, char **argv)
{
    QApplication application(argc, argv);
    QApplication::setApplicationName(u"belfry-console"_s);
    QApplication::setApplicationDisplayName(u"Belfry"_s);
    QApplication::setApplicationVersion(QStringLiteral(BELFRY_VERSION));
    QApplication::setDesktopFileName(u"belfry-console"_s);
    QApplication::setWindowIcon(QIcon(u":/look/belfry-console.svg"_s));
    EnglishPlurals english;
    QCoreApplication::installTranslator(&english);
    const auto options = readOptions(application);
    if (!options)
        return complain(options.error().message);

    Result<Address> address = fail(ErrorKind::Internal, {});
    std::unique_ptr<DemoBackend> demo;
    if (options->demo) {
        demo = std::make_unique<DemoBackend>(demoSeed, Console::systemClock());
        if (const Status listening = demo->listen(); !listening)
            return complain(listening.error().message);
        address = Address{.url = demo->url(), .urlSource = u"--demo"_s, .token = demo->token()};
    } else {
        address = addressFor(*options);
    }
    if (!address)
        return complain(address.error().message);

    const QString asked = options->link ? linkText(*options->link) : u"raise"_s;
    Instance instance(address->url.toString());
    if (!options->demo && !options->newWindow && instance.handOver(asked))
        return 0;

    const QString statePath = windowStatePath();
    WindowState state = loadWindowState(statePath);
    if (options->theme)
        state.theme = *options->theme;
    SystemScheme system;
    Theme theme;
    std::optional<Scheme> wanted = enumOf<Scheme>(state.theme);
    const auto follows = [&] { theme.setScheme(wanted.value_or(system.scheme())); };
    follows();
    theme.applyToApplication();
    Console console(&theme);
    console.keepLastValues(options->demo ? QString() : LastValues::defaultPath());
    MainWindow *window = console.window();
    window->setSchemeChoice(wanted);
    window->setDemo(options->demo);
    QObject::connect(window, &MainWindow::schemeChosen, &theme, [&](const std::optional<Scheme> &chosen) {
        wanted = chosen;
        follows();
    });
    QObject::connect(&system, &SystemScheme::changed, &theme, follows);
    QObject::connect(&instance, &Instance::received, window, [window](const QString &text) { follow(window, text); });
    console.open(*address);
    if (!options->demo) {
        instance.serve();
        window->restore(state);
    }
    window->show();
    if (options->link)
        follow(window, asked);

    const auto save = [&] {
        WindowState now = window->state();
        now.theme = wanted ? nameOf(*wanted) : u"system"_s;
        if (now == state || options->demo)
            return;
        state = now;
        if (const Status saved = saveWindowState(statePath, state); !saved)
            qWarning("%s", qPrintable(saved.error().message));
    };
    QTimer saving;
    QObject::connect(&saving, &QTimer::timeout, window, save);
    QObject::connect(&application, &QApplication::aboutToQuit, window, save);
    saving.start(saveEvery);
    return QApplication::exec();
}

// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/cli/program.h"

#include "console/cli/actions.h"
#include "console/cli/help.h"
#include "console/cli/session.h"
#include "console/cli/waitcode.h"
#include "shared/base/log.h"

#include <QCoreApplication>

#include <sys/ioctl.h>
#include <unistd.h>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

bool wantsColour(const QString &when, const Environment &environment, bool terminal)
{
    if (when == "always"_L1)
        return true;
    // no-color.org: set and not empty, whatever its value.
    return terminal && when != "never"_L1 && environment.value(u"NO_COLOR"_s).isEmpty()
        && environment.value(u"TERM"_s) != "dumb"_L1;
}

int terminalWidth()
{
    winsize size{};
    return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

TableStyle tableStyle(const Arguments &arguments, const Environment &environment, Format format)
{
    const bool terminal = isatty(STDOUT_FILENO) == 1;
    return {.colour = wantsColour(arguments.value(u"color"_s), environment, terminal),
        .width = terminal && format == Format::Table ? terminalWidth() : 0};
}

// Until the session has finished.
int finish(Session &session)
{
    QObject::connect(
        &session, &Session::finished, qApp, [](int code) { QCoreApplication::exit(code); }, Qt::QueuedConnection);
    return session.isFinished() ? session.exitCode() : QCoreApplication::exec();
}

// A shell asks what may stand at its cursor.
int complete(const QStringList &words, const Environment &environment)
{
    Output output(Format::Table, {});
    Session session(Arguments::common(words), output, environment);
    startComplete(session, words);
    return finish(session);
}

} // namespace

int runProgram(const QStringList &words)
{
    installLogging();
    const Environment environment = processEnvironment();
    if (words.value(0) == "__complete"_L1)
        return complete(words.sliced(1), environment);
    auto arguments = Arguments::parse(words);
    if (!arguments) {
        Output output(Format::Table, {});
        output.note(arguments.error().message);
        output.complain(u"Try: belfry help\n"_s);
        return exitUsage;
    }
    const Format format = enumOf<Format>(arguments->value(u"output"_s)).value_or(Format::Table);
    Output output(format, tableStyle(*arguments, environment, format));
    if (arguments->has(u"version"_s)) {
        output.write("belfry " BELFRY_VERSION "\n");
        return output.flush() ? exitDone : exitFailed;
    }
    const VerbSpec *verb = arguments->verb();
    if (!verb && !arguments->has(u"help"_s)) {
        output.complain(overviewHelp());
        return exitUsage;
    }
    if (arguments->has(u"help"_s)) {
        output.write((verb ? verbHelp(*verb) : overviewHelp()).toUtf8());
        return output.flush() ? exitDone : exitFailed;
    }

    Session session(std::move(*arguments), output, environment);
    verb->start(session);
    return finish(session);
}

} // namespace belfry

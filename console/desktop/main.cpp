// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/desktop/application.h"
#include "console/models/englishplurals.h"

#include <QApplication>
#include <QCommandLineParser>

using namespace belfry;
using namespace Qt::StringLiterals;

namespace {

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

} // namespace

int main(int argc, char **argv)
{
    QApplication qt(argc, argv);
    QApplication::setApplicationName(u"belfry-console"_s);
    QApplication::setApplicationDisplayName(u"Belfry"_s);
    QApplication::setApplicationVersion(QStringLiteral(BELFRY_VERSION));
    QApplication::setDesktopFileName(u"belfry-console"_s);
    QApplication::setWindowIcon(QIcon(u":/look/belfry-console.svg"_s));
    EnglishPlurals english;
    QCoreApplication::installTranslator(&english);
    const auto options = readOptions(qt);
    if (!options)
        return complain(options.error().message);
    Application application(*options);
    if (const auto end = application.start())
        return *end;
    return QApplication::exec();
}

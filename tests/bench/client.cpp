// SPDX-License-Identifier: GPL-3.0-or-later
// bench-client: load and stop-watches at the console's API.
#include "tests/bench/measuring.h"

#include <QCoreApplication>

#include <cstdio>

using namespace belfry::bench;
using namespace Qt::StringLiterals;

namespace {

constexpr const char *usage = R"(usage: bench-client WHAT --url URL --token-file FILE ...
  submit --jobs J,K [--clients N] [--ms N]    triggers as fast as they are acknowledged
  drain --jobs J,K [--count N] [--window N]   triggers and waits until all is over
  trigger --job J [--count N] [--pause MS]    triggers one by one
  ask                                         times the requests of standard input
  ping [--pause MS]                           asks for the status until standard input ends
  follow --job J [--stamps 1]                 triggers a run and reads its whole log
)";

Measuring begin(const QString &what, const Target &target, const Options &options)
{
    if (what == u"submit")
        return submitAtOnce(target, options.text(u"jobs"_s).split(u','), options.number(u"clients"_s, 1),
            options.number(u"ms"_s, 1000));
    if (what == u"drain")
        return drainRuns(target, options.text(u"jobs"_s).split(u','), options.number(u"count"_s, 1000),
            options.number(u"window"_s, 32));
    if (what == u"trigger")
        return triggerSlowly(
            target, options.text(u"job"_s), options.number(u"count"_s, 100), options.number(u"pause"_s, 20));
    if (what == u"ask")
        return askLines(target);
    if (what == u"ping")
        return pingUntilEnd(target, options.number(u"pause"_s, 5));
    return followRun(target, options.text(u"job"_s), options.number(u"stamps"_s, 0) != 0);
}

} // namespace

int main(int argc, char **argv)
{
    const QCoreApplication app(argc, argv);
    const QString what = app.arguments().value(1);
    if (!QStringList{u"submit"_s, u"drain"_s, u"trigger"_s, u"ask"_s, u"ping"_s, u"follow"_s}.contains(what)) {
        std::fputs(usage, stderr);
        return 2;
    }
    const Options options(app.arguments().mid(2));
    const Target target{options.text(u"url"_s), readToken(options.text(u"token-file"_s))};
    const Measuring measuring = begin(what, target, options);
    return QCoreApplication::exec();
}

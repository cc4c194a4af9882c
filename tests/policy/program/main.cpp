// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/policy/player.h"

#include <QCoreApplication>
#include <QFile>
#include <QJsonDocument>

#include <cstdio>

using namespace belfry;
using namespace belfry::policy;
using namespace Qt::StringLiterals;

namespace {

void print(FILE *to, const QString &text)
{
    std::fputs(text.toUtf8().constData(), to);
}

int complain(const QString &text, int code)
{
    print(stderr, text + u'\n');
    return code;
}

void printLines(const QString &title, const QStringList &lines)
{
    print(stdout, title + u'\n');
    for (const QString &line : lines)
        print(stdout, u"  "_s + line + u'\n');
}

} // namespace

// Exit codes: 0 as expected (or nothing is expected), 1 differs, 2 usage, 6 the timeline cannot be read.
int main(int argc, char **argv)
{
    const QCoreApplication app(argc, argv);
    QStringList words = app.arguments().mid(1);
    bool json = false;
    if (const qsizetype at = words.indexOf(u"-o"_s); at >= 0) {
        const QString format = words.value(at + 1);
        if (format != u"json" && format != u"table")
            return complain(u"policy-run: -o takes json or table"_s, 2);
        json = format == u"json";
        words.remove(at, 2);
    }
    if (words.size() != 1 || words[0].startsWith(u'-'))
        return complain(u"usage: run FILE [-o json]   plays one timeline; see docs/semantics.md"_s, 2);
    QFile file(words[0]);
    if (!file.open(QIODevice::ReadOnly))
        return complain(u"%1: %2"_s.arg(words[0], file.errorString()), 2);
    const auto timeline = parseTimeline(words[0], QString::fromUtf8(file.readAll()));
    if (!timeline)
        return complain(timeline.error().message, 6);
    const auto played = play(*timeline);
    if (!played)
        return complain(played.error().message, played.error().kind == ErrorKind::Invalid ? 6 : 1);
    if (json) {
        print(stdout, QString::fromUtf8(QJsonDocument(playedJson(*played)).toJson()));
    } else {
        printLines(u"expect ledger"_s, ledgerLines(*played, timeline->start));
        printLines(u"expect starts"_s, startLines(*played, timeline->start));
    }
    const QStringList wrong = differences(*timeline, *played);
    return wrong.isEmpty() ? 0 : complain(wrong.join(u'\n'), 1);
}

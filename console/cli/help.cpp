// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/cli/help.h"

#include "console/cli/text.h"

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

constexpr int verbWidth = 16;
constexpr int optionWidth = 26;
constexpr int textColumns = 80;

QString verbLine(const VerbSpec &verb)
{
    return u"  %1 %2%3\n"_s.arg(
        padded(verb.words, verbWidth), verb.summary, verb.isSupported() ? QString() : u" (not supported yet)"_s);
}

QString optionLine(const OptionSpec &option)
{
    QString name = option.names;
    name.replace(u',', u", "_s);
    if (!option.value.isEmpty())
        name += u' ' + option.value;
    QString text = option.help;
    if (!option.choices.isEmpty())
        text += u": "_s + option.choices.join(u", "_s);
    if (!option.supported)
        text += u" (not supported yet)"_s;
    return u"  %1 %2\n"_s.arg(padded(name, optionWidth), text);
}

QString wrapped(const QString &text)
{
    QString out;
    QString line;
    for (const QString &word : text.split(u' ')) {
        if (!line.isEmpty() && line.size() + 1 + word.size() > textColumns) {
            out += line + u'\n';
            line.clear();
        }
        line += (line.isEmpty() ? QString() : u" "_s) + word;
    }
    return out + line + u'\n';
}

} // namespace

QString overviewHelp()
{
    QString text = u"belfry runs jobs on many hosts, on schedules and on demand, and accounts for every occasion.\n\n"
                   "Usage: belfry VERB [ARGUMENTS] [OPTIONS]\n\nVerbs:\n"_s;
    for (const VerbSpec &each : verbs())
        text += verbLine(each);
    text += u"\nOptions of every verb:\n"_s;
    for (const OptionSpec &each : commonOptions())
        text += optionLine(each);
    return text + u"\nbelfry help VERB says more, with examples.\n"_s;
}

QString groupHelp(const QString &words)
{
    QString text;
    for (const VerbSpec &each : verbs())
        if (each.words.startsWith(words + u' '))
            text += verbLine(each);
    return text;
}

QString verbHelp(const VerbSpec &verb)
{
    QString text = u"Usage: "_s + verb.usage() + u"\n\n"_s;
    const QString summary = verb.summary.left(1).toUpper() + verb.summary.sliced(1) + u'.';
    text += wrapped(verb.isSupported() ? summary : summary + u" Not supported yet by this version."_s);
    if (!verb.details.isEmpty())
        text += u'\n' + wrapped(verb.details);
    if (!verb.options.empty()) {
        text += u"\nOptions:\n"_s;
        for (const OptionSpec &each : verb.options)
            text += optionLine(each);
    }
    text += u"\nOptions of every verb:\n"_s;
    for (const OptionSpec &each : commonOptions())
        if (verb.prints || each.key() != "output"_L1)
            text += optionLine(each);
    if (!verb.examples.empty()) {
        text += u"\nExamples:\n"_s;
        for (const Example &each : verb.examples)
            text += u"  %1\n      %2\n"_s.arg(each.command, each.effect);
    }
    if (const QString group = groupHelp(verb.words); !group.isEmpty())
        text += u"\nSee also:\n"_s + group;
    return text;
}

} // namespace belfry

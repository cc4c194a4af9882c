// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/cli/manual.h"

#include "console/cli/verbs.h"

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

QString sentence(const QString &summary)
{
    return summary.left(1).toUpper() + summary.sliced(1) + u'.';
}

// `-n, --lines N`
QString optionName(const OptionSpec &option)
{
    QString name = option.names;
    name.replace(u',', u", "_s);
    return option.value.isEmpty() ? name : name + u' ' + option.value;
}

QString optionText(const OptionSpec &option)
{
    return option.choices.isEmpty() ? option.help : u"%1: %2"_s.arg(option.help, option.choices.join(u", "_s));
}

// A text as it is: no macro at the start of a line, hyphens that can be copied.
QString troff(QString text)
{
    text.replace(u'\\', u"\\e"_s).replace(u'-', u"\\-"_s);
    return text.startsWith(u'.') || text.startsWith(u'\'') ? u"\\&"_s + text : text;
}

QString manOptions(const std::vector<OptionSpec> &options)
{
    QString text;
    for (const OptionSpec &each : options)
        if (each.supported)
            text += u".TP\n.B %1\n%2\n"_s.arg(troff(optionName(each)), troff(optionText(each)));
    return text;
}

QString manVerb(const VerbSpec &verb)
{
    QString text = u".SS %1\n.B %2\n.PP\n%3\n"_s.arg(
        troff(verb.words), troff(verb.usage()), troff(sentence(verb.summary)));
    if (!verb.details.isEmpty())
        text += u".PP\n%1\n"_s.arg(troff(verb.details));
    text += manOptions(verb.options);
    for (const Example &each : verb.examples)
        text += u".PP\n.nf\n%1\n.fi\n.RS\n%2\n.RE\n"_s.arg(troff(each.command), troff(each.effect));
    return text;
}

QString markdownOptions(const std::vector<OptionSpec> &options)
{
    QString text = u"| option | |\n| --- | --- |\n"_s;
    for (const OptionSpec &each : options)
        if (each.supported)
            text += u"| `%1` | %2 |\n"_s.arg(optionName(each), optionText(each).replace(u'|', u"\\|"_s));
    return text + u'\n';
}

QString markdownVerb(const VerbSpec &verb)
{
    QString text = u"### %1\n\n```\n%2\n```\n\n%3"_s.arg(verb.words, verb.usage(), sentence(verb.summary));
    text += (verb.details.isEmpty() ? QString() : u' ' + verb.details) + u"\n\n"_s;
    if (!verb.options.empty())
        text += markdownOptions(verb.options);
    if (!verb.examples.empty()) {
        text += u"```sh\n"_s;
        for (const Example &each : verb.examples)
            text += u"%1    # %2\n"_s.arg(each.command, each.effect);
        text += u"```\n\n"_s;
    }
    return text;
}

} // namespace

QString manPage()
{
    QString text = u".TH BELFRY 1 \"\" \"belfry %1\"\n.SH NAME\nbelfry \\- runs jobs on many hosts, on schedules and on "
                   "demand\n.SH SYNOPSIS\n.B belfry\n.I VERB\n[arguments] [options]\n.SH OPTIONS OF EVERY VERB\n"_s.arg(
                       QStringLiteral(BELFRY_VERSION));
    text += manOptions(commonOptions()) + u".SH VERBS\n"_s;
    for (const VerbSpec &each : verbs())
        if (each.isSupported())
            text += manVerb(each);
    text += u".SH EXIT STATUS\n0 done, 1 failed, 2 usage, 3 not found, 4 not allowed, 5 conflict or refused by a policy, "
            "6 invalid definition or expression, 7 backend unreachable, 8 part of a bulk action failed.\n"_s;
    return text;
}

QString markdownVerbs()
{
    QString text = u"## Options of every verb\n\n"_s + markdownOptions(commonOptions()) + u"## Verbs\n\n"_s;
    for (const VerbSpec &each : verbs())
        if (each.isSupported())
            text += markdownVerb(each);
    return text.chopped(1);
}

} // namespace belfry

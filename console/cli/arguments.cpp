// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/cli/arguments.h"

#include "shared/base/nearestname.h"

#include <CLI/CLI.hpp>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

// What CLI11 fills in.
struct Slots {
    std::vector<std::string> positional;
    std::map<QString, std::vector<std::string>> values;
    std::map<QString, bool> flags;
};

void addOption(CLI::App &app, const OptionSpec &spec, Slots &slots)
{
    const std::string names = spec.names.toStdString();
    if (spec.value.isEmpty())
        app.add_flag(names, slots.flags[spec.key()]);
    else
        app.add_option(names, slots.values[spec.key()])->allow_extra_args(false);
}

QStringList optionNames(const VerbSpec *verb)
{
    QStringList names;
    const auto add = [&](const std::vector<OptionSpec> &options) {
        for (const OptionSpec &each : options)
            names += each.names.split(u',');
    };
    if (verb)
        add(verb->options);
    add(commonOptions());
    return names;
}

QString didYouMean(const QString &wrong, const QStringList &known)
{
    const QString near = nearestName(wrong, known);
    return near.isEmpty() ? QString() : u"; did you mean '%1'?"_s.arg(near);
}

tl::unexpected<Error> unknownOption(const QString &word, const VerbSpec *verb)
{
    const QString name = word.section(u'=', 0, 0);
    return fail(ErrorKind::Invalid, u"the option %1 is unknown%2"_s.arg(name, didYouMean(name, optionNames(verb))));
}

bool isOption(const QString &word)
{
    return word.startsWith(u'-') && word.size() > 1;
}

// How many words a common option in front of the verb takes; 0: it is none.
qsizetype commonOptionLength(const QString &word)
{
    for (const OptionSpec &each : commonOptions())
        if (each.names.split(u',').contains(word.section(u'=', 0, 0)))
            return each.value.isEmpty() || word.contains(u'=') ? 1 : 2;
    return 0;
}

// The second words of verbs like `agent drain`, or with an empty `first` all first words.
QStringList wordsAfter(const QString &first)
{
    QStringList found;
    for (const VerbSpec &each : verbs()) {
        const QString word = first.isEmpty() ? each.words.section(u' ', 0, 0)
            : each.words.startsWith(first + u' ') ? each.words.section(u' ', 1)
                                                  : QString();
        if (!word.isEmpty() && !found.contains(word))
            found += word;
    }
    return found;
}

const VerbSpec *verbOf(const QString &words)
{
    const auto found = std::find_if(verbs().begin(), verbs().end(), [&](const VerbSpec &each) { return each.words == words; });
    return found == verbs().end() ? nullptr : &*found;
}

// Takes the verb out of the words, so that what follows may be called like another one. Null without a verb.
Result<const VerbSpec *> takeVerb(QStringList &words)
{
    qsizetype at = 0;
    while (at < words.size() && isOption(words[at])) {
        const qsizetype length = commonOptionLength(words[at]);
        if (length == 0)
            return unknownOption(words[at], nullptr);
        at += length;
    }
    if (at >= words.size())
        return nullptr;
    const QString first = words[at];
    const QString second = at + 1 < words.size() && !isOption(words[at + 1]) ? words[at + 1] : QString();
    if (const VerbSpec *verb = second.isEmpty() ? nullptr : verbOf(first + u' ' + second)) {
        words.remove(at, 2);
        return verb;
    }
    if (const VerbSpec *verb = verbOf(first)) {
        words.remove(at);
        return verb;
    }
    const QStringList below = wordsAfter(first);
    if (below.isEmpty())
        return fail(ErrorKind::Invalid, u"the verb '%1' is unknown%2"_s.arg(first, didYouMean(first, wordsAfter({}))));
    if (!second.isEmpty())
        return fail(ErrorKind::Invalid, u"the verb '%1' is unknown%2"_s.arg(second, didYouMean(second, below)));
    words.remove(at);
    if (words.contains(u"--help"_s) || words.contains(u"-h"_s))
        return nullptr;
    return fail(ErrorKind::Invalid, u"'%1' needs one of: %2"_s.arg(first, below.join(u", "_s)));
}

} // namespace

Result<Arguments> Arguments::parse(const QStringList &given)
{
    QStringList words = given;
    const auto verb = takeVerb(words);
    if (!verb)
        return fail(verb.error());

    CLI::App app;
    app.set_help_flag();
    app.allow_extras(false);
    Slots slots;
    for (const OptionSpec &each : commonOptions())
        addOption(app, each, slots);
    if (*verb) {
        for (const OptionSpec &each : (*verb)->options)
            addOption(app, each, slots);
        app.add_option("arguments", slots.positional)->expected(0, 1 << 20);
    }
    std::vector<std::string> reversed; // as CLI11 takes them
    for (auto word = words.rbegin(); word != words.rend(); ++word)
        reversed.push_back(word->toStdString());
    try {
        app.parse(std::move(reversed));
    } catch (const CLI::ExtrasError &) {
        return unknownOption(QString::fromStdString(app.remaining(true).front()), *verb);
    } catch (const CLI::ParseError &error) {
        return fail(ErrorKind::Invalid, QString::fromUtf8(error.what()));
    }

    Arguments arguments;
    arguments.m_verb = *verb;
    for (const auto &[key, values] : slots.values)
        for (const std::string &value : values)
            arguments.m_options[key] += QString::fromStdString(value);
    for (const auto &[key, isGiven] : slots.flags)
        if (isGiven)
            arguments.m_options[key] = {};
    for (const std::string &word : slots.positional)
        arguments.m_positional += QString::fromStdString(word);
    if (const Status checked = arguments.check(); !checked && !arguments.has(u"help"_s))
        return fail(checked.error());
    return arguments;
}

Arguments Arguments::common(const QStringList &words)
{
    Arguments arguments;
    for (qsizetype at = 0; at < words.size(); ++at)
        for (const OptionSpec &each : commonOptions()) {
            const QString name = words[at].section(u'=', 0, 0);
            if (each.value.isEmpty() || !each.names.split(u',').contains(name))
                continue;
            if (name.size() < words[at].size())
                arguments.m_options[each.key()] += words[at].sliced(name.size() + 1);
            else if (at + 1 < words.size())
                arguments.m_options[each.key()] += words[++at];
        }
    return arguments;
}

Status Arguments::check() const
{
    const auto checkChoices = [&](const std::vector<OptionSpec> &options) -> Status {
        for (const OptionSpec &each : options) {
            if (!has(each.key()))
                continue;
            if (!each.supported)
                return fail(ErrorKind::Invalid, u"--%1 is not supported yet by this version"_s.arg(each.key()));
            for (const QString &value : values(each.key()))
                if (!each.choices.isEmpty() && !each.choices.contains(value))
                    return fail(ErrorKind::Invalid,
                        u"--%1: '%2' is none of %3%4"_s.arg(
                            each.key(), value, each.choices.join(u", "_s), didYouMean(value, each.choices)));
        }
        return {};
    };
    if (const Status common = checkChoices(commonOptions()); !common || !m_verb)
        return common;
    if (!m_verb->isSupported())
        return fail(ErrorKind::Invalid, u"%1 is not supported yet by this version"_s.arg(m_verb->words));
    if (const Status own = checkChoices(m_verb->options); !own)
        return own;

    qsizetype min = 0;
    qsizetype max = 0;
    for (const ArgumentSpec &each : m_verb->arguments) {
        if (m_positional.size() < min + each.min)
            return fail(ErrorKind::Invalid, u"%1: %2 is missing"_s.arg(m_verb->words, each.name));
        min += each.min;
        max = each.max < 0 || max < 0 ? -1 : max + each.max;
    }
    if (max >= 0 && m_positional.size() > max)
        return fail(
            ErrorKind::Invalid, u"%1: '%2' is one argument too many"_s.arg(m_verb->words, m_positional.at(max)));
    return {};
}

QString Arguments::value(const QString &key) const
{
    const QStringList all = values(key);
    return all.isEmpty() ? QString() : all.last();
}

QStringList Arguments::values(const QString &key) const
{
    const auto found = m_options.find(key);
    return found == m_options.end() ? QStringList() : found->second;
}

Result<qint64> Arguments::number(const QString &key, qint64 otherwise, qint64 min, qint64 max) const
{
    if (!has(key))
        return otherwise;
    bool ok = false;
    const qint64 number = value(key).toLongLong(&ok);
    if (!ok || number < min || number > max)
        return fail(
            ErrorKind::Invalid, u"--%1: '%2' is no number from %3 to %4"_s.arg(key, value(key)).arg(min).arg(max));
    return number;
}

} // namespace belfry

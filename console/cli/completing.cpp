// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/cli/completing.h"

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

// The options that may stand after these verb words.
std::vector<OptionSpec> optionsOf(const VerbSpec *verb)
{
    std::vector<OptionSpec> all = verb ? verb->options : std::vector<OptionSpec>();
    for (const OptionSpec &each : commonOptions()) {
        const bool own = std::any_of(
            all.begin(), all.end(), [&](const OptionSpec &other) { return other.key() == each.key(); });
        if (!own && (each.key() != "output"_L1 || !verb || verb->prints))
            all.push_back(each);
    }
    return all;
}

const OptionSpec *find(const std::vector<OptionSpec> &options, const QString &name)
{
    for (const OptionSpec &each : options)
        if (each.names.split(u',').contains(name))
            return &each;
    return nullptr;
}

// Where the words have come to: the verb, and what follows next.
struct Place {
    QStringList verbWords;
    const VerbSpec *verb = nullptr;
    qsizetype arguments = 0; // complete ones of the verb
    QString pending; // an option that waits for its value
    bool onlyArguments = false; // after --
};

bool beginsVerb(const QString &words)
{
    return std::any_of(verbs().begin(), verbs().end(),
        [&](const VerbSpec &each) { return each.words == words || each.words.startsWith(words + u' '); });
}

void takeWord(Place &place, const QString &word)
{
    const QString longer = (place.verbWords + QStringList{word}).join(u' ');
    if (place.arguments == 0 && place.verbWords.size() < 2 && beginsVerb(longer)) {
        place.verbWords += word;
        place.verb = findVerb(longer);
    } else {
        ++place.arguments;
    }
}

Place placeAfter(const QStringList &before)
{
    Place place;
    for (const QString &word : before) {
        if (!place.pending.isEmpty()) {
            place.pending.clear();
        } else if (place.onlyArguments || !word.startsWith(u'-') || word.size() == 1) {
            takeWord(place, word);
        } else if (word == "--"_L1) {
            place.onlyArguments = true;
        } else if (!word.contains(u'=')) {
            const auto options = optionsOf(place.verb);
            const OptionSpec *option = find(options, word);
            if (option && !option->value.isEmpty())
                place.pending = word;
        }
    }
    return place;
}

class Candidates
{
public:
    explicit Candidates(QString current) { m_completion.current = std::move(current); }

    void add(const QString &word, const QString &help = {})
    {
        const bool known = std::any_of(m_completion.candidates.begin(), m_completion.candidates.end(),
            [&](const Completion::Candidate &each) { return each.word == word; });
        if (!known && word.startsWith(m_completion.current))
            m_completion.candidates.push_back({word, help});
    }
    void addValues(const QStringList &choices, Word word, const QString &prefix = {})
    {
        for (const QString &each : choices)
            add(prefix + each);
        m_completion.word = word;
        m_completion.prefix = prefix;
        if (word == Word::Time)
            for (const QString &each : {u"now"_s, u"today"_s, u"yesterday"_s, u"tomorrow"_s})
                add(prefix + each);
        m_completion.current = m_completion.current.sliced(std::min(prefix.size(), m_completion.current.size()));
    }
    Completion take() { return std::move(m_completion); }

private:
    Completion m_completion;
};

void addOptions(Candidates &out, const std::vector<OptionSpec> &options)
{
    for (const OptionSpec &each : options)
        if (each.supported)
            for (const QString &name : each.names.split(u','))
                out.add(name, each.help);
}

void addVerbs(Candidates &out, const QStringList &first)
{
    const QString prefix = first.isEmpty() ? QString() : first.join(u' ') + u' ';
    for (const VerbSpec &each : verbs()) {
        if (!each.isSupported() || !each.words.startsWith(prefix))
            continue;
        const QString rest = each.words.sliced(prefix.size());
        out.add(rest.section(u' ', 0, 0), rest.contains(u' ') ? QString() : each.summary);
    }
}

void addArgument(Candidates &out, const VerbSpec &verb, qsizetype index)
{
    for (const ArgumentSpec &each : verb.arguments) {
        if (each.max >= 0 && index >= each.max) {
            index -= each.max;
            continue;
        }
        if (each.word == Word::Verb)
            addVerbs(out, {});
        out.addValues(each.choices, each.word);
        return;
    }
}

} // namespace

Completion completionOf(const QStringList &before, const QString &current)
{
    const Place place = placeAfter(before);
    const auto options = optionsOf(place.verb);
    Candidates out(current);
    if (!place.pending.isEmpty()) {
        if (const OptionSpec *option = find(options, place.pending))
            out.addValues(option->choices, option->word);
        return out.take();
    }
    if (!place.onlyArguments && current.startsWith(u'-')) {
        const qsizetype equals = current.indexOf(u'=');
        const OptionSpec *option = equals < 0 ? nullptr : find(options, current.left(equals));
        if (option && !option->value.isEmpty())
            out.addValues(option->choices, option->word, current.left(equals + 1));
        else if (equals < 0)
            addOptions(out, options);
        return out.take();
    }
    if (place.arguments == 0 && place.verbWords.size() < 2)
        addVerbs(out, place.verbWords);
    if (place.verb)
        addArgument(out, *place.verb, place.arguments);
    return out.take();
}

QStringList completionShells()
{
    return {u"bash"_s, u"zsh"_s, u"fish"_s};
}

namespace {

// A candidate a line, its help after a tab; `:files` where a file name may stand. Bash takes `=` and `:` for borders of
// words, so the line is taken apart here.
constexpr auto bashScript = R"SH(# bash completion for belfry: source <(belfry completion bash)
_belfry() {
    local line="${COMP_LINE:0:COMP_POINT}" current="" part files="" candidate head
    local -a words=()
    read -r -a words <<< "$line"
    if [[ "$line" != *[[:space:]] && ${#words[@]} -gt 1 ]]; then
        current="${words[-1]}"
        unset "words[-1]"
    fi
    # What bash will replace is only the part of the word behind its last border.
    head="$current"
    part="${COMP_WORDS[COMP_CWORD]}"
    [[ "$part" == [=:] ]] && part=""
    head="${current%"$part"}"
    COMPREPLY=()
    while IFS=$'\t' read -r candidate _; do
        if [[ "$candidate" == ":files" ]]; then
            files=1
        elif [[ -n "$candidate" ]]; then
            COMPREPLY+=("${candidate#"$head"}")
        fi
    done < <(command belfry __complete "${words[@]:1}" -- "$current" 2>/dev/null)
    if [[ -n "$files" ]]; then
        compopt -o filenames 2>/dev/null
        local file
        while IFS= read -r file; do
            COMPREPLY+=("$file")
        done < <(compgen -f -- "$part")
    fi
}
complete -F _belfry belfry
)SH";

constexpr auto zshScript = R"SH(#compdef belfry
# zsh completion for belfry: put it into a folder of $fpath as _belfry, or source it after compinit
_belfry() {
    local -a candidates
    local line files=""
    while IFS= read -r line; do
        if [[ "$line" == ":files" ]]; then
            files=1
        elif [[ -n "$line" ]]; then
            candidates+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}")
        fi
    done < <(command belfry __complete "${(@)words[2,CURRENT-1]}" -- "${words[CURRENT]}" 2>/dev/null)
    (( ${#candidates} )) && _describe 'belfry' candidates
    [[ -n "$files" ]] && _files
}
if [[ "$funcstack[1]" == "_belfry" ]]; then
    _belfry "$@"
else
    compdef _belfry belfry
fi
)SH";

constexpr auto fishScript = R"SH(# fish completion for belfry: belfry completion fish | source
function __belfry_complete
    set -l typed (commandline -opc)
    set -l current (commandline -ct)
    for line in (command belfry __complete $typed[2..-1] -- "$current" 2>/dev/null)
        if test "$line" = ":files"
            __fish_complete_path "$current"
        else
            echo $line
        end
    end
end
complete -c belfry -f -a '(__belfry_complete)'
)SH";

} // namespace

QString completionScript(const QString &shell)
{
    const auto *script = shell == "bash"_L1 ? bashScript : shell == "zsh"_L1 ? zshScript : fishScript;
    return QString::fromLatin1(script);
}

} // namespace belfry

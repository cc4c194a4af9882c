// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

#include <vector>

namespace belfry {

class Session;

// What a word on the command line names: for completion.
enum class Word { Text, Job, JobOrProject, Project, Run, RunOrJob, Agent, Token, Verb, File, Time, Context };

struct ArgumentSpec {
    QString name; // in capitals, as in the usage line
    Word word = Word::Text;
    int min = 1;
    int max = 1; // -1: any number
    QStringList choices = {}; // for completion; empty: free
};

struct OptionSpec {
    QString names; // `-n,--lines`: the last is the one that Arguments know it by
    QString value; // what it takes, in capitals; empty: a flag
    QString help;
    bool many = false; // may be given several times
    QStringList choices = {};
    Word word = Word::Text;
    bool supported = true;

    // Without its dashes: `lines`.
    QString key() const;
};

struct Example {
    QString command;
    QString effect;
};

// One verb of the program, with all that parsing, help, completion and manual pages say of it.
struct VerbSpec {
    using Start = void (*)(Session &);

    QString words; // `agent drain`
    QString summary; // one line, no full stop
    Start start = nullptr; // nullptr: not there yet
    std::vector<ArgumentSpec> arguments = {};
    std::vector<OptionSpec> options = {};
    std::vector<Example> examples = {};
    QString details = {}; // paragraphs for help
    bool prints = true; // takes -o

    bool isSupported() const { return start != nullptr; }
    // `belfry run JOB [-p K=V]... [--wait]`
    QString usage() const;
};

// Every verb, in the order of help; and the options that all of them take.
const std::vector<VerbSpec> &verbs();
const std::vector<OptionSpec> &commonOptions();

const VerbSpec *findVerb(QStringView words);
// The first words of verbs (`agent`, `run`): for "did you mean".
QStringList verbWords();

} // namespace belfry

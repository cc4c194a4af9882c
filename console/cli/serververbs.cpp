// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/cli/actions.h"
#include "console/cli/verbgroups.h"

namespace belfry {

using namespace Qt::StringLiterals;

std::vector<VerbSpec> agentVerbs()
{
    return {
        {.words = u"agents"_s,
            .summary = u"all agents: state, slots, labels"_s,
            .start = startAgents,
            .examples = {{u"belfry agents -o wide"_s, u"also how each ends the processes of a run"_s}}},
        {.words = u"agent drain"_s,
            .summary = u"give an agent no new work; what runs goes on"_s,
            .start = startAgentDrain,
            .arguments = {{u"NAME"_s, Word::Agent}},
            .examples = {{u"belfry agent drain db1"_s, u"before maintenance"_s}}},
        {.words = u"agent resume"_s,
            .summary = u"give a drained agent work again"_s,
            .start = startAgentResume,
            .arguments = {{u"NAME"_s, Word::Agent}},
            .examples = {{u"belfry agent resume db1"_s, u"after it"_s}}},
        {.words = u"agent forget"_s,
            .summary = u"forget an agent that will not come back"_s,
            .start = startAgentForget,
            .arguments = {{u"NAME"_s, Word::Agent}},
            .examples = {{u"belfry agent forget db1"_s, u"its name is free again"_s}}},
    };
}

std::vector<VerbSpec> serverVerbs()
{
    return {
        {.words = u"status"_s,
            .summary = u"the backend and how it is"_s,
            .start = startStatus,
            .examples = {{u"belfry status"_s, u"versions, counts, what comes next, health"_s}}},
        {.words = u"doctor"_s,
            .summary = u"examine store, spool, clocks, disk, versions and access"_s,
            .start = startDoctor,
            .options = {{.names = u"--backup"_s,
                .value = u"FILE"_s,
                .help = u"write a backup of the database into a new file on the backend's host"_s,
                .word = Word::File}},
            .examples = {{u"belfry doctor"_s, u"each check with its verdict, and what to do"_s},
                {u"belfry doctor --backup /var/backups/belfry-2026-01-31.db"_s,
                    u"also a copy that a backend can be started from"_s}},
            .details
            = u"Exits with 1 when a check is bad; warnings alone leave it 0. A backup is a whole database, "
              "with its tokens and with what small logs it holds, without the files of larger ones: put it into "
              "an empty data folder as belfry.db and start a backend there. That one schedules too, at once."_s},
        {.words = u"token create"_s,
            .summary = u"make a token and print it, once"_s,
            .start = startTokenCreate,
            .options = {{u"--role"_s, u"ROLE"_s, u"what it may do"_s, false,
                            {u"viewer"_s, u"operator"_s, u"editor"_s, u"admin"_s, u"agent"_s}},
                {.names = u"--expires"_s,
                    .value = u"T"_s,
                    .help = u"not valid from then on, or never (default +90d, for an agent +365d)"_s,
                    .word = Word::Time},
                {u"--name"_s, u"NAME"_s, u"what `by` says of what is done with it"_s},
                {.names = u"--file"_s,
                    .value = u"FILE"_s,
                    .help = u"write it into a new file (0600) instead of printing it"_s,
                    .word = Word::File}},
            .examples = {{u"belfry token create --role operator --name ann"_s, u"for a person"_s},
                {u"belfry token create --role agent --expires never --file agent.token"_s, u"for an agent"_s}},
            .details
            = u"A viewer sees, an operator also runs, cancels and pauses, an editor also changes jobs, an admin "
              "does everything; an agent can only connect as an agent. The backend keeps a hash of the token: "
              "it cannot show it again."_s},
        {.words = u"token list"_s,
            .summary = u"all tokens, without their secrets"_s,
            .start = startTokenList,
            .examples = {{u"belfry token list"_s, u"roles, expiry, last use, open connections"_s}}},
        {.words = u"token revoke"_s,
            .summary = u"end a token and its connections"_s,
            .start = startTokenRevoke,
            .arguments = {{u"ID"_s, Word::Token}},
            .examples = {{u"belfry token revoke 0f3a52c8d1b4"_s, u"its connections are closed at once"_s}},
            .details = u"The last valid token with role admin is not revoked: nobody could make another one."_s},
    };
}

std::vector<VerbSpec> localVerbs()
{
    return {
        {.words = u"context list"_s,
            .summary = u"the backends of your configuration"_s,
            .start = startContextList,
            .examples = {{u"belfry context list"_s, u"the current one is marked"_s}}},
        {.words = u"context show"_s,
            .summary = u"one context, or the settings in force and where they come from"_s,
            .start = startContextShow,
            .arguments = {{u"NAME"_s, Word::Context, 0, 1}},
            .examples = {{u"belfry context show"_s, u"which backend a verb would ask now, and why that one"_s}}},
        {.words = u"context use"_s,
            .summary = u"make a context the current one"_s,
            .start = startContextUse,
            .arguments = {{u"NAME"_s, Word::Context}},
            .examples = {{u"belfry context use prod"_s, u"for all calls that say nothing else"_s}}},
        {.words = u"context set"_s,
            .summary = u"make or change a context"_s,
            .start = startContextSet,
            .arguments = {{u"NAME"_s, Word::Context}},
            .options = {{u"--insecure"_s, u"BOOL"_s, u"allow ws:// to another host: the token travels in clear"_s,
                false, {u"true"_s, u"false"_s}}},
            .examples
            = {{u"belfry context set prod --url wss://belfry.example:7410 --token-file ~/.config/belfry/prod.token"_s,
                u"the first one becomes the current one"_s}},
            .details
            = u"Takes --url and --token-file for the context itself. The token stays in its file. What is not given "
              "stays as it is. The file is written anew, $XDG_CONFIG_HOME/belfry/config.yaml, without comments."_s},
        {.words = u"context remove"_s,
            .summary = u"forget a context; its token file stays"_s,
            .start = startContextRemove,
            .arguments = {{u"NAME"_s, Word::Context}},
            .examples = {{u"belfry context remove lab"_s, u"asks first on a terminal"_s}}},
        {.words = u"completion"_s,
            .summary = u"a completion script for bash, zsh or fish"_s,
            .start = startCompletion,
            .arguments = {{u"SHELL"_s, Word::Text, 1, 1, {u"bash"_s, u"zsh"_s, u"fish"_s}}},
            .examples = {{u"source <(belfry completion bash)"_s, u"in ~/.bashrc"_s},
                {u"belfry completion fish | source"_s, u"in config.fish"_s}},
            .details = u"Completes verbs, options and their values, and asks the backend for names of jobs, runs and "
                       "agents."_s,
            .prints = false},
        {.words = u"import"_s,
            .summary = u"a job file from crontab, systemd or Jenkins"_s,
            .arguments = {{u"KIND"_s}, {u"FILE"_s, Word::File}}},
        {.words = u"help"_s,
            .summary = u"help for a verb"_s,
            .start = startHelp,
            .arguments = {{u"VERB"_s, Word::Verb, 0, 2}},
            .options = {{u"--man"_s, {}, u"print the manual page of all verbs"_s}},
            .examples = {{u"belfry help run"_s, u"arguments, options, examples"_s},
                {u"belfry help --man | man -l -"_s, u"everything, as a manual page"_s}},
            .prints = false},
    };
}

} // namespace belfry

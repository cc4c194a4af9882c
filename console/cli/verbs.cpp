// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/cli/verbs.h"

#include "console/cli/actions.h"
#include "console/cli/verbgroups.h"

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

OptionSpec filterOption()
{
    return {u"--filter"_s, u"EXPR"_s, u"only those that pass, such as 'state:failed job:etl-*'"_s};
}

std::vector<VerbSpec> definitionVerbs()
{
    return {
        {.words = u"apply"_s,
            .summary = u"make a release of a project's files and activate it: all or nothing"_s,
            .start = startApply,
            .arguments = {{u"PATH"_s, Word::File, 1, -1}},
            .options = {{u"--dry-run"_s, {}, u"say what would change, change nothing"_s},
                {u"--prune"_s, u"BOOL"_s, u"remove the jobs that the files no longer hold (default true)"_s, false,
                    {u"true"_s, u"false"_s}},
                {u"--message"_s, u"TEXT"_s, u"what the release is about"_s}},
            .examples = {{u"belfry apply jobs/"_s, u"all *.yaml and *.yml below a folder"_s},
                {u"belfry apply --dry-run sales.yaml"_s, u"what would change"_s}},
            .details = u"All files together are the project. Jobs that they no longer hold are removed; their history "
                       "stays, and live runs finish."_s},
        {.words = u"validate"_s,
            .summary = u"check job files, without a backend"_s,
            .start = startValidate,
            .arguments = {{u"PATH"_s, Word::File, 0, -1}},
            .options = {{u"--schema"_s, {}, u"print the JSON schema of job files, for editors"_s}},
            .examples = {{u"belfry validate jobs/"_s, u"every problem with its place and a suggestion"_s},
                {u"belfry validate --schema > belfry.schema.json"_s, u"the schema"_s}}},
        {.words = u"diff"_s,
            .summary = u"what apply would change: 0 same, 1 differs"_s,
            .start = startDiff,
            .arguments = {{u"PATH"_s, Word::File, 1, -1}},
            .options
            = {{u"--prune"_s, u"BOOL"_s, u"count the jobs that the files do not hold as removed (default true)"_s,
                false, {u"true"_s, u"false"_s}}},
            .examples = {{u"belfry diff jobs/"_s, u"definitions, and the occasions of the next 90 days"_s}},
            .details
            = u"Exits with 0 when apply would change nothing, 1 when it would, 6 when the files are bad. A job "
              "with very many occasions is compared for a shorter time, which is said."_s},
        {.words = u"releases"_s,
            .summary = u"the releases of a project, newest first"_s,
            .start = startReleases,
            .arguments = {{u"PROJECT"_s, Word::Project}},
            .examples = {{u"belfry releases sales"_s, u"who made which, when and why"_s}}},
        {.words = u"rollback"_s,
            .summary = u"activate an earlier release as a new one"_s,
            .start = startRollback,
            .arguments = {{u"PROJECT"_s, Word::Project}, {u"N"_s, Word::Text, 0, 1}},
            .options = {{u"--dry-run"_s, {}, u"say what would change, change nothing"_s},
                {u"--message"_s, u"TEXT"_s, u"why (default: names the release)"_s}},
            .examples = {{u"belfry rollback sales"_s, u"to the release before the active one"_s},
                {u"belfry rollback sales 7"_s, u"to release 7"_s}},
            .details = u"Jobs and limits become what they were in that release: all or nothing, as a new release. "
                       "Renamed jobs get their old names back and keep their history."_s},
    };
}

std::vector<VerbSpec> runVerbs()
{
    const OptionSpec reason{u"--reason"_s, u"TEXT"_s, u"why; kept with the run"_s};
    return {
        {.words = u"run"_s,
            .summary = u"trigger a job and print the run"_s,
            .start = startRun,
            .arguments = {{u"JOB"_s, Word::Job}},
            .options = {{u"-p,--param"_s, u"NAME=VALUE"_s, u"set a parameter"_s, true},
                {u"--wait"_s, {}, u"wait for the end and exit with the job's own code"_s},
                {u"--logs"_s, {}, u"print the log as it comes, and wait"_s},
                {u"--key"_s, u"KEY"_s, u"the same key and request make one run only, for 7 days"_s}, reason,
                {u"--force"_s, {}, u"run although the job is paused; needs --reason"_s},
                {u"--dry-run"_s, {}, u"say where and when it would start; start nothing"_s}},
            .examples = {{u"belfry run sales/etl-load"_s, u"trigger, print the number, go on"_s},
                {u"belfry run etl-load -p mode=full --wait --logs"_s, u"follow it and exit with its code"_s},
                {u"belfry run backup --key backup-2026-01-31 -o json"_s, u"safe to repeat; prints {\"run\": ...}"_s},
                {u"belfry run etl-load -p mode=full --dry-run"_s, u"the command, which agent, now or after whom"_s}},
            .details
            = u"With --wait: the job's own code; 124 timed out; 125 lost or not started; 126 cancelled before it "
              "started; 128+n killed by signal n (143 cancelled); 130 interrupted here (the run goes on)."_s},
        {.words = u"rerun"_s,
            .summary = u"run again with the same parameters and definition"_s,
            .start = startRerun,
            .arguments = {{u"RUN"_s, Word::Run}},
            .options = {reason},
            .examples = {{u"belfry rerun 42"_s, u"prints the number of the new run; run 42 must be over"_s}}},
        {.words = u"cancel"_s,
            .summary = u"stop a run: TERM to its processes, KILL after the grace"_s,
            .start = startCancel,
            .arguments = {{u"RUN"_s, Word::Run, 1, -1}},
            .options = {reason},
            .examples
            = {{u"belfry cancel 42 --reason \"wrong parameters\""_s, u"the run ends when its processes are gone"_s}}},
        {.words = u"hold"_s,
            .summary = u"keep a waiting run from starting until it is released"_s,
            .start = startHold,
            .arguments = {{u"RUN"_s, Word::Run, 1, -1}},
            .options = {reason},
            .examples
            = {{u"belfry hold 42 --reason \"not before the import is checked\""_s, u"others may overtake it"_s}},
            .details
            = u"Only a run that waits can be held; its start_by counts on. `belfry why` names who holds it."_s},
        {.words = u"release"_s,
            .summary = u"let a held run start"_s,
            .start = startRelease,
            .arguments = {{u"RUN"_s, Word::Run, 1, -1}},
            .examples = {{u"belfry release 42"_s, u"it takes its place in the queue again"_s}}},
        {.words = u"priority"_s,
            .summary = u"change the priority of a waiting run"_s,
            .start = startPriority,
            .arguments = {{u"RUN"_s, Word::Run}, {u"N"_s, Word::Text}},
            .examples = {{u"belfry priority 42 90"_s, u"0 to 100; 50 unless its job says otherwise"_s}},
            .details = u"The queue goes by priority plus minutes waited."_s},
        {.words = u"lost"_s,
            .summary = u"declare an unreachable attempt lost"_s,
            .start = startLost,
            .arguments = {{u"RUN"_s, Word::Run}},
            .options = {reason},
            .examples = {{u"belfry lost 42 --reason \"host burnt\""_s, u"only while its agent is away"_s}}},
        {.words = u"ps"_s,
            .summary = u"the runs that wait or live now"_s,
            .start = startPs,
            .options = {filterOption()},
            .examples = {{u"belfry ps"_s, u"oldest first"_s}}},
        {.words = u"runs"_s,
            .summary = u"the history of runs, newest first"_s,
            .start = startRuns,
            .options = {{.names = u"--job"_s, .value = u"JOB"_s, .help = u"of this job only"_s, .word = Word::Job},
                {u"--state"_s, u"STATE"_s, u"in this state only; several may be given, or joined by commas"_s, true},
                timeOption(u"since"_s, u"queued at or after this time"_s), filterOption(),
                {u"-n,--limit"_s, u"N"_s, u"at most this many (default 50)"_s},
                {.names = u"--after"_s,
                    .value = u"RUN"_s,
                    .help = u"only runs older than this one"_s,
                    .word = Word::Run}},
            .examples
            = {{u"belfry runs --job etl-load --state failed --since -24h"_s, u"what failed since yesterday"_s},
                {u"belfry runs --filter 'state:failed job:etl-* since:24h duration:>10m'"_s, u"the same, and long"_s}}},
        {.words = u"show"_s,
            .summary = u"one run with its attempts"_s,
            .start = startShow,
            .arguments = {{u"RUN"_s, Word::Run}},
            .examples = {{u"belfry show 42 -o json"_s, u"everything known of it"_s}}},
        {.words = u"logs"_s,
            .summary = u"the log of a run"_s,
            .start = startLogs,
            .arguments = {{u"RUN"_s, Word::Run}},
            .options = {{u"-f,--follow"_s, {}, u"until the run has ended, over reconnects and retries"_s},
                {u"-n,--lines"_s, u"N"_s, u"only the last N lines"_s},
                {u"--attempt"_s, u"N"_s, u"of this attempt (default: the last one)"_s},
                {u"--raw"_s, {}, u"the bytes as recorded, also on a terminal"_s},
                {u"--timestamps"_s, {}, u"each line with its time (UTC)"_s},
                {u"--grep"_s, u"RE"_s, u"only lines that match; with -n the last N of these"_s},
                {u"--stream"_s, u"NAME"_s, u"only one of the two streams"_s, false, {u"stdout"_s, u"stderr"_s}}},
            .examples = {{u"belfry logs 42 -f"_s, u"follow"_s},
                {u"belfry logs 42 --grep '(?i)error' -n 5"_s, u"the last five lines that say error"_s},
                {u"belfry logs 42 --raw > out.bin"_s, u"every byte as it was"_s}},
            .details
            = u"On a terminal, control characters are shown as text and colours are kept; into a pipe or a file "
              "go the bytes as recorded."_s,
            .prints = false},
        {.words = u"why"_s,
            .summary = u"why a run waits or a job did not run, in sentences"_s,
            .start = startWhy,
            .arguments = {{u"RUN|JOB"_s, Word::RunOrJob}},
            .options = {timeOption(u"at"_s, u"the occasion due at this time, past or future (default now)"_s)},
            .examples = {{u"belfry why 42"_s, u"what it waits for, who holds it, or how it ended"_s},
                {u"belfry why etl-load --at 'yesterday 02:30'"_s, u"what became of that occasion"_s},
                {u"belfry why 42 -o wide"_s, u"also each agent and why it does not take the run"_s}}},
    };
}

std::vector<VerbSpec> attentionVerbs()
{
    return {
        {.words = u"attention"_s,
            .summary = u"failures that nobody has acknowledged, newest first"_s,
            .start = startAttention,
            .options = {{.names = u"--job"_s, .value = u"JOB"_s, .help = u"of this job only"_s, .word = Word::Job},
                {.names = u"--project"_s,
                    .value = u"PROJECT"_s,
                    .help = u"of this project only"_s,
                    .word = Word::Project},
                {u"--concern"_s, u"WHAT"_s, u"only this; may be given several times"_s, true,
                    {u"failed"_s, u"timed_out"_s, u"not_started"_s, u"lost"_s, u"missed"_s, u"expired"_s}},
                timeOption(u"since"_s, u"that ended, or were due, at or after this time"_s),
                {u"-n,--limit"_s, u"N"_s, u"at most this many (default 100)"_s}},
            .examples = {{u"belfry attention"_s, u"what needs somebody"_s},
                {u"belfry attention --job etl-load -o name | xargs belfry ack --note 'disk was full'"_s,
                    u"all of a job at once"_s}},
            .details = u"Runs that failed, timed out, did not start or were lost, and occasions that were missed or "
                       "expired. A later success does not take them away: somebody says that they were seen. Occasions "
                       "that a later run took the place of (missed: superseded) are not listed."_s},
        {.words = u"ack"_s,
            .summary = u"say that failures were seen: they need no attention any more"_s,
            .start = startAck,
            .arguments = {{u"RUN|JOB@TIME"_s, Word::Run, 1, -1}},
            .options = {{u"--note"_s, u"TEXT"_s, u"what is known of it; kept with it"_s}},
            .examples = {{u"belfry ack 42 --note \"disk was full, is cleared\""_s, u"a run"_s},
                {u"belfry ack sales/etl-load@2026-01-31T02:30:00Z"_s, u"an occasion that was missed"_s}},
            .details = u"With several, each is answered for itself; exits with 8 when one of them failed."_s},
        {.words = u"unack"_s,
            .summary = u"let failures ask for attention again"_s,
            .start = startUnack,
            .arguments = {{u"RUN|JOB@TIME"_s, Word::Run, 1, -1}},
            .examples = {{u"belfry unack 42"_s, u"it was acknowledged by mistake"_s}}},
    };
}

std::vector<VerbSpec> scheduleVerbs()
{
    return {
        {.words = u"next"_s,
            .summary = u"what comes next; with --cron for an expression, without a backend"_s,
            .start = startNext,
            .arguments = {{u"JOB"_s, Word::Job, 0, -1}},
            .options = {{u"--cron"_s, u"EXPR"_s, u"five fields, six with seconds first, or a name like @daily"_s},
                {u"--zone"_s, u"ZONE"_s, u"an IANA name (default UTC); with --cron"_s},
                {u"--gap"_s, u"G"_s, u"a local time that the clocks leave out; with --cron"_s, false,
                    {u"run"_s, u"skip"_s}},
                {u"--fold"_s, u"F"_s, u"a local time that the clocks repeat; with --cron"_s, false,
                    {u"first"_s, u"second"_s, u"both"_s}},
                {u"--id"_s, u"TEXT"_s, u"the job id that H takes its values from; with --cron"_s},
                {u"-n,--count"_s, u"N"_s, u"this many firing entries (default 10)"_s},
                timeOption(u"from"_s, u"the first time of interest (default now)"_s),
                timeOption(u"until"_s, u"nothing at or after this time"_s)},
            .examples = {{u"belfry next"_s, u"of all jobs"_s},
                {u"belfry next --cron '30 2 * * *' --zone Europe/Berlin --from 2026-03-28"_s,
                    u"over a clock change"_s}}},
        {.words = u"days"_s,
            .summary = u"runs and missed occasions, counted day by day"_s,
            .start = startDays,
            .arguments = {{u"JOB"_s, Word::Job, 0, -1}},
            .options = {{.names = u"--project"_s,
                            .value = u"PROJECT"_s,
                            .help = u"of all jobs of this project"_s,
                            .word = Word::Project},
                timeOption(u"since"_s, u"from the day of this time on (default: a year back)"_s),
                timeOption(u"until"_s, u"up to the day of this time (default: today)"_s),
                {u"--zone"_s, u"ZONE"_s, u"whose days: an IANA name (default: that of this host)"_s}},
            .examples = {{u"belfry days sales/etl-load --since -30d"_s, u"a job's last month"_s},
                {u"belfry days --project sales -o csv"_s, u"a year, for a spreadsheet"_s}},
            .details = u"A run counts for the day on which it was queued. Days without anything are left out. "
                       "Occasions that were missed in a row over several days count as spread evenly."_s},
        {.words = u"skip"_s,
            .summary = u"let the next occasion of a job be skipped"_s,
            .start = startSkip,
            .arguments = {{u"JOB"_s, Word::Job}},
            .options = {timeOption(u"at"_s, u"the occasion due at this time (default: the next one that would run)"_s),
                {u"--reason"_s, u"TEXT"_s, u"why; kept in the ledger"_s}},
            .examples = {{u"belfry skip sales/etl-load --reason 'source is down'"_s, u"just the next one"_s},
                {u"belfry skip etl-load --at 'tomorrow 02:30'"_s, u"that one"_s}},
            .details = u"When it is due, its row in the ledger says skipped, who wanted it and why; over restarts and "
                       "applies. What the job does otherwise stays as it is."_s},
        {.words = u"unskip"_s,
            .summary = u"let an occasion that was to be skipped run after all"_s,
            .start = startUnskip,
            .arguments = {{u"JOB"_s, Word::Job}},
            .options = {timeOption(u"at"_s, u"the occasion due at this time (default: the next one to be skipped)"_s)},
            .examples = {{u"belfry unskip sales/etl-load"_s, u"before it is due"_s}}},
        {.words = u"ledger"_s,
            .summary = u"occasions and what became of them"_s,
            .start = startLedger,
            .arguments = {{u"JOB"_s, Word::Job, 0, 1}},
            .options = {timeOption(u"from"_s, u"due at or after this time (default -24h)"_s),
                timeOption(u"until"_s, u"due before this time"_s)},
            .examples = {{u"belfry ledger etl-load --from -7d"_s, u"a week"_s}}},
        {.words = u"ledger verify"_s,
            .summary = u"recompute the ledger from the definitions"_s,
            .start = startVerify,
            .options = {timeOption(u"from"_s, u"due at or after this time (default: a day before --until)"_s),
                timeOption(u"until"_s, u"due before this time (default: now)"_s)},
            .examples = {{u"belfry ledger verify --from -7d"_s, u"a week; exits with 1 if anything differs"_s}},
            .details
            = u"Names each occasion without a row, each that is counted twice, and each row that no definition "
              "owes. What `after` rules owe depends on when runs ended and is not recomputed."_s},
    };
}

std::vector<VerbSpec> jobVerbs()
{
    return {
        {.words = u"jobs"_s,
            .summary = u"all jobs"_s,
            .start = startJobs,
            .options = {filterOption()},
            .examples = {{u"belfry jobs --filter 'tag:team=fin -state:succeeded'"_s, u"of one team, not well"_s}}},
        {.words = u"job show"_s,
            .summary = u"a job's definition as it is in force"_s,
            .start = startJobShow,
            .arguments = {{u"JOB"_s, Word::Job}},
            .examples
            = {{u"belfry job show sales/etl-load"_s, u"command, schedule, policies, who made this version"_s}}},
        {.words = u"job history"_s,
            .summary = u"the versions of a job's definition, newest first"_s,
            .start = startJobHistory,
            .arguments = {{u"JOB"_s, Word::Job}},
            .examples = {{u"belfry job history sales/etl-load"_s, u"who changed what, in which release"_s}},
            .details = u"Over renames. A removed job is named in full, project/job."_s},
        {.words = u"job source"_s,
            .summary = u"a job's lines in its file, with what there is to warn of"_s,
            .start = startJobSource,
            .arguments = {{u"JOB"_s, Word::Job}, {u"VERSION"_s, Word::Text, 0, 1}},
            .examples = {{u"belfry job source sales/etl-load"_s, u"as it is in force"_s},
                {u"belfry job source sales/etl-load 3"_s, u"version 3, as job history numbers them"_s}},
            .details = u"As of the release that made the version. With -o json the whole definition comes along."_s},
        {.words = u"pause"_s,
            .summary = u"hold a job's or project's scheduled runs"_s,
            .start = startPause,
            .arguments = {{u"JOB|PROJECT"_s, Word::JobOrProject}},
            .options = {timeOption(u"until"_s, u"resume by itself then"_s),
                {u"--then"_s, u"POLICY"_s, u"what becomes of occasions meanwhile"_s, false,
                    {u"skip"_s, u"latest"_s, u"all"_s}}},
            .examples = {{u"belfry pause sales/etl-load"_s, u"until it is resumed; what is due meanwhile is skipped"_s},
                {u"belfry pause sales --until +2h --then latest"_s,
                    u"a whole project; afterwards each job runs once"_s}},
            .details = u"Live runs go on. A name without / is a project: all jobs that it has now. A manual run of a "
                       "paused job needs --force and --reason."_s},
        {.words = u"resume"_s,
            .summary = u"end a pause"_s,
            .start = startResume,
            .arguments = {{u"JOB|PROJECT"_s, Word::JobOrProject}},
            .examples = {{u"belfry resume sales"_s, u"all paused jobs of the project"_s}}},
    };
}

std::vector<VerbSpec> allVerbs()
{
    std::vector<VerbSpec> all;
    for (auto group :
        {definitionVerbs, runVerbs, attentionVerbs, scheduleVerbs, jobVerbs, agentVerbs, serverVerbs, localVerbs})
        for (VerbSpec &each : group())
            all.push_back(std::move(each));
    return all;
}

QString argumentUsage(const ArgumentSpec &argument)
{
    const QString many = argument.max == 1 ? argument.name : argument.name + u"..."_s;
    return argument.min == 0 ? u'[' + many + u']' : many;
}

QString optionUsage(const OptionSpec &option)
{
    const QString name = option.names.section(u',', 0, 0);
    const QString choices = option.choices.isEmpty() ? option.value : option.choices.join(u'|');
    const QString text = option.value.isEmpty() ? name : name + u' ' + choices;
    return u'[' + text + (option.many ? u"]..."_s : u"]"_s);
}

} // namespace

OptionSpec timeOption(const QString &name, const QString &help)
{
    return {.names = u"--"_s + name, .value = u"T"_s, .help = help, .word = Word::Time};
}

QString OptionSpec::key() const
{
    const QString last = names.section(u',', -1);
    return last.startsWith("--"_L1) ? last.sliced(2) : last.sliced(1);
}

QString VerbSpec::usage() const
{
    QStringList parts{u"belfry"_s, words};
    for (const ArgumentSpec &each : arguments)
        parts += argumentUsage(each);
    for (const OptionSpec &each : options)
        parts += optionUsage(each);
    return parts.join(u' ');
}

const std::vector<VerbSpec> &verbs()
{
    static const std::vector<VerbSpec> all = allVerbs();
    return all;
}

const std::vector<OptionSpec> &commonOptions()
{
    static const std::vector<OptionSpec> all{
        {u"-o,--output"_s, u"FORMAT"_s, u"how to print"_s, false,
            {u"table"_s, u"wide"_s, u"json"_s, u"jsonl"_s, u"csv"_s, u"name"_s}},
        {u"--url"_s, u"URL"_s, u"the backend: ws://host:port or wss://host:port (else BELFRY_URL)"_s},
        {.names = u"--token-file"_s,
            .value = u"FILE"_s,
            .help = u"a file with the token (else BELFRY_TOKEN, BELFRY_TOKEN_FILE)"_s,
            .word = Word::File},
        {.names = u"--context"_s,
            .value = u"NAME"_s,
            .help = u"a backend of your configuration (else BELFRY_CONTEXT)"_s,
            .word = Word::Context},
        {u"--color"_s, u"WHEN"_s, u"colours: on a terminal (auto) unless NO_COLOR is set"_s, false,
            {u"auto"_s, u"always"_s, u"never"_s}},
        {u"--yes"_s, {}, u"answer every question with yes"_s},
        {u"-h,--help"_s, {}, u"help"_s},
        {u"--version"_s, {}, u"the version of this program"_s},
    };
    return all;
}

const VerbSpec *findVerb(QStringView words)
{
    for (const VerbSpec &each : verbs())
        if (each.words == words)
            return &each;
    return nullptr;
}

QStringList verbWords()
{
    QStringList words;
    for (const VerbSpec &each : verbs())
        if (const QString first = each.words.section(u' ', 0, 0); !words.contains(first))
            words += first;
    return words;
}

} // namespace belfry

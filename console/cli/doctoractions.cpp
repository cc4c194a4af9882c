// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/cli/actions.h"
#include "console/cli/looks.h"
#include "console/cli/session.h"
#include "console/cli/waitcode.h"

#include <QDir>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

Cell verdictCell(const wire::DoctorCheck &check)
{
    const Tone tone = check.verdict == wire::Verdict::Ok ? Tone::Good
        : check.verdict == wire::Verdict::Bad            ? Tone::Bad
                                                         : Tone::Warn;
    return {nameOf(check.verdict), tone};
}

ListLook<wire::DoctorCheck> doctorLook()
{
    using Row = wire::DoctorCheck;
    return {.columns = {{.title = u"CHECK"_s, .cell = [](const Row &r) { return Cell(r.name); }},
                {.title = u"VERDICT"_s, .cell = verdictCell},
                {.title = u"REASON"_s, .cell = [](const Row &r) { return Cell(r.reason); }}},
        .name = [](const Row &r) { return r.name; },
        .nothing = u"nothing was checked"_s};
}

// What to do stands under the table: sentences do not fit into columns.
void show(Session &session, const std::vector<wire::DoctorCheck> &checks)
{
    session.output().list(checks, doctorLook());
    bool first = true;
    for (const wire::DoctorCheck &each : checks) {
        if (each.fix.isEmpty())
            continue;
        if (std::exchange(first, false))
            session.output().say({});
        session.output().say(u"%1: %2."_s.arg(each.name, visible(each.fix)));
    }
}

int exitCodeOf(const std::vector<wire::DoctorCheck> &checks)
{
    const bool bad = std::any_of(checks.begin(), checks.end(),
        [](const wire::DoctorCheck &each) { return each.verdict == wire::Verdict::Bad; });
    return bad ? exitFailed : exitDone;
}

void backUp(Session &session, const QString &file, std::vector<wire::DoctorCheck> checks)
{
    const auto onAnswer = [&session, checks = std::move(checks)](const Answer<wire::BackupReply> &answer) mutable {
        if (session.isFinished())
            return;
        if (answer)
            checks.push_back({.name = u"backup"_s,
                .verdict = wire::Verdict::Ok,
                .reason = u"%1, %2 in %3"_s.arg(
                    answer->file, formatSize(answer->bytes), formatDuration(answer->took)),
                .fix = {}});
        show(session, checks); // what was found is worth knowing in any case
        if (answer)
            session.finish(exitCodeOf(checks));
        else
            session.fail(answer.error());
    };
    session.client()->ask(wire::ServerBackup{file}, &session, onAnswer);
}

} // namespace

void startDoctor(Session &session)
{
    Client *client = session.client();
    if (!client)
        return;
    QString file = session.arguments().value(u"backup"_s);
    if (session.arguments().has(u"backup"_s) && !QDir::isAbsolutePath(file)) {
        if (file.isEmpty() || !client->isLocal()) {
            session.failUsage(u"--backup: the backend writes the file on its own host: give the full path there"_s);
            return;
        }
        file = QDir::current().absoluteFilePath(file);
    }
    session.ask(wire::ServerDoctor{}, [&session, file](const wire::DoctorReply &reply) {
        if (!file.isEmpty()) {
            backUp(session, file, reply.checks);
            return;
        }
        show(session, reply.checks);
        session.finish(exitCodeOf(reply.checks));
    });
}

} // namespace belfry

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backend/server/clientsession.h"

// One function for each request of the API. The form of the request and the role's right to its method were checked;
// each answers exactly once.
namespace belfry::requests {

void handle(ClientSession &session, const wire::JobApply &request, const Respond<wire::ApplyReply> &respond);
void handle(ClientSession &session, const wire::JobDiff &request, const Respond<wire::DiffReply> &respond);
void handle(ClientSession &session, const wire::JobHistory &request, const Respond<wire::JobHistoryReply> &respond);
void handle(ClientSession &session, const wire::JobSource &request, const Respond<wire::JobSourceReply> &respond);
void handle(ClientSession &session, const wire::ProjectReleases &request, const Respond<wire::ReleasesReply> &respond);
void handle(ClientSession &session, const wire::ProjectRollback &request, const Respond<wire::ApplyReply> &respond);
void handle(ClientSession &session, const wire::JobList &request, const Respond<wire::JobListReply> &respond);
void handle(ClientSession &session, const wire::JobGet &request, const Respond<Job> &respond);
void handle(ClientSession &session, const wire::JobPause &request, const Respond<wire::PauseReply> &respond);
void handle(ClientSession &session, const wire::JobResume &request, const Respond<wire::PauseReply> &respond);

void handle(ClientSession &session, const wire::RunTrigger &request, const Respond<wire::TriggerReply> &respond);
void handle(ClientSession &session, const wire::RunList &request, const Respond<wire::RunListReply> &respond);
void handle(ClientSession &session, const wire::RunGet &request, const Respond<wire::RunDetail> &respond);
void handle(ClientSession &session, const wire::RunCancel &request, const Respond<wire::Nothing> &respond);
void handle(ClientSession &session, const wire::RunRerun &request, const Respond<wire::TriggerReply> &respond);
void handle(ClientSession &session, const wire::RunDeclareLost &request, const Respond<wire::Nothing> &respond);

void handle(ClientSession &session, const wire::RunHold &request, const Respond<wire::Nothing> &respond);
void handle(ClientSession &session, const wire::RunRelease &request, const Respond<wire::Nothing> &respond);
void handle(ClientSession &session, const wire::RunPriority &request, const Respond<wire::Nothing> &respond);
void handle(ClientSession &session, const wire::RunPreview &request, const Respond<wire::PreviewReply> &respond);

void handle(ClientSession &session, const wire::RunDays &request, const Respond<wire::DaysReply> &respond);

void handle(ClientSession &session, const wire::ScheduleSkip &request, const Respond<wire::SkipReply> &respond);
void handle(ClientSession &session, const wire::ScheduleUnskip &request, const Respond<wire::SkipReply> &respond);
void handle(ClientSession &session, const wire::ScheduleNext &request, const Respond<wire::NextReply> &respond);
void handle(ClientSession &session, const wire::LedgerList &request, const Respond<wire::LedgerReply> &respond);
void handle(ClientSession &session, const wire::LedgerVerify &request, const Respond<wire::VerifyReply> &respond);

void handle(ClientSession &session, const wire::AttentionList &request, const Respond<wire::AttentionReply> &respond);
void handle(
    ClientSession &session, const wire::AttentionAcknowledge &request, const Respond<wire::AttentionMarked> &respond);
void handle(
    ClientSession &session, const wire::AttentionReopen &request, const Respond<wire::AttentionMarked> &respond);

void handle(ClientSession &session, const wire::ExplainRun &request, const Respond<wire::Explanation> &respond);
void handle(ClientSession &session, const wire::ExplainJob &request, const Respond<wire::Explanation> &respond);

void handle(ClientSession &session, const wire::LogOpen &request, const Respond<wire::LogOpenReply> &respond);
void handle(ClientSession &session, const wire::LogRead &request, const Respond<wire::LogReadReply> &respond);
void handle(ClientSession &session, const wire::LogCredit &request, const Respond<wire::Nothing> &respond);

void handle(ClientSession &session, const wire::AgentList &request, const Respond<wire::AgentListReply> &respond);
void handle(ClientSession &session, const wire::AgentDrain &request, const Respond<wire::Nothing> &respond);
void handle(ClientSession &session, const wire::AgentResume &request, const Respond<wire::Nothing> &respond);
void handle(ClientSession &session, const wire::AgentForget &request, const Respond<wire::Nothing> &respond);
void handle(ClientSession &session, const wire::ServerStatus &request, const Respond<wire::StatusReply> &respond);
void handle(ClientSession &session, const wire::ServerDoctor &request, const Respond<wire::DoctorReply> &respond);
void handle(ClientSession &session, const wire::ServerBackup &request, const Respond<wire::BackupReply> &respond);
void handle(ClientSession &session, const wire::RpcDiscover &request, const Respond<wire::DiscoverReply> &respond);

void handle(ClientSession &session, const wire::TokenCreate &request, const Respond<wire::TokenCreateReply> &respond);
void handle(ClientSession &session, const wire::TokenList &request, const Respond<wire::TokenListReply> &respond);
void handle(ClientSession &session, const wire::TokenRevoke &request, const Respond<wire::TokenRow> &respond);

void handle(ClientSession &session, const wire::WatchOpen &request, const Respond<wire::WatchOpenReply> &respond);
void handle(ClientSession &session, const wire::WatchClose &request, const Respond<wire::Nothing> &respond);

// ---- what several of them need

// The engine, or Unavailable while there is none.
Result<const engine::Engine *> engineOf(ClientSession &session);
// A job by full or bare name.
Result<const Job *> jobNamed(ClientSession &session, const QString &name);
// A job in force by full or bare name, or a removed one by its full name.
Result<JobId> knownJob(ClientSession &session, const QString &name);
// Of every agent that is known.
std::vector<std::map<QString, QString>> agentLabels(ClientSession &session);
// Invalid with the bounds when it is outside of them.
Status checkRange(const char *field, qint64 value, qint64 low, qint64 high);
Status checkLength(const char *field, const QString &value, qsizetype most);
// Empty, or a name of the zone database.
Status checkZone(const QString &zone);
// The attempt whose log is meant; without a number the last one.
Result<Attempt> chooseAttempt(const store::RunWithAttempts &found, std::optional<int> wanted);
// Passes a request on to the core and its answer back.
template <class T> void submit(ClientSession &session, Core::Request request, const Respond<T> &respond)
{
    session.parts().core.submit(std::move(request), &session, [respond](Result<engine::AnswerBody> body) {
        if (!body)
            respond(fail(body.error()));
        else if (const T *answer = std::get_if<T>(&*body))
            respond(*answer);
        else
            respond(fail(ErrorKind::Internal, QStringLiteral("the answer is of another kind than the request")));
    });
}

} // namespace belfry::requests

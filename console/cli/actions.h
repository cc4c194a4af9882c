// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>

namespace belfry {

class Session;

// What the verbs do; each ends in Session::finish(), at once or later. The verb table names them.
void startApply(Session &session);
void startValidate(Session &session);
void startDiff(Session &session);
void startReleases(Session &session);
void startRollback(Session &session);

void startRun(Session &session);
void startRerun(Session &session);
void startCancel(Session &session);
void startLost(Session &session);
void startPs(Session &session);
void startRuns(Session &session);
void startShow(Session &session);
void startLogs(Session &session);
void startWhy(Session &session);

void startSkip(Session &session);
void startUnskip(Session &session);
void startHold(Session &session);
void startRelease(Session &session);
void startPriority(Session &session);

void startAttention(Session &session);
void startAck(Session &session);
void startUnack(Session &session);

void startNext(Session &session);
void startDays(Session &session);
void startLedger(Session &session);
void startVerify(Session &session);

void startJobs(Session &session);
void startJobShow(Session &session);
void startJobHistory(Session &session);
void startJobSource(Session &session);
void startPause(Session &session);
void startResume(Session &session);

void startAgents(Session &session);
void startAgentDrain(Session &session);
void startAgentResume(Session &session);
void startAgentForget(Session &session);

void startStatus(Session &session);
void startDoctor(Session &session);
void startTokenCreate(Session &session);
void startTokenList(Session &session);
void startTokenRevoke(Session &session);

void startContextList(Session &session);
void startContextShow(Session &session);
void startContextUse(Session &session);
void startContextSet(Session &session);
void startContextRemove(Session &session);
void startCompletion(Session &session);
// `belfry __complete WORD... -- PART`: what the shells' scripts ask; not in the verb table.
void startComplete(Session &session, const QStringList &words);
void startHelp(Session &session);

} // namespace belfry

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/model/agent.h"
#include "shared/wire/nothing.h"
#include "shared/wire/scheduleapi.h"

// Requests about agents and the server itself.
namespace belfry::wire {

struct AgentListReply {
    std::vector<Agent> agents; // by name
};
constexpr auto describe(const AgentListReply *)
{
    return fields(required(1, "agents", &AgentListReply::agents));
}
struct AgentList {
    static constexpr auto method = "agent.list";
    using Reply = AgentListReply;
};
constexpr auto describe(const AgentList *)
{
    return fields();
}

struct AgentDrain {
    static constexpr auto method = "agent.drain";
    using Reply = Nothing;
    QString name;
};
constexpr auto describe(const AgentDrain *)
{
    return fields(required(1, "name", &AgentDrain::name));
}
struct AgentResume {
    static constexpr auto method = "agent.resume";
    using Reply = Nothing;
    QString name;
};
constexpr auto describe(const AgentResume *)
{
    return fields(required(1, "name", &AgentResume::name));
}
struct AgentForget {
    static constexpr auto method = "agent.forget";
    using Reply = Nothing;
    QString name;
};
constexpr auto describe(const AgentForget *)
{
    return fields(required(1, "name", &AgentForget::name));
}

struct HealthCheck {
    QString name; // store, clock, agents, ...
    bool ok = true;
    QString reason;
    std::optional<Instant> since;
};
constexpr auto describe(const HealthCheck *)
{
    return fields(required(1, "name", &HealthCheck::name), required(2, "ok", &HealthCheck::ok),
        field(3, "reason", &HealthCheck::reason), field(4, "since", &HealthCheck::since));
}
struct StatusReply {
    QString version;
    qint64 epoch = 0;
    Instant now;
    Instant startedAt;
    int jobs = 0;
    int waiting = 0; // runs
    int live = 0;
    int agentsOnline = 0;
    int agents = 0;
    std::optional<NextEntry> next;
    std::vector<HealthCheck> checks;
    QString tzdata; // version of the zone data in use
    qint64 attention = 0; // failures that nobody has acknowledged; at most a second old
};
constexpr auto describe(const StatusReply *)
{
    return fields(field(1, "version", &StatusReply::version), field(2, "epoch", &StatusReply::epoch),
        field(3, "now", &StatusReply::now), field(4, "started_at", &StatusReply::startedAt),
        field(5, "jobs", &StatusReply::jobs), field(6, "waiting", &StatusReply::waiting),
        field(7, "live", &StatusReply::live), field(8, "agents_online", &StatusReply::agentsOnline),
        field(9, "agents", &StatusReply::agents), field(10, "next", &StatusReply::next),
        field(11, "checks", &StatusReply::checks), field(12, "tzdata", &StatusReply::tzdata),
        field(13, "attention", &StatusReply::attention));
}
struct ServerStatus {
    static constexpr auto method = "server.status";
    using Reply = StatusReply;
};
constexpr auto describe(const ServerStatus *)
{
    return fields();
}

// What server.doctor looked at: in order, one for each subject.
enum class Verdict { Ok, Warning, Bad };
constexpr auto enumNames(const Verdict *)
{
    return names<Verdict>({{Verdict::Ok, "ok"}, {Verdict::Warning, "warning"}, {Verdict::Bad, "bad"}});
}
struct DoctorCheck {
    QString name; // store, health, disk, spool, orphans, clock, skew, agents, versions, access, tokens, backup
    Verdict verdict = Verdict::Ok;
    QString reason;
    QString fix; // what to do; empty where all is well
    bool operator==(const DoctorCheck &) const = default;
};
constexpr auto describe(const DoctorCheck *)
{
    return fields(required(1, "check", &DoctorCheck::name), required(2, "verdict", &DoctorCheck::verdict),
        field(3, "reason", &DoctorCheck::reason), field(4, "fix", &DoctorCheck::fix));
}
struct DoctorReply {
    std::vector<DoctorCheck> checks;
    Instant at;
    bool well = true; // no check is bad
};
constexpr auto describe(const DoctorReply *)
{
    return fields(required(1, "checks", &DoctorReply::checks), required(2, "at", &DoctorReply::at),
        field(3, "well", &DoctorReply::well));
}
// Examines the whole store beside all other work: seconds at a million runs. At most two at once.
struct ServerDoctor {
    static constexpr auto method = "server.doctor";
    using Reply = DoctorReply;
};
constexpr auto describe(const ServerDoctor *)
{
    return fields();
}

struct BackupReply {
    QString file;
    qint64 bytes = 0;
    Duration took{0};
};
constexpr auto describe(const BackupReply *)
{
    return fields(required(1, "file", &BackupReply::file), field(2, "bytes", &BackupReply::bytes),
        field(3, "took", &BackupReply::took));
}
// A consistent copy of the database, without the log files, which a backend can be started from: as belfry.db in a data
// folder of its own. Conflict when the file exists.
struct ServerBackup {
    static constexpr auto method = "server.backup";
    using Reply = BackupReply;
    QString file; // full path on the backend's host
};
constexpr auto describe(const ServerBackup *)
{
    return fields(required(1, "file", &ServerBackup::file));
}

struct ServerHello { // notification hello: the server's first message
    QString version;
    int protocol = 1;
    QStringList features;
    qint64 epoch = 0;
    QString role;
    qint64 maxMessage = 0; // bytes
    qint64 maxBacklog = 0;
};
constexpr auto describe(const ServerHello *)
{
    return fields(required(1, "version", &ServerHello::version), required(2, "protocol", &ServerHello::protocol),
        field(3, "features", &ServerHello::features), field(4, "epoch", &ServerHello::epoch),
        field(5, "role", &ServerHello::role), field(6, "max_message", &ServerHello::maxMessage),
        field(7, "max_backlog", &ServerHello::maxBacklog));
}

} // namespace belfry::wire

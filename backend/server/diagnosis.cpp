// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/server/diagnosis.h"

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

using wire::DoctorCheck;
using wire::Verdict;

constexpr qint64 leastFree = 64 << 20; // bytes; below, logs and history stop soon
constexpr qint64 lowFree = 1 << 30;
constexpr int lowFreePart = 20; // of the file system, 1/n
constexpr qint64 largeWal = 256 << 20; // something keeps the write-ahead log from being moved into the database
constexpr Duration smallSkew = 2s;
constexpr Duration largeSkew = 5min;
constexpr Duration expiresSoon = 24h * 14;

QString listed(const QStringList &names, qint64 count)
{
    const QString text = names.join(u", "_s);
    return count > names.size() ? u"%1 and %2 more"_s.arg(text).arg(count - names.size()) : text;
}

QString listed(const store::Counted &what)
{
    return listed(what.first, what.count);
}

DoctorCheck ok(const QString &name, const QString &reason)
{
    return {.name = name, .verdict = Verdict::Ok, .reason = reason, .fix = {}};
}

DoctorCheck storeCheck(const store::Examination &store)
{
    const QString name = u"store"_s;
    if (!store.damage.isEmpty())
        return {name, Verdict::Bad, u"the database is damaged: %1"_s.arg(store.damage.join(u"; "_s)),
            u"stop the backend and put the last backup in the place of belfry.db; agents keep results until then"_s};
    const QString sizes = u"whole, schema %1, %2"_s.arg(store.schema).arg(formatSize(store.databaseBytes));
    if (store.walBytes > largeWal)
        return {name, Verdict::Warning, u"%1, but its write-ahead log has grown to %2"_s.arg(sizes, formatSize(store.walBytes)),
            u"look for a program that keeps belfry.db open; a restart of the backend shrinks it"_s};
    return ok(name, sizes);
}

DoctorCheck healthCheck(const std::vector<wire::HealthCheck> &health)
{
    QStringList wrong;
    for (const wire::HealthCheck &each : health)
        if (!each.ok)
            wrong += u"%1: %2"_s.arg(each.name, each.reason);
    if (wrong.isEmpty())
        return ok(u"health"_s, u"the backend has no complaint"_s);
    return {u"health"_s, Verdict::Bad, wrong.join(u"; "_s), u"see `belfry status` and the log of the backend"_s};
}

DoctorCheck diskCheck(const store::Examination &store)
{
    const QString name = u"disk"_s;
    if (store.freeBytes < 0)
        return {name, Verdict::Warning, u"how much space is free is unknown"_s, u"look with df"_s};
    const QString free = u"%1 free of %2"_s.arg(formatSize(store.freeBytes), formatSize(store.totalBytes));
    const QString fix = u"free space where the data folder is, or keep less history (`keep` in the job files)"_s;
    if (!store.reserve)
        return {name, Verdict::Bad, free + u"; the reserve for a full disk is used up"_s, fix};
    if (store.freeBytes < leastFree)
        return {name, Verdict::Bad, free, fix};
    if (store.freeBytes < lowFree || store.freeBytes < store.totalBytes / lowFreePart)
        return {name, Verdict::Warning, free, fix};
    return ok(name, free);
}

DoctorCheck spoolCheck(const store::Examination &store)
{
    if (store.heldByAgents.count == 0)
        return ok(u"spool"_s, u"no agent holds the log of a run that is long over"_s);
    return {u"spool"_s, Verdict::Warning,
        u"%1 of logs of runs that are over for an hour are not here yet: %2"_s.arg(
            formatSize(store.heldBytes), listed(store.heldByAgents)),
        u"see whether these agents are online and their disks are well"_s};
}

DoctorCheck orphansCheck(const store::Examination &store)
{
    QStringList found;
    if (store.filesWithoutAttempt.count > 0)
        found += u"%1 log files without a run: %2"_s.arg(store.filesWithoutAttempt.count).arg(listed(store.filesWithoutAttempt));
    if (store.attemptsWithoutFile.count > 0)
        found += u"%1 attempts whose log files are gone: %2"_s.arg(store.attemptsWithoutFile.count)
                     .arg(listed(store.attemptsWithoutFile));
    if (found.isEmpty())
        return ok(u"orphans"_s, u"every log has its run"_s);
    return {u"orphans"_s, Verdict::Warning, found.join(u"; "_s),
        u"after a restored backup this is to be expected; files without a run may be deleted while the backend is down"_s};
}

DoctorCheck clockCheck(const DoctorFacts &facts)
{
    if (!facts.clockSynchronised)
        return {u"clock"_s, Verdict::Warning, u"the kernel does not say whether the clock is synchronised"_s,
            u"run an NTP client on this host"_s};
    if (!*facts.clockSynchronised)
        return {u"clock"_s, Verdict::Warning, u"the clock of this host is not synchronised: occasions follow it"_s,
            u"run an NTP client, such as chrony or systemd-timesyncd"_s};
    return ok(u"clock"_s, u"synchronised"_s);
}

DoctorCheck skewCheck(const std::vector<Agent> &agents)
{
    QStringList off;
    bool far = false;
    for (const Agent &agent : agents) {
        const Duration skew(std::abs(agent.skewMs));
        if (agent.state == AgentState::Unreachable || skew <= smallSkew)
            continue;
        off += u"%1 by %2%3"_s.arg(agent.name, agent.skewMs < 0 ? u"-"_s : u"+"_s, formatDuration(skew));
        far = far || skew > largeSkew;
    }
    if (off.isEmpty())
        return ok(u"skew"_s, u"no online agent is off by more than %1"_s.arg(formatDuration(smallSkew)));
    return {u"skew"_s, far ? Verdict::Bad : Verdict::Warning,
        u"clocks of agents differ from this one: %1; times in logs are theirs"_s.arg(off.join(u", "_s)),
        u"run an NTP client on these hosts"_s};
}

DoctorCheck agentsCheck(const DoctorFacts &facts)
{
    QStringList away;
    for (const Agent &agent : facts.agents)
        if (agent.state == AgentState::Unreachable)
            away += u"%1 (%2)"_s.arg(agent.name, formatDuration(std::max(facts.now - agent.lastSeen, Duration(0)) / 1000 * 1000));
    if (facts.agents.empty())
        return {u"agents"_s, Verdict::Warning, u"there is no agent: nothing can run"_s,
            u"start belfry-agent with the agent.token of the data folder"_s};
    if (away.isEmpty())
        return ok(u"agents"_s, u"all %1 online"_s.arg(facts.agents.size()));
    return {u"agents"_s, Verdict::Warning, u"unreachable: %1"_s.arg(away.join(u", "_s)),
        u"start them again, or `belfry agent forget` those that will not come back"_s};
}

DoctorCheck versionsCheck(const DoctorFacts &facts)
{
    const QString own = u"belfry %1, Qt %2, SQLite %3, zone data %4"_s.arg(facts.version,
        QString::fromLatin1(qVersion()), facts.data.sqlite, facts.tzdata.isEmpty() ? u"of the host"_s : facts.tzdata);
    QStringList others;
    for (const Agent &agent : facts.agents)
        if (agent.version != facts.version && agent.state != AgentState::Unreachable)
            others += u"%1 has %2"_s.arg(agent.name, agent.version);
    if (others.isEmpty())
        return ok(u"versions"_s, own);
    return {u"versions"_s, Verdict::Warning, u"%1; agents of other versions: %2"_s.arg(own, others.join(u", "_s)),
        u"upgrade these agents; their running jobs go on"_s};
}

DoctorCheck accessCheck(const DoctorFacts &facts)
{
    QStringList wrong;
    QStringList fixes;
    if (facts.insecureNetwork) {
        wrong += u"tokens and logs travel in clear over the network"_s;
        fixes += u"configure `tls`"_s;
    }
    if (facts.data.open.count > 0) {
        wrong += u"other users can read %1"_s.arg(listed(facts.data.open));
        fixes += u"chmod go= these files"_s;
    }
    if (!wrong.isEmpty())
        return {u"access"_s, Verdict::Bad, wrong.join(u"; "_s), fixes.join(u"; "_s)};
    if (facts.root)
        return {u"access"_s, Verdict::Warning, u"the backend runs as root, which it needs not"_s,
            u"give it a user of its own, as the packaged unit does"_s};
    return ok(u"access"_s, u"files and port are closed to others"_s);
}

DoctorCheck tokensCheck(const DoctorFacts &facts)
{
    QStringList soon;
    for (const wire::TokenRow &token : facts.tokens)
        if (token.valid && token.expires && *token.expires - facts.now < expiresSoon)
            soon += u"%1 (%2) on %3"_s.arg(token.id, token.name, toRfc3339(*token.expires).left(10));
    if (soon.isEmpty())
        return ok(u"tokens"_s, u"none expires within %1"_s.arg(formatDuration(expiresSoon)));
    return {u"tokens"_s, Verdict::Warning, u"these expire soon: %1"_s.arg(listed(soon.mid(0, 10), soon.size())),
        u"make new ones with `belfry token create` and hand them out"_s};
}

} // namespace

std::vector<DoctorCheck> diagnose(const DoctorFacts &facts)
{
    return {storeCheck(facts.data), healthCheck(facts.health), diskCheck(facts.data), spoolCheck(facts.data),
        orphansCheck(facts.data), clockCheck(facts), skewCheck(facts.agents), agentsCheck(facts),
        versionsCheck(facts), accessCheck(facts), tokensCheck(facts)};
}

} // namespace belfry

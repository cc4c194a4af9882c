// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/instant.h"
#include "shared/base/result.h"
#include "shared/spool/attemptresult.h"
#include "shared/spool/index.h"
#include "shared/spool/order.h"

#include <QObject>

#include <optional>
#include <vector>

namespace belfry {

class Crew;

// What the spool says about one attempt.
struct SpoolEntry {
    enum class State { Ordered, Running, Finished };

    spool::AttemptKey key;
    State state = State::Ordered;
    qint64 epoch = 0;
    qint64 pid = 0; // Running, once it is known
    std::optional<Instant> startedAt{};
    qint64 outputBytes = 0;
    bool rebooted = false; // given in an older boot: finished() with HostRebooted follows
    std::optional<spool::AttemptResult> result{}; // Finished
};

// The agent's hand on its host: writes attempts into the spool, feeds them to supervisors, and finds them again after a
// restart of either side. Supervisors outlive this object. It decides nothing: it never drops, repeats or kills an
// attempt on its own.
class Supervisors : public QObject
{
    Q_OBJECT

public:
    struct Settings {
        QString dataFolder; // made with mode 0700 if missing
        QString program; // belfry-supervisor; empty: beside this program
        int attemptsPerSupervisor = 64;
    };

    explicit Supervisors(Settings settings, QObject *parent = nullptr);
    ~Supervisors() override;

    // Takes the data folder. Conflict: another agent has it. Call once, before all else.
    Status open();
    // All attempts of the spool, by run and attempt, then what is not finished is taken up again: live supervisors are
    // connected to, others get a successor; so what is Running here may turn out to have ended. Damaged ones are moved
    // to
    // `<data>/quarantine` and told by quarantined(). No signal comes before this has returned. Call once, after open()
    // and connecting the signals.
    Result<std::vector<SpoolEntry>> scan();

    // Writes the order and has it carried out. bootId, cookie and, where not given, PATH HOME USER LOGNAME SHELL LANG
    // and BELFRY_OUTPUT are filled in. `script` is the text for order.shell when order.argv is empty.
    // Conflict: the attempt is in the spool already (a replay: see entry()). Unavailable: the spool cannot be written.
    Status start(spool::Order order, const QByteArray &script = {});
    // Ends the attempt's tree: TERM, after `grace` KILL. Survives a restart of agent and supervisor. NotFound: no such
    // attempt in the spool; nothing happens to one that has ended.
    Status cancel(spool::AttemptKey key, Duration grace, const QString &reason);

    // The lease of the attempt, if its order gave it one, lasts until `until` (CLOCK_BOOTTIME) at least. NotFound: no
    // such attempt in the spool; nothing happens to one that has ended.
    Status renew(spool::AttemptKey key, Duration until);

    // As scan() would see it now. NotFound.
    Result<SpoolEntry> entry(spool::AttemptKey key) const;
    // At most `maxBytes` of the output from `offset` on, with what covers it. Empty at the end so far.
    Result<spool::OutputPiece> readOutput(spool::AttemptKey key, qint64 offset, qint64 maxBytes) const;
    // key=value lines that the job wrote to BELFRY_OUTPUT, at most 1 MiB; empty when there are none.
    Result<QByteArray> readOutputs(spool::AttemptKey key) const;
    // Deletes the attempt's folder. Conflict while it is not finished.
    Status release(spool::AttemptKey key);

    // This host's boot, as orders and results carry it.
    static QString bootId();
    // CLOCK_BOOTTIME of this host, on which leases are counted.
    static Duration bootTime();

Q_SIGNALS:
    void started(belfry::spool::AttemptKey key, qint64 pid, belfry::Instant at);
    // At most every 20 ms an attempt.
    void outputGrew(belfry::spool::AttemptKey key, qint64 size);
    // Once per attempt that scan() did not return as Finished, also for what could not be started. The tree is gone.
    void finished(const belfry::spool::AttemptResult &result);
    void killPending(belfry::spool::AttemptKey key, int processes);
    void quarantined(const QString &path, const QString &why);
    // A supervisor cannot be started or reached; it is tried again after a pause.
    void troubled(const QString &why);

private:
    Crew *m_crew; // child
};

} // namespace belfry

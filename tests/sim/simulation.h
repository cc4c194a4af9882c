// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/sim/simbackend.h"
#include "tests/sim/simhost.h"

namespace belfry::sim {

// Some hours of a small installation from one seed: jobs of every policy, clients, and everything that can go wrong.
// Then all is healed, and what was promised must hold.
class Simulation final : public Witness
{
public:
    struct Settings {
        quint64 seed = 1;
        Duration length = 6h;
        bool clockSteps = true;
        bool trace = false;
    };
    explicit Simulation(Settings settings);

    // Broken promises, empty as it should be.
    QStringList run();
    // What was asked for, and what came of it; equal for equal seeds.
    QString summary() const;
    int count(const QString &what) const;
    QStringList trace;

private:
    struct Request { // a client's trigger, sent again until it is answered
        QString job;
        QString key;
        std::optional<RunId> run;
    };
    struct Alive {
        JobId job;
        bool alone = false; // no other run of the job may live beside it
    };

    Plan planOf(const wire::StartAttempt &order) override;
    void started(AttemptKey key, const wire::StartAttempt &order) override;
    void ended(AttemptKey key) override;

    std::vector<JobDefinition> jobs();
    void apply();
    void trigger(std::size_t request);
    void schedule(Duration mean, void (Simulation::*what)());
    void askForRun();
    void askToCancel();
    void askToDrain();
    void changeJobs();
    void crashBackend();
    void stopBackend();
    void failCommit();
    void crashAgent();
    void rebootHost();
    void killSupervisor();
    void cutConnection();
    void isolateHost();
    void stepClock();

    void heal();
    bool isQuiet() const;
    void advance(Duration by);
    void checkEnd();
    void checkLosses();
    void checkLedger();
    void checkLedger(const RuleMark &mark);
    void complain(const QString &text);
    SimHost &anyHost() { return *m_hosts[m_loop.random.below(m_hosts.size())]; }

    Settings m_settings;
    SimLoop m_loop;
    SimBackend m_backend;
    SimNetwork m_network;
    std::vector<std::unique_ptr<SimHost>> m_hosts;
    bool m_healed = false;
    int m_edition = 0; // of the job files
    bool m_hasExtra = true;
    std::vector<Request> m_requests;
    std::set<AttemptKey> m_everStarted;
    std::map<AttemptKey, Alive> m_alive;
    std::map<QString, int> m_counts; // of what happened, for the summary
    QStringList m_complaints;
};

} // namespace belfry::sim

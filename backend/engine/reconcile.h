// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backend/engine/events.h"

namespace belfry::engine {

// A live attempt of the agent that says hello, as the backend believes it.
struct Believed {
    AttemptKey key;
    qint64 epoch = 0;
    QString bootId;
    RunState state = RunState::Assigned;
    bool cancelRequested = false;
};

// What is to be done about a believed attempt.
struct Finding {
    enum Kind {
        Keep, // it lives, or its result comes in a message of its own; nothing is new
        Started, // it lives, and its start is news
        Ended, // take the result
        SendAgain, // the order may not have arrived, or may not have been carried out
        Gone, // it never started and never will: the wish to cancel is fulfilled
        ExitUnseen,
        HostRebooted,
    };
    AttemptKey key;
    Kind kind = Keep;
    bool cancel = false; // the wish to cancel it goes with the welcome
    const wire::AttemptReport *report = nullptr; // into the hello; null: it was absent
};

struct Reconciled {
    std::vector<Finding> findings; // one for each believed attempt, in their order
    std::vector<wire::AttemptStanding> standings; // one for each reported attempt, in the hello's order
    std::vector<AttemptKey> strangers; // reported, and not this agent's: kept there, never ended by guess
};

// Compares what the agent says lives with what the backend believes (design.md section 4.4).
// `stored` says of the others what the store knows.
Reconciled reconcile(
    const std::vector<Believed> &believed, const wire::AgentHello &hello, const std::vector<StoredAttempt> &stored);

} // namespace belfry::engine

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backend/store/examination.h"
#include "shared/wire/tokensapi.h"
#include "shared/wire/serverapi.h"

namespace belfry {

// Everything that server.doctor judges.
struct DoctorFacts {
    store::Examination data;
    std::vector<wire::HealthCheck> health;
    std::vector<Agent> agents;
    std::vector<wire::TokenRow> tokens;
    Instant now;
    QString version; // of this backend
    QString tzdata; // version of the zone data; empty: unknown
    bool root = false;
    bool insecureNetwork = false; // others than this host can connect, and not by TLS
    std::optional<bool> clockSynchronised; // what the kernel says
};

// One check for each subject, in a fixed order.
std::vector<wire::DoctorCheck> diagnose(const DoctorFacts &facts);

} // namespace belfry

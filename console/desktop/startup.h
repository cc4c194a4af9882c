// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/client/address.h"
#include "console/desktop/link.h"

namespace belfry {

// What a start leads to.
struct Start {
    enum class Kind {
        Open, // a backend is known
        First, // nothing says where a backend is, and none of this user is here
        BadFile, // config.yaml has to be corrected before anything else
        Refused, // what was asked for on the command line cannot be
    };
    Kind kind = Kind::Open;
    Address address = {};
    QString fault = {};
};

// A link may come from anywhere: it leads to a backend that somebody has set up here, never to one that it names
// itself.
Start startFor(const AddressFlags &flags, const std::optional<ConsoleLink> &link, const Environment &environment,
    const QString &systemData = QStringLiteral("/var/lib/belfry"));

} // namespace belfry

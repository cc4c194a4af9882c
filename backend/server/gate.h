// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backend/server/access.h"
#include "backend/server/http.h"

#include <QStringList>

namespace belfry {

struct GateSettings {
    QStringList hosts; // names that `Host` may have besides the loopback ones and the listening address
    QStringList origins; // web pages that may connect, as `https://host[:port]`; none by default
};

// What becomes of a request whose head was read.
struct Admission {
    enum class Kind { Respond, Clients, Agents };
    Kind kind = Kind::Respond; // Clients and Agents: upgrade, for this identity
    HttpResponse response;
    Identity identity;
    bool badToken = false; // counts as a failure of its source
};

// The one place that decides who may come in: everything is refused that is not in its table of routes. It looks at
// the head only, and before any upgrade.
class Gate
{
public:
    struct Route {
        const char *path;
        std::optional<Role> needs; // empty: open to everyone
        Admission::Kind kind;
        const char *subprotocol; // of an upgrade
    };
    static const std::vector<Route> &routes();

    Gate(const Access &access, GateSettings settings)
        : m_access(access)
        , m_settings(std::move(settings))
    { }

    void reload(GateSettings settings) { m_settings = std::move(settings); }

    // The response of a plain route is filled by the caller, by its path, when its status is 200.
    Admission admit(const HttpRequest &request) const;

private:
    std::optional<HttpResponse> checkHost(const HttpRequest &request) const;
    std::optional<HttpResponse> checkOrigin(const HttpRequest &request) const;
    std::optional<HttpResponse> checkUpgrade(const HttpRequest &request, const Route &route) const;

    const Access &m_access;
    GateSettings m_settings;
};

} // namespace belfry

// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/service.h"

#include "shared/base/clock.h"

#include <systemd/sd-daemon.h>

namespace belfry {

Service::Service(QObject *parent)
    : QObject(parent)
{
    // From the event loop: a loop that hangs says nothing, and that is the point.
    connect(&m_watchdog, &QTimer::timeout, this, [] { sd_notify(0, "WATCHDOG=1"); });
    uint64_t microseconds = 0;
    if (sd_watchdog_enabled(0, &microseconds) > 0)
        m_watchdog.start(std::chrono::milliseconds(microseconds / 3'000));
}

void Service::ready()
{
    sd_notify(0, "READY=1");
}

void Service::reloading()
{
    // The time is what Type=notify-reload asks for.
    const auto now = std::chrono::microseconds(SystemClock().monotonic()).count();
    sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%lld", static_cast<long long>(now));
}

void Service::stopping()
{
    sd_notify(0, "STOPPING=1");
}

void Service::status(const QString &text)
{
    sd_notifyf(0, "STATUS=%s", qUtf8Printable(text.simplified()));
}

} // namespace belfry

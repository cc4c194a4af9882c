// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/base/unixsignals.h"

#include <QSocketNotifier>

#include <csignal>
#include <pthread.h>
#include <sys/signalfd.h>
#include <unistd.h>

namespace belfry {

UnixSignals::UnixSignals(std::initializer_list<int> signalNumbers, std::function<void(int)> handler, QObject *parent)
    : QObject(parent)
{
    sigset_t set;
    sigemptyset(&set);
    for (const int number : signalNumbers)
        sigaddset(&set, number);
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
    m_descriptor = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    auto *notifier = new QSocketNotifier(m_descriptor, QSocketNotifier::Read, this);
    connect(notifier, &QSocketNotifier::activated, this, [this, handler = std::move(handler)] {
        signalfd_siginfo info{};
        while (::read(m_descriptor, &info, sizeof info) == sizeof info)
            handler(int(info.ssi_signo));
    });
}

UnixSignals::~UnixSignals()
{
    if (m_descriptor >= 0)
        ::close(m_descriptor);
}

} // namespace belfry

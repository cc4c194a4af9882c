// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/cli/interrupt.h"

#include <QSocketNotifier>

#include <csignal>
#include <fcntl.h>
#include <unistd.h>

namespace belfry {

namespace {

// A signal handler may do no more than write to a pipe.
int wakePipe[2] = {-1, -1};

void wake(int)
{
    const int kept = errno;
    [[maybe_unused]] const ssize_t written = ::write(wakePipe[1], "", 1); // full: it is told already
    errno = kept;
}

void handle(int signal, void (*handler)(int))
{
    struct sigaction action { };
    action.sa_handler = handler;
    action.sa_flags = SA_RESTART | int(SA_RESETHAND);
    sigemptyset(&action.sa_mask);
    sigaction(signal, &action, nullptr);
}

} // namespace

Interrupt::Interrupt(QObject *parent)
    : QObject(parent)
{
    if (::pipe2(wakePipe, O_CLOEXEC | O_NONBLOCK) != 0)
        return; // then the signals end the program as always
    m_notifier = new QSocketNotifier(wakePipe[0], QSocketNotifier::Read, this);
    connect(m_notifier, &QSocketNotifier::activated, this, [this] {
        char byte = 0;
        while (::read(wakePipe[0], &byte, 1) > 0) { }
        Q_EMIT interrupted();
    });
    handle(SIGINT, wake);
    handle(SIGTERM, wake);
}

Interrupt::~Interrupt()
{
    handle(SIGINT, SIG_DFL);
    handle(SIGTERM, SIG_DFL);
    delete m_notifier;
    for (int &end : wakePipe)
        if (end >= 0)
            ::close(std::exchange(end, -1));
}

} // namespace belfry

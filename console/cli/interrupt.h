// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

class QSocketNotifier;

namespace belfry {

// Ctrl-C and SIGTERM as a signal of the event loop, while it lives; a second one ends the program as always. A handler
// and not signalfd: threads that resolve names are there already, and would take a signal that only this one blocks. At
// most one at a time.
class Interrupt final : public QObject
{
    Q_OBJECT

public:
    explicit Interrupt(QObject *parent = nullptr);
    ~Interrupt() override;

Q_SIGNALS:
    void interrupted();

private:
    QSocketNotifier *m_notifier = nullptr;
};

} // namespace belfry

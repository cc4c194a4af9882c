// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

#include <functional>
#include <initializer_list>

namespace belfry {

// Unix signals as ordinary calls in the event loop, by signalfd(2). The signals are blocked in the calling thread and
// in threads made after it: make this object before any thread, and children must unblock them.
class UnixSignals : public QObject
{
public:
    UnixSignals(std::initializer_list<int> signalNumbers, std::function<void(int)> handler, QObject *parent = nullptr);
    ~UnixSignals() override;

private:
    int m_descriptor = -1;
};

} // namespace belfry

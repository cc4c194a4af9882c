// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/ids.h"

#include <QObject>

#include <optional>

namespace belfry {

// What is told outside of the window, and where a click on it leads.
struct Notification {
    QString title;
    QString text;
    std::optional<RunId> run;
    QString job; // where it is about an occasion; both empty: about several things
    bool operator==(const Notification &) const = default;
};

// The desktop, as far as it shows such things. Tests have one of their own.
class Notifier : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;
    // Why it cannot show anything here; empty when it can.
    virtual QString whyNot() const = 0;
    // How much needs attention.
    virtual void setCount(qint64 count) = 0;
    virtual void show(const Notification &notification) = 0;

Q_SIGNALS:
    void activated(const belfry::Notification &notification);
};

} // namespace belfry

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/views/theme.h"

#include <QObject>

class QDBusVariant;

namespace belfry {

// Whether the desktop is light or dark, as its settings portal says (Qt tells only from 6.5 on); where there is no
// portal, as the palette that Qt began with is.
class SystemScheme final : public QObject
{
    Q_OBJECT

public:
    // Before the application has a palette of its own.
    explicit SystemScheme(QObject *parent = nullptr);
    Scheme scheme() const { return m_scheme; }

Q_SIGNALS:
    void changed(belfry::Scheme scheme);

private Q_SLOTS:
    void onSetting(const QString &space, const QString &key, const QDBusVariant &value);

private:
    void take(const QVariant &value);
    Scheme m_scheme;
};

} // namespace belfry

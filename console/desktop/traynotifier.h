// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/models/notifier.h"
#include "console/views/theme.h"

#include <QMenu>
#include <QSystemTrayIcon>

namespace belfry {

// An icon in the desktop's tray with how much needs attention, from which notifications come.
class TrayNotifier final : public Notifier
{
    Q_OBJECT

public:
    explicit TrayNotifier(const Theme *theme, QObject *parent = nullptr);

    QString whyNot() const override;
    void setCount(qint64 count) override;
    void show(const Notification &notification) override;

Q_SIGNALS:
    // The icon was clicked.
    void windowWanted();
    void quitWanted();

private:
    void appear();
    QIcon iconWith(qint64 count) const;

    const Theme *m_theme;
    QSystemTrayIcon m_icon;
    QMenu m_menu;
    Notification m_shown;
};

} // namespace belfry

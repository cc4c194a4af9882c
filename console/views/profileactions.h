// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/models/profiles.h"
#include "console/views/desk.h"

class QMenu;
class QToolButton;

namespace belfry {

// The backends that have names: switched, added, changed and removed from a menu at the top of the window.
class ProfileActions final : public QObject
{
    Q_OBJECT

public:
    explicit ProfileActions(Desk *desk, QObject *parent = nullptr);

    // A button that shows the backend in use, with the menu. Its owner is who places it.
    QToolButton *makeMenuButton();
    // Asks for the backend of that name to be shown.
    void choose(const QString &name);
    // The one in use; empty: its address was given otherwise.
    QString current() const { return profileName(m_desk->session->address()); }
    QString currentColor() const;
    // What the backend in use is called: its name, else its address.
    QString title() const;

Q_SIGNALS:
    void chosen(const belfry::Address &address);
    // Name or colour of the one in use.
    void currentChanged();

private:
    void addCommands();
    void fill(QMenu *menu);
    void update();
    void edit(const Profile &profile);
    void remove();
    void tellFault(const Status &status) const;

    Desk *m_desk;
    QMenu *m_menu = nullptr;
    QToolButton *m_button = nullptr;
};

} // namespace belfry

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/views/theme.h"

#include <QAction>

namespace belfry {

// Everything that can be done, said once: menus, buttons, keys, the palette, the key sheet and the tests use the same
// QActions. An action's objectName is its id.
class Commands final : public QObject
{
    Q_OBJECT

public:
    struct Spec {
        QString id; // `run.cancel`
        QString group; // heading in menu and key sheet
        QString text;
        QString icon = {};
        QKeySequence key = {};
        QString hint = {}; // a sentence
    };

    explicit Commands(const Theme *theme, QObject *parent = nullptr);

    QAction *add(const Spec &spec, std::function<void()> act);
    // It has to be there.
    QAction *action(const QString &id) const;
    const std::vector<QAction *> &all() const { return m_all; }
    static QString group(const QAction *action) { return action->property("group").toString(); }
    QStringList groups() const;

    // Enabled where `whyNot` is empty; else it says so in its tooltip.
    void allow(const QString &id, const QString &whyNot);
    static QString whyNot(const QAction *action) { return action->property("whyNot").toString(); }

private:
    const Theme *m_theme;
    std::vector<QAction *> m_all;
};

} // namespace belfry

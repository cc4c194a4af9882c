// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/codec/codec.h"

namespace belfry {

// How the window was left: kept in a file of its own, and never more than a convenience.
struct WindowState {
    static constexpr int currentVersion = 1;
    int version = currentVersion;
    QString geometry; // Qt's own form, base64
    QString docks;
    QString view;
    QStringList tabs; // `run-12`, `job-p/j`
    std::map<QString, QString> filters; // by view
    QString zone; // local, utc, job
    QString theme; // light, dark, contrast, system
    QString saved; // name of the saved view that was open
    QString notify; // everything, production, mine, nothing
    std::map<QString, QString> layouts; // by view

    bool operator==(const WindowState &) const = default;
};
constexpr auto describe(const WindowState *)
{
    return fields(required(1, "version", &WindowState::version), field(2, "geometry", &WindowState::geometry),
        field(3, "docks", &WindowState::docks), field(4, "view", &WindowState::view),
        field(5, "tabs", &WindowState::tabs), field(6, "filters", &WindowState::filters),
        field(7, "zone", &WindowState::zone), field(8, "theme", &WindowState::theme),
        field(9, "saved", &WindowState::saved), field(10, "notify", &WindowState::notify),
        field(11, "layouts", &WindowState::layouts));
}

// $XDG_STATE_HOME/belfry/console.json
QString windowStatePath();
// The defaults when there is none. A file that cannot be read is put aside as `*.bad`, with a warning in the log.
WindowState loadWindowState(const QString &path);
// Whole or not at all, readable by the user alone.
Status saveWindowState(const QString &path, const WindowState &state);

} // namespace belfry

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDir>

namespace belfry {

// Where the console keeps what it remembers from one start to the next (XDG Base Directory Specification 0.8,
// $XDG_STATE_HOME, which has to be absolute).
inline QString stateFile(const QString &name)
{
    const QString state = qEnvironmentVariable("XDG_STATE_HOME");
    const QString folder = QDir::isAbsolutePath(state) ? state : QDir::homePath() + QStringLiteral("/.local/state");
    return folder + QStringLiteral("/belfry/") + name;
}

} // namespace belfry

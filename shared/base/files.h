// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/result.h"

#include <QByteArray>
#include <QString>

namespace belfry {

// Files that only their owner may read (0600), whatever the umask is.

// A new file, synced. Conflict when there is something of that name already, also a link that leads nowhere.
Status writeNewPrivateFile(const QString &file, const QByteArray &content);
// In the place of what is there, at once as a whole; its folder is made (0700) where it is missing.
Status replacePrivateFile(const QString &file, const QByteArray &content);

} // namespace belfry

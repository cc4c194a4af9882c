// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace belfry {

// Keys of the job file that are understood but not yet done. A key in the list is refused where its value differs from
// its default; to support one, take it out of the list (and give it a member, where it has none).
bool isSupported(const QString &table, const QString &key);

} // namespace belfry

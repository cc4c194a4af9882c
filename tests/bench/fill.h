// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace belfry::bench {

// Adds that many finished runs to the store of a stopped backend, through the store's own commits; its jobs must be
// there already. They lie a minute apart and end an hour ago: the newest ones are the youngest. Nine in ten succeeded.
// One in `detail` has its attempt and its occasion.
void fillHistory(const QString &folder, int runs, int detail);

} // namespace belfry::bench

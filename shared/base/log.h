// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLoggingCategory>

namespace belfry {

// Sends Qt's messages to standard error: one line an event, control characters escaped, with a `<N>` priority for the
// journal when standard error is the journal (JOURNAL_STREAM is set), else with a UTC time and a level word.
// Programs call it first thing in main().
void installLogging();

} // namespace belfry

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backend/engine/effects.h"

namespace belfry {

// Effects as text that a person can read and a test can compare: one line each, in their order, with everything in it
// that is not at its default. Writes are plain, `> session` is a message, `x session` a close, `= token` an answer,
// `!` a warning; what is only told for information is left out.
QStringList linesOf(const engine::Effects &effects);
QString lineOf(const Write &write);
// HH:MM:SS of 2026-01-05, other days with their date; milliseconds where there are some.
QString clockText(Instant instant);

} // namespace belfry

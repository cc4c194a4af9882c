// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace belfry {

// belfry(1) in man(7) macros: `belfry help --man | man -l -`.
QString manPage();
// Every verb in Markdown: the computed part of docs/cli.md.
QString markdownVerbs();

} // namespace belfry

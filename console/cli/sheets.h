// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/cli/cells.h"
#include "console/cli/output.h"
#include "shared/wire/api.h"

namespace belfry {

// How one thing looks, with all that is known of it.
Sheet runSheet(const wire::RunDetail &run, const View &view, const TableStyle &style);
// `made`: the release that made this version.
Sheet jobSheet(const Job &job, const wire::VersionRow &made, const View &view);
// The lines with their numbers in the file.
Sheet sourceSheet(const wire::JobSourceReply &source);
Sheet previewSheet(const wire::PreviewReply &preview, const TableStyle &style);
Sheet statusSheet(const wire::StatusReply &status, const View &view, const TableStyle &style);
Sheet applySheet(const wire::ApplyReply &reply, bool dryRun);

} // namespace belfry

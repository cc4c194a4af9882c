// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/result.h"

class QAbstractItemModel;

namespace belfry {

struct Desk;

// The texts of all cells with their titles. RFC 4180, and safe to open in a spreadsheet: a text that it would take for
// a formula begins with an apostrophe.
QByteArray rowsAsCsv(const QAbstractItemModel &model);
// A list of objects by the columns' ids.
QByteArray rowsAsJson(const QAbstractItemModel &model);

// By the name's end: .json, else CSV. Whole or not at all.
Status exportTo(const QString &path, const QAbstractItemModel &model);
// The rows of the page that is seen, into a file that somebody chooses.
void askExport(Desk *desk, const QString &name);

} // namespace belfry

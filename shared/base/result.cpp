// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/base/result.h"

#include <array>

namespace belfry {

namespace {

struct Row {
    ErrorKind kind;
    const char *name;
    int exitCode;
};

constexpr std::array rows {
    Row {ErrorKind::Invalid, "invalid", 6},
    Row {ErrorKind::NotFound, "not_found", 3},
    Row {ErrorKind::Denied, "denied", 4},
    Row {ErrorKind::Conflict, "conflict", 5},
    Row {ErrorKind::Unavailable, "unavailable", 7},
    Row {ErrorKind::Internal, "internal", 1},
};

const Row &rowOf(ErrorKind kind)
{
    for (const Row &row : rows)
        if (row.kind == kind)
            return row;
    return rows.back();
}

} // namespace

QString errorCodeName(ErrorKind kind) { return QString::fromLatin1(rowOf(kind).name); }

ErrorKind errorKindOf(QStringView codeName)
{
    for (const Row &row : rows)
        if (codeName == QLatin1StringView(row.name))
            return row.kind;
    return ErrorKind::Internal;
}

int exitCodeOf(ErrorKind kind) { return rowOf(kind).exitCode; }

} // namespace belfry

// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/jobs/unsupported.h"

#include <algorithm>

namespace belfry {

namespace {

struct Row {
    const char *table;
    const char *key;
};

constexpr Row rows[] = {
    {"file", "pipelines"},
    {"file", "artifact"},
    {"calendar", "ical"},
    {"job", "user"},
    {"job", "agents"},
    {"job", "alerts"},
    {"job", "deadline"},
    {"env", "secret"},
    {"param", "secret"},
    {"resources", "memory"},
    {"resources", "cpus"},
    {"resources", "pids"},
};

} // namespace

bool isSupported(const QString &table, const QString &key)
{
    return std::none_of(std::begin(rows), std::end(rows),
        [&](const Row &row) { return table == QLatin1StringView(row.table) && key == QLatin1StringView(row.key); });
}

} // namespace belfry

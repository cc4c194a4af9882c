// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/models/estimates.h"
#include "console/models/rowsmodel.h"
#include "console/models/times.h"

namespace belfry {

// One thing that two runs of a job have, as they have it.
struct RunDifference {
    QString id; // `agent`, `param.date`
    QString name;
    QString here;
    QString good;
    bool differs = false; // in a way that may matter: a duration may be a little longer
    QString tip = {};
    bool operator==(const RunDifference &) const = default;
};

// What is known beside the two runs.
struct RunSetting {
    const Times *times = nullptr;
    std::optional<Estimate> usual = {}; // how long the job takes
    std::vector<wire::VersionRow> versions = {}; // of its definition
};
// What differs first, else in the order in which one looks.
std::vector<RunDifference> compareRuns(
    const wire::RunDetail &here, const wire::RunDetail &good, const RunSetting &setting);

// The same as rows.
class RunDifferences final : public RowsModel<RunDifference>
{
    Q_OBJECT

public:
    explicit RunDifferences(QObject *parent = nullptr);

    void set(const std::vector<RunDifference> &fresh);

private:
    QString keyOf(int row) const override { return rows()[std::size_t(row)].id; }
};

} // namespace belfry

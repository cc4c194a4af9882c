// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/views/desk.h"

#include <QDialog>

namespace belfry {

// For how long a job is paused, and what becomes of the occasions inside.
class PauseDialog final : public QDialog
{
    Q_OBJECT

public:
    // `names`: of several jobs, below the heading.
    PauseDialog(Desk *desk, const QString &job, QWidget *parent, const QString &names = {});

Q_SIGNALS:
    void chosen(const std::optional<belfry::Instant> &until, belfry::PauseThen then);
};

} // namespace belfry

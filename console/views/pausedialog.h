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
    PauseDialog(Desk *desk, const QString &job, QWidget *parent);

Q_SIGNALS:
    void chosen(const std::optional<belfry::Instant> &until, belfry::PauseThen then);
};

} // namespace belfry

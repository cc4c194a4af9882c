// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/models/troublewatch.h"

#include <QDialog>

namespace belfry {

// Asks what is told outside of the window, or says why nothing can be.
class NotifyDialog final : public QDialog
{
    Q_OBJECT

public:
    NotifyDialog(TroubleWatch *troubles, QWidget *parent);
};

} // namespace belfry

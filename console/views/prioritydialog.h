// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>

namespace belfry {

// Asks for the priority of runs that wait.
class PriorityDialog final : public QDialog
{
    Q_OBJECT

public:
    PriorityDialog(const QString &what, int priority, QWidget *parent);

Q_SIGNALS:
    void chosen(int priority); // 0..100
};

} // namespace belfry

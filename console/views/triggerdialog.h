// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/models/triggerform.h"
#include "console/views/desk.h"

#include <QDialog>

class QCheckBox;
class QComboBox;
class QLineEdit;
class QPushButton;

namespace belfry {

// Runs a job: a field for each of its parameters, judged as it is typed by the code of the backend, and the same as a
// command line.
class TriggerDialog final : public QDialog
{
    Q_OBJECT

public:
    TriggerDialog(Desk *desk, const Job &job, const Params &params, QWidget *parent);

private:
    QWidget *makeField(const ParamDefinition &definition);
    void judge();
    void send();

    Desk *m_desk;
    TriggerForm m_form;
    std::vector<std::pair<ParamDefinition, QLabel *>> m_faults;
    QLineEdit *m_reason;
    QCheckBox *m_force;
    QLineEdit *m_command;
    QLabel *m_trouble;
    QPushButton *m_go;
};

} // namespace belfry

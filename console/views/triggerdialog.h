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
    // `remembered`: the parameters are those of the last time, and can be reset.
    TriggerDialog(Desk *desk, const Job &job, const Params &params, QWidget *parent, bool remembered = false);

private:
    QWidget *makeField(const ParamDefinition &definition);
    void judge();
    void send();
    void preview();
    void showPreview(const wire::PreviewReply &preview);
    void reset();
    void remember();

    Desk *m_desk;
    TriggerForm m_form;
    std::vector<std::pair<ParamDefinition, QLabel *>> m_faults;
    QLineEdit *m_reason;
    QCheckBox *m_force;
    QLineEdit *m_command;
    QLabel *m_trouble;
    QPushButton *m_go;
    QPushButton *m_dryRun;
    QLabel *m_preview;
    int m_previewing = 0; // what was asked before an edit is not shown
};

} // namespace belfry

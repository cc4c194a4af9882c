// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/views/profileform.h"

#include <QDialog>

namespace belfry {

// Adds a backend, or changes one that is there.
class ProfileDialog final : public QDialog
{
    Q_OBJECT

public:
    ProfileDialog(Profiles *profiles, const Theme *theme, const Profile &profile, QWidget *parent);

Q_SIGNALS:
    // It is in the file; whether a token was pasted.
    void saved(const QString &name, bool withToken);

private:
    void judge();
    void save();

    ProfileForm *m_form;
    QPushButton *m_go;
    QLabel *m_fault;
};

} // namespace belfry

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/views/profileform.h"

#include <QDialog>

namespace belfry {

// Instead of an empty window: where nothing says which backend to show, one is added here, or made-up data are shown;
// where config.yaml is wrong, its fault is.
class FirstStart final : public QDialog
{
    Q_OBJECT

public:
    FirstStart(Profiles *profiles, const Theme *theme);

    // Only after it was accepted.
    bool wantsDemo() const { return m_demo; }
    // Of the backend that was added.
    const Address &address() const { return m_address; }

private:
    void read();
    void judge();
    void connectTo();

    Profiles *m_profiles;
    ProfileForm *m_form;
    QLabel *m_title;
    QLabel *m_words;
    QLabel *m_fault;
    QPushButton *m_go;
    bool m_bad = false;
    bool m_demo = false;
    Address m_address;
};

} // namespace belfry

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/models/versions.h"
#include "console/views/difftext.h"
#include "console/views/table.h"

namespace belfry {

// The versions of a job's definition, and what the selected one changed.
class VersionsPanel final : public QWidget
{
    Q_OBJECT

public:
    VersionsPanel(Desk *desk, const QString &job);
    // Asks, if it is seen; else when it will be.
    void refresh();

protected:
    void showEvent(QShowEvent *event) override;

private:
    void ask();
    void showRow(int row);
    // Asks for the definition of a version, once.
    void want(int version);
    void redraw();

    Desk *m_desk;
    QString m_job;
    bool m_isStale = true;
    Versions *m_versions;
    Table *m_table;
    QLabel *m_heading;
    DiffText *m_text;
    std::map<int, QString> m_definitions; // by version
    int m_shown = 0; // version; 0: none
};

} // namespace belfry

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/views/desk.h"
#include "console/views/difftext.h"

class QToolButton;

namespace belfry {

// A job's definition, as it is written in its file and as it is in force, with what there is to warn of.
class DefinitionPanel final : public QWidget
{
    Q_OBJECT

public:
    DefinitionPanel(Desk *desk, const QString &job);
    // Asks, if it is seen; else when it will be.
    void refresh();

protected:
    void showEvent(QShowEvent *event) override;

private:
    void ask();
    void redraw();

    Desk *m_desk;
    QString m_job;
    bool m_isStale = true;
    std::optional<wire::JobSourceReply> m_source;
    QToolButton *m_written;
    QToolButton *m_inForce;
    QLabel *m_place;
    QLabel *m_warnings;
    CodeText *m_text;
};

} // namespace belfry

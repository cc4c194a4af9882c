// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/models/runwatch.h"
#include "console/views/parts.h"
#include "console/views/whypanel.h"

namespace belfry {

// The selected run, job or agent in short, with its actions and, for runs and jobs, why.
class DetailsPanel final : public QWidget
{
    Q_OBJECT

public:
    explicit DetailsPanel(Desk *desk, QWidget *parent = nullptr);
    void focusWhy();

private:
    void onSelection();
    void redraw();
    void showRun(const wire::RunRow &run);
    void showJob(const QString &job);
    void showAgent(const Agent &agent);
    void setButtons(const QStringList &ids);
    void askWhyJob(const QString &job);

    Desk *m_desk;
    RunWatch *m_watch;
    QLabel *m_title;
    StateLabel *m_state;
    QWidget *m_buttons;
    QStringList m_buttonIds;
    Facts *m_facts;
    QLabel *m_whyHeading;
    WhyPanel *m_why;
    QString m_whyJob; // whose answer is shown or awaited
};

} // namespace belfry

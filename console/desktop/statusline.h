// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/views/desk.h"

#include <QTimer>

class QStatusBar;

namespace belfry {

// The foot of the window: the connection, the clocks, how much runs, and what was said last.
class StatusLine final : public QObject
{
    Q_OBJECT

public:
    StatusLine(Desk *desk, QStatusBar *bar);

    void notice(const QString &text, bool isFault);
    const QString &lastNotice() const { return m_noticeText; }

private:
    void redraw();
    QString connectionText() const;

    Desk *m_desk;
    QLabel *m_connection;
    QLabel *m_clock;
    QLabel *m_counts;
    QLabel *m_notice;
    QString m_noticeText;
    QTimer m_noticeGoes;
};

} // namespace belfry

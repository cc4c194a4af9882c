// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/logs/endahead.h"
#include "console/logs/logfetch.h"
#include "console/views/desk.h"

class QPlainTextEdit;

namespace belfry {

// Below a long log that is on its way: its last lines, and how much is still to come. Else it is not seen.
class EndStrip final : public QWidget
{
    Q_OBJECT

public:
    explicit EndStrip(Desk *desk, QWidget *parent = nullptr);

    // nullptr: no log is shown.
    void update(const LogFetch *fetch);
    QString text() const;

private:
    void redraw();

    Desk *m_desk;
    EndAhead *m_end;
    QLabel *m_heading;
    QPlainTextEdit *m_lines;
    int m_ticks = 0;
};

} // namespace belfry

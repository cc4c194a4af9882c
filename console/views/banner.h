// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/views/desk.h"

class QPushButton;

namespace belfry {

// What is wrong with the connection, how old what is shown is, and when the next try comes. Hidden while all is well.
class Banner final : public QFrame
{
    Q_OBJECT

public:
    explicit Banner(Desk *desk, QWidget *parent = nullptr);
    QString text() const;

private:
    void redraw();
    void setKind(const QString &kind);

    Desk *m_desk;
    QLabel *m_icon;
    QLabel *m_text;
    QPushButton *m_retry;
};

// Something that the backend has to say of itself: checks that are not well.
QString healthWords(const wire::StatusReply &status);

} // namespace belfry

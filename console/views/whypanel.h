// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/views/desk.h"

namespace belfry {

// What the backend answers to why: its sentence, and each condition that a waiting run lacks.
class WhyPanel final : public QWidget
{
    Q_OBJECT

public:
    explicit WhyPanel(Desk *desk, QWidget *parent = nullptr);

    void set(const std::optional<wire::Explanation> &why);
    void setText(const QString &text);

private:
    Desk *m_desk;
    QLabel *m_sentence;
    QLabel *m_blockers;
};

} // namespace belfry

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/views/commands.h"

#include <QMenu>

class QMenuBar;

namespace belfry {

// Light, dark and the others, one of which is in force.
class SchemeMenu final : public QMenu
{
    Q_OBJECT

public:
    explicit SchemeMenu(const Theme *theme, QWidget *parent = nullptr);
    // nullopt: as the system has it.
    void mark(const std::optional<Scheme> &scheme);

Q_SIGNALS:
    void chosen(const std::optional<belfry::Scheme> &scheme);
};

// All commands, by their groups; `schemes` goes below View.
void fillMenus(QMenuBar *bar, const Commands &commands, SchemeMenu *schemes);

} // namespace belfry

// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/desktop/menus.h"

#include <QActionGroup>
#include <QMenuBar>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

QString idOf(const std::optional<Scheme> &scheme)
{
    return u"theme."_s + (scheme ? nameOf(*scheme) : u"system"_s);
}

} // namespace

SchemeMenu::SchemeMenu(const Theme *theme, QWidget *parent)
    : QMenu(tr("Theme"), parent)
{
    setIcon(theme->icon(u"theme"_s));
    auto *choice = new QActionGroup(this);
    const std::pair<QString, std::optional<Scheme>> schemes[] = {{tr("As the system"), std::nullopt},
        {tr("Light"), Scheme::Light}, {tr("Dark"), Scheme::Dark}, {tr("High contrast"), Scheme::Contrast}};
    for (const auto &[name, scheme] : schemes) {
        QAction *action = addAction(name);
        action->setCheckable(true);
        action->setObjectName(idOf(scheme));
        choice->addAction(action);
        connect(action, &QAction::triggered, this, [this, each = scheme] { Q_EMIT chosen(each); });
    }
    mark(std::nullopt);
}

void SchemeMenu::mark(const std::optional<Scheme> &scheme)
{
    if (auto *action = findChild<QAction *>(idOf(scheme)))
        action->setChecked(true);
}

void fillMenus(QMenuBar *bar, const Commands &commands, SchemeMenu *schemes)
{
    for (const QString &group :
        {SchemeMenu::tr("Go"), SchemeMenu::tr("Run"), SchemeMenu::tr("Log"), SchemeMenu::tr("Job"),
            SchemeMenu::tr("Agent"), SchemeMenu::tr("View"), SchemeMenu::tr("Backend"), SchemeMenu::tr("Help")}) {
        QMenu *menu = bar->addMenu(group);
        menu->setToolTipsVisible(true);
        for (QAction *action : commands.all())
            if (Commands::group(action) == group)
                menu->addAction(action);
        if (group == SchemeMenu::tr("View"))
            menu->addMenu(schemes);
    }
}

} // namespace belfry

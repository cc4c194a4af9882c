// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/profileactions.h"

#include "console/views/profiledialog.h"
#include "console/views/profilelook.h"
#include "console/views/undobar.h"

#include <QActionGroup>
#include <QMenu>

namespace belfry {

using namespace Qt::StringLiterals;

ProfileActions::ProfileActions(Desk *desk, QObject *parent)
    : QObject(parent)
    , m_desk(desk)
{
    addCommands();
    connect(desk->profiles, &Profiles::changed, this, &ProfileActions::update);
    connect(desk->session, &Session::clientChanged, this, &ProfileActions::update);
    connect(desk->theme, &Theme::changed, this, &ProfileActions::update);
}

void ProfileActions::addCommands()
{
    const QString group = tr("Backend");
    Commands *commands = m_desk->commands;
    commands->add({u"profile.switch"_s, group, tr("Switch backend"), u"connection"_s, Qt::CTRL | Qt::Key_B,
                      tr("Another backend in this window.")},
        [this] {
            (void)m_desk->profiles->load(); // a fault is said by the menu
            if (m_button)
                m_button->showMenu();
        });
    commands->add({u"profile.add"_s, group, tr("Add a backend"), u"edit"_s}, [this] { edit({}); });
    commands->add({u"profile.edit"_s, group, tr("Change this backend"), u"rename"_s, {},
                      tr("Its name, colour, address and token.")},
        [this] {
            if (const Profile *profile = m_desk->profiles->find(current()))
                edit(*profile);
        });
    commands->add({u"profile.remove"_s, group, tr("Remove this backend"), u"forget"_s, {},
                      tr("From the list; its token file and the backend itself stay.")},
        [this] { remove(); });
}

QToolButton *ProfileActions::makeMenuButton()
{
    m_button = new QToolButton;
    m_button->setObjectName(u"profileButton"_s);
    m_button->setProperty("kind", u"action"_s);
    m_button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_button->setPopupMode(QToolButton::InstantPopup);
    m_menu = new QMenu(m_button);
    m_menu->setObjectName(u"profileMenu"_s);
    m_menu->setToolTipsVisible(true);
    m_button->setMenu(m_menu);
    connect(m_menu, &QMenu::aboutToShow, this, [this] { fill(m_menu); });
    update();
    return m_button;
}

void ProfileActions::fill(QMenu *menu)
{
    menu->clear();
    delete menu->findChild<QActionGroup *>();
    const Status read = m_desk->profiles->load();
    if (!read)
        menu->addAction(read.error().message)->setEnabled(false);
    auto *group = new QActionGroup(menu);
    for (const Profile &each : m_desk->profiles->all()) {
        QAction *action = menu->addAction(profileIcon(*m_desk->theme, each.color), each.name);
        action->setObjectName(u"profile-"_s + each.name);
        action->setToolTip(each.url);
        action->setCheckable(true);
        action->setChecked(each.name == current());
        group->addAction(action);
        connect(action, &QAction::triggered, this, [this, name = each.name] { choose(name); });
    }
    menu->addSeparator();
    for (const QString &id : {u"profile.add"_s, u"profile.edit"_s, u"profile.remove"_s})
        menu->addAction(m_desk->commands->action(id));
}

void ProfileActions::choose(const QString &name)
{
    if (name == current())
        return;
    if (const Status read = m_desk->profiles->load(); !read) {
        tellFault(read);
        return;
    }
    const auto address = m_desk->profiles->addressOf(name);
    if (address)
        Q_EMIT chosen(*address);
    else
        m_desk->navigator->notice(address.error().message, true);
}

QString ProfileActions::currentColor() const
{
    const Profile *profile = m_desk->profiles->find(current());
    return profile ? profile->color : QString();
}

QString ProfileActions::title() const
{
    const QString name = current();
    return name.isEmpty() ? m_desk->session->address().url.authority() : name;
}

void ProfileActions::update()
{
    const QString unnamed = m_desk->profiles->find(current())
        ? QString()
        : tr("This backend has no name here; add it first to change or remove it.");
    m_desk->commands->allow(u"profile.edit"_s, unnamed);
    m_desk->commands->allow(u"profile.remove"_s, unnamed);
    if (m_button) {
        m_button->setText(title().isEmpty() ? tr("No backend") : title());
        m_button->setIcon(profileIcon(*m_desk->theme, currentColor()));
        m_button->setAccessibleName(tr("Backend: %1").arg(m_button->text()));
        m_button->setToolTip(tr("Which backend is shown  (Ctrl+B)\n%1").arg(m_desk->session->address().url.toString()));
    }
    Q_EMIT currentChanged();
}

void ProfileActions::edit(const Profile &profile)
{
    if (const Status read = m_desk->profiles->load(); !read) {
        tellFault(read);
        return;
    }
    Profile shown = profile;
    const Address &now = m_desk->session->address();
    if (profile.name.isEmpty() && current().isEmpty() && now.urlSource != demoSource)
        shown.url = now.url.toString(); // the one in use gets a name
    auto *dialog = new ProfileDialog(m_desk->profiles, m_desk->theme, shown, m_desk->navigator->window());
    connect(dialog, &ProfileDialog::saved, this, [this, before = profile](const QString &name, bool withToken) {
        m_desk->navigator->notice(tr("The backend '%1' is kept in %2.").arg(name, m_desk->profiles->file()));
        const bool isCurrent = !before.name.isEmpty() && before.name == current();
        const Profile *kept = m_desk->profiles->find(name);
        Profile colored = before; // only the colour is another: no reason to connect anew
        colored.color = kept->color;
        if (isCurrent && !withToken && colored == *kept)
            return;
        if (const auto address = m_desk->profiles->addressOf(name))
            Q_EMIT chosen(*address);
    });
    dialog->open();
}

void ProfileActions::remove()
{
    const Profile *found = m_desk->profiles->find(current());
    if (!found)
        return;
    const Profile profile = *found;
    const std::size_t place = m_desk->profiles->placeOf(profile.name);
    if (const Status removed = m_desk->profiles->remove(profile.name); !removed) {
        tellFault(removed);
        return;
    }
    const QString done
        = tr("The backend '%1' is removed from the list; this window shows it until you switch.").arg(profile.name);
    m_desk->navigator->notice(done);
    m_desk->undo->offer(
        done,
        [this, place, profile] {
            if (const Status back = m_desk->profiles->insert(place, profile); !back)
                tellFault(back);
        },
        UndoBar::By::Console);
}

void ProfileActions::tellFault(const Status &status) const
{
    m_desk->navigator->notice(tr("%1. Correct the file, and nothing is lost.").arg(status.error().message), true);
}

} // namespace belfry

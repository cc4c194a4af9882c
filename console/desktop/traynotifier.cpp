// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/desktop/traynotifier.h"

namespace belfry {

using namespace Qt::StringLiterals;

TrayNotifier::TrayNotifier(const Theme *theme, QObject *parent)
    : Notifier(parent)
    , m_theme(theme)
{
    connect(m_menu.addAction(tr("Show the console")), &QAction::triggered, this, &TrayNotifier::windowWanted);
    connect(m_menu.addAction(tr("Quit")), &QAction::triggered, this, &TrayNotifier::quitWanted);
    m_icon.setContextMenu(&m_menu);
    connect(&m_icon, &QSystemTrayIcon::messageClicked, this, [this] { Q_EMIT activated(m_shown); });
    connect(&m_icon, &QSystemTrayIcon::activated, this, [this](QSystemTrayIcon::ActivationReason reason) {
        if (reason == QSystemTrayIcon::Trigger || reason == QSystemTrayIcon::DoubleClick)
            Q_EMIT windowWanted();
    });
    setCount(0);
}

QString TrayNotifier::whyNot() const
{
    if (!QSystemTrayIcon::isSystemTrayAvailable())
        return tr("This desktop has no tray for icons (GNOME has one with the extension AppIndicator), so that "
                  "nothing can be told outside of this window. The view Attention has everything.");
    if (!QSystemTrayIcon::supportsMessages())
        return tr("This desktop's tray shows no messages. The view Attention has everything.");
    return {};
}

void TrayNotifier::appear()
{
    if (!m_icon.isVisible() && QSystemTrayIcon::isSystemTrayAvailable())
        m_icon.show();
}

void TrayNotifier::setCount(qint64 count)
{
    m_icon.setIcon(iconWith(count));
    m_icon.setToolTip(count > 0 ? tr("Belfry: %1 to look at").arg(count) : tr("Belfry: nothing needs attention"));
    appear();
}

QIcon TrayNotifier::iconWith(qint64 count) const
{
    const QIcon plain(u":/look/belfry-console.svg"_s);
    if (count <= 0)
        return plain;
    constexpr int size = 64;
    QPixmap picture = plain.pixmap(size, size);
    QPainter painter(&picture);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF badge(size * 0.3, size * 0.42, size * 0.7, size * 0.58);
    painter.setPen(Qt::NoPen);
    painter.setBrush(m_theme->color(Look::Failed));
    painter.drawRoundedRect(badge, size * 0.2, size * 0.2);
    QFont font = painter.font();
    font.setBold(true);
    font.setPixelSize(count > 99 ? size * 3 / 8 : size / 2);
    painter.setFont(font);
    painter.setPen(m_theme->color(u"surface"_s));
    painter.drawText(badge, int(Qt::AlignCenter), count > 99 ? u"99+"_s : QString::number(count));
    return picture;
}

void TrayNotifier::show(const Notification &notification)
{
    appear();
    m_shown = notification;
    m_icon.showMessage(notification.title, notification.text, QSystemTrayIcon::Warning);
}

} // namespace belfry

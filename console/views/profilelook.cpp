// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/profilelook.h"

#include <QCoreApplication>
#include <QPainter>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

struct ColorLook {
    const char *word;
    QString themeName; // of theme.json: one that can be read on any surface
};

const std::map<QString, ColorLook> &colorLooks()
{
    static const std::map<QString, ColorLook> colors{
        {u"red"_s, {QT_TRANSLATE_NOOP("belfry::Profile", "Red"), u"ansi1"_s}},
        {u"yellow"_s, {QT_TRANSLATE_NOOP("belfry::Profile", "Yellow"), u"ansi3"_s}},
        {u"green"_s, {QT_TRANSLATE_NOOP("belfry::Profile", "Green"), u"ansi2"_s}},
        {u"cyan"_s, {QT_TRANSLATE_NOOP("belfry::Profile", "Cyan"), u"ansi6"_s}},
        {u"blue"_s, {QT_TRANSLATE_NOOP("belfry::Profile", "Blue"), u"ansi4"_s}},
        {u"violet"_s, {QT_TRANSLATE_NOOP("belfry::Profile", "Violet"), u"ansi5"_s}},
        {u"grey"_s, {QT_TRANSLATE_NOOP("belfry::Profile", "Grey"), u"ansi7"_s}}};
    return colors;
}

} // namespace

QColor profileColor(const Theme &theme, const QString &color)
{
    const auto known = colorLooks().find(color);
    return known == colorLooks().end() ? QColor() : theme.color(known->second.themeName);
}

QString profileColorWord(const QString &color)
{
    const auto known = colorLooks().find(color);
    return known == colorLooks().end() ? QCoreApplication::translate("belfry::Profile", "None")
                                       : QCoreApplication::translate("belfry::Profile", known->second.word);
}

QIcon profileIcon(const Theme &theme, const QString &color)
{
    const QColor own = profileColor(theme, color);
    QIcon icon;
    for (const qreal ratio : {1.0, 2.0})
        icon.addPixmap(theme.pixmap(
            own.isValid() ? u"disc"_s : u"ring"_s, own.isValid() ? own : theme.color(u"muted"_s), 16, ratio));
    return icon;
}

QIcon windowIcon(const Theme &theme, const QString &color)
{
    const QIcon plain(u":/look/belfry-console.svg"_s);
    if (!profileColor(theme, color).isValid())
        return plain;
    constexpr int size = 64;
    QPixmap picture = plain.pixmap(size, size);
    QPainter painter(&picture);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setBrush(profileColor(theme, color));
    painter.setPen(QPen(theme.color(u"surface"_s), 3));
    painter.drawEllipse(QRectF(size * 0.52, size * 0.52, size * 0.44, size * 0.44));
    return picture;
}

} // namespace belfry

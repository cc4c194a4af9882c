// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/models/runwords.h"

#include <QColor>
#include <QFont>
#include <QIcon>
#include <QPalette>
#include <QTemporaryDir>

namespace belfry {

enum class Scheme { Light, Dark, Contrast };
constexpr auto enumNames(const Scheme *)
{
    return names<Scheme>({{Scheme::Light, "light"}, {Scheme::Dark, "dark"}, {Scheme::Contrast, "contrast"}});
}

// Every colour of the console, by name from theme.json, and the icons, drawn in these colours. No other place names a
// colour. The scheme may change at any time; icons follow when they are painted next.
class Theme final : public QObject
{
    Q_OBJECT

public:
    explicit Theme(QObject *parent = nullptr);

    Scheme scheme() const { return m_scheme; }
    void setScheme(Scheme scheme);

    QColor color(const QString &name) const;
    QColor color(Look look) const { return color(nameOf(look)); }
    QStringList colorNames() const;

    QIcon icon(const QString &name) const;
    // In one colour whatever the mode.
    QPixmap pixmap(const QString &name, const QColor &color, int size, qreal ratio) const;

    QPalette palette() const;
    // style.qss with the names of colours replaced, and picture(icon, colour) by files with it.
    QString styleSheet() const;
    // For logs, definitions and commands.
    static QFont fixedFont();

    // Sets style, palette and style sheet of the application, and again with each change of the scheme.
    void applyToApplication();

Q_SIGNALS:
    void changed();

private:
    void replacePictures(QString &style) const;

    std::map<Scheme, std::map<QString, QColor>> m_colors;
    QTemporaryDir m_pictures; // a style sheet takes pictures from files alone
    QString m_style;
    Scheme m_scheme = Scheme::Light;
    bool m_applied = false;
};

} // namespace belfry

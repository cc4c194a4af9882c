// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/theme.h"

#include <QApplication>
#include <QFile>
#include <QFontDatabase>
#include <QIconEngine>
#include <QJsonDocument>
#include <QPainter>
#include <QPixmapCache>
#include <QRegularExpression>
#include <QStyleFactory>
#include <QSvgRenderer>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

QByteArray readResource(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        qFatal("%s is missing from the program", qPrintable(path));
    return file.readAll();
}

// Draws an icon in the colours of the theme as it is when it is painted.
class ThemeIcon final : public QIconEngine
{
public:
    ThemeIcon(const Theme *theme, const QString &name)
        : m_theme(theme)
        , m_name(name)
    { }

    void paint(QPainter *painter, const QRect &rect, QIcon::Mode mode, QIcon::State) override
    {
        const int size = std::min(rect.width(), rect.height());
        const qreal ratio = painter->device() ? painter->device()->devicePixelRatioF() : 1;
        QRect square(0, 0, size, size);
        square.moveCenter(rect.center());
        painter->drawPixmap(square, m_theme->pixmap(m_name, colorOf(mode), size, ratio));
    }
    QPixmap pixmap(const QSize &size, QIcon::Mode mode, QIcon::State) override
    {
        return m_theme->pixmap(m_name, colorOf(mode), std::min(size.width(), size.height()), 1);
    }
    QPixmap scaledPixmap(const QSize &size, QIcon::Mode mode, QIcon::State, qreal scale) override
    {
        return m_theme->pixmap(m_name, colorOf(mode), int(std::min(size.width(), size.height()) / scale), scale);
    }
    QIconEngine *clone() const override { return new ThemeIcon(m_theme, m_name); }

private:
    QColor colorOf(QIcon::Mode mode) const
    {
        switch (mode) {
        case QIcon::Disabled:
            return m_theme->color(u"strongBorder"_s);
        case QIcon::Selected:
            return m_theme->color(u"selectionText"_s);
        case QIcon::Active:
        case QIcon::Normal:
            break;
        }
        return m_theme->color(u"text"_s);
    }

    const Theme *m_theme;
    QString m_name;
};

} // namespace

Theme::Theme(QObject *parent)
    : QObject(parent)
    , m_style(QString::fromUtf8(readResource(u":/look/style.qss"_s)))
{
    const QJsonObject schemes
        = QJsonDocument::fromJson(readResource(u":/look/theme.json"_s)).object()[u"schemes"].toObject();
    for (const auto &[scheme, name] : enumNames(static_cast<const Scheme *>(nullptr))) {
        const QJsonObject colors = schemes[QLatin1StringView(name)].toObject();
        for (auto each = colors.begin(); each != colors.end(); ++each)
            m_colors[scheme][each.key()] = QColor(each.value().toString());
    }
}

void Theme::setScheme(Scheme scheme)
{
    if (std::exchange(m_scheme, scheme) == scheme)
        return;
    if (m_applied)
        applyToApplication();
    Q_EMIT changed();
}

QColor Theme::color(const QString &name) const
{
    const auto &colors = m_colors.at(m_scheme);
    const auto found = colors.find(name);
    if (found == colors.end())
        qFatal("theme.json has no colour '%s'", qPrintable(name));
    return found->second;
}

QStringList Theme::colorNames() const
{
    QStringList all;
    for (const auto &[name, color] : m_colors.at(m_scheme))
        all += name;
    return all;
}

QIcon Theme::icon(const QString &name) const
{
    return QIcon(new ThemeIcon(this, name));
}

QPixmap Theme::pixmap(const QString &name, const QColor &color, int size, qreal ratio) const
{
    const QString key = u"belfry/%1/%2/%3/%4"_s.arg(name, color.name(QColor::HexArgb)).arg(size).arg(ratio);
    QPixmap pixmap;
    if (QPixmapCache::find(key, &pixmap))
        return pixmap;
    QByteArray svg = readResource(u":/look/icons/"_s + name + u".svg"_s);
    svg.replace("currentColor", color.name().toLatin1());
    QSvgRenderer renderer(svg);
    pixmap = QPixmap(QSize(size, size) * ratio);
    pixmap.setDevicePixelRatio(ratio);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    renderer.render(&painter, QRectF(0, 0, size, size));
    painter.end();
    QPixmapCache::insert(key, pixmap);
    return pixmap;
}

QPalette Theme::palette() const
{
    QPalette palette;
    const auto set = [&](QPalette::ColorRole role, const QString &name) { palette.setColor(role, color(name)); };
    set(QPalette::Window, u"window"_s);
    set(QPalette::WindowText, u"text"_s);
    set(QPalette::Base, u"surface"_s);
    set(QPalette::AlternateBase, u"alternate"_s);
    set(QPalette::Text, u"text"_s);
    set(QPalette::PlaceholderText, u"muted"_s);
    set(QPalette::Button, u"raised"_s);
    set(QPalette::ButtonText, u"text"_s);
    set(QPalette::BrightText, u"failed"_s);
    set(QPalette::Highlight, u"selection"_s);
    set(QPalette::HighlightedText, u"selectionText"_s);
    set(QPalette::Link, u"accent"_s);
    set(QPalette::LinkVisited, u"accent"_s);
    set(QPalette::ToolTipBase, u"raised"_s);
    set(QPalette::ToolTipText, u"text"_s);
    set(QPalette::Light, u"raised"_s);
    set(QPalette::Midlight, u"alternate"_s);
    set(QPalette::Mid, u"border"_s);
    set(QPalette::Dark, u"strongBorder"_s);
    set(QPalette::Shadow, u"strongBorder"_s);
    for (const QPalette::ColorRole role :
        {QPalette::WindowText, QPalette::Text, QPalette::ButtonText, QPalette::HighlightedText})
        palette.setColor(QPalette::Disabled, role, color(u"muted"_s));
    return palette;
}

QString Theme::styleSheet() const
{
    QString style = m_style;
    // Longest names first: `selection` is the beginning of `selectionText`.
    QStringList names = colorNames();
    std::sort(names.begin(), names.end(), [](const QString &a, const QString &b) { return a.size() > b.size(); });
    for (const QString &name : names)
        style.replace(u'@' + name, color(name).name());
    replacePictures(style);
    return style;
}

void Theme::replacePictures(QString &style) const
{
    constexpr int size = 16;
    static const QRegularExpression picture(u"picture\\(([a-z-]+), #([0-9a-f]+)\\)"_s);
    for (auto match = picture.match(style); match.hasMatch(); match = picture.match(style)) {
        const QString name = match.captured(1);
        const QColor ink(u'#' + match.captured(2));
        const QString base = m_pictures.filePath(u"%1-%2"_s.arg(name, match.captured(2)));
        // Without a folder to write to there are no arrows, and nothing else is amiss.
        const bool written
            = pixmap(name, ink, size, 1).save(base + u".png"_s) && pixmap(name, ink, size, 2).save(base + u"@2x.png"_s);
        style.replace(
            match.capturedStart(), match.capturedLength(), written ? u"url(\"%1.png\")"_s.arg(base) : u"none"_s);
    }
}

QFont Theme::fixedFont()
{
    QFont font = QFontDatabase::systemFont(QFontDatabase::FixedFont);
    font.setPointSizeF(std::max(9.5, QApplication::font().pointSizeF()));
    font.setStyleHint(QFont::Monospace);
    return font;
}

void Theme::applyToApplication()
{
    if (!std::exchange(m_applied, true))
        QApplication::setStyle(QStyleFactory::create(u"Fusion"_s));
    QApplication::setPalette(palette());
    qApp->setStyleSheet(styleSheet());
}

} // namespace belfry

// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/logcolors.h"

#include <cmath>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

constexpr double enough = 4.5;
constexpr int steps = 40;

double luminance(const QColor &color)
{
    const auto linear = [](double channel) {
        return channel <= 0.04045 ? channel / 12.92 : std::pow((channel + 0.055) / 1.055, 2.4);
    };
    return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF()) + 0.0722 * linear(color.blueF());
}

QColor mixed(const QColor &from, const QColor &to, float part)
{
    const auto channel = [part](float a, float b) { return a + (b - a) * part; };
    return QColor::fromRgbF(
        channel(from.redF(), to.redF()), channel(from.greenF(), to.greenF()), channel(from.blueF(), to.blueF()));
}

} // namespace

double contrastOf(const QColor &a, const QColor &b)
{
    const double light = std::max(luminance(a), luminance(b));
    const double dark = std::min(luminance(a), luminance(b));
    return (light + 0.05) / (dark + 0.05);
}

QColor readable(const QColor &ink, const QColor &ground)
{
    if (contrastOf(ink, ground) >= enough)
        return ink;
    const QColor light = QColor::fromRgbF(1, 1, 1);
    const QColor dark = QColor::fromRgbF(0, 0, 0);
    const QColor &end = contrastOf(light, ground) > contrastOf(dark, ground) ? light : dark;
    for (int step = 1; step < steps; ++step) {
        const QColor between = mixed(ink, end, float(step) / steps);
        const QColor tried = QColor::fromRgb(between.red(), between.green(), between.blue()); // as it will be drawn
        if (contrastOf(tried, ground) >= enough)
            return tried;
    }
    return end;
}

QColor LogColors::plain(const TextColor &color, const QColor &byDefault) const
{
    if (color.kind == TextColor::Default)
        return byDefault;
    if (color.kind == TextColor::Rgb)
        return QColor::fromRgb(color.value);
    return color.value < 16 ? m_theme->color(u"ansi%1"_s.arg(color.value))
                            : QColor::fromRgb(tableColor(int(color.value)));
}

LogColors::Inks LogColors::inksOf(const TextStyle &style, const QColor &ground) const
{
    QColor ink = plain(style.ink, m_theme->color(u"text"_s));
    QColor behind = plain(style.ground, ground);
    if (style.flags & TextStyle::Inverse)
        std::swap(ink, behind);
    if (style.flags & TextStyle::Faint)
        ink = mixed(ink, behind, 0.35F);
    return {readable(ink, behind), behind == ground ? QColor() : behind};
}

} // namespace belfry

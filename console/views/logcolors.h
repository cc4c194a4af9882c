// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/logs/ansi.h"
#include "console/views/theme.h"

namespace belfry {

// Colours that a job asks for, made so that they can be read in the scheme in force: whatever it says, text has a
// contrast of 4.5 to what is behind it (WCAG 2.1, 1.4.3).
class LogColors
{
public:
    explicit LogColors(const Theme *theme)
        : m_theme(theme)
    { }

    struct Inks {
        QColor ink;
        QColor ground; // invalid: as the line
        bool operator==(const Inks &) const = default;
    };
    // On a line with this ground.
    Inks inksOf(const TextStyle &style, const QColor &ground) const;

private:
    QColor plain(const TextColor &color, const QColor &byDefault) const;
    const Theme *m_theme;
};

// 1..21
double contrastOf(const QColor &a, const QColor &b);
// The colour, or as little as is needed lighter or darker to be read on the ground.
QColor readable(const QColor &ink, const QColor &ground);

} // namespace belfry

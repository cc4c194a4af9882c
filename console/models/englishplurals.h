// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTranslator>

namespace belfry {

// The sources are in English but for numbers: `%n run(s) are held` there is "1 run is held" and "2 runs are held" for
// people. Other languages have their forms in their translations.
class EnglishPlurals final : public QTranslator
{
public:
    using QTranslator::QTranslator;
    bool isEmpty() const override { return false; }
    QString translate(const char *context, const char *source, const char *disambiguation, int n) const override;
};

} // namespace belfry

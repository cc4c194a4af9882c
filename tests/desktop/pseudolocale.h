// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTranslator>

class QWidget;

namespace belfry {

// A language that nobody speaks: each text is longer, accented and in brackets, so that one that is not translated is
// seen, and one that has no room.
class PseudoLocale final : public QTranslator
{
    Q_OBJECT

public:
    static constexpr QChar opening{0x27E6};
    static constexpr QChar closing{0x27E7};

    bool isEmpty() const override { return false; }
    QString translate(const char *context, const char *source, const char *disambiguation, int n) const override;
};

// Texts below `root` that are seen and not translated, each with where it stands; `data`: what jobs and people wrote.
QStringList untranslated(QWidget *root, const QStringList &data);
// Texts below `root` that have less room than they need.
QStringList clipped(QWidget *root);

} // namespace belfry

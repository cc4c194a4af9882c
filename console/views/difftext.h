// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/models/linediff.h"
#include "console/views/theme.h"

#include <QPlainTextEdit>

namespace belfry {

// A text that nobody edits, in the font of definitions.
class CodeText : public QPlainTextEdit
{
    Q_OBJECT

public:
    explicit CodeText(const QString &name, QWidget *parent = nullptr);
};

// Lines that came and went, by signs and by colour.
class DiffText final : public CodeText
{
    Q_OBJECT

public:
    DiffText(const Theme *theme, const QString &name, QWidget *parent = nullptr);
    void setLines(const std::vector<DiffLine> &lines);
    void setWhole(const QString &text); // nothing of it came or went

private:
    void tint();

    const Theme *m_theme;
    std::vector<DiffLine> m_lines;
};

} // namespace belfry

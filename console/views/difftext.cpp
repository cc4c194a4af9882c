// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/difftext.h"

#include <QTextBlock>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

QString signedLine(const DiffLine &line)
{
    switch (line.kind) {
    case DiffLine::Removed:
        return u"- "_s + line.text;
    case DiffLine::Added:
        return u"+ "_s + line.text;
    case DiffLine::Skipped:
        return DiffText::tr("  ... %n line(s) alike ...", nullptr, line.count);
    case DiffLine::Same:
        break;
    }
    return u"  "_s + line.text;
}

} // namespace

CodeText::CodeText(const QString &name, QWidget *parent)
    : QPlainTextEdit(parent)
{
    setReadOnly(true);
    setAccessibleName(name);
    setLineWrapMode(QPlainTextEdit::NoWrap);
    setTabChangesFocus(true);
    const QFont font = Theme::fixedFont();
    setStyleSheet(u"font-family: \"%1\"; font-size: %2pt;"_s.arg(font.family()).arg(font.pointSizeF()));
}

DiffText::DiffText(const Theme *theme, const QString &name, QWidget *parent)
    : CodeText(name, parent)
    , m_theme(theme)
{
    connect(theme, &Theme::changed, this, &DiffText::tint);
}

void DiffText::setLines(const std::vector<DiffLine> &lines)
{
    m_lines = lines;
    QStringList texts;
    for (const DiffLine &each : lines)
        texts += signedLine(each);
    setPlainText(texts.join(u'\n'));
    tint();
}

void DiffText::setWhole(const QString &text)
{
    m_lines.clear();
    setPlainText(text);
    tint();
}

void DiffText::tint()
{
    QList<QTextEdit::ExtraSelection> all;
    for (std::size_t i = 0; i < m_lines.size(); ++i) {
        const DiffLine::Kind kind = m_lines[i].kind;
        if (kind == DiffLine::Same)
            continue;
        QTextEdit::ExtraSelection each;
        each.cursor = QTextCursor(document()->findBlockByNumber(int(i)));
        each.format.setProperty(QTextFormat::FullWidthSelection, true);
        if (kind == DiffLine::Skipped) {
            each.format.setForeground(m_theme->color(u"muted"_s));
            each.cursor.movePosition(QTextCursor::EndOfBlock, QTextCursor::KeepAnchor);
        } else {
            each.format.setBackground(m_theme->color(kind == DiffLine::Added ? u"goodField"_s : u"faultField"_s));
        }
        all.append(each);
    }
    setExtraSelections(all);
}

} // namespace belfry

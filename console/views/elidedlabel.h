// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLabel>

namespace belfry {

// A muted line of text that gives way: what has no room is cut, and said by the tooltip.
class ElidedLabel final : public QLabel
{
    Q_OBJECT

public:
    explicit ElidedLabel(QWidget *parent = nullptr)
        : QLabel(parent)
    {
        setProperty("kind", QStringLiteral("muted"));
        setTextFormat(Qt::PlainText);
        setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
        setMinimumWidth(40);
    }
    void setText(const QString &text)
    {
        if (m_whole == text)
            return;
        m_whole = text;
        setToolTip(text);
        setAccessibleName(text);
        cut();
    }
    QString wholeText() const { return m_whole; }

protected:
    void resizeEvent(QResizeEvent *event) override
    {
        QLabel::resizeEvent(event);
        cut();
    }

private:
    void cut() { QLabel::setText(fontMetrics().elidedText(m_whole, Qt::ElideRight, width())); }
    QString m_whole;
};

} // namespace belfry

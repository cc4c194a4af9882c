// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/logs/logmap.h"
#include "console/views/theme.h"

#include <QTimer>
#include <QWidget>

namespace belfry {

class LogView;

// A strip beside a log with the errors, warnings and found lines of all of it; a click leads there. It has one mark
// for a row of pixels, however many lines that stands for.
class LogMinimap final : public QWidget
{
    Q_OBJECT

public:
    LogMinimap(const Theme *theme, LogView *view, QWidget *parent = nullptr);

    void setMarks(const LogMap::Marks &marks);
    // There may be more of them, or other rows: drawn anew, but not too often.
    void refresh();
    const LogMap &map() const { return m_map; }

    QSize sizeHint() const override;

Q_SIGNALS:
    void lineWanted(qint64 line);

protected:
    bool event(QEvent *event) override;
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;

private:
    void redo();
    QString words() const;

    const Theme *m_theme;
    LogView *m_view;
    LogMap::Marks m_marks;
    LogMap m_map;
    QTimer m_soon;
};

} // namespace belfry

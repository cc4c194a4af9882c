// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/logs/lineset.h"
#include "console/logs/logtext.h"
#include "console/views/linelayout.h"

#include <QAbstractScrollArea>

class QPushButton;

namespace belfry {

// The lines of a log, or some of them, in rows of one height: only what is seen is read and drawn. It has a current
// line, a selection, and may follow the end.
class LogView final : public QAbstractScrollArea
{
    Q_OBJECT

public:
    enum class TimeStamps { None, Relative, Local, Utc };
    Q_ENUM(TimeStamps)
    struct Position {
        qint64 line = 0;
        qsizetype column = 0;
        auto operator<=>(const Position &) const = default;
    };

    explicit LogView(const Theme *theme, QWidget *parent = nullptr);
    ~LogView() override;

    // Null: none.
    void setText(std::shared_ptr<LogText> text);
    // The lines that are shown; null: all.
    void setRows(std::shared_ptr<const LineSet> rows);
    // What is marked where it is found.
    void setMarks(std::optional<LineMatcher> marks);
    // There are more lines.
    void grow();

    qint64 rowCount() const;
    qint64 currentLine() const { return m_current.line; }
    // Into the middle of the view unless it is seen; following ends.
    void goToLine(qint64 line);
    bool isFollowing() const { return m_follows; }
    void setFollowing(bool follows);
    TimeStamps timeStamps() const { return m_timeStamps; }
    // Whether it counts the new lines that are not seen.
    void setCounting(bool counts) { m_counts = counts; }
    // `origin`: from when on relative times count.
    void setTimeStamps(TimeStamps stamps, Instant origin);
    // Steps of a point; 0: as the system has it.
    int zoom() const { return m_zoom; }
    void setZoom(int steps);

    bool hasSelection() const { return m_anchor != m_current; }
    // Plain, with line breaks; cut where it would be more than a clipboard bears (then `cut` is set).
    QString selectedText(bool *cut = nullptr);
    void selectAll();
    // Of the rows that are seen.
    QStringList visibleText();

Q_SIGNALS:
    void followingChanged(bool follows);
    void currentLineChanged(qint64 line);
    // Enter, or a double click where `opens`.
    void lineOpened(qint64 line);
    void copied(bool cut);
    void zoomChanged();
    // N and Shift+N.
    void nextWanted(bool forward);

protected:
    bool event(QEvent *event) override;
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    void mouseDoubleClickEvent(QMouseEvent *event) override;
    void wheelEvent(QWheelEvent *event) override;
    void changeEvent(QEvent *event) override;
    void focusInEvent(QFocusEvent *event) override;
    void focusOutEvent(QFocusEvent *event) override;
    void contextMenuEvent(QContextMenuEvent *event) override;

private:
    qint64 lineOfRow(qint64 row) const;
    qint64 rowOfLine(qint64 line) const;
    qint64 topRow() const;
    qint64 fullRows() const; // that fit
    void measure();
    void updateBars();
    void showRow(qint64 row);
    void toEnd();
    void moveCurrent(qint64 row, bool select);
    void setCurrent(const Position &position, bool select);
    void placePill();
    void copy();
    void tellCurrent();
    qreal textLeft() const; // of the viewport; lines begin here
    QString stampText(const LogSpool::Stamp &stamp) const;
    Position positionAt(const QPoint &at);
    LineMatcher::Span selectionIn(qint64 line, qsizetype length) const;
    void drawRow(QPainter *painter, qint64 row, qreal y);
    QColor groundOf(const LogText::Line &line, qint64 number) const;

    const Theme *m_theme;
    LogColors m_colors;
    LineLayout::Look m_look;
    std::shared_ptr<LogText> m_text;
    std::shared_ptr<const LineSet> m_rows;
    std::optional<LineMatcher> m_marks;
    Position m_anchor;
    Position m_current;
    bool m_follows = false;
    qint64 m_seenRows = 0; // when following ended
    TimeStamps m_timeStamps = TimeStamps::None;
    Instant m_origin;
    int m_zoom = 0;
    int m_digits = 4; // of line numbers
    qreal m_widest = 0; // of the lines that were drawn
    bool m_counts = true;
    bool m_dragging = false;
    QPushButton *m_pill;
};

} // namespace belfry

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/logs/logcopy.h"
#include "console/views/logrowpainter.h"

#include <QAbstractScrollArea>

class QPushButton;

namespace belfry {

// The lines of a log, or some of them, in rows of one height: only what is seen is read and drawn. It has a current
// line, a selection, groups that can be folded away, and may follow the end.
class LogView final : public QAbstractScrollArea
{
    Q_OBJECT

public:
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

    const LogRows &rows() const { return m_rows; }
    qint64 rowCount() const { return m_rows.count(); }
    qint64 topRow() const;
    qint64 fullRows() const; // that fit
    qint64 currentLine() const { return m_current.line; }
    // Into the middle of the view unless it is seen, out of the group that it is folded in; following ends.
    void goToLine(qint64 line);
    bool isFollowing() const { return m_follows; }
    void setFollowing(bool follows);
    // Whether it counts the new lines that are not seen.
    void setCounting(bool counts) { m_counts = counts; }
    const LogStamps &stamps() const { return m_painter.stamps(); }
    void setStamps(const LogStamps &stamps);
    // Steps of a point; 0: as the system has it.
    int zoom() const { return m_zoom; }
    void setZoom(int steps);

    // The group of the current line, if it can be folded.
    std::optional<LogFolds::Group> currentGroup() const;
    void toggleGroup(const LogFolds::Group &group);
    void foldAll(bool folded);

    bool hasSelection() const { return m_anchor != m_current; }
    // The selection, or else the current line.
    LogCopy copied(LogCopy::Form form);
    void copy();
    void selectAll();
    // Of the rows that are seen.
    QStringList visibleText();

Q_SIGNALS:
    void followingChanged(bool follows);
    void currentLineChanged(qint64 line);
    // Enter, or a double click where `opens`.
    void lineOpened(qint64 line);
    void wasCopied(bool cut);
    void zoomChanged();
    // Other rows are seen, or others are there.
    void rowsChanged();
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
    void measure();
    void updateBars();
    void showRow(qint64 row);
    void toEnd();
    void moveCurrent(qint64 row, bool select);
    void setCurrent(const LogPosition &position, bool select);
    void placePill();
    void tellCurrent();
    bool foldByKey(bool folds);
    void afterFolding(qint64 row);
    // The group whose header this is and that has more lines than it.
    std::optional<LogFolds::Group> groupOfHeader(qint64 line) const;
    bool isAtHeader(const QPoint &at, LogFolds::Group *group) const;
    LogPosition positionAt(const QPoint &at);
    LineMatcher::Span selectionIn(qint64 line, qsizetype length) const;
    LogRowPainter::Row drawnRow(qint64 number);

    const Theme *m_theme;
    LogRowPainter m_painter;
    std::shared_ptr<LogText> m_text;
    LogRows m_rows;
    LogPosition m_anchor;
    LogPosition m_current;
    bool m_follows = false;
    qint64 m_seenRows = 0; // when following ended
    int m_zoom = 0;
    qreal m_widest = 0; // of the lines that were drawn
    bool m_counts = true;
    bool m_dragging = false;
    QPushButton *m_pill;
};

} // namespace belfry

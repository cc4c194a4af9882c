// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/logview.h"

#include <QLocale>
#include <QPainter>
#include <QPushButton>
#include <QScrollBar>

#include <cmath>

// What is shown, where, and how it moves; logviewinput.cpp has keys and mouse, logviewfolds.cpp the groups.
namespace belfry {

using namespace Qt::StringLiterals;

namespace {

constexpr int pillGap = 10; // below it
constexpr int mostZoom = 20;

} // namespace

LogView::LogView(const Theme *theme, QWidget *parent)
    : QAbstractScrollArea(parent)
    , m_theme(theme)
    , m_painter(theme)
    , m_pill(new QPushButton(viewport()))
{
    setFocusPolicy(Qt::StrongFocus);
    setFrameShape(QFrame::NoFrame);
    setAttribute(Qt::WA_InputMethodEnabled, false);
    viewport()->setCursor(Qt::IBeamCursor);
    viewport()->setMouseTracking(true);
    m_pill->setObjectName(u"newLines"_s);
    m_pill->setProperty("kind", u"primary"_s);
    m_pill->setCursor(Qt::ArrowCursor);
    m_pill->setFocusPolicy(Qt::NoFocus);
    m_pill->hide();
    connect(m_pill, &QPushButton::clicked, this, [this] { setFollowing(true); });
    for (QScrollBar *bar : {verticalScrollBar(), horizontalScrollBar()})
        connect(bar, &QScrollBar::valueChanged, viewport(), qOverload<>(&QWidget::update));
    connect(verticalScrollBar(), &QScrollBar::valueChanged, this, &LogView::rowsChanged);
    // By the bar or the wheel: away from the end ends following, to the end begins it.
    connect(verticalScrollBar(), &QScrollBar::actionTriggered, this,
        [this] { setFollowing(verticalScrollBar()->sliderPosition() == verticalScrollBar()->maximum()); });
    connect(theme, &Theme::changed, this, [this] { measure(); });
    measure();
}

LogView::~LogView() = default;

void LogView::measure()
{
    m_painter.measure(m_zoom);
    m_widest = 0;
    updateBars();
    viewport()->update();
}

void LogView::setText(std::shared_ptr<LogText> text)
{
    m_text = std::move(text);
    m_rows.setSpool(m_text ? m_text->spool() : nullptr);
    m_current = m_anchor = {};
    m_seenRows = 0;
    m_widest = 0;
    horizontalScrollBar()->setValue(0);
    verticalScrollBar()->setValue(0);
    grow();
    tellCurrent();
}

void LogView::setRows(std::shared_ptr<const LineSet> rows)
{
    const qint64 line = m_current.line;
    m_rows.setOnly(std::move(rows));
    m_seenRows = rowCount();
    grow();
    if (!m_follows)
        showRow(std::min(m_rows.rowOf(line), rowCount() - 1));
}

void LogView::setMarks(std::optional<LineMatcher> marks)
{
    m_painter.setMarks(std::move(marks));
    viewport()->update();
}

qint64 LogView::topRow() const
{
    return verticalScrollBar()->value();
}

qint64 LogView::fullRows() const
{
    return std::max<qint64>(1, qint64(viewport()->height() / m_painter.height()));
}

void LogView::grow()
{
    m_rows.grow();
    m_painter.setLargestNumber(m_text ? m_text->lineCount() : 0);
    updateBars();
    if (m_follows)
        toEnd();
    placePill();
    viewport()->update();
    Q_EMIT rowsChanged();
}

void LogView::updateBars()
{
    const qint64 hidden = std::max<qint64>(0, rowCount() - fullRows());
    verticalScrollBar()->setPageStep(int(fullRows()));
    verticalScrollBar()->setRange(0, int(std::min<qint64>(hidden, std::numeric_limits<int>::max())));
    const qreal room = std::max(50.0, viewport()->width() - m_painter.textLeft());
    horizontalScrollBar()->setPageStep(int(room));
    horizontalScrollBar()->setSingleStep(int(std::max(8.0, m_painter.look().cell * 4)));
    horizontalScrollBar()->setRange(0, int(std::max(0.0, std::ceil(m_widest + pillGap - room))));
}

void LogView::setFollowing(bool follows)
{
    if (follows)
        toEnd();
    if (std::exchange(m_follows, follows) == follows)
        return;
    m_seenRows = rowCount();
    placePill();
    Q_EMIT followingChanged(follows);
}

void LogView::toEnd()
{
    m_seenRows = rowCount();
    verticalScrollBar()->setValue(verticalScrollBar()->maximum());
    if (!hasSelection() && rowCount() > 0)
        setCurrent({m_rows.lineOf(rowCount() - 1), 0}, false);
}

void LogView::placePill()
{
    const qint64 fresh = m_follows || !m_counts ? 0 : rowCount() - m_seenRows;
    m_pill->setVisible(fresh > 0 && m_text);
    if (fresh <= 0)
        return;
    m_pill->setText(fresh == 1 ? tr("1 new line") : tr("%1 new lines").arg(QLocale().toString(fresh)));
    m_pill->setAccessibleName(tr("Follow the end: %1").arg(m_pill->text()));
    m_pill->adjustSize();
    m_pill->move((viewport()->width() - m_pill->width()) / 2, viewport()->height() - m_pill->height() - pillGap);
}

void LogView::showRow(qint64 row)
{
    const qint64 top = topRow();
    if (row >= top && row < top + fullRows())
        return;
    verticalScrollBar()->setValue(int(std::max<qint64>(0, row - fullRows() / 2)));
}

void LogView::goToLine(qint64 line)
{
    if (!m_text || rowCount() == 0)
        return;
    setFollowing(false);
    if (LogFolds *folds = m_rows.folds(); folds && folds->reveal(std::min(line, m_text->lineCount() - 1)))
        updateBars();
    const qint64 row = std::clamp<qint64>(m_rows.rowOf(line), 0, rowCount() - 1);
    setCurrent({m_rows.lineOf(row), 0}, false);
    showRow(row);
}

void LogView::moveCurrent(qint64 row, bool select)
{
    if (rowCount() == 0)
        return;
    row = std::clamp<qint64>(row, 0, rowCount() - 1);
    setFollowing(false);
    const qint64 top = topRow();
    if (row < top)
        verticalScrollBar()->setValue(int(row));
    else if (row >= top + fullRows())
        verticalScrollBar()->setValue(int(row - fullRows() + 1));
    // Whole lines are selected by the keyboard.
    setCurrent({m_rows.lineOf(row), select && row >= m_rows.rowOf(m_anchor.line) ? std::numeric_limits<int>::max() : 0},
        select);
}

void LogView::setCurrent(const LogPosition &position, bool select)
{
    const bool moves = position.line != m_current.line;
    m_current = position;
    if (!select)
        m_anchor = position;
    viewport()->update();
    if (moves)
        tellCurrent();
}

void LogView::tellCurrent()
{
    if (!m_text || rowCount() == 0) {
        setAccessibleDescription({});
        return;
    }
    const LogPosition at = m_current;
    const LogText::Line line = m_text->line(at.line);
    const auto group = groupOfHeader(at.line);
    const LogFolds *folds = m_rows.folds();
    const QString remark = line.stamp.stream == LogSpool::Stderr ? tr(" (stderr)")
        : !group || !folds                                       ? QString()
        : folds->isFolded(*group) ? tr(" (a group of %1 lines, folded)").arg(group->last - group->header)
                                  : tr(" (a group of %1 lines)").arg(group->last - group->header);
    setAccessibleDescription(tr("Line %1%2: %3").arg(at.line + 1).arg(remark, line.styled.text));
    Q_EMIT currentLineChanged(at.line);
}

void LogView::setStamps(const LogStamps &stamps)
{
    m_painter.setStamps(stamps);
    updateBars();
    viewport()->update();
}

void LogView::setZoom(int steps)
{
    m_zoom = std::clamp(steps, -4, mostZoom);
    measure();
    if (m_follows)
        toEnd();
    Q_EMIT zoomChanged();
}

LineMatcher::Span LogView::selectionIn(qint64 line, qsizetype length) const
{
    const LogPosition from = std::min(m_anchor, m_current);
    const LogPosition until = std::max(m_anchor, m_current);
    if (line < from.line || line > until.line || from == until)
        return {};
    const qsizetype begin = line == from.line ? std::min(from.column, length) : 0;
    const qsizetype end = line == until.line ? std::min(until.column, length) : length;
    return {begin, end - begin};
}

LogRowPainter::Row LogView::drawnRow(qint64 number)
{
    LogRowPainter::Row row{.number = number, .line = m_text->line(number)};
    row.mark = m_text->spool()->index().marks().of(number);
    row.isCurrent = number == m_current.line && (hasFocus() || !m_follows);
    row.selection = selectionIn(number, row.line.styled.text.size());
    const auto group = row.mark == LineMark::Group ? groupOfHeader(number) : std::nullopt;
    row.canFold = group.has_value();
    row.folded = group && m_rows.folds()->isFolded(*group) ? group->last - group->header : 0;
    return row;
}

void LogView::paintEvent(QPaintEvent *)
{
    QPainter painter(viewport());
    painter.fillRect(viewport()->rect(), m_theme->color(u"surface"_s));
    if (!m_text)
        return;
    const qreal widest = m_widest;
    qreal y = 0;
    for (qint64 row = topRow(); y < viewport()->height(); ++row) {
        const qint64 number = m_rows.lineOf(row);
        if (number < 0)
            break;
        const QRectF whole(0, y, viewport()->width(), m_painter.height());
        m_widest
            = std::max(m_widest, m_painter.draw(&painter, drawnRow(number), whole, horizontalScrollBar()->value()));
        y += m_painter.height();
    }
    if (m_widest > widest)
        QMetaObject::invokeMethod(this, &LogView::updateBars, Qt::QueuedConnection);
}

void LogView::resizeEvent(QResizeEvent *)
{
    updateBars();
    if (m_follows)
        toEnd();
    placePill();
    Q_EMIT rowsChanged();
}

void LogView::changeEvent(QEvent *event)
{
    QAbstractScrollArea::changeEvent(event);
    if (event->type() == QEvent::FontChange || event->type() == QEvent::StyleChange)
        measure();
}

QStringList LogView::visibleText()
{
    QStringList lines;
    for (qint64 row = topRow(); row < std::min(rowCount(), topRow() + fullRows() + 1); ++row)
        lines += m_text->line(m_rows.lineOf(row)).styled.text;
    return lines;
}

} // namespace belfry

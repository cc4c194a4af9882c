// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/logview.h"

#include <QApplication>
#include <QClipboard>
#include <QDateTime>
#include <QLocale>
#include <QMenu>
#include <QMouseEvent>
#include <QPushButton>
#include <QScrollBar>

#include <cmath>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

constexpr qreal lineHeight = 1.12; // of the font's own
constexpr int gap = 10; // between columns
constexpr int streamBar = 3; // width of what marks stderr
constexpr qint64 mostCopied = 16 << 20; // characters
constexpr int mostZoom = 20;

int digitsOf(qint64 number)
{
    return int(QString::number(number).size());
}

} // namespace

LogView::LogView(const Theme *theme, QWidget *parent)
    : QAbstractScrollArea(parent)
    , m_theme(theme)
    , m_colors(theme)
    , m_pill(new QPushButton(viewport()))
{
    setFocusPolicy(Qt::StrongFocus);
    setFrameShape(QFrame::NoFrame);
    setAttribute(Qt::WA_InputMethodEnabled, false);
    viewport()->setCursor(Qt::IBeamCursor);
    m_look.colors = &m_colors;
    m_pill->setObjectName(u"newLines"_s);
    m_pill->setProperty("kind", u"primary"_s);
    m_pill->setCursor(Qt::ArrowCursor);
    m_pill->setFocusPolicy(Qt::NoFocus);
    m_pill->hide();
    connect(m_pill, &QPushButton::clicked, this, [this] { setFollowing(true); });
    connect(verticalScrollBar(), &QScrollBar::valueChanged, viewport(), qOverload<>(&QWidget::update));
    connect(horizontalScrollBar(), &QScrollBar::valueChanged, viewport(), qOverload<>(&QWidget::update));
    // By the bar or the wheel: away from the end ends following, to the end begins it.
    connect(verticalScrollBar(), &QScrollBar::actionTriggered, this,
        [this] { setFollowing(verticalScrollBar()->sliderPosition() == verticalScrollBar()->maximum()); });
    connect(theme, &Theme::changed, this, [this] { measure(); });
    measure();
}

LogView::~LogView() = default;

void LogView::measure()
{
    m_look.font = Theme::fixedFont();
    m_look.font.setPointSizeF(std::max(5.0, m_look.font.pointSizeF() + m_zoom));
    const QFontMetricsF metrics(m_look.font);
    constexpr int sample = 100;
    m_look.cell = QFontInfo(m_look.font).fixedPitch() ? metrics.horizontalAdvance(QString(sample, u'0')) / sample : 0;
    m_look.height = std::ceil(metrics.height() * lineHeight);
    m_look.ascent = std::round((m_look.height - metrics.height()) / 2 + metrics.ascent());
    m_look.markInk = m_theme->color(u"noticeText"_s);
    m_look.markGround = m_theme->color(u"notice"_s);
    m_look.selectionInk = m_theme->color(u"selectionText"_s);
    m_look.selectionGround = m_theme->color(u"selection"_s);
    m_widest = 0;
    updateBars();
    viewport()->update();
}

void LogView::setText(std::shared_ptr<LogText> text)
{
    m_text = std::move(text);
    m_rows.reset();
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
    m_rows = std::move(rows);
    m_seenRows = rowCount();
    grow();
    if (!m_follows)
        showRow(std::min(rowOfLine(line), rowCount() - 1));
}

void LogView::setMarks(std::optional<LineMatcher> marks)
{
    m_marks = std::move(marks);
    viewport()->update();
}

qint64 LogView::rowCount() const
{
    return m_rows ? m_rows->count() : m_text ? m_text->lineCount() : 0;
}

qint64 LogView::lineOfRow(qint64 row) const
{
    return m_rows ? m_rows->at(row) : row;
}

qint64 LogView::rowOfLine(qint64 line) const
{
    return m_rows ? m_rows->position(line) : line;
}

qint64 LogView::topRow() const
{
    return verticalScrollBar()->value();
}

qint64 LogView::fullRows() const
{
    return std::max<qint64>(1, qint64(viewport()->height() / m_look.height));
}

void LogView::grow()
{
    m_digits = std::max(4, digitsOf(m_text ? m_text->lineCount() : 0));
    updateBars();
    if (m_follows)
        toEnd();
    placePill();
    viewport()->update();
}

void LogView::updateBars()
{
    const qint64 hidden = std::max<qint64>(0, rowCount() - fullRows());
    verticalScrollBar()->setPageStep(int(fullRows()));
    verticalScrollBar()->setRange(0, int(std::min<qint64>(hidden, std::numeric_limits<int>::max())));
    const qreal room = std::max(50.0, viewport()->width() - textLeft());
    horizontalScrollBar()->setPageStep(int(room));
    horizontalScrollBar()->setSingleStep(int(std::max(8.0, m_look.cell * 4)));
    horizontalScrollBar()->setRange(0, int(std::max(0.0, std::ceil(m_widest + gap - room))));
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
        setCurrent({lineOfRow(rowCount() - 1), 0}, false);
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
    m_pill->move((viewport()->width() - m_pill->width()) / 2, viewport()->height() - m_pill->height() - gap);
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
    const qint64 row = std::clamp<qint64>(rowOfLine(line), 0, rowCount() - 1);
    setCurrent({lineOfRow(row), 0}, false);
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
    setCurrent(
        {lineOfRow(row), select && row >= rowOfLine(m_anchor.line) ? std::numeric_limits<int>::max() : 0}, select);
}

void LogView::setCurrent(const Position &position, bool select)
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
    const LogText::Line line = m_text->line(m_current.line);
    const QString stream = line.stamp.stream == LogSpool::Stderr ? tr(" (stderr)") : QString();
    setAccessibleDescription(tr("Line %1%2: %3").arg(m_current.line + 1).arg(stream, line.styled.text));
    Q_EMIT currentLineChanged(m_current.line);
}

void LogView::setTimeStamps(TimeStamps stamps, Instant origin)
{
    m_timeStamps = stamps;
    m_origin = origin;
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

QString LogView::stampText(const LogSpool::Stamp &stamp) const
{
    if (stamp.at.ms == 0)
        return {};
    switch (m_timeStamps) {
    case TimeStamps::None:
        break;
    case TimeStamps::Local:
        return QDateTime::fromMSecsSinceEpoch(stamp.at.ms, Qt::LocalTime).toString(u"HH:mm:ss.zzz"_s);
    case TimeStamps::Utc:
        return QDateTime::fromMSecsSinceEpoch(stamp.at.ms, Qt::UTC).toString(u"HH:mm:ss.zzz"_s);
    case TimeStamps::Relative: {
        const qint64 ms = std::max<qint64>(0, stamp.at.ms - m_origin.ms);
        return u"+%1:%2:%3.%4"_s.arg(ms / 3'600'000)
            .arg(ms / 60'000 % 60, 2, 10, QChar(u'0'))
            .arg(ms / 1000 % 60, 2, 10, QChar(u'0'))
            .arg(ms % 1000, 3, 10, QChar(u'0'));
    }
    }
    return {};
}

qreal LogView::textLeft() const
{
    const qreal cell = QFontMetricsF(m_look.font).horizontalAdvance(u'0');
    const qreal stamp = m_timeStamps == TimeStamps::None ? 0 : cell * 13 + gap;
    return gap + cell * m_digits + gap + stamp + streamBar + gap / 2.0;
}

LineMatcher::Span LogView::selectionIn(qint64 line, qsizetype length) const
{
    const Position from = std::min(m_anchor, m_current);
    const Position until = std::max(m_anchor, m_current);
    if (line < from.line || line > until.line || from == until)
        return {};
    const qsizetype begin = line == from.line ? std::min(from.column, length) : 0;
    const qsizetype end = line == until.line ? std::min(until.column, length) : length;
    return {begin, end - begin};
}

QColor LogView::groundOf(const LogText::Line &line, qint64 number) const
{
    if (line.styled.text.startsWith("##[error]"_L1))
        return m_theme->color(u"faultField"_s);
    if (line.styled.text.startsWith("##[warning]"_L1))
        return m_theme->color(u"notice"_s);
    if (number == m_current.line && (hasFocus() || !m_follows))
        return m_theme->color(u"hover"_s);
    return m_theme->color(u"surface"_s);
}

void LogView::drawRow(QPainter *painter, qint64 row, qreal y)
{
    const qint64 number = lineOfRow(row);
    if (number < 0)
        return;
    LogText::Line line = m_text->line(number);
    const bool isNote = line.stamp.stream == LogSpool::Note || !line.fault.isEmpty();
    if (!line.fault.isEmpty())
        line.styled.text = line.fault;
    if (isNote)
        line.styled.runs = {{0, line.styled.text.size(), {}}};
    const QRectF whole(0, y, viewport()->width(), m_look.height);
    const QColor ground = isNote ? m_theme->color(u"notice"_s) : groundOf(line, number);
    painter->fillRect(whole, ground);
    const qreal left = textLeft();
    const QFontMetricsF metrics(m_look.font);
    // The gutter.
    painter->setFont(m_look.font);
    painter->setPen(readable(m_theme->color(u"muted"_s), ground));
    const qreal digits = metrics.horizontalAdvance(u'0') * m_digits;
    painter->drawText(
        QRectF(gap, y, digits, m_look.height), Qt::AlignRight | Qt::AlignVCenter, QString::number(number + 1));
    if (m_timeStamps != TimeStamps::None)
        painter->drawText(QPointF(gap + digits + gap, y + m_look.ascent), stampText(line.stamp));
    if (line.stamp.stream == LogSpool::Stderr)
        painter->fillRect(
            QRectF(left - streamBar - gap / 2.0, y, streamBar, m_look.height), m_theme->color(Look::Warning));
    // The text.
    LineLayout layout(line.styled, m_look);
    const QRectF clip(left, y, whole.width() - left, m_look.height);
    const qreal x = left - horizontalScrollBar()->value();
    painter->save();
    painter->setClipRect(clip);
    LineMatcher::Span selection = selectionIn(number, line.styled.text.size());
    layout.draw(painter, {x, y}, clip, ground,
        m_marks ? m_marks->spansIn(line.styled.text) : std::vector<LineMatcher::Span>(), selection);
    qreal width = layout.width();
    if (line.hidden > 0) {
        const QString more = tr(" … %1 more, in the saved log").arg(formatSize(line.hidden));
        painter->setFont(m_look.font);
        painter->setPen(readable(m_theme->color(u"muted"_s), ground));
        painter->drawText(QPointF(x + width, y + m_look.ascent), more);
        width += metrics.horizontalAdvance(more);
    }
    painter->restore();
    m_widest = std::max(m_widest, width);
}

void LogView::paintEvent(QPaintEvent *)
{
    QPainter painter(viewport());
    painter.fillRect(viewport()->rect(), m_theme->color(u"surface"_s));
    if (!m_text)
        return;
    const qreal widest = m_widest;
    const qint64 rows = rowCount();
    qreal y = 0;
    for (qint64 row = topRow(); row < rows && y < viewport()->height(); ++row) {
        drawRow(&painter, row, y);
        y += m_look.height;
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
}

// N is a key of the log while it has the focus, whatever it is elsewhere.
bool LogView::event(QEvent *event)
{
    if (event->type() == QEvent::ShortcutOverride) {
        auto *key = static_cast<QKeyEvent *>(event);
        if (key->key() == Qt::Key_N && !(key->modifiers() & ~Qt::ShiftModifier))
            key->accept();
    }
    return QAbstractScrollArea::event(event);
}

void LogView::keyPressEvent(QKeyEvent *event)
{
    const bool shift = event->modifiers() & Qt::ShiftModifier;
    const qint64 row = rowOfLine(m_current.line);
    if (event->matches(QKeySequence::Copy)) {
        copy();
        return;
    }
    if (event->matches(QKeySequence::SelectAll)) {
        selectAll();
        return;
    }
    switch (event->key()) {
    case Qt::Key_Up:
        moveCurrent(row - 1, shift);
        break;
    case Qt::Key_Down:
        moveCurrent(row + 1, shift);
        break;
    case Qt::Key_PageUp:
        moveCurrent(row - fullRows(), shift);
        break;
    case Qt::Key_PageDown:
        moveCurrent(row + fullRows(), shift);
        break;
    case Qt::Key_Home:
        moveCurrent(0, shift);
        break;
    case Qt::Key_End:
        setFollowing(true);
        break;
    case Qt::Key_Left:
    case Qt::Key_Right:
        horizontalScrollBar()->triggerAction(
            event->key() == Qt::Key_Left ? QScrollBar::SliderSingleStepSub : QScrollBar::SliderSingleStepAdd);
        break;
    case Qt::Key_N:
        if (!(event->modifiers() & ~Qt::ShiftModifier))
            Q_EMIT nextWanted(!shift);
        break;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        Q_EMIT lineOpened(m_current.line);
        break;
    default:
        QAbstractScrollArea::keyPressEvent(event);
    }
}

LogView::Position LogView::positionAt(const QPoint &at)
{
    const qint64 row = std::clamp<qint64>(
        topRow() + qint64(std::floor(at.y() / m_look.height)), 0, std::max<qint64>(0, rowCount() - 1));
    const qint64 number = lineOfRow(row);
    const LogText::Line line = m_text->line(number);
    const LineLayout layout(line.styled, m_look);
    return {number, layout.positionAt(at.x() - textLeft() + horizontalScrollBar()->value())};
}

void LogView::mousePressEvent(QMouseEvent *event)
{
    if (event->button() != Qt::LeftButton || !m_text || rowCount() == 0)
        return;
    if (m_follows)
        setFollowing(false); // what is being looked at stays where it is
    setCurrent(positionAt(event->pos()), event->modifiers() & Qt::ShiftModifier);
    m_dragging = true;
    Q_EMIT currentLineChanged(m_current.line);
}

void LogView::mouseMoveEvent(QMouseEvent *event)
{
    if (!m_dragging || !m_text)
        return;
    if (event->pos().y() < 0)
        verticalScrollBar()->setValue(verticalScrollBar()->value() - 1);
    else if (event->pos().y() > viewport()->height())
        verticalScrollBar()->setValue(verticalScrollBar()->value() + 1);
    setCurrent(positionAt(event->pos()), true);
}

void LogView::mouseReleaseEvent(QMouseEvent *)
{
    m_dragging = false;
}

void LogView::mouseDoubleClickEvent(QMouseEvent *event)
{
    if (event->button() != Qt::LeftButton || !m_text || rowCount() == 0)
        return;
    const Position at = positionAt(event->pos());
    const QString text = m_text->line(at.line).styled.text;
    const auto inWord
        = [&](qsizetype i) { return i >= 0 && i < text.size() && (text[i].isLetterOrNumber() || text[i] == u'_'); };
    qsizetype from = at.column;
    qsizetype until = at.column;
    while (inWord(from - 1))
        --from;
    while (inWord(until))
        ++until;
    setCurrent({at.line, from}, false);
    setCurrent({at.line, until}, true);
    Q_EMIT lineOpened(at.line);
}

void LogView::wheelEvent(QWheelEvent *event)
{
    if (event->modifiers() & Qt::ControlModifier) {
        if (event->angleDelta().y() != 0)
            setZoom(m_zoom + (event->angleDelta().y() > 0 ? 1 : -1));
        return;
    }
    QAbstractScrollArea::wheelEvent(event);
}

void LogView::changeEvent(QEvent *event)
{
    QAbstractScrollArea::changeEvent(event);
    if (event->type() == QEvent::FontChange || event->type() == QEvent::StyleChange)
        measure();
}

void LogView::focusInEvent(QFocusEvent *)
{
    viewport()->update();
}

void LogView::focusOutEvent(QFocusEvent *)
{
    viewport()->update();
}

void LogView::contextMenuEvent(QContextMenuEvent *event)
{
    QMenu menu(this);
    menu.addActions(actions());
    QAction *copying = menu.addAction(tr("Copy"), this, &LogView::copy);
    copying->setShortcut(QKeySequence::Copy);
    copying->setEnabled(hasSelection());
    menu.addAction(tr("Select all"), this, &LogView::selectAll)->setShortcut(QKeySequence::SelectAll);
    menu.exec(event->globalPos());
}

QString LogView::selectedText(bool *cut)
{
    if (cut)
        *cut = false;
    if (!m_text || !hasSelection())
        return {};
    const Position from = std::min(m_anchor, m_current);
    const Position until = std::max(m_anchor, m_current);
    QString all;
    const qint64 last = std::min(rowOfLine(until.line), rowCount() - 1);
    for (qint64 row = rowOfLine(from.line); row <= last; ++row) {
        const qint64 number = lineOfRow(row);
        QString line = m_text->plain(number, mostCopied);
        if (number == until.line)
            line.truncate(until.column);
        if (number == from.line)
            line.remove(0, from.column);
        all += line;
        if (number != until.line)
            all += u'\n';
        if (all.size() > mostCopied) {
            all.truncate(mostCopied);
            if (cut)
                *cut = true;
            break;
        }
    }
    return all;
}

void LogView::copy()
{
    bool cut = false;
    const QString text = hasSelection() ? selectedText(&cut)
        : m_text                        ? m_text->plain(m_current.line, mostCopied)
                                        : QString();
    if (text.isEmpty())
        return;
    QApplication::clipboard()->setText(text);
    Q_EMIT copied(cut);
}

void LogView::selectAll()
{
    if (rowCount() == 0)
        return;
    setFollowing(false);
    setCurrent({lineOfRow(0), 0}, false);
    setCurrent({lineOfRow(rowCount() - 1), std::numeric_limits<int>::max()}, true);
}

QStringList LogView::visibleText()
{
    QStringList lines;
    for (qint64 row = topRow(); row < std::min(rowCount(), topRow() + fullRows() + 1); ++row)
        lines += m_text->line(lineOfRow(row)).styled.text;
    return lines;
}

} // namespace belfry

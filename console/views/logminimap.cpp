// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/logminimap.h"

#include "console/views/logview.h"

#include <QHelpEvent>
#include <QLocale>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

constexpr auto redrawsEvery = 100ms;
constexpr int stripWidth = 14;
constexpr int markThickness = 2; // of a mark, that it may be seen

QString countOf(const std::shared_ptr<const LineSet> &set)
{
    return QLocale().toString(set ? set->count() : 0);
}

} // namespace

LogMinimap::LogMinimap(const Theme *theme, LogView *view, QWidget *parent)
    : QWidget(parent)
    , m_theme(theme)
    , m_view(view)
{
    setFixedWidth(stripWidth);
    setFocusPolicy(Qt::NoFocus); // F8 and F3 lead to the same places
    setCursor(Qt::PointingHandCursor);
    setAccessibleName(tr("Marks of the log"));
    m_soon.setSingleShot(true);
    m_soon.setInterval(redrawsEvery);
    connect(&m_soon, &QTimer::timeout, this, &LogMinimap::redo);
    connect(view, &LogView::rowsChanged, this, &LogMinimap::refresh);
    connect(theme, &Theme::changed, this, qOverload<>(&QWidget::update));
}

QSize LogMinimap::sizeHint() const
{
    return {stripWidth, 0};
}

void LogMinimap::setMarks(const LogMap::Marks &marks)
{
    m_marks = marks;
    refresh();
}

void LogMinimap::refresh()
{
    if (!m_soon.isActive())
        m_soon.start();
}

void LogMinimap::redo()
{
    m_map = LogMap(m_view->rows(), m_marks, height(), m_view->fullRows());
    setAccessibleDescription(words());
    update();
}

QString LogMinimap::words() const
{
    return tr("Lines with errors: %1, with warnings: %2, found: %3")
        .arg(countOf(m_marks.errors), countOf(m_marks.warnings), countOf(m_marks.hits));
}

void LogMinimap::resizeEvent(QResizeEvent *)
{
    refresh();
}

void LogMinimap::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.fillRect(rect(), m_theme->color(u"alternate"_s));
    const int top = m_map.stepOf(m_view->topRow());
    const int end = m_map.stepOf(m_view->topRow() + m_view->fullRows());
    painter.fillRect(QRect(0, top, stripWidth, std::max(3, end - top)), m_theme->color(u"track"_s));
    // Three columns, so that it is not the colour that tells them apart.
    for (int y = 0; y < m_map.height(); ++y) {
        const quint8 marks = m_map.at(y);
        if (marks & LogMap::Warning)
            painter.fillRect(QRect(1, y, 3, markThickness), m_theme->color(Look::Warning));
        if (marks & LogMap::Hit)
            painter.fillRect(QRect(9, y, 4, markThickness), m_theme->color(u"accent"_s));
        if (marks & LogMap::Error)
            painter.fillRect(QRect(1, y, 7, markThickness), m_theme->color(Look::Failed));
    }
}

bool LogMinimap::event(QEvent *event)
{
    if (event->type() != QEvent::ToolTip)
        return QWidget::event(event);
    const auto *help = static_cast<QHelpEvent *>(event);
    quint8 mark = 0;
    const qint64 line = m_map.lineNear(m_view->rows(), m_marks, help->pos().y(), &mark);
    const QString number = QLocale().toString(line + 1);
    QToolTip::showText(help->globalPos(),
        line < 0                    ? words()
            : mark == LogMap::Error ? tr("Line %1: error").arg(number)
            : mark == LogMap::Hit   ? tr("Line %1: found").arg(number)
                                    : tr("Line %1: warning").arg(number),
        this);
    return true;
}

void LogMinimap::mousePressEvent(QMouseEvent *event)
{
    if (event->button() != Qt::LeftButton || m_map.height() == 0 || m_view->rowCount() == 0)
        return;
    const int y = int(event->position().y());
    const qint64 marked = m_map.lineNear(m_view->rows(), m_marks, y, nullptr);
    const qint64 row = std::clamp<qint64>(m_map.rowAt(y), 0, m_view->rowCount() - 1);
    Q_EMIT lineWanted(marked >= 0 ? marked : m_view->rows().lineOf(row));
}

} // namespace belfry

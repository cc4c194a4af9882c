// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/runstrip.h"

#include <QHelpEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>

namespace belfry {

using namespace Qt::StringLiterals;

QRect StripGeometry::markRect(int at) const
{
    const int place = at - (count - shown());
    if (place < 0 || at >= count)
        return {};
    return QRect(rect.left() + place * pitch, rect.center().y() - mark / 2, mark, mark);
}

int StripGeometry::markAt(int x) const
{
    if (x < rect.left() || x >= rect.left() + shown() * pitch)
        return -1;
    return count - shown() + (x - rect.left()) / pitch;
}

void paintStrip(QPainter *painter, const Theme &theme, const StripGeometry &geometry,
    const std::vector<StripMark> &marks, const QColor &only)
{
    const qreal ratio = painter->device()->devicePixelRatioF();
    for (int at = geometry.count - geometry.shown(); at < geometry.count; ++at) {
        const StripMark &mark = marks[std::size_t(at)];
        painter->drawPixmap(geometry.markRect(at).topLeft(),
            theme.pixmap(mark.icon, only.isValid() ? only : theme.color(mark.look), StripGeometry::mark, ratio));
    }
}

RunStrip::RunStrip(Desk *desk, const QString &job, QWidget *parent)
    : QWidget(parent)
    , m_desk(desk)
    , m_job(job)
{
    setObjectName(u"run-strip"_s);
    setAccessibleName(tr("The newest runs"));
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    connect(desk->recentRuns, &RecentRuns::learned, this, [this](const QString &each) {
        if (each == m_job)
            reload();
    });
    connect(desk->theme, &Theme::changed, this, qOverload<>(&QWidget::update));
    connect(desk->session, &Session::phaseChanged, this, [this] {
        if (m_desk->session->isReady())
            reload();
        update();
    });
    reload();
}

void RunStrip::reload()
{
    const RunId chosen = m_current >= 0 ? m_marks[std::size_t(m_current)].run : RunId(); // 0: none
    std::vector<StripMark> fresh = m_desk->recentRuns->of(m_job);
    if (fresh.empty() && !m_marks.empty())
        return; // asked for again
    m_marks = std::move(fresh);
    m_current = int(m_marks.size()) - 1;
    for (int at = 0; at < int(m_marks.size()); ++at)
        if (m_marks[std::size_t(at)].run == chosen)
            m_current = at;
    choose(m_current);
}

void RunStrip::choose(int at)
{
    m_current = at;
    const QString words = m_desk->recentRuns->words(m_job);
    setAccessibleDescription(at < 0 ? words : words + u"; "_s + m_marks[std::size_t(at)].text);
    update();
}

void RunStrip::open()
{
    if (m_current >= 0)
        m_desk->navigator->openRun(m_marks[std::size_t(m_current)].run);
}

void RunStrip::keyPressEvent(QKeyEvent *event)
{
    const int count = int(m_marks.size());
    switch (event->key()) {
    case Qt::Key_Left:
        choose(std::max(std::min(0, count - 1), m_current - 1));
        return;
    case Qt::Key_Right:
        choose(std::min(count - 1, m_current + 1));
        return;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        open();
        return;
    default:
        event->ignore();
    }
}

void RunStrip::mousePressEvent(QMouseEvent *event)
{
    if (const int at = geometryOf().markAt(event->position().toPoint().x()); at >= 0) {
        choose(at);
        open();
    }
}

bool RunStrip::event(QEvent *event)
{
    if (event->type() != QEvent::ToolTip)
        return QWidget::event(event);
    const auto *help = static_cast<QHelpEvent *>(event);
    if (const int at = geometryOf().markAt(help->pos().x()); at >= 0)
        QToolTip::showText(help->globalPos(), m_marks[std::size_t(at)].text, this, geometryOf().markRect(at));
    else
        QToolTip::hideText();
    return true;
}

void RunStrip::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const Theme &theme = *m_desk->theme;
    const bool stale = !m_desk->session->isReady();
    paintStrip(&painter, theme, geometryOf(), m_marks, stale ? theme.color(u"muted"_s) : QColor());
    if (hasFocus() && m_current >= 0) {
        painter.setPen(QPen(theme.color(u"accent"_s), 2));
        painter.drawRect(geometryOf().markRect(m_current).adjusted(-2, -2, 1, 1));
    }
}

} // namespace belfry

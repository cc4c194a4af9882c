// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/heatmap.h"

#include "console/views/patterns.h"

#include <QAccessible>
#include <QHelpEvent>
#include <QLocale>
#include <QPainter>
#include <QToolTip>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

constexpr int leastPitch = 9;
constexpr int mostPitch = 26;
constexpr int gap = 3;
constexpr int countedFrom = 22; // cells of this pitch have room for a number
constexpr int monthsHeight = 20;
constexpr int margin = 4;
constexpr int jump = 4 * 7; // days

// `7`, `999`, `12k`
QString shortCount(qint64 count)
{
    if (count < 1000)
        return QString::number(count);
    return count < 1'000'000 ? u"%1k"_s.arg(count / 1000) : u"%1M"_s.arg(count / 1'000'000);
}

QColor blended(const QColor &ink, const QColor &paper, double share)
{
    const auto mix = [share](int a, int b) { return int(a * share + b * (1 - share)); };
    return QColor(
        mix(ink.red(), paper.red()), mix(ink.green(), paper.green()), mix(ink.blue(), paper.blue()));
}

int brightness(const QColor &color)
{
    return qGray(color.red(), color.green(), color.blue());
}

} // namespace

HeatMap::HeatMap(Desk *desk, const DayHistory *days, QWidget *parent)
    : QAbstractScrollArea(parent)
    , m_desk(desk)
    , m_days(days)
    , m_current(days->today())
    , m_today(days->today())
{
    setObjectName(u"heat-map"_s);
    setAccessibleName(tr("The last year, day by day"));
    setFocusPolicy(Qt::StrongFocus);
    setFrameShape(QFrame::NoFrame);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    connect(days, &DayHistory::changed, viewport(), qOverload<>(&QWidget::update));
    connect(desk->theme, &Theme::changed, viewport(), qOverload<>(&QWidget::update));
    connect(desk->session, &Session::phaseChanged, viewport(), qOverload<>(&QWidget::update));
    connect(desk->session, &Session::tick, this, [this] {
        const QDate today = m_days->today();
        const QDate before = std::exchange(m_today, today);
        if (before == today)
            return;
        if (m_current == before)
            setCurrent(today);
        viewport()->update();
    });
}

int HeatMap::left() const
{
    int width = 0;
    for (int day = 1; day <= 7; ++day)
        width = std::max(width, fontMetrics().horizontalAdvance(QLocale().dayName(day, QLocale::ShortFormat)));
    return margin + width + 8;
}

int HeatMap::pitch() const
{
    return std::clamp((viewport()->width() - left() - margin) / DayHistory::weeksShown, leastPitch, mostPitch);
}

QSize HeatMap::sizeHint() const
{
    return {left() + DayHistory::weeksShown * leastPitch + margin, monthsHeight + 7 * pitch() + 2 * margin};
}

void HeatMap::resizeEvent(QResizeEvent *)
{
    updateGeometry(); // the height follows the width
}

int HeatMap::itemCount() const
{
    return int(m_days->firstDay().daysTo(m_days->today())) + 1;
}

int HeatMap::currentItem() const
{
    const auto item = m_days->firstDay().daysTo(m_current);
    return item >= 0 && item < itemCount() ? int(item) : -1;
}

void HeatMap::setCurrent(QDate date)
{
    date = std::clamp(date, m_days->firstDay(), m_days->today());
    if (std::exchange(m_current, date) == date)
        return;
    viewport()->update();
    if (QAccessible::isActive()) {
        QAccessibleEvent event(this, QAccessible::Focus);
        event.setChild(currentItem());
        QAccessible::updateAccessibility(&event);
    }
    Q_EMIT currentChanged();
}

QRect HeatMap::dayRect(QDate date) const
{
    const int item = int(m_days->firstDay().daysTo(date));
    const int size = pitch() - gap;
    const int column = isRightToLeft() ? DayHistory::weeksShown - 1 - item / 7 : item / 7;
    const int start = isRightToLeft() ? viewport()->width() - left() - DayHistory::weeksShown * pitch() : left();
    return QRect(start + column * pitch(), monthsHeight + margin + item % 7 * pitch(), size, size);
}

QDate HeatMap::dayUnder(const QPoint &at) const
{
    for (int item = 0; item < itemCount(); ++item)
        if (dayRect(dateOfItem(item)).adjusted(0, 0, gap, gap).contains(at))
            return dateOfItem(item);
    return {};
}

QString HeatMap::dayText(QDate date) const
{
    const QString words = m_days->isComplete() ? dayWords(m_days->day(date)) : tr("not known yet");
    return tr("%1: %2").arg(QLocale::c().toString(date, u"ddd d MMM yyyy"_s), words);
}

void HeatMap::paintEvent(QPaintEvent *)
{
    QPainter painter(viewport());
    painter.setRenderHint(QPainter::Antialiasing);
    paintNames(painter);
    const qint64 most = m_days->most();
    for (int item = 0; item < itemCount(); ++item)
        paintDay(painter, dateOfItem(item), most);
    if (currentItem() < 0)
        return;
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(m_desk->theme->color(hasFocus() ? u"accent"_s : u"strongBorder"_s), 2));
    painter.drawRoundedRect(QRectF(dayRect(m_current)).adjusted(-1.5, -1.5, 1.5, 1.5), 3, 3);
}

void HeatMap::paintNames(QPainter &painter) const
{
    painter.setPen(m_desk->theme->color(u"muted"_s));
    const QDate first = m_days->firstDay();
    for (int row = 0; row < 7; row += 2) {
        const QRect cell = dayRect(first.addDays(row));
        const QRect place = isRightToLeft() ? QRect(viewport()->width() - left() + 8, cell.top(), left(), cell.height())
                                            : QRect(margin, cell.top(), left(), cell.height());
        painter.drawText(place, int(Qt::AlignVCenter | Qt::AlignLeft | Qt::TextDontClip),
            QLocale().dayName(first.addDays(row).dayOfWeek(), QLocale::ShortFormat));
    }
    int month = 0;
    for (int week = 0; week < DayHistory::weeksShown; ++week) {
        const QDate date = first.addDays(7 * week);
        if (std::exchange(month, date.month()) == date.month() || (week == 0 && date.day() > 20))
            continue; // there is room for one name in the first weeks
        const QRect cell = dayRect(date);
        painter.drawText(QRect(cell.left(), 0, 5 * pitch(), monthsHeight), int(Qt::AlignVCenter | Qt::AlignLeft),
            QLocale().standaloneMonthName(date.month(), QLocale::ShortFormat));
    }
}

void HeatMap::paintDay(QPainter &painter, QDate date, qint64 most) const
{
    const Theme &theme = *m_desk->theme;
    const wire::DayRow day = m_days->day(date);
    const qint64 runs = runsOf(day);
    const QRect rect = dayRect(date);
    painter.setPen(Qt::NoPen);
    painter.setBrush(theme.color(u"track"_s));
    painter.drawRoundedRect(rect, 2, 2);
    if (runs == 0 && day.missed == 0)
        return;
    const Look look = lookOf(day).look;
    const bool stale = !m_desk->session->isReady();
    const QColor ink = stale ? theme.color(u"muted"_s) : theme.color(look);
    // A good day is the fuller the more ran on it; what is not good is to be seen whatever the number.
    const double share = look == Look::Success && most > 0 ? 0.35 + 0.65 * double(runs) / double(most) : 1;
    const QColor fill = blended(ink, theme.color(u"surface"_s), share);
    painter.setBrush(fill);
    painter.drawRoundedRect(rect, 2, 2);
    const QColor paper = theme.color(u"surface"_s);
    QColor over = paper;
    over.setAlpha(110);
    if (const Qt::BrushStyle pattern = patternOf(look); pattern != Qt::NoBrush) {
        painter.setBrush(QBrush(over, pattern));
        painter.drawRoundedRect(rect, 2, 2);
    }
    if (pitch() < countedFrom)
        return;
    QFont font = painter.font();
    font.setPixelSize(rect.height() / 2);
    font.setBold(true);
    painter.save();
    painter.setFont(font);
    const QString count = shortCount(runs + day.missed);
    if (patternOf(look) != Qt::NoBrush) { // its lines would run through the figures
        const QRect behind = painter.fontMetrics().boundingRect(rect, Qt::AlignCenter, count);
        painter.setBrush(fill);
        painter.drawRect(behind.adjusted(-1, 1, 1, -1));
    }
    const QColor text = theme.color(u"text"_s);
    const auto away = [&](const QColor &color) { return std::abs(brightness(color) - brightness(fill)); };
    painter.setPen(away(text) > away(paper) ? text : paper);
    painter.drawText(rect, Qt::AlignCenter, count);
    painter.restore();
}

void HeatMap::keyPressEvent(QKeyEvent *event)
{
    const int sideways = isRightToLeft() ? -7 : 7;
    switch (event->key()) {
    case Qt::Key_Left:
        setCurrent(m_current.addDays(-sideways));
        return;
    case Qt::Key_Right:
        setCurrent(m_current.addDays(sideways));
        return;
    case Qt::Key_Up:
        setCurrent(m_current.addDays(-1));
        return;
    case Qt::Key_Down:
        setCurrent(m_current.addDays(1));
        return;
    case Qt::Key_PageUp:
        setCurrent(m_current.addDays(-jump));
        return;
    case Qt::Key_PageDown:
        setCurrent(m_current.addDays(jump));
        return;
    case Qt::Key_Home:
        setCurrent(m_days->firstDay());
        return;
    case Qt::Key_End:
        setCurrent(m_days->today());
        return;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        Q_EMIT activated();
        return;
    default:
        event->ignore();
    }
}

void HeatMap::mousePressEvent(QMouseEvent *event)
{
    const QDate date = dayUnder(event->position().toPoint());
    if (event->button() == Qt::LeftButton && date.isValid())
        setCurrent(date);
}

void HeatMap::mouseDoubleClickEvent(QMouseEvent *event)
{
    if (dayUnder(event->position().toPoint()).isValid())
        Q_EMIT activated();
}

bool HeatMap::viewportEvent(QEvent *event)
{
    if (event->type() != QEvent::ToolTip)
        return QAbstractScrollArea::viewportEvent(event);
    const auto *help = static_cast<QHelpEvent *>(event);
    if (const QDate date = dayUnder(help->pos()); date.isValid())
        QToolTip::showText(help->globalPos(), dayText(date), viewport(), dayRect(date));
    else
        QToolTip::hideText();
    return true;
}

} // namespace belfry

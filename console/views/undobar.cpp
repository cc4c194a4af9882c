// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/undobar.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QToolButton>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

constexpr int aboveFoot = 44; // pixels: the status bar can be read

} // namespace

UndoBar::UndoBar(QWidget *window)
    : QFrame(window)
    , m_text(new QLabel)
{
    setObjectName(u"undoBar"_s);
    setAccessibleName(tr("What can be undone"));
    setAutoFillBackground(true);
    setFrameShape(StyledPanel);
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(14, 8, 8, 8);
    layout->setSpacing(14);
    m_text->setTextFormat(Qt::PlainText);
    layout->addWidget(m_text, 1);
    auto *button = new QToolButton;
    button->setObjectName(u"undoButton"_s);
    button->setProperty("kind", u"action"_s);
    button->setText(tr("Undo  (Ctrl+Z)"));
    button->setAccessibleName(tr("Undo"));
    button->setFocusPolicy(Qt::TabFocus);
    layout->addWidget(button);
    connect(button, &QToolButton::clicked, this, &UndoBar::undo);
    m_goes.setSingleShot(true);
    m_goes.setInterval(stays);
    connect(&m_goes, &QTimer::timeout, this, &UndoBar::forget);
    window->installEventFilter(this);
    hide();
}

QString UndoBar::text() const
{
    return m_text->text();
}

void UndoBar::offer(const QString &done, std::function<void()> undo, By by)
{
    m_undo = std::move(undo);
    m_by = by;
    m_text->setText(done);
    m_goes.start();
    show();
    place();
    raise();
    Q_EMIT changed();
}

void UndoBar::undo()
{
    const auto act = std::exchange(m_undo, {});
    forget();
    if (act)
        act();
}

void UndoBar::forget()
{
    m_undo = {};
    m_goes.stop();
    hide();
    Q_EMIT changed();
}

bool UndoBar::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() == QEvent::Resize && isVisible())
        place();
    return QFrame::eventFilter(watched, event);
}

void UndoBar::place()
{
    const QWidget *window = parentWidget();
    const QSize size(std::min(sizeHint().width(), window->width() - 40), sizeHint().height());
    setGeometry(
        QRect(QPoint((window->width() - size.width()) / 2, window->height() - size.height() - aboveFoot), size));
}

} // namespace belfry

// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/banner.h"

#include <QLabel>
#include <QPushButton>
#include <QStyle>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

constexpr Duration skewWorthWords = 5s;

} // namespace

Banner::Banner(Desk *desk, QWidget *parent)
    : QFrame(parent)
    , m_desk(desk)
    , m_icon(new QLabel)
    , m_text(new QLabel)
    , m_retry(new QPushButton(tr("Retry now")))
{
    setObjectName(u"banner"_s);
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(16, 8, 16, 8);
    layout->setSpacing(10);
    layout->addWidget(m_icon);
    layout->addWidget(m_text, 1);
    layout->addWidget(m_retry);
    m_text->setWordWrap(true);
    m_text->setObjectName(u"bannerText"_s);
    m_retry->setObjectName(u"retry"_s);
    connect(m_retry, &QPushButton::clicked, desk->session, &Session::retryNow);
    connect(desk->session, &Session::phaseChanged, this, &Banner::redraw);
    connect(desk->session, &Session::statusChanged, this, &Banner::redraw);
    connect(desk->session, &Session::tick, this, &Banner::redraw);
    connect(desk->theme, &Theme::changed, this, &Banner::redraw);
    redraw();
}

QString Banner::text() const
{
    return isVisibleTo(parentWidget()) ? m_text->text() : QString();
}

void Banner::setKind(const QString &kind)
{
    if (property("kind").toString() != kind) {
        setProperty("kind", kind);
        for (QWidget *each : {static_cast<QWidget *>(this), static_cast<QWidget *>(m_text)}) {
            each->style()->unpolish(each);
            each->style()->polish(each);
        }
    }
    const QColor ink = m_desk->theme->color(kind + u"Text"_s);
    m_icon->setPixmap(m_desk->theme->pixmap(u"state-warning"_s, ink, 20, devicePixelRatioF()));
}

void Banner::redraw()
{
    const Session &session = *m_desk->session;
    const Instant now = m_desk->times->now();
    const auto retry = session.retryIn();
    const QString next = !retry ? tr("trying now") : tr("next try in %1").arg(spanText(std::max(Duration(1s), *retry)));
    QString text;
    bool alarm = true;
    switch (session.phase()) {
    case Session::Phase::Connecting:
        text = tr("No connection yet, %1. %2").arg(next, session.trouble());
        alarm = false;
        break;
    case Session::Phase::Lost:
        text = tr("Connection lost %1 ago, %2. What is shown is that old. %3")
                   .arg(spanText(now - session.staleSince().value_or(now)), next, session.trouble());
        break;
    case Session::Phase::Refused:
        text = tr("The backend refused the connection. %1").arg(session.trouble());
        break;
    case Session::Phase::Ready:
        text = healthWords(session.status());
        if (text.isEmpty() && session.hasSkew() && std::chrono::abs(session.skew()) > skewWorthWords)
            text
                = tr("This computer's clock differs by %1 from the backend's. Ages are counted by the backend's clock.")
                      .arg(spanText(std::chrono::abs(session.skew())));
        alarm = false;
        break;
    }
    m_retry->setVisible(!session.isReady());
    setVisible(!text.isEmpty());
    if (text.isEmpty())
        return;
    m_text->setText(text);
    setAccessibleName(text);
    setKind(alarm ? u"alarm"_s : u"notice"_s);
}

QString healthWords(const wire::StatusReply &status)
{
    QStringList bad;
    for (const wire::HealthCheck &check : status.checks)
        if (!check.ok)
            bad += check.reason.isEmpty() ? check.name : check.name + u": "_s + check.reason;
    return bad.isEmpty() ? QString() : Banner::tr("The backend is not well. %1").arg(bad.join(u"; "_s));
}

} // namespace belfry

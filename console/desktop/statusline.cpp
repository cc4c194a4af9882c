// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/desktop/statusline.h"

#include <QStatusBar>

#include <cmath>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

constexpr auto noticeStays = std::chrono::seconds(8);

} // namespace

StatusLine::StatusLine(Desk *desk, QStatusBar *bar)
    : QObject(bar)
    , m_desk(desk)
    , m_connection(new QLabel)
    , m_clock(new QLabel)
    , m_counts(new QLabel)
    , m_notice(new QLabel)
{
    bar->setSizeGripEnabled(false);
    bar->addWidget(m_connection);
    bar->addWidget(m_clock);
    bar->addWidget(m_counts);
    bar->addPermanentWidget(m_notice);
    m_notice->setObjectName(u"notice"_s);
    m_noticeGoes.setSingleShot(true);
    m_noticeGoes.setInterval(noticeStays);
    connect(&m_noticeGoes, &QTimer::timeout, m_notice, &QLabel::clear);
    connect(desk->session, &Session::phaseChanged, this, &StatusLine::redraw);
    connect(desk->session, &Session::statusChanged, this, [this] {
        m_desk->times->setSkew(m_desk->session->skew());
        redraw();
    });
    connect(desk->liveRuns, &LiveRuns::countsChanged, this, &StatusLine::redraw);
    redraw();
}

QString StatusLine::connectionText() const
{
    const Session &session = *m_desk->session;
    const QString place = session.address().url.toString();
    switch (session.phase()) {
    case Session::Phase::Connecting:
        return tr("connecting to %1").arg(place);
    case Session::Phase::Ready:
        return tr("connected to %1 as %2, %3 ms")
            .arg(place, session.client()->server().role)
            .arg(session.latency().count());
    case Session::Phase::Lost:
        return tr("not connected");
    case Session::Phase::Refused:
        break;
    }
    return tr("refused");
}

void StatusLine::redraw()
{
    const Session &session = *m_desk->session;
    m_connection->setText(connectionText());
    const double tenths = std::round(double(session.skew().count()) / 100); // no "-0.0"
    const double seconds = tenths == 0 ? 0 : tenths / 10;
    m_clock->setText(
        session.hasSkew() ? tr("clock %1%2 s").arg(seconds < 0 ? u""_s : u"+"_s).arg(seconds, 0, 'f', 1) : QString());
    m_clock->setToolTip(tr("The backend's clock against this computer's."));
    m_counts->setText(m_desk->liveRuns->isComplete()
            ? tr("%1 running, %2 waiting").arg(m_desk->liveRuns->running()).arg(m_desk->liveRuns->waiting())
            : QString());
}

void StatusLine::notice(const QString &text, bool isFault)
{
    m_noticeText = text;
    const QString shown = text.simplified();
    m_notice->setText(shown.size() > 140 ? shown.left(139) + u"…"_s : shown);
    m_notice->setToolTip(text);
    m_notice->setStyleSheet(
        u"color: %1; font-weight: 600;"_s.arg(m_desk->theme->color(isFault ? u"failed"_s : u"text"_s).name()));
    if (isFault)
        m_noticeGoes.stop(); // stays until something else is said
    else
        m_noticeGoes.start();
}

} // namespace belfry

// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/endstrip.h"

#include "console/views/parts.h"

#include <QPlainTextEdit>
#include <QScrollBar>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

constexpr int linesSeen = 6;
constexpr int renewedAfter = 5; // seconds

} // namespace

EndStrip::EndStrip(Desk *desk, QWidget *parent)
    : QWidget(parent)
    , m_desk(desk)
    , m_end(new EndAhead(this))
    , m_heading(makeLabel({}, u"muted"_s))
    , m_lines(new QPlainTextEdit)
{
    setObjectName(u"logEnd"_s);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(4);
    layout->addWidget(m_heading);
    layout->addWidget(m_lines);
    m_heading->setWordWrap(true);
    m_lines->setObjectName(u"logEndLines"_s);
    m_lines->setAccessibleName(tr("The end of the log"));
    m_lines->setReadOnly(true);
    m_lines->setLineWrapMode(QPlainTextEdit::NoWrap);
    m_lines->setFont(Theme::fixedFont());
    m_lines->setFixedHeight(QFontMetrics(Theme::fixedFont()).lineSpacing() * linesSeen + 12);
    connect(m_end, &EndAhead::changed, this, &EndStrip::redraw);
    connect(desk->session, &Session::tick, this, [this] {
        if (++m_ticks % renewedAfter == 0 && m_desk->session->isReady())
            m_end->renew(m_desk->session->client());
    });
    redraw();
}

void EndStrip::update(const LogFetch *fetch)
{
    if (!fetch || !fetch->spool() || fetch->state() != LogFetch::State::Coming) {
        m_end->update(nullptr, std::nullopt);
        return;
    }
    const bool isLive = fetch->detail() && !isFinal(fetch->detail()->state);
    m_end->update(m_desk->session->isReady() ? m_desk->session->client() : nullptr,
        EndAhead::Part{.run = fetch->run(),
            .attempt = fetch->attempt(),
            .there = fetch->sizeThere(),
            .here = fetch->cameUntil(),
            .isLive = isLive});
    if (m_end->isWanted())
        redraw();
}

void EndStrip::redraw()
{
    setVisible(!m_end->lines().isEmpty());
    const EndAhead::Part &part = m_end->part();
    m_heading->setText(tr("The end of the log. What is before it is still on its way: %1 of %2 are here.")
                           .arg(formatSize(part.here), formatSize(part.there)));
    const QString text = m_end->lines().join(u'\n');
    if (text == m_lines->toPlainText())
        return;
    m_lines->setPlainText(text);
    m_lines->verticalScrollBar()->setValue(m_lines->verticalScrollBar()->maximum());
}

QString EndStrip::text() const
{
    return m_lines->toPlainText();
}

} // namespace belfry

// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/logpanel.h"

#include "console/views/parts.h"

#include <QPlainTextEdit>
#include <QRegularExpression>
#include <QScrollBar>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

constexpr qint64 tailBytes = 256 << 10;
constexpr int mostLines = 10'000;

} // namespace

QString withoutSequences(const QString &text)
{
    static const QRegularExpression sequences(
        u"\\x1b\\[[0-9;?]*[ -/]*[@-~]|\\x1b\\][^\\x07\\x1b]*(\\x07|\\x1b\\\\)|\\x1b."_s);
    QString plain = text;
    plain.remove(sequences);
    plain.remove(u'\r');
    return plain;
}

LogPanel::LogPanel(Desk *desk, QWidget *parent)
    : QWidget(parent)
    , m_desk(desk)
    , m_heading(makeLabel({}, u"heading"_s))
    , m_state(makeLabel({}, u"muted"_s))
    , m_follow(new QToolButton)
    , m_text(new QPlainTextEdit)
{
    setObjectName(u"log"_s);
    auto *bar = new QHBoxLayout;
    bar->setContentsMargins(0, 0, 0, 0);
    bar->addWidget(m_heading);
    bar->addWidget(m_state, 1);
    bar->addWidget(m_follow);
    m_follow->setText(tr("Follow"));
    m_follow->setIcon(desk->theme->icon(u"follow"_s));
    m_follow->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_follow->setCheckable(true);
    m_follow->setChecked(true);
    m_follow->setAccessibleName(tr("Follow the end of the log"));
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(12, 6, 12, 8);
    layout->setSpacing(6);
    layout->addLayout(bar);
    layout->addWidget(m_text, 1);
    m_text->setReadOnly(true);
    m_text->setObjectName(u"logText"_s);
    m_text->setAccessibleName(tr("Log"));
    m_text->setFont(Theme::fixedFont());
    m_text->setStyleSheet(u"font-family: \"%1\"; font-size: %2pt;"_s.arg(Theme::fixedFont().family())
                              .arg(Theme::fixedFont().pointSizeF()));
    m_text->setMaximumBlockCount(mostLines);
    m_text->setLineWrapMode(QPlainTextEdit::NoWrap);
    m_text->setPlaceholderText(tr("Select a run to see its log."));
    // Scrolling up stops following, scrolling to the end begins it.
    connect(m_text->verticalScrollBar(), &QScrollBar::actionTriggered, this, [this] {
        m_follow->setChecked(m_text->verticalScrollBar()->sliderPosition() == m_text->verticalScrollBar()->maximum());
    });
    connect(m_follow, &QToolButton::toggled, this, [this](bool on) {
        if (on)
            m_text->verticalScrollBar()->setValue(m_text->verticalScrollBar()->maximum());
    });
    connect(desk->liveRuns, &LiveRuns::runChanged, this, [this](const wire::RunRow &run) {
        if (run.id != m_run || !m_run)
            return;
        if (run.attempts > m_attempt && isLive(run.state))
            open(); // it has started, or another attempt has
    });
    connect(desk->session, &Session::clientChanged, this, [this] { show(RunId(), {}); });
}

void LogPanel::show(RunId run, const QString &job)
{
    if (run == m_run)
        return;
    m_run = run;
    m_job = job;
    m_attempt = 0;
    m_heading->setText(run ? u"%1 #%2"_s.arg(job).arg(run.value) : QString());
    m_text->clear();
    say({});
    if (run)
        open();
    else
        m_stream.reset();
}

void LogPanel::open()
{
    m_decoder.resetState();
    m_stream = std::make_unique<LogStream>(
        m_desk->session->client(), LogStream::Part{.run = m_run, .attempt = {}, .offset = -tailBytes, .follow = true});
    connect(m_stream.get(), &LogStream::opened, this, [this](int attempt, qint64 size) {
        if (std::exchange(m_attempt, attempt) != attempt)
            m_text->clear();
        say(size > tailBytes
                ? tr("attempt %1, the last %2 of %3").arg(attempt).arg(formatSize(tailBytes), formatSize(size))
                : tr("attempt %1").arg(attempt));
        m_text->setPlaceholderText(tr("No output yet."));
    });
    connect(m_stream.get(), &LogStream::received, this, [this](qint64, const QByteArray &bytes) { append(bytes); });
    connect(m_stream.get(), &LogStream::gap, this, [this](qint64 from, qint64 to) {
        m_text->appendPlainText(tr("[%1 of the log are not there]").arg(formatSize(to - from)));
    });
    connect(m_stream.get(), &LogStream::ended, this, [this](bool complete, const QString &reason) {
        m_text->setPlaceholderText(tr("The attempt printed nothing."));
        say(complete ? tr("attempt %1, complete").arg(m_attempt) : tr("attempt %1: %2").arg(m_attempt).arg(reason));
    });
    connect(m_stream.get(), &LogStream::failed, this, [this](const Refusal &why) {
        m_text->setPlaceholderText(why.message);
        say({});
    });
}

void LogPanel::append(const QByteArray &bytes)
{
    const QString text = withoutSequences(m_decoder.decode(bytes));
    QTextCursor cursor(m_text->document());
    cursor.movePosition(QTextCursor::End);
    cursor.insertText(text);
    if (m_follow->isChecked())
        m_text->verticalScrollBar()->setValue(m_text->verticalScrollBar()->maximum());
}

void LogPanel::say(const QString &text)
{
    m_state->setText(text);
}

QString LogPanel::text() const
{
    return m_text->toPlainText();
}

} // namespace belfry

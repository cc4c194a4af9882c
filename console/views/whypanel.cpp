// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/whypanel.h"

#include <QLabel>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

QString blockerLine(const wire::Blocker &blocker, const Times &times)
{
    QString line = u"<p style='margin:0 0 6px 0'><b>%1</b><br/>%2"_s.arg(
        nameOf(blocker.kind).replace(u'_', u' ').toHtmlEscaped(), blocker.text.toHtmlEscaped());
    QStringList runs;
    for (const wire::BlockingRun &run : blocker.runs)
        runs += u"<a href='run:%1'>#%1</a> %2"_s.arg(run.run.value).arg(run.job.toHtmlEscaped());
    constexpr qsizetype shown = 5;
    if (!runs.isEmpty())
        line += u"<br/>"_s + runs.mid(0, shown).join(u", "_s)
            + (runs.size() > shown ? WhyPanel::tr(" and %n more", nullptr, int(runs.size() - shown)) : QString());
    for (const wire::RefusingAgent &agent : blocker.agents)
        line += u"<br/>%1: %2"_s.arg(agent.agent.toHtmlEscaped(), agent.text.toHtmlEscaped());
    if (blocker.until)
        line += u"<br/>"_s + WhyPanel::tr("looked at again at %1").arg(times.text(*blocker.until));
    return line + u"</p>"_s;
}

} // namespace

WhyPanel::WhyPanel(Desk *desk, QWidget *parent)
    : QWidget(parent)
    , m_desk(desk)
    , m_sentence(new QLabel(this))
    , m_blockers(new QLabel(this))
{
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(8);
    layout->addWidget(m_sentence);
    layout->addWidget(m_blockers);
    layout->addStretch(1);
    m_sentence->setWordWrap(true);
    m_sentence->setTextFormat(Qt::PlainText);
    m_sentence->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_blockers->setWordWrap(true);
    m_blockers->setTextFormat(Qt::RichText);
    m_blockers->setTextInteractionFlags(Qt::TextBrowserInteraction);
    m_sentence->setAccessibleName(tr("Why"));
    m_blockers->setAccessibleName(tr("What it waits for"));
    connect(m_blockers, &QLabel::linkActivated, this,
        [this](const QString &link) { m_desk->navigator->openRun(RunId(link.section(u':', 1).toLongLong())); });
}

void WhyPanel::set(const std::optional<wire::Explanation> &why)
{
    m_sentence->setText(why ? why->sentence : QString());
    QString text;
    if (why)
        for (const wire::Blocker &blocker : why->blockers)
            text += blockerLine(blocker, *m_desk->times);
    m_blockers->setText(text);
    m_blockers->setVisible(!text.isEmpty());
}

void WhyPanel::setText(const QString &text)
{
    m_sentence->setText(text);
    m_blockers->hide();
}

} // namespace belfry

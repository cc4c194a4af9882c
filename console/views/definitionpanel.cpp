// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/definitionpanel.h"

#include "console/models/definitiontext.h"
#include "console/views/parts.h"

#include <QButtonGroup>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

QToolButton *makeChoice(const QString &text, const QString &tip, QButtonGroup *group)
{
    auto *button = new QToolButton;
    button->setText(text);
    button->setToolTip(tip);
    button->setCheckable(true);
    button->setProperty("kind", u"action"_s);
    group->addButton(button);
    return button;
}

// With the number of each line in the file.
QString numbered(const wire::JobSourceReply &source)
{
    const QStringList lines = source.text.split(u'\n');
    const qsizetype digits = QString::number(source.line + lines.size()).size();
    QString text;
    for (qsizetype i = 0; i < lines.size(); ++i)
        text += QString::number(source.line + i).rightJustified(digits) + u"  "_s + lines[i] + u'\n';
    return text;
}

} // namespace

DefinitionPanel::DefinitionPanel(Desk *desk, const QString &job)
    : m_desk(desk)
    , m_job(job)
    , m_place(makeLabel({}, u"muted"_s))
    , m_warnings(makeLabel({}, u"warning"_s))
    , m_text(new CodeText(tr("Definition")))
{
    auto *group = new QButtonGroup(this);
    m_written = makeChoice(tr("As written"), tr("The lines of its file"), group);
    m_inForce = makeChoice(tr("As in force"), tr("With the defaults of its file, as runs are made from it"), group);
    m_written->setChecked(true);
    m_inForce->setObjectName(u"definitionInForce"_s);
    m_text->setObjectName(u"definitionText"_s);
    m_warnings->setWordWrap(true);
    m_warnings->hide();
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(8);
    auto *head = new QHBoxLayout;
    head->setSpacing(6);
    head->addWidget(m_written);
    head->addWidget(m_inForce);
    head->addSpacing(8);
    head->addWidget(m_place, 1);
    layout->addLayout(head);
    layout->addWidget(m_warnings);
    layout->addWidget(m_text, 1);
    connect(group, &QButtonGroup::buttonClicked, this, &DefinitionPanel::redraw);
}

void DefinitionPanel::refresh()
{
    m_isStale = true;
    if (isVisible())
        ask();
}

void DefinitionPanel::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    if (m_isStale)
        ask();
}

void DefinitionPanel::ask()
{
    if (!m_desk->session->isReady())
        return;
    m_isStale = false;
    m_desk->session->client()->ask(
        wire::JobSource{.job = m_job, .version = {}}, this, [this](const Answer<wire::JobSourceReply> &answer) {
            if (answer)
                m_source = *answer;
            else
                m_text->setPlainText(answer.error().message);
            if (answer)
                redraw();
        });
}

void DefinitionPanel::redraw()
{
    if (!m_source)
        return;
    const bool written = m_written->isChecked();
    if (m_source->line > 0)
        m_place->setText(
            tr("%1, line %2, as of release %3").arg(m_source->file).arg(m_source->line).arg(m_source->release));
    else
        m_place->setText(tr("Release %1 has no file that shows it").arg(m_source->release));
    m_warnings->setText(m_source->warnings.join(u'\n'));
    m_warnings->setVisible(!m_source->warnings.isEmpty());
    m_text->setPlainText(written && m_source->line > 0 ? numbered(*m_source) : definitionText(m_source->definition));
}

} // namespace belfry

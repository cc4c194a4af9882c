// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/versionspanel.h"

#include "console/models/definitiontext.h"
#include "console/views/parts.h"

#include <QSplitter>

namespace belfry {

using namespace Qt::StringLiterals;

VersionsPanel::VersionsPanel(Desk *desk, const QString &job)
    : m_desk(desk)
    , m_job(job)
    , m_versions(new Versions(desk->times, job, this))
    , m_table(new Table(desk, u"job-versions"_s))
    , m_heading(makeLabel({}, u"heading"_s))
    , m_text(new DiffText(desk->theme, tr("What the version changed")))
{
    m_text->setObjectName(u"versionText"_s);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    auto *split = new QSplitter(Qt::Vertical);
    split->setChildrenCollapsible(false);
    m_table->setPlain(m_versions);
    split->addWidget(m_table);
    auto *below = new QWidget;
    auto *inner = new QVBoxLayout(below);
    inner->setContentsMargins(0, 8, 0, 0);
    inner->addWidget(m_heading);
    inner->addWidget(m_text, 1);
    split->addWidget(below);
    split->setStretchFactor(0, 2);
    split->setStretchFactor(1, 3);
    layout->addWidget(split);
    connect(m_versions, &Versions::answered, this, [this] {
        if (!m_versions->rows().empty())
            m_table->selectRow(QString::number(m_versions->rows().front().version));
    });
    connect(m_versions, &Versions::failed, this, [this](const QString &why) { m_table->setEmptyText(why, true); });
    connect(m_table, &Table::currentRowChanged, this, &VersionsPanel::showRow);
    connect(desk->times, &Times::changed, m_versions, &Versions::retranslate);
}

void VersionsPanel::refresh()
{
    m_isStale = true;
    if (isVisible())
        ask();
}

void VersionsPanel::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    if (m_isStale)
        ask();
}

void VersionsPanel::ask()
{
    if (!m_desk->session->isReady())
        return;
    m_isStale = false;
    m_versions->ask(m_desk->session->client());
}

void VersionsPanel::showRow(int row)
{
    if (row < 0 || row >= int(m_versions->rows().size()))
        return;
    m_shown = m_versions->rows()[std::size_t(row)].version;
    want(m_shown);
    if (m_shown > 1)
        want(m_shown - 1);
    redraw();
}

void VersionsPanel::want(int version)
{
    if (m_definitions.contains(version) || !m_desk->session->isReady())
        return;
    m_desk->session->client()->ask(wire::JobSource{.job = m_job, .version = version}, this,
        [this, version](const Answer<wire::JobSourceReply> &answer) {
            if (answer)
                m_definitions[version] = definitionText(answer->definition);
            else
                m_heading->setText(answer.error().message);
            if (answer)
                redraw();
        });
}

void VersionsPanel::redraw()
{
    const auto after = m_definitions.find(m_shown);
    const auto before = m_definitions.find(m_shown - 1);
    if (after == m_definitions.end() || (m_shown > 1 && before == m_definitions.end()))
        return; // an answer is under way
    if (m_shown == 1) {
        m_heading->setText(tr("Version 1, as in force then"));
        m_text->setWhole(after->second);
        return;
    }
    m_heading->setText(tr("What version %1 changed of version %2").arg(m_shown).arg(m_shown - 1));
    m_text->setLines(diffLines(before->second, after->second));
}

} // namespace belfry

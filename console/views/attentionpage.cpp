// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/attentionpage.h"

#include "console/views/parts.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QToolButton>

namespace belfry {

using namespace Qt::StringLiterals;

AttentionPage::AttentionPage(Desk *desk)
    : ListPage(desk, u"attention"_s, tr("Attention"), std::nullopt)
    , m_attention(new Attention(desk->times, this))
    , m_what(new QComboBox)
{
    m_what->setObjectName(u"attentionWhat"_s);
    m_what->setAccessibleName(tr("What is shown"));
    m_what->addItem(tr("everything"), -1);
    for (const auto &each : enumNames(static_cast<const wire::Concern *>(nullptr)))
        m_what->addItem(lookOf(each.value).word, int(each.value));
    bar()->addWidget(m_what);
    for (const QString &id : {u"act.acknowledge"_s, u"act.run"_s})
        bar()->addWidget(makeButton(desk->commands->action(id)));
    table()->setPlain(m_attention);
    wire();
    connect(m_what, &QComboBox::currentIndexChanged, this, [this] {
        const int what = m_what->currentData().toInt();
        Attention::Question question;
        if (what >= 0)
            question.concerns = {wire::Concern(what)};
        m_attention->ask(question);
    });
    connect(table(), &Table::rowsSelected, this, &AttentionPage::askRuns);
    connect(m_attention, &Attention::answered, this, &AttentionPage::recount);
    connect(m_attention, &Attention::rowsInserted, this, &AttentionPage::recount);
    connect(m_attention, &Attention::rowsRemoved, this, &AttentionPage::recount);
    connect(m_attention, &Attention::failed, this, [this](const QString &why) { table()->setEmptyText(why, true); });
    connect(desk->liveRuns, &LiveRuns::runChanged, m_attention, [this](const wire::RunRow &run) {
        if (isFailure(run.state))
            m_attention->refresh();
        if (const auto known = m_runs.find(run.id); known != m_runs.end())
            known->second = run;
    });
    connect(desk->session, &Session::statusChanged, m_attention, [this, count = qint64(-1)]() mutable {
        if (std::exchange(count, this->desk()->session->status().attention) != count)
            m_attention->refresh();
    });
    connect(desk->session, &Session::clientChanged, this, [this] {
        m_runs.clear();
        m_asked.clear();
        m_attention->setClient(this->desk()->session->client());
    });
    connect(desk->session, &Session::phaseChanged, this, [this] {
        if (this->desk()->session->isReady())
            m_attention->refresh();
    });
    connect(desk->session, &Session::tick, m_attention, [this] {
        if (isVisible())
            m_attention->tick();
    });
    connect(desk->times, &Times::changed, m_attention, &Attention::retranslate);
    m_attention->setClient(desk->session->client());
}

void AttentionPage::focusFilter()
{
    m_what->setFocus(Qt::ShortcutFocusReason);
}

void AttentionPage::setFilter(const QString &text)
{
    const auto concern = enumOf<wire::Concern>(text);
    m_what->setCurrentIndex(std::max(0, m_what->findData(concern ? int(*concern) : -1)));
}

QString AttentionPage::filterText() const
{
    const int what = m_what->currentData().toInt();
    return what < 0 ? QString() : nameOf(wire::Concern(what));
}

Subject AttentionPage::subjectOf(int row) const
{
    const wire::AttentionRow &concern = m_attention->rows()[std::size_t(row)];
    Subject subject;
    subject.concerns = {concern};
    const auto run = concern.run ? m_runs.find(*concern.run) : m_runs.end();
    if (run != m_runs.end())
        subject.run = run->second;
    else if (!concern.run)
        subject.job = concern.job;
    return subject;
}

void AttentionPage::askRuns()
{
    if (!isVisible() || !desk()->session->isReady())
        return;
    for (const int row : table()->selectedRows(mostAsked)) {
        const auto run = m_attention->rows()[std::size_t(row)].run;
        if (!run || !m_asked.insert(*run).second)
            continue;
        desk()->session->client()->ask(
            wire::RunGet{*run}, this, [this, run = *run](const Answer<wire::RunDetail> &answer) {
                if (!answer) {
                    m_asked.erase(run);
                    return;
                }
                m_runs[run] = *answer;
                if (isVisible())
                    desk()->selection->set(selected());
            });
    }
}

void AttentionPage::open(int row)
{
    const wire::AttentionRow &concern = m_attention->rows()[std::size_t(row)];
    if (concern.run)
        desk()->navigator->openRun(*concern.run);
    else
        desk()->navigator->openJob(concern.job);
}

void AttentionPage::recount()
{
    setCount(m_attention->hasMore() ? tr("the newest %1; more as you scroll").arg(m_attention->rowCount())
                                    : tr("%n failure(s) to look at", nullptr, m_attention->rowCount()));
    table()->setEmptyText(m_what->currentIndex() > 0
            ? tr("Nothing of this kind needs attention.")
            : tr(
                "Nothing needs attention.\nWhat fails, is missed or lost stands here until somebody acknowledges it."));
}

} // namespace belfry

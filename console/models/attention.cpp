// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/attention.h"

#include <QCoreApplication>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

using Row = wire::AttentionRow;
constexpr auto gatherFor = 300ms;

std::vector<ColumnOf<Row>> attentionColumns(const Times *times)
{
    return {{.id = u"state"_s,
                .title = Attention::tr("What"),
                .text =
                    [](const Row &r) {
                        const QString word = lookOf(r.concern).word;
                        return r.count > 1 ? Attention::tr("%1, %2 times").arg(word).arg(r.count) : word;
                    },
                .look = [](const Row &r) { return lookOf(r.concern); }},
        {.id = u"job"_s, .title = Attention::tr("Job"), .text = [](const Row &r) { return r.job; }},
        {.id = u"run"_s,
            .title = Attention::tr("Run"),
            .text = [](const Row &r) { return r.run ? u"#%1"_s.arg(r.run->value) : QString(); },
            .numeric = true},
        {.id = u"at"_s,
            .title = Attention::tr("At"),
            .text = [times](const Row &r) { return times->text(r.at, r.job); },
            .tip = [times](const Row &r) { return times->everyZone(r.at, r.job); },
            .numeric = true},
        {.id = u"away"_s,
            .title = Attention::tr("Ago"),
            .text = [times](const Row &r) { return agoText(r.at, times->now()); },
            .numeric = true,
            .ticks = true},
        {.id = u"exit"_s,
            .title = Attention::tr("Exit"),
            .text = [](const Row &r) { return exitWords(r.exitCode, r.signal); },
            .numeric = true},
        {.id = u"agent"_s, .title = Attention::tr("Agent"), .text = [](const Row &r) { return r.agent; }},
        {.id = u"reason"_s,
            .title = Attention::tr("Reason"),
            .text = [](const Row &r) { return r.reason; },
            .tip = [](const Row &r) { return r.reason; }}};
}

} // namespace

Attention::Attention(const Times *times, QObject *parent)
    : QAbstractTableModel(parent)
    , m_columns(attentionColumns(times))
{
    m_soon.setSingleShot(true);
    m_soon.setInterval(gatherFor);
    connect(&m_soon, &QTimer::timeout, this, &Attention::askAgain);
}

void Attention::setClient(Client *client)
{
    m_client = client;
    m_complete = false;
    m_fetching = false;
    ++m_asking;
    m_next.reset();
    beginResetModel();
    m_rows.clear();
    endResetModel();
    refresh();
}

void Attention::ask(const Question &question)
{
    if (m_question == question)
        return;
    m_question = question;
    askAgain();
}

void Attention::refresh()
{
    if (m_client && !m_soon.isActive())
        m_soon.start();
}

void Attention::askAgain()
{
    if (!m_client)
        return;
    ++m_asking;
    m_fetching = true;
    askPage({}, std::max<std::size_t>(pageRows, m_rows.size()), {});
}

void Attention::askPage(const QString &after, std::size_t wanted, std::vector<Row> gathered)
{
    const wire::AttentionList question{.job = m_question.job,
        .project = {},
        .concerns = m_question.concerns,
        .since = {},
        .after = after,
        .limit = pageRows};
    m_client->ask(question, this,
        [this, asking = m_asking, wanted, gathered = std::move(gathered)](
            const Answer<wire::AttentionReply> &answer) mutable {
            if (asking != m_asking)
                return;
            if (!answer) {
                m_fetching = false;
                Q_EMIT failed(answer.error().message);
                return;
            }
            gathered.insert(gathered.end(), answer->rows.begin(), answer->rows.end());
            if (answer->next && gathered.size() < wanted) {
                askPage(*answer->next, wanted, std::move(gathered));
                return;
            }
            m_next = answer->next;
            m_complete = true;
            show(gathered);
            m_fetching = false; // only now: who hears of rows may ask for more, from all of them
            Q_EMIT answered();
        });
}

// Both are in the same order: what is not in the answer goes, and what is new comes where it belongs.
void Attention::show(const std::vector<Row> &fresh)
{
    std::set<QString> there;
    for (const Row &row : fresh)
        there.insert(concernKey(row));
    for (int row = rowCount() - 1; row >= 0; --row) {
        if (there.contains(concernKey(m_rows[std::size_t(row)])))
            continue;
        beginRemoveRows({}, row, row);
        m_rows.erase(m_rows.begin() + row);
        endRemoveRows();
    }
    for (std::size_t at = 0; at < fresh.size(); ++at) {
        if (at < m_rows.size() && concernKey(m_rows[at]) == concernKey(fresh[at])) {
            m_rows[at] = fresh[at];
            continue;
        }
        beginInsertRows({}, int(at), int(at));
        m_rows.insert(m_rows.begin() + std::ptrdiff_t(at), fresh[at]);
        endInsertRows();
    }
    retranslate();
}

bool Attention::canFetchMore(const QModelIndex &parent) const
{
    return !parent.isValid() && m_client && m_next && !m_fetching;
}

void Attention::fetchMore(const QModelIndex &parent)
{
    if (!canFetchMore(parent))
        return;
    m_fetching = true;
    askPage(*m_next, m_rows.size() + pageRows, m_rows);
}

QVariant Attention::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const Row &row = m_rows[std::size_t(index.row())];
    return role == KeyRole ? QVariant(concernKey(row)) : cellOf(m_columns[std::size_t(index.column())], row, role);
}

void Attention::tick()
{
    for (int column = 0; !m_rows.empty() && column < columnCount(); ++column)
        if (m_columns[std::size_t(column)].ticks)
            Q_EMIT dataChanged(index(0, column), index(rowCount() - 1, column), {Qt::DisplayRole});
}

void Attention::retranslate()
{
    if (!m_rows.empty())
        Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1));
}

QString concernName(const wire::AttentionRow &row, const Times &times)
{
    return row.run ? u"#%1 (%2)"_s.arg(row.run->value).arg(row.job)
                   : Attention::tr("%1, due %2").arg(row.job, times.text(row.at, row.job));
}

QString concernKey(const wire::AttentionRow &row)
{
    return row.run ? QString::number(row.run->value) : u"%1@%2@%3"_s.arg(row.job, toRfc3339(row.at), row.rule);
}

StateLook lookOf(wire::Concern concern)
{
    switch (concern) {
    case wire::Concern::Failed:
        return lookOf(RunState::Failed);
    case wire::Concern::TimedOut:
        return lookOf(RunState::TimedOut);
    case wire::Concern::NotStarted:
        return lookOf(RunState::NotStarted);
    case wire::Concern::Lost:
        return lookOf(RunState::Lost);
    case wire::Concern::Missed:
        return lookOf(Fate::Missed);
    case wire::Concern::Expired:
        break;
    }
    return lookOf(Fate::Expired);
}

} // namespace belfry

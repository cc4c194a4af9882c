// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/history.h"

#include "console/models/runcolumns.h"
#include "shared/filter/runfilter.h"

namespace belfry {

using namespace Qt::StringLiterals;

History::History(const Times *times, QObject *parent)
    : QAbstractTableModel(parent)
    , m_times(times)
    , m_columns(endedRunColumns(times))
{ }

void History::setClient(Client *client)
{
    m_client = client;
    reload();
}

void History::ask(const Question &question)
{
    if (m_question == question)
        return;
    m_question = question;
    reload();
}

void History::reload()
{
    ++m_asking;
    beginResetModel();
    m_chunks.clear();
    m_starts.clear();
    m_count = 0;
    m_next.reset();
    m_fetching = false;
    m_answered = false;
    endResetModel();
    if (std::exchange(m_unjudged, 0) != 0)
        Q_EMIT unjudgedChanged(0);
    if (m_client)
        askNext();
}

wire::RunList History::request(std::optional<RunId> after, int limit) const
{
    return {.job = m_question.job, .after = after, .limit = limit, .filter = m_question.filter};
}

bool History::canFetchMore(const QModelIndex &parent) const
{
    return !parent.isValid() && m_answered && m_next && !m_fetching && m_client;
}

void History::fetchMore(const QModelIndex &parent)
{
    if (canFetchMore(parent))
        askNext();
}

void History::askNext()
{
    m_fetching = true;
    const std::optional<RunId> after = m_next;
    m_client->ask(
        request(after, chunkRows), this, [this, after, asking = m_asking](const Answer<wire::RunListReply> &answer) {
            if (asking != m_asking)
                return;
            m_fetching = false;
            if (answer)
                onNext(*answer, after);
            else
                Q_EMIT failed(answer.error().message);
        });
}

void History::onNext(const wire::RunListReply &reply, std::optional<RunId> after)
{
    m_answered = true;
    m_next = reply.next;
    if (!reply.runs.empty()) {
        Chunk chunk{.after = after,
            .first = reply.runs.front().id,
            .last = reply.runs.back().id,
            .size = int(reply.runs.size()),
            .rows = reply.runs};
        chunk.used = ++m_looks;
        beginInsertRows({}, m_count, m_count + chunk.size - 1);
        m_starts.push_back(m_count);
        m_count += chunk.size;
        m_chunks.push_back(std::move(chunk));
        endInsertRows();
        forgetOldest();
    }
    Q_EMIT answered();
}

std::pair<std::size_t, int> History::place(int row) const
{
    const auto after = std::upper_bound(m_starts.begin(), m_starts.end(), row);
    const std::size_t chunk = std::size_t(after - m_starts.begin()) - 1;
    return {chunk, row - m_starts[chunk]};
}

const wire::RunRow *History::at(int row) const
{
    if (row < 0 || row >= m_count)
        return nullptr;
    const auto [chunk, offset] = place(row);
    const Chunk &found = m_chunks[chunk];
    return found.rows.empty() ? nullptr : &found.rows[std::size_t(offset)];
}

QVariant History::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const auto [chunk, offset] = place(index.row());
    // Looking at a chunk is no change that anybody sees.
    auto &self = const_cast<History &>(*this);
    self.m_chunks[chunk].used = ++m_looks;
    const Chunk &found = m_chunks[chunk];
    if (found.rows.empty()) {
        self.askAgain(chunk);
        return role == Qt::DisplayRole && index.column() == 1 ? QVariant(tr("loading ...")) : QVariant();
    }
    const wire::RunRow &run = found.rows[std::size_t(offset)];
    return role == KeyRole ? QVariant(QString::number(run.id.value))
                           : cellOf(m_columns[std::size_t(index.column())], run, role);
}

void History::askAgain(std::size_t chunk)
{
    Chunk &wanted = m_chunks[chunk];
    if (wanted.asked || !m_client)
        return;
    wanted.asked = true;
    m_client->ask(request(wanted.after, wanted.size), this,
        [this, first = wanted.first, asking = m_asking](const Answer<wire::RunListReply> &answer) {
            if (asking != m_asking)
                return;
            if (answer)
                onAgain(*answer, first);
            else
                Q_EMIT failed(answer.error().message);
        });
}

void History::onAgain(const wire::RunListReply &reply, RunId first)
{
    const auto chunk
        = std::find_if(m_chunks.begin(), m_chunks.end(), [&](const Chunk &each) { return each.first == first; });
    if (chunk == m_chunks.end())
        return;
    chunk->asked = false;
    if (int(reply.runs.size()) != chunk->size || reply.runs.front().id != chunk->first
        || reply.runs.back().id != chunk->last) {
        reload(); // some of its runs are gone: rows would be shown twice or not at all
        return;
    }
    chunk->rows = reply.runs;
    const int start = m_starts[std::size_t(chunk - m_chunks.begin())];
    Q_EMIT dataChanged(index(start, 0), index(start + chunk->size - 1, int(m_columns.size()) - 1));
    forgetOldest();
}

void History::forgetOldest()
{
    while (chunksHeld() > chunksKept) {
        Chunk *oldest = nullptr;
        for (Chunk &each : m_chunks)
            if (!each.rows.empty() && (!oldest || each.used < oldest->used))
                oldest = &each;
        std::vector<wire::RunRow>().swap(oldest->rows);
    }
}

int History::chunksHeld() const
{
    return int(std::count_if(m_chunks.begin(), m_chunks.end(), [](const Chunk &each) { return !each.rows.empty(); }));
}

void History::runChanged(const wire::RunRow &run)
{
    if (!m_answered)
        return;
    for (std::size_t i = 0; i < m_chunks.size(); ++i) {
        Chunk &chunk = m_chunks[i];
        if (run.id > chunk.first || run.id < chunk.last)
            continue;
        for (std::size_t row = 0; row < chunk.rows.size(); ++row)
            if (chunk.rows[row].id == run.id) {
                chunk.rows[row] = run;
                const int at = m_starts[i] + int(row);
                Q_EMIT dataChanged(index(at, 0), index(at, int(m_columns.size()) - 1));
            }
        return;
    }
    if (m_chunks.empty() || run.id > m_chunks.front().first)
        insertNewest(run);
}

void History::insertNewest(const wire::RunRow &run)
{
    if (!m_question.job.isEmpty() && run.jobName != m_question.job)
        return;
    const auto filter = filter::parseRunFilter(m_question.filter, m_times->now());
    if (!filter)
        return;
    const bool ofTags = std::any_of(filter->conditions.begin(), filter->conditions.end(),
        [](const RunCondition &each) { return each.field == RunField::Tag; });
    if (ofTags) {
        Q_EMIT unjudgedChanged(++m_unjudged);
        return;
    }
    if (!filter::matches(*filter, run))
        return;
    beginInsertRows({}, 0, 0);
    if (m_chunks.empty() || m_chunks.front().size >= chunkRows || m_chunks.front().rows.empty()) {
        if (!m_chunks.empty())
            m_chunks.front().after = RunId(m_chunks.front().first.value + 1);
        m_chunks.insert(m_chunks.begin(), Chunk{.first = run.id, .last = run.id, .size = 0, .used = ++m_looks});
    }
    Chunk &front = m_chunks.front();
    front.rows.insert(front.rows.begin(), run);
    front.first = run.id;
    ++front.size;
    ++m_count;
    m_starts.clear();
    int start = 0;
    for (const Chunk &each : m_chunks) {
        m_starts.push_back(start);
        start += each.size;
    }
    endInsertRows();
    forgetOldest();
}

void History::retranslate()
{
    if (m_count > 0)
        Q_EMIT dataChanged(
            index(0, 0), index(m_count - 1, int(m_columns.size()) - 1), {Qt::DisplayRole, Qt::ToolTipRole});
}

} // namespace belfry

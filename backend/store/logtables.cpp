// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/store/logtables.h"

#include "shared/codec/codec.h"

namespace belfry::store {

void LogGapsTable::save(AttemptKey key, const StoredGap &gap)
{
    m_save.run(key.run, key.attempt, gap.from, gap.until, gap.reason, gap.firstRecord, gap.endRecord);
}

std::vector<StoredGap> LogGapsTable::of(AttemptKey key)
{
    std::vector<StoredGap> gaps;
    for (Statement::Rows rows = m_of.select(key.run, key.attempt); rows.next();) {
        StoredGap gap;
        rows.into(gap.from, gap.until, gap.reason, gap.firstRecord, gap.endRecord);
        if (gaps.empty() || gap.until > gaps.back().until)
            gaps.push_back(gap);
    }
    return gaps;
}

void LogGapsTable::removeRun(RunId run)
{
    m_removeRun.run(run);
}

void AttemptNotesTable::save(AttemptKey key, const AttemptNotes &notes)
{
    m_save.run(key.run, key.attempt, toCbor(notes, Keys::Numbers).toCbor());
}

std::optional<AttemptNotes> AttemptNotesTable::of(AttemptKey key)
{
    Statement::Rows rows = m_of.select(key.run, key.attempt);
    if (!rows.next())
        return std::nullopt;
    QByteArray bytes;
    rows.into(bytes);
    auto notes = fromCbor<AttemptNotes>(QCborValue::fromCbor(bytes), {Keys::Numbers});
    if (!notes)
        return std::nullopt; // what a log said is no reason to refuse the rest
    return std::move(*notes);
}

void AttemptNotesTable::removeRun(RunId run)
{
    m_removeRun.run(run);
}

std::optional<LogsTable::State> LogsTable::of(AttemptKey key)
{
    Statement::Rows rows = m_of.select(key.run, key.attempt);
    if (!rows.next())
        return std::nullopt;
    State state;
    rows.into(state.stored, state.cap, state.form, state.check);
    return state;
}

void LogsTable::noteStored(AttemptKey key, qint64 bytes)
{
    m_noteStored.run(bytes, key.run, key.attempt);
}

std::vector<LogsTable::Ended> LogsTable::toPack(AttemptKey after, Instant before, int limit)
{
    std::vector<Ended> all;
    for (Statement::Rows rows = m_toPack.select(after.run, after.attempt, before, limit); rows.next();) {
        Ended &each = all.emplace_back();
        rows.into(each.key.run, each.key.attempt, each.stored, each.hash);
    }
    return all;
}

void LogsTable::notePacked(AttemptKey key, LogForm form, const QString &check)
{
    m_notePacked.run(form, check, key.run, key.attempt);
}

void LogsTable::savePacked(AttemptKey key, const QByteArray &packed)
{
    m_savePacked.run(key.run, key.attempt, packed);
}

QByteArray LogsTable::packed(AttemptKey key)
{
    QByteArray bytes;
    if (Statement::Rows rows = m_packed.select(key.run, key.attempt); rows.next())
        rows.into(bytes);
    return bytes;
}

void LogsTable::removeRun(RunId run)
{
    m_removeRun.run(run);
}

} // namespace belfry::store

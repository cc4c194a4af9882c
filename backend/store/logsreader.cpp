// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/store/logsreader.h"

using namespace Qt::StringLiterals;

namespace belfry::store {

namespace {

constexpr std::size_t maxOpen = 4; // a block each
constexpr int tries = 10;

std::optional<Hollow> hollowOf(const std::vector<StoredGap> &gaps)
{
    for (const StoredGap &gap : gaps)
        if (gap.isHollow())
            return gap.hollow();
    return std::nullopt;
}

// The end of what is missing from `offset` on, and why; `offset` when nothing is.
std::pair<qint64, QString> missingFrom(const std::vector<StoredGap> &gaps, qint64 offset)
{
    std::pair<qint64, QString> missing(offset, QString());
    for (const StoredGap &gap : gaps)
        if (gap.from <= missing.first && gap.until > missing.first) {
            missing.first = gap.until;
            if (missing.second.isEmpty())
                missing.second = gap.reason;
        }
    return missing;
}

} // namespace

Result<LogPiece> LogsReader::read(const ReadLog &asked)
{
    ReadLog query = asked;
    if (query.offset < 0) {
        const auto all = size(query.key);
        if (!all)
            return fail(all.error());
        query.offset = std::max<qint64>(0, *all + query.offset);
    }
    for (int left = tries; left > 0; --left)
        if (auto piece = tryRead(query))
            return std::move(*piece);
    return fail(ErrorKind::Unavailable, u"the log changes faster than it can be read"_s);
}

std::optional<Result<LogPiece>> LogsReader::tryRead(const ReadLog &query)
{
    const auto state = m_stored.of(query.key);
    if (!state)
        return LogPiece{.offset = query.offset};
    const std::vector<StoredGap> gaps = m_gaps.of(query.key);
    const auto [begin, why] = missingFrom(gaps, query.offset);
    const ReadLog wanted{query.key, begin, query.limit};
    auto piece = state->form == LogForm::Files ? readLogPiece(m_logs, wanted, hollowOf(gaps))
                                               : readPacked(wanted, state->form);
    const auto now = m_stored.of(query.key);
    if (!now || now->form != state->form || hollowOf(m_gaps.of(query.key)) != hollowOf(gaps))
        return std::nullopt;
    if (!piece && piece.error().kind == ErrorKind::NotFound)
        piece = LogPiece{.offset = begin};
    if (!piece)
        return piece;
    piece->size = missingFrom(gaps, piece->size).first;
    // Behind a gap that reaches beyond what is here, nothing is here either.
    if (piece->bytes.isEmpty())
        piece->offset
            = query.offset < piece->size ? std::min(std::max(piece->offset, begin), piece->size) : query.offset;
    if (piece->offset > query.offset)
        piece->missing = why;
    return piece;
}

Result<PackedLog> LogsReader::open(AttemptKey key, LogForm form)
{
    if (form == LogForm::Row)
        return PackedLog::fromBytes(m_stored.packed(key));
    return PackedLog::open(m_logs + u'/' + logBase(key) + u".zst"_s);
}

Result<LogPiece> LogsReader::readPacked(const ReadLog &query, LogForm form)
{
    auto found = std::ranges::find(m_open, query.key, &Open::key);
    if (found == m_open.end()) {
        auto log = open(query.key, form);
        if (!log)
            return fail(log.error());
        if (m_open.size() >= maxOpen)
            m_open.erase(m_open.begin());
        m_open.push_back({query.key, std::move(*log)});
    } else {
        std::rotate(found, found + 1, m_open.end());
    }
    return m_open.back().log.read(query);
}

Result<qint64> LogsReader::size(AttemptKey key)
{
    const auto piece = read({.key = key, .offset = std::numeric_limits<qint64>::max()});
    if (!piece)
        return fail(piece.error());
    return piece->size;
}

AttemptLog LogsReader::about(AttemptKey key)
{
    AttemptLog log;
    const auto state = m_stored.of(key);
    if (!state)
        return log;
    log.check = state->check;
    for (StoredGap &gap : m_gaps.of(key))
        if (!log.gaps.empty() && log.gaps.back().until >= gap.from)
            log.gaps.back().until = gap.until; // the reader meets them as one
        else
            log.gaps.push_back(std::move(gap));
    // A log that is packed has all it will ever have.
    log.received = state->stored;
    if (state->form == LogForm::Files)
        if (const auto here = logSize(m_logs, key); here)
            log.received = std::max(log.received, missingFrom(m_gaps.of(key), *here).first);
    return log;
}

} // namespace belfry::store

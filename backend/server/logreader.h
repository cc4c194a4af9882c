// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backend/server/core.h"
#include "backend/store/queries.h"
#include "shared/link/link.h"
#include "shared/wire/limits.h"
#include "shared/wire/api.h"

#include <QPointer>

#include <set>

namespace belfry {

class LogReader;

wire::LogPiece toWire(const store::LogPiece &piece, int watch, AttemptKey key);

// Who reads which log: tells readers that it has grown or its attempt has ended.
class LogBoard final : public QObject
{
    Q_OBJECT

public:
    LogBoard(Core &core, QObject *parent = nullptr);
    void add(AttemptKey key, LogReader *reader) { m_readers[key].insert(reader); }
    void remove(AttemptKey key, LogReader *reader);
    void attemptChanged(const Attempt &attempt);

private:
    void grown(AttemptKey key);

    std::map<AttemptKey, std::set<LogReader *>> m_readers;
};

// Sends one attempt's log to one client, as far as its credit and the link's backlog go, in pieces of at most
// wire::maxLogBlock.
class LogReader final : public QObject
{
    Q_OBJECT

public:
    struct Part {
        int watch = 0;
        Attempt attempt;
        qint64 offset = 0; // from the start
        bool follow = false;
        qint64 credit = 0;
    };
    LogReader(Part part, Link &link, Core &core, LogBoard &board);
    ~LogReader() override;

    // Begins to send; not before the answer to log.open was sent.
    void start();
    void addCredit(qint64 bytes);
    void grown();
    void attemptChanged(const Attempt &attempt);

    // Whether an attempt has ended and everything it wrote is here.
    static bool isComplete(const Attempt &attempt, qint64 size);

Q_SIGNALS:
    // Nothing more comes; log.end was sent.
    void ended(int watch);

private:
    void pump();
    void take(Result<store::LogPiece> piece);
    void finish(bool complete, const QString &reason);
    bool linkIsFull() const;

    Part m_part;
    Link &m_link;
    Core &m_core;
    LogBoard &m_board;
    bool m_asking = false;
    bool m_again = false; // something changed while the store was asked
    bool m_waitsForLink = false;
    bool m_done = false;
};

} // namespace belfry

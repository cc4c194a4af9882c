// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backend/store/queries.h"

#include <QObject>

namespace belfry {

// Why a store did not open: the backend exits 3 for InUse and Newer, 4 for Damaged (also a foreign file), 1 for Other.
enum class OpenFailure { InUse, Newer, Damaged, Other };
struct OpenError {
    OpenFailure failure = OpenFailure::Other;
    QString message; // names the file, the reason and what to do
    int exitCode() const;
};

// A read's or write's one answer. It comes in the thread of the Store, unless the context has died before; without a
// context it comes in any case.
template <class T> using StoreCallback = std::function<void(Result<T>)>;

// Bytes of an attempt's output at their place. `index` covers exactly these bytes, without holes.
struct LogBlock {
    AttemptKey key;
    qint64 offset = 0;
    QByteArray bytes;
    std::vector<store::LogEntry> index;
    qint64 until = 0; // not 0: there are no bytes; those from `offset` to here will never come
    QString reason; // a sentence; why they will not
};
// With `gap` nothing was taken, because the bytes from `received` to the block's offset are not here: send from
// `received` on.
struct LogPosition {
    qint64 received = 0;
    qint64 durable = 0; // synced; at most `received`
    bool gap = false;
    bool operator==(const LogPosition &) const = default;
};

// The backend's data folder: the database and the log files. Nobody else touches them, and no SQL leaves this folder.
// Threaded: commits on one thread, reads on another, log files on a third; callbacks come through the event loop.
// Inline: everything is done, callback and signals included, before the call returns; for tests and simulation.
// Callbacks that are still open when the Store is destroyed are never called; what was posted is still written.
class Store final : public QObject
{
    Q_OBJECT

public:
    enum class Mode { Threaded, Inline };
    struct Settings {
        Mode mode = Mode::Threaded;
        qint64 maxDatabase = 0; // bytes at which the database counts as full; 0: as the disk allows
        qint64 checkedAtOnce = 32 << 20; // a larger database is opened before its history was looked at for damage
        bool housekeeping = true; // threaded: packs logs and purges runs by itself
    };
    using OpenResult = tl::expected<std::unique_ptr<Store>, OpenError>;

    // Makes the folder (0700) and its files (0600, the process's umask becomes 077), locks it, checks the database,
    // brings its schema up to date and raises the epoch durably. Blocks.
    [[nodiscard]] static OpenResult open(const QString &folder, const Settings &settings);
    [[nodiscard]] static OpenResult open(const QString &folder, Mode mode = Mode::Threaded);
    ~Store() override;

    QString folder() const; // absolute
    // False: the history of a large database was not looked at for damage; store::damageOf() does, beside the work.
    bool isChecked() const;
    // What it found, as a trouble: integrity.
    void noteDamage(const QString &reason);

    // Of this opening: greater than at any before.
    qint64 epoch() const;
    // The state after everything that was posted so far. Blocks (about a second at 10 000 jobs).
    Result<Snapshot> snapshot();

    // Makes the batch durable as one whole. What is posted while a commit is under way shares the next transaction;
    // when that fails each of its batches is answered Unavailable with the reason, none of them is in the database and
    // none is tried again. From then on every change is refused, since it was decided on a state that never became
    // durable, until a probe() succeeds. Answers come in the order of the calls.
    void commit(WriteBatch batch, QObject *context, StoreCallback<void> done);
    // Writes and syncs a row that means nothing: whether commits would succeed again.
    void probe(QObject *context, StoreCallback<void> done);

    // Q is one of store/queries.h.
    template <class Q> void ask(Q query, QObject *context, StoreCallback<typename Q::Reply> done);

    // Appends what is not there yet: a repeat is harmless. Whether the attempt may be written is the caller's business.
    void appendLog(LogBlock block, QObject *context, StoreCallback<LogPosition> done);

    // Packs logs that are over: a zstd file each, small ones a row. The number packed; 0: nothing is left to pack.
    void packLogs(Instant now, QObject *context, StoreCallback<int> done);
    // Forgets a slice of the runs beyond what their jobs keep, with their logs; never one that is open. The number
    // forgotten; 0: nothing is left to forget.
    void purge(Instant now, QObject *context, StoreCallback<int> done);
    static constexpr int purgeSlice = 100; // runs at most

    void saveToken(store::AccessToken token, QObject *context, StoreCallback<void> done);
    // NotFound for an unknown id; the first revocation stands.
    void revokeToken(QString id, Instant at, QObject *context, StoreCallback<void> done);

    void noteTokenUse(QString id, Instant at, QObject *context, StoreCallback<void> done);

    // The troubles that stand: check -> reason, as told by healthChanged.
    std::map<QString, QString> troubles() const;

    // A consistent copy of the database (not of the logs) as a new file, beside everything else.
    void backup(QString file, QObject *context, StoreCallback<void> done);

Q_SIGNALS:
    // An attempt's log has grown and can be read up to `size`.
    void logReceived(belfry::AttemptKey key, qint64 size);
    // ... is synced up to `size`, and the store remembers it: the agent may free its spool. At most 1 s behind.
    void logDurable(belfry::AttemptKey key, qint64 size);
    // What an attempt said in its log has changed, durably.
    void notesChanged(belfry::AttemptKey key, const belfry::AttemptNotes &notes);
    // `check` is database, integrity, lock, disk or logs; an empty reason: well again. A failed commit is told to its callers as well.
    void healthChanged(const QString &check, const QString &reason);

private:
    struct Private;
    explicit Store(std::unique_ptr<Private> state);
    std::unique_ptr<Private> d;
};

} // namespace belfry

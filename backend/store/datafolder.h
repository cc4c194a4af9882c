// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backend/store/store.h"

namespace belfry::store {

// The folder that the store owns, and the lock that keeps a second backend away from it.
class DataFolder
{
public:
    // Makes the folder where it is missing, and locks it: InUse names the holder.
    static tl::expected<std::unique_ptr<DataFolder>, OpenError> take(const QString &path);
    ~DataFolder(); // frees the lock
    Q_DISABLE_COPY_MOVE(DataFolder)

    QString path() const { return m_path; }
    QString database() const { return databaseIn(m_path); }
    QString logs() const { return logsIn(m_path); }
    QString reserve() const { return reserveIn(m_path); }
    static QString databaseIn(const QString &folder) { return folder + QStringLiteral("/belfry.db"); }
    static QString logsIn(const QString &folder) { return folder + QStringLiteral("/logs"); }
    static QString reserveIn(const QString &folder) { return folder + QStringLiteral("/reserve"); }

    // The lock file remembers the epoch beside the database, so that one restored from a backup cannot hand out an
    // epoch again.
    qint64 lastEpoch() const { return m_lastEpoch; }
    bool stoppedCleanly() const { return m_stoppedCleanly; }
    Status noteOpened(qint64 epoch);
    Status noteClosed();

private:
    explicit DataFolder(QString path)
        : m_path(std::move(path))
    { }
    tl::expected<void, OpenError> lock();
    Status note(qint64 epoch, bool open);

    QString m_path;
    int m_lock = -1; // the folder itself: a lock on a file in it would go with the file
    int m_note = -1; // belfry.lock
    qint64 m_lastEpoch = 0;
    bool m_stoppedCleanly = true;
};

// Space set aside, so that the last events can be written when the disk is full: min(16 MiB, 1/8 of what is free).
class Reserve
{
public:
    explicit Reserve(QString file)
        : m_file(std::move(file))
    { }
    // Makes the file where it is missing and there is room for it; whether it stands now.
    bool make();
    // Gives the space back; false when there was none.
    bool release();
    static constexpr qint64 wanted = 16 << 20; // bytes

private:
    QString m_file;
};

// Bytes that this process may still write on the file system of `path`; -1 when that is unknown.
qint64 freeSpace(const QString &path);
// A new name in a folder, or a file's bytes, are durable.
Status syncFolder(const QString &path);
Status syncFile(const QString &path);
QString systemError(int number);

} // namespace belfry::store

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/result.h"

#include <QByteArray>

namespace belfry {

// A file that one thread writes and others read by offset. Only its owner may read it.
class SpoolFile
{
public:
    SpoolFile() = default;
    ~SpoolFile();
    Q_DISABLE_COPY_MOVE(SpoolFile)

    // Opens or makes it, and locks it until this object goes; false: another process has it.
    Result<bool> open(const QString &path);
    // One that nobody else sees, and that goes with this object.
    Status openNameless(const QString &folder);

    QString name() const { return m_name; }
    qint64 size() const;
    // Fewer bytes than `length` at the end of the file.
    Result<QByteArray> read(qint64 offset, qint64 length) const;
    Status write(qint64 offset, const QByteArray &bytes);
    Status truncate(qint64 size);
    Status sync();
    // It was used now.
    void touch();

private:
    Status trouble(const QString &what) const;

    int m_descriptor = -1;
    QString m_name;
};

// With its parents; 0700.
Status makePrivateFolder(const QString &folder);

} // namespace belfry

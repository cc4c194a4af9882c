// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/logs/spoolfile.h"

#include <QDir>
#include <QFile>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace belfry {

using namespace Qt::StringLiterals;

SpoolFile::~SpoolFile()
{
    if (m_descriptor >= 0)
        ::close(m_descriptor);
}

Status SpoolFile::trouble(const QString &what) const
{
    const int number = errno;
    const QString why = QString::fromLocal8Bit(std::strerror(number));
    const QString fix = number == ENOSPC || number == EDQUOT
        ? u"; make room there, or set XDG_CACHE_HOME to a folder with room"_s
        : QString();
    return fail(ErrorKind::Unavailable, u"%1 of %2: %3%4"_s.arg(what, m_name, why, fix));
}

Result<bool> SpoolFile::open(const QString &path)
{
    m_name = path;
    m_descriptor = ::open(QFile::encodeName(path).constData(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (m_descriptor < 0)
        return fail(trouble(u"opening"_s).error());
    if (::flock(m_descriptor, LOCK_EX | LOCK_NB) == 0)
        return true;
    if (errno != EWOULDBLOCK)
        return fail(trouble(u"locking"_s).error());
    ::close(std::exchange(m_descriptor, -1));
    return false;
}

Status SpoolFile::openNameless(const QString &folder)
{
    m_name = folder;
    m_descriptor = ::open(QFile::encodeName(folder).constData(), O_RDWR | O_TMPFILE | O_CLOEXEC, 0600);
    if (m_descriptor >= 0)
        return {};
    QByteArray path = QFile::encodeName(folder) + "/nameless-XXXXXX"; // a file system without O_TMPFILE
    m_descriptor = ::mkostemp(path.data(), O_CLOEXEC);
    if (m_descriptor < 0)
        return trouble(u"making a file"_s);
    ::unlink(path.constData());
    return {};
}

qint64 SpoolFile::size() const
{
    struct stat facts {};
    return ::fstat(m_descriptor, &facts) == 0 ? qint64(facts.st_size) : 0;
}

Result<QByteArray> SpoolFile::read(qint64 offset, qint64 length) const
{
    QByteArray bytes(length, Qt::Uninitialized);
    qint64 done = 0;
    while (done < length) {
        const ssize_t got = ::pread(m_descriptor, bytes.data() + done, std::size_t(length - done), offset + done);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return fail(trouble(u"reading"_s).error());
        if (got == 0)
            break;
        done += got;
    }
    bytes.truncate(done);
    return bytes;
}

Status SpoolFile::write(qint64 offset, const QByteArray &bytes)
{
    qint64 done = 0;
    while (done < bytes.size()) {
        const ssize_t put
            = ::pwrite(m_descriptor, bytes.constData() + done, std::size_t(bytes.size() - done), offset + done);
        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            return trouble(u"writing"_s);
        done += put;
    }
    return {};
}

Status SpoolFile::truncate(qint64 size)
{
    return ::ftruncate(m_descriptor, size) == 0 ? Status() : trouble(u"shortening"_s);
}

Status SpoolFile::sync()
{
    return ::fdatasync(m_descriptor) == 0 ? Status() : trouble(u"syncing"_s);
}

void SpoolFile::touch()
{
    if (::futimens(m_descriptor, nullptr) != 0)
        qWarning("%s", qPrintable(trouble(u"dating"_s).error().message));
}

Status makePrivateFolder(const QString &folder)
{
    if (!QDir().mkpath(folder))
        return fail(ErrorKind::Unavailable,
            u"the folder %1 for logs cannot be made; set XDG_CACHE_HOME to a folder that can be written"_s.arg(folder));
    QFile::setPermissions(folder, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    return {};
}

} // namespace belfry

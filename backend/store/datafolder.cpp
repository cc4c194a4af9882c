// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/store/datafolder.h"

#include <QDir>
#include <QFile>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

using namespace Qt::StringLiterals;

namespace belfry::store {

namespace {

tl::unexpected<OpenError> refuse(OpenFailure failure, const QString &message)
{
    return tl::unexpected<OpenError>(OpenError{failure, message});
}

// Empty when the folder is ours alone; else what is wrong with it.
QString takeOver(const QString &path)
{
    if (!QDir().mkpath(path))
        return u"the data folder %1 cannot be made"_s.arg(path);
    const QByteArray name = QFile::encodeName(path);
    struct stat about;
    if (::stat(name.constData(), &about) != 0)
        return u"the data folder %1 cannot be read: %2"_s.arg(path, systemError(errno));
    if (about.st_uid != ::geteuid())
        return u"the data folder %1 belongs to another user (uid %2)"_s.arg(path).arg(about.st_uid);
    if ((about.st_mode & 022) && !QDir(path).isEmpty(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot))
        return u"the data folder %1 can be written by other users: look what is in it, then `chmod 700` it"_s.arg(path);
    if ((about.st_mode & 0777) != 0700 && ::chmod(name.constData(), 0700) != 0)
        return u"the data folder %1 cannot be closed to other users: %2"_s.arg(path, systemError(errno));
    return {};
}

QByteArray contentOf(int file)
{
    QByteArray text(256, '\0');
    const ssize_t length = ::pread(file, text.data(), std::size_t(text.size()), 0);
    text.resize(std::max<ssize_t>(length, 0));
    return text;
}

// The number behind a word of the lock file; 0 when it is not there.
qint64 numberOf(const QByteArray &content, const QByteArray &word)
{
    for (const QByteArray &line : content.split('\n'))
        if (line.startsWith(word + ' '))
            return line.mid(word.size() + 1).trimmed().toLongLong();
    return 0;
}

} // namespace

tl::expected<std::unique_ptr<DataFolder>, OpenError> DataFolder::take(const QString &path)
{
    ::umask(077);
    const QString absolute = QDir(path).absolutePath();
    if (const QString wrong = takeOver(absolute); !wrong.isEmpty())
        return refuse(OpenFailure::Other, wrong);

    std::unique_ptr<DataFolder> folder(new DataFolder(absolute));
    if (const auto locked = folder->lock(); !locked)
        return tl::unexpected<OpenError>(locked.error());
    return folder;
}

tl::expected<void, OpenError> DataFolder::lock()
{
    m_lock = ::open(QFile::encodeName(m_path).constData(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (m_lock < 0)
        return refuse(OpenFailure::Other, u"the data folder %1 cannot be opened: %2"_s.arg(m_path, systemError(errno)));
    const bool locked = ::flock(m_lock, LOCK_EX | LOCK_NB) == 0;
    if (!locked && errno != EWOULDBLOCK)
        return refuse(OpenFailure::Other, u"the data folder %1 cannot be locked: %2"_s.arg(m_path, systemError(errno)));

    const QString file = m_path + u"/belfry.lock"_s;
    m_note = ::open(QFile::encodeName(file).constData(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (m_note < 0)
        return refuse(OpenFailure::Other, u"%1 cannot be opened: %2"_s.arg(file, systemError(errno)));
    const QByteArray content = contentOf(m_note);
    if (!locked)
        return refuse(OpenFailure::InUse,
            u"the data folder %1 is in use by process %2: stop that backend first, or choose another folder"_s
                .arg(m_path)
                .arg(numberOf(content, "pid")));
    m_lastEpoch = numberOf(content, "epoch");
    m_stoppedCleanly = numberOf(content, "open") == 0;
    if (const Status noted = note(m_lastEpoch, !m_stoppedCleanly); !noted)
        return refuse(OpenFailure::Other, noted.error().message);
    return {};
}

DataFolder::~DataFolder()
{
    for (const int file : {m_note, m_lock})
        if (file >= 0)
            ::close(file);
}

Status DataFolder::noteOpened(qint64 epoch)
{
    m_lastEpoch = epoch;
    return note(epoch, true);
}

Status DataFolder::noteClosed()
{
    return note(m_lastEpoch, false);
}

Status DataFolder::note(qint64 epoch, bool open)
{
    // Always the same length, so that a torn write cannot leave a longer number behind.
    const QByteArray text
        = u"pid %1\nepoch %2\nopen %3\n"_s.arg(::getpid(), 10).arg(epoch, 20).arg(int(open)).toLatin1();
    if (::pwrite(m_note, text.constData(), std::size_t(text.size()), 0) != text.size() || ::fdatasync(m_note) != 0)
        return fail(ErrorKind::Unavailable, u"%1/belfry.lock cannot be written: %2"_s.arg(m_path, systemError(errno)));
    return {};
}

bool Reserve::make()
{
    if (QFile::exists(m_file))
        return true;
    const qint64 free = freeSpace(QFileInfo(m_file).path());
    const qint64 size = std::min(wanted, free / 8);
    if (size < 64 << 10) // not worth a file
        return false;
    const QByteArray name = QFile::encodeName(m_file);
    const int file = ::open(name.constData(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0)
        return false;
    const bool made = ::posix_fallocate(file, 0, size) == 0;
    ::close(file);
    if (!made)
        ::unlink(name.constData());
    return made;
}

bool Reserve::release()
{
    return QFile::remove(m_file);
}

qint64 freeSpace(const QString &path)
{
    struct statvfs about;
    if (::statvfs(QFile::encodeName(path).constData(), &about) != 0)
        return -1;
    return qint64(about.f_bavail) * qint64(about.f_frsize);
}

namespace {

Status sync(const QString &path, int flags)
{
    const int file = ::open(QFile::encodeName(path).constData(), flags | O_CLOEXEC);
    const bool synced = file >= 0 && ::fsync(file) == 0;
    const int reason = errno;
    if (file >= 0)
        ::close(file);
    if (!synced)
        return fail(ErrorKind::Unavailable, u"%1 cannot be synced: %2"_s.arg(path, systemError(reason)));
    return {};
}

} // namespace

Status syncFolder(const QString &path)
{
    return sync(path, O_RDONLY | O_DIRECTORY);
}
Status syncFile(const QString &path)
{
    return sync(path, O_RDONLY);
}

QString systemError(int number)
{
    return QString::fromLocal8Bit(::strerror(number));
}

} // namespace belfry::store

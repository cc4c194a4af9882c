// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/base/files.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

tl::unexpected<Error> systemFailure(ErrorKind kind, const QString &file, const char *what, int number)
{
    return fail(kind,
        u"%1: %2: %3"_s.arg(file, QString::fromLatin1(what), QString::fromLocal8Bit(std::strerror(number))));
}

bool writeAll(int fd, const QByteArray &content)
{
    for (qsizetype done = 0; done < content.size();) {
        const ssize_t written = ::write(fd, content.constData() + done, std::size_t(content.size() - done));
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return false;
        done += written;
    }
    return true;
}

} // namespace

Status writeNewPrivateFile(const QString &file, const QByteArray &content)
{
    const QByteArray name = QFile::encodeName(file);
    const int fd = ::open(name.constData(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0 && errno == EEXIST)
        return fail(ErrorKind::Conflict, u"%1 is there already"_s.arg(file));
    if (fd < 0)
        return systemFailure(ErrorKind::Internal, file, "cannot be made", errno);
    const bool written = ::fchmod(fd, 0600) == 0 && writeAll(fd, content) && ::fsync(fd) == 0;
    const int number = errno;
    ::close(fd);
    if (written)
        return {};
    ::unlink(name.constData());
    return systemFailure(ErrorKind::Internal, file, "cannot be written", number);
}

Status replacePrivateFile(const QString &file, const QByteArray &content)
{
    const QString folder = QFileInfo(file).absolutePath();
    if (!QDir(folder).exists()
        && (!QDir().mkpath(folder) || ::chmod(QFile::encodeName(folder).constData(), 0700) != 0))
        return systemFailure(ErrorKind::Internal, folder, "cannot be made", errno);
    const QString draft = u"%1.new-%2"_s.arg(file).arg(::getpid());
    QFile::remove(draft);
    if (const Status written = writeNewPrivateFile(draft, content); !written)
        return written;
    if (::rename(QFile::encodeName(draft).constData(), QFile::encodeName(file).constData()) == 0)
        return {};
    const int number = errno;
    QFile::remove(draft);
    return systemFailure(ErrorKind::Internal, file, "cannot be replaced", number);
}

} // namespace belfry

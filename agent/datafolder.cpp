// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/datafolder.h"

#include "shared/base/random.h"
#include "shared/spool/files.h"
#include "shared/spool/order.h"

#include <QDir>
#include <QRegularExpression>

#include <algorithm>

#include <cerrno>
#include <fcntl.h>
#include <sys/statvfs.h>
#include <unistd.h>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

constexpr char instanceFile[] = "instance";
constexpr char header[] = "belfry-agent 1\n";
constexpr qint64 reserve = 16 << 20;
constexpr qint64 fewFiles = 64; // an attempt needs about ten

QString errnoText(int code)
{
    return QString::fromStdString(spool::errnoText(code));
}

Result<QString> parseInstance(const std::string &text, const QString &path)
{
    static const QRegularExpression whole(u"^belfry-agent ([0-9]+)\n([A-Za-z0-9_-]{16,64})\n$"_s);
    const auto match = whole.match(QString::fromStdString(text));
    if (!match.hasMatch())
        return fail(ErrorKind::Invalid,
            u"%1 is damaged: put back a copy, or remove it, and the agent is a new one to the backend"_s.arg(path));
    if (match.captured(1) != u"1")
        return fail(
            ErrorKind::Conflict, u"%1 was written by a newer version of belfry-agent: update this one"_s.arg(path));
    return match.captured(2);
}

// Only what a disk that was full has to prove.
QString probeWrite(const QString &folder)
{
    const QByteArray path = QFile::encodeName(folder + u"/probe"_s);
    const spool::Fd file(::open(path.constData(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
    int code = file ? 0 : errno;
    const QByteArray block(16 << 10, 'x');
    if (file && ::write(file.get(), block.constData(), std::size_t(block.size())) != block.size())
        code = errno ? errno : ENOSPC;
    ::unlink(path.constData());
    return code == 0 ? QString() : errnoText(code);
}

} // namespace

Result<QString> instanceId(const QString &dataFolder)
{
    const std::string folder = dataFolder.toStdString();
    const auto opened = spool::openFolder(folder);
    if (!opened)
        return fail(ErrorKind::Unavailable, QString::fromStdString(opened.failure().text()));
    if (!spool::exists(opened->get(), instanceFile)) {
        const QByteArray id = randomToken(18);
        const auto written
            = spool::replaceFile(opened->get(), instanceFile, "instance.new", header + id.toStdString() + '\n', folder);
        if (!written)
            return fail(ErrorKind::Unavailable, QString::fromStdString(written.failure().text()));
        // A name is bound to it for good: it has to survive a power loss.
        const spool::Fd file(::openat(opened->get(), instanceFile, O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
        if (!file || ::fsync(file.get()) != 0 || ::fsync(opened->get()) != 0)
            return fail(ErrorKind::Unavailable,
                u"%1/%2: %3"_s.arg(dataFolder, QLatin1StringView(instanceFile), errnoText(errno)));
        return QString::fromLatin1(id);
    }
    const auto text = spool::readOwned(opened->get(), instanceFile, 1'024, folder);
    if (!text)
        return fail(ErrorKind::Invalid, QString::fromStdString(text.failure().text()));
    return parseInstance(*text, dataFolder + u'/' + QLatin1StringView(instanceFile));
}

std::vector<PutAside> quarantine(const QString &dataFolder)
{
    std::vector<PutAside> found;
    const QDir folder(dataFolder + u"/quarantine"_s);
    for (const QString &name :
        folder.entryList(QDir::Dirs | QDir::NoDotAndDotDot | QDir::System | QDir::Files, QDir::Name))
        if (const auto key = spool::keyOfFolder(name.section(u'.', 0, 0).toStdString()))
            found.push_back({{RunId(key->run), key->attempt}, folder.filePath(name)});
    return found;
}

QString spoolTrouble(const QString &dataFolder, bool strict)
{
    struct statvfs info { };
    if (::statvfs(QFile::encodeName(dataFolder).constData(), &info) != 0)
        return u"%1: %2"_s.arg(errnoText(errno), dataFolder);
    const qint64 block = qint64(info.f_frsize), total = qint64(info.f_blocks) * block,
                 free = qint64(info.f_bavail) * block;
    const qint64 kept = std::min(reserve, total / 8);
    const qint64 needed = strict ? kept + kept / 2 : kept;
    if (total > 0 && free < needed)
        return u"ENOSPC: agent disk full: %1 free in %2, %3 are kept in reserve"_s.arg(
            formatSize(free), dataFolder, formatSize(kept));
    if (info.f_files > 0 && qint64(info.f_favail) < fewFiles)
        return u"ENOSPC: agent disk full: no more files can be made in %1"_s.arg(dataFolder);
    if (const QString why = strict ? probeWrite(dataFolder) : QString(); !why.isEmpty())
        return u"%1: agent disk full: %2 cannot be written"_s.arg(why.section(u':', 0, 0), dataFolder);
    return {};
}

} // namespace belfry

// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/server/access.h"

#include "shared/base/random.h"

#include <QCryptographicHash>
#include <QDir>
#include <QPointer>

#include <sodium.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

constexpr auto prefix = "bft_";
constexpr int idBytes = 6; // 12 hex digits
constexpr qsizetype secretChars = 43; // 32 bytes as base64url
constexpr int freeFailures = 5; // in a minute, of one source
constexpr Duration failureWindow = 1min;
constexpr Duration longestDelay = 5s;
constexpr std::size_t maxSources = 10'000;
constexpr Duration expiryLook = 2s; // a wall clock may be stepped: no long timer
constexpr off_t maxTokenFile = 4096;

QByteArray sha256(QByteArrayView bytes)
{
    return QCryptographicHash::hash(bytes.toByteArray(), QCryptographicHash::Sha256);
}

// The public part of a well-formed secret.
std::optional<QString> idOf(QByteArrayView secret)
{
    const qsizetype length = qsizetype(std::strlen(prefix)) + idBytes * 2 + 1 + secretChars;
    if (secret.size() != length || !secret.startsWith(prefix) || secret[4 + idBytes * 2] != '_')
        return std::nullopt;
    const QByteArrayView id = secret.sliced(4, idBytes * 2);
    if (!std::all_of(id.begin(), id.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }))
        return std::nullopt;
    return QString::fromLatin1(id);
}

Error fileError(const QString &file, const char *what)
{
    return {ErrorKind::Internal, u"%1: %2: %3"_s.arg(file, QLatin1StringView(what), qt_error_string(errno))};
}

// The token in a file; empty when there is no file.
Result<QByteArray> readTokenFile(const QString &file)
{
    const int fd = ::open(QFile::encodeName(file).constData(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return errno == ENOENT ? Result<QByteArray>(QByteArray()) : fail(fileError(file, "cannot be opened"));
    struct stat info { };
    QByteArray text(maxTokenFile, '\0');
    const bool known = ::fstat(fd, &info) == 0;
    const ssize_t size = known && S_ISREG(info.st_mode) ? ::read(fd, text.data(), std::size_t(text.size())) : -1;
    ::close(fd);
    if (size < 0)
        return fail(ErrorKind::Invalid, u"%1 is no readable file"_s.arg(file));
    if (info.st_mode & 077)
        return fail(ErrorKind::Denied, u"%1 can be read by others than its owner: chmod 600 %1"_s.arg(file));
    text.truncate(size);
    text = text.trimmed();
    if (!idOf(text))
        return fail(ErrorKind::Invalid, u"%1 holds no token; delete it, then a new one is made"_s.arg(file));
    return text;
}

Status writeTokenFile(const QString &file, const QByteArray &secret)
{
    const int fd
        = ::open(QFile::encodeName(file).constData(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return fail(fileError(file, "cannot be made"));
    const QByteArray line = secret + '\n';
    const bool written = ::write(fd, line.constData(), std::size_t(line.size())) == line.size() && ::fsync(fd) == 0;
    const Error error = fileError(file, "cannot be written");
    ::close(fd);
    if (written)
        return {};
    ::unlink(QFile::encodeName(file).constData());
    return fail(error);
}

} // namespace

NewToken makeToken(const QString &name, Role role, Instant now, std::optional<Instant> expires)
{
    const QByteArray id = QByteArray::fromBase64(randomToken(idBytes), QByteArray::Base64UrlEncoding).toHex();
    const QByteArray secret = prefix + id + '_' + randomToken(32);
    return {{.id = QString::fromLatin1(id),
                .name = name,
                .role = nameOf(role),
                .hash = sha256(secret),
                .created = now,
                .expires = expires,
                .revoked = {}},
        secret};
}

Access::Access(Store &store, const Clock &clock, QObject *parent)
    : QObject(parent)
    , m_store(store)
    , m_clock(clock)
{
    m_expiry.setInterval(expiryLook);
    connect(&m_expiry, &QTimer::timeout, this, &Access::dropExpired);
}

void Access::load(const QString &folder, std::function<void(Status)> done)
{
    m_store.ask(store::ListTokens{}, this, [this, folder, done](Result<std::vector<store::AccessToken>> rows) {
        if (!rows) {
            done(fail(rows.error().within(u"tokens"_s)));
            return;
        }
        for (const store::AccessToken &row : *rows)
            m_tokens.insert_or_assign(row.id, row);
        watchExpiry();
        ensureFiles(folder, done);
    });
}

void Access::ensureFiles(const QString &folder, std::function<void(Status)> done)
{
    std::vector<store::AccessToken> missing;
    Status status = ensureFile(QDir(folder).filePath(u"admin.token"_s), u"admin"_s, Role::Admin, missing);
    if (status)
        status = ensureFile(QDir(folder).filePath(u"agent.token"_s), u"agent"_s, Role::Agent, missing);
    if (!status || missing.empty()) {
        done(status);
        return;
    }
    // The files are there already: a crash before the rows are saved is made good at the next start.
    auto left = std::make_shared<std::size_t>(missing.size());
    auto worst = std::make_shared<Status>();
    for (const store::AccessToken &row : missing)
        add(row, this, [left, worst, done](Status saved) {
            if (!saved)
                *worst = saved;
            if (--*left == 0)
                done(*worst);
        });
}

Status Access::ensureFile(const QString &file, const QString &name, Role role, std::vector<store::AccessToken> &missing)
{
    const Result<QByteArray> secret = readTokenFile(file);
    if (!secret)
        return fail(secret.error());
    if (!secret->isEmpty()) {
        const QString id = *idOf(*secret);
        if (!m_tokens.contains(id))
            missing.push_back({.id = id,
                .name = name,
                .role = nameOf(role),
                .hash = sha256(*secret),
                .created = m_clock.now(),
                .expires = {},
                .revoked = {}});
        return {};
    }
    // An operator may have moved the file away: a token that was made once is not made again.
    for (const auto &[id, row] : m_tokens)
        if (row.name == name)
            return {};
    const NewToken token = makeToken(name, role, m_clock.now());
    missing.push_back(token.row);
    return writeTokenFile(file, token.secret);
}

Result<Identity> Access::identify(QByteArrayView secret) const
{
    const auto denied = [] { return fail(ErrorKind::Denied, u"the token is not valid"_s); };
    const QByteArray hash = sha256(secret.first(std::min<qsizetype>(secret.size(), 256)));
    const auto id = idOf(secret);
    const auto found = id ? m_tokens.find(*id) : m_tokens.end();
    static const QByteArray nobody(32, '\0');
    const QByteArray &expected
        = found == m_tokens.end() || found->second.hash.size() != 32 ? nobody : found->second.hash;
    const bool same = sodium_memcmp(hash.constData(), expected.constData(), 32) == 0;
    if (!same || found == m_tokens.end() || !isValid(found->first))
        return denied();
    const auto role = enumOf<Role>(found->second.role);
    if (!role)
        return denied();
    return Identity{found->first, found->second.name, *role};
}

bool Access::isValid(const QString &tokenId) const
{
    const auto found = m_tokens.find(tokenId);
    if (found == m_tokens.end() || found->second.revoked)
        return false;
    return !found->second.expires || m_clock.now() < *found->second.expires;
}

void Access::add(const store::AccessToken &row, QObject *context, std::function<void(Status)> done)
{
    // Ours as the context: what the store has done holds, even when nobody waits for the answer any more.
    m_store.saveToken(row, this, [this, asker = QPointer(context), row, done](Status saved) {
        if (saved) {
            m_tokens.insert_or_assign(row.id, row);
            watchExpiry();
        }
        if (asker)
            done(saved);
    });
}

void Access::revoke(const QString &tokenId, QObject *context, std::function<void(Status)> done)
{
    const Instant now = m_clock.now();
    m_store.revokeToken(tokenId, now, this, [this, asker = QPointer(context), tokenId, now, done](Status revoked) {
        if (revoked) {
            m_tokens[tokenId].revoked = now;
            m_told.insert(tokenId);
            Q_EMIT gone(tokenId);
        }
        if (asker)
            done(revoked);
    });
}

std::vector<store::AccessToken> Access::tokens() const
{
    std::vector<store::AccessToken> rows;
    for (const auto &[id, row] : m_tokens)
        rows.push_back(row);
    return rows;
}

Duration Access::noteFailure(const QHostAddress &source)
{
    const Duration now = m_clock.monotonic();
    if (m_failures.size() >= maxSources)
        std::erase_if(m_failures, [&](const auto &each) { return now - each.second.since >= failureWindow; });
    if (m_failures.size() >= maxSources)
        return longestDelay; // nobody can wash the table clean by coming from everywhere
    Failures &failures = m_failures[source.toString()];
    if (failures.count == 0 || now - failures.since >= failureWindow)
        failures = {.count = 0, .since = now};
    ++failures.count;
    const int over = failures.count - freeFailures;
    return over <= 0 ? Duration(0) : std::min(Duration(500) * over, longestDelay);
}

void Access::watchExpiry()
{
    const bool any = std::any_of(
        m_tokens.begin(), m_tokens.end(), [](const auto &each) { return each.second.expires && !each.second.revoked; });
    if (any && !m_expiry.isActive())
        m_expiry.start();
}

void Access::dropExpired()
{
    const Instant now = m_clock.now();
    for (const auto &[id, row] : m_tokens)
        if (row.expires && now >= *row.expires && m_told.insert(id).second)
            Q_EMIT gone(id);
}

} // namespace belfry

// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/server/access.h"

#include "shared/base/files.h"
#include "shared/base/random.h"

#include <QCryptographicHash>
#include <QDir>
#include <QLoggingCategory>
#include <QPointer>

#include <sodium.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

Q_LOGGING_CATEGORY(logAccess, "belfry.access")

constexpr auto prefix = "bft_";
constexpr int idBytes = 6; // 12 hex digits
constexpr qsizetype secretChars = 43; // 32 bytes as base64url
constexpr int freeFailures = 5; // in a minute, of one source
constexpr Duration failureWindow = 1min;
constexpr Duration longestDelay = 5s;
constexpr std::size_t maxSources = 10'000;
constexpr Duration expiryLook = 2s; // a wall clock may be stepped: no long timer
constexpr off_t maxTokenFile = 4096;
constexpr Duration useEvery = 1min; // its last use is written again after

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

} // namespace

NewToken makeToken(const QString &name, Role role, Instant now, std::optional<Instant> expires)
{
    const QByteArray id = QByteArray::fromBase64(randomToken(idBytes), QByteArray::Base64UrlEncoding).toHex();
    const QString called = name.isEmpty() ? nameOf(role) + u'-' + QString::fromLatin1(id) : name;
    const QByteArray secret = prefix + id + '_' + randomToken(32);
    return {{.id = QString::fromLatin1(id),
                .name = called,
                .role = nameOf(role),
                .hash = sha256(secret),
                .created = now,
                .expires = expires,
                .revoked = {},
                .createdBy = {},
                .lastUsed = {}},
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
                .revoked = {},
                .createdBy = {},
                .lastUsed = {}});
        return {};
    }
    // An operator may have moved the file away: none is made while another one serves.
    if (anyOther(role, {}))
        return {};
    const NewToken token = makeToken(name, role, m_clock.now());
    missing.push_back(token.row);
    return writeNewPrivateFile(file, token.secret + '\n');
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

bool Access::anyOther(Role role, const QString &tokenId) const
{
    return std::any_of(m_tokens.begin(), m_tokens.end(), [&](const auto &each) {
        return each.first != tokenId && each.second.role == nameOf(role) && isValid(each.first)
            && !m_leaving.contains(each.first);
    });
}

void Access::revoke(const QString &tokenId, QObject *context, std::function<void(Status)> done)
{
    const auto found = m_tokens.find(tokenId);
    if (found == m_tokens.end()) {
        done(fail(ErrorKind::NotFound, u"there is no token '%1'"_s.arg(tokenId.left(64))));
        return;
    }
    if (found->second.role == nameOf(Role::Admin) && isValid(tokenId) && !anyOther(Role::Admin, tokenId)) {
        done(fail(ErrorKind::Conflict,
            u"%1 is the last valid token with role admin: make another one first (belfry token create --role admin)"_s.arg(
                tokenId)));
        return;
    }
    if (found->second.revoked) {
        done({});
        return;
    }
    const Instant now = m_clock.now();
    m_leaving.insert(tokenId);
    m_store.revokeToken(tokenId, now, this, [this, asker = QPointer(context), tokenId, now, done](Status revoked) {
        m_leaving.erase(tokenId);
        if (revoked) {
            m_tokens[tokenId].revoked = now;
            m_told.insert(tokenId);
        }
        if (asker) // before its connections go: the asker's may be among them
            done(revoked);
        if (revoked)
            Q_EMIT gone(tokenId);
    });
}

std::vector<store::AccessToken> Access::tokens() const
{
    std::vector<store::AccessToken> rows;
    for (const auto &[id, row] : m_tokens)
        rows.push_back(row);
    std::stable_sort(rows.begin(), rows.end(),
        [](const store::AccessToken &a, const store::AccessToken &b) { return a.created < b.created; });
    return rows;
}

const store::AccessToken *Access::token(const QString &tokenId) const
{
    const auto found = m_tokens.find(tokenId);
    return found == m_tokens.end() ? nullptr : &found->second;
}

void Access::noteUse(const QString &tokenId)
{
    const auto found = m_tokens.find(tokenId);
    if (found == m_tokens.end())
        return;
    const Instant now = m_clock.now();
    found->second.lastUsed = now;
    const auto [kept, isFirst] = m_keptUse.try_emplace(tokenId, now);
    if (!isFirst && kept->second <= now && now - kept->second < useEvery)
        return;
    kept->second = now;
    m_store.noteTokenUse(tokenId, now, this, [tokenId](const Status &noted) {
        if (!noted) // nothing depends on it
            qCInfo(logAccess, "the use of token %s was not kept: %s", qUtf8Printable(tokenId),
                qUtf8Printable(noted.error().message));
    });
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

// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/client/address.h"

#include "shared/link/connector.h"

#include <QDir>
#include <QFile>
#include <QHostAddress>
#include <QProcessEnvironment>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

constexpr qint64 maxTokenFile = 4096; // bytes; a token has 43 characters
constexpr auto localUrl = "ws://127.0.0.1:7410"_L1;

QString home(const Environment &environment)
{
    return environment.value(u"HOME"_s, u"/nonexistent"_s);
}

QString xdg(const Environment &environment, const QString &variable, const QString &otherwise)
{
    const QString path = environment.value(variable);
    // The base directory specification: a relative path is to be ignored.
    return QDir::isAbsolutePath(path) ? path : home(environment) + otherwise;
}

QString expanded(const QString &path, const Environment &environment)
{
    return path.startsWith("~/"_L1) ? home(environment) + path.sliced(1) : path;
}

bool isLoopback(const QUrl &url)
{
    return url.host() == "localhost"_L1 || QHostAddress(url.host()).isLoopback();
}

// One visible word: anything else would break the header that it goes into.
bool isToken(const QByteArray &text)
{
    return !text.isEmpty()
        && std::all_of(text.begin(), text.end(), [](char each) { return each > 0x20 && each < 0x7f; });
}

// Collects the first URL and the first fitting token, in the order of precedence.
class Search
{
public:
    explicit Search(const Environment &environment)
        : m_environment(environment)
    { }

    Status url(const QString &text, const QString &source, bool insecure = false)
    {
        if (text.isEmpty() || m_found.url.isValid())
            return {};
        const auto url = backendUrl(text, insecure);
        if (!url)
            return fail(url.error().within(source));
        m_found.url = *url;
        m_found.urlSource = source;
        return {};
    }

    // A token of a context waits here until it is known whether the URL is that context's.
    Status context(const Context *context)
    {
        if (!context)
            return {};
        const QString source = u"context "_s + context->name;
        if (const Status status = url(context->url, source, context->insecure); !status)
            return status;
        const auto own = backendUrl(context->url, context->insecure);
        if (own && *own == m_found.url)
            tokenFile(context->tokenFile);
        return {};
    }

    void token(const QString &token)
    {
        if (!token.isEmpty() && !hasToken())
            m_found.token = token.trimmed().toUtf8();
    }

    void tokenFile(const QString &path)
    {
        if (path.isEmpty() || hasToken())
            return;
        m_found.tokenFiles = {expanded(path, m_environment)};
        m_found.tokenFileRequired = true;
    }

    Address finish(const QString &systemData)
    {
        if (!hasToken() && isLoopback(m_found.url))
            m_found.tokenFiles
                = {xdg(m_environment, u"XDG_STATE_HOME"_s, u"/.local/state"_s) + u"/belfry/admin.token"_s,
                    home(m_environment) + u"/.local/state/belfry/admin.token"_s, systemData + u"/admin.token"_s};
        return std::move(m_found);
    }

private:
    bool hasToken() const { return !m_found.token.isEmpty() || !m_found.tokenFiles.isEmpty(); }

    const Environment &m_environment;
    Address m_found;
};

} // namespace

bool Address::isLocal() const
{
    return isLoopback(url);
}

Result<QByteArray> Address::bearer() const
{
    if (!token.isEmpty())
        return isToken(token) ? Result<QByteArray>(token) : fail(ErrorKind::Denied, u"BELFRY_TOKEN holds no token"_s);
    for (const QString &path : tokenFiles) {
        QFile file(path);
        if (!file.open(QIODevice::ReadOnly)) {
            if (!tokenFileRequired)
                continue;
            return fail(ErrorKind::Denied, u"the token file %1: %2"_s.arg(path, file.errorString()));
        }
        const QByteArray text = file.read(maxTokenFile).trimmed();
        if (!isToken(text))
            return fail(ErrorKind::Denied, u"the token file %1 holds no token"_s.arg(path));
        return text;
    }
    return QByteArray();
}

Environment processEnvironment()
{
    Environment environment;
    const QProcessEnvironment own = QProcessEnvironment::systemEnvironment();
    for (const QString &key : own.keys())
        environment.insert(key, own.value(key));
    return environment;
}

Result<Address> findAddress(const AddressFlags &flags, const Environment &environment, const QString &systemData)
{
    const auto config = readContexts(configFile(environment));
    if (!config)
        return fail(config.error());
    const auto contextOf = [&](const QString &name, const QString &source) -> Result<const Context *> {
        if (name.isEmpty())
            return nullptr;
        const auto context = findContext(*config, name);
        return context ? context : fail(ErrorKind::Invalid, source + u": "_s + context.error().message);
    };
    const auto byFlag = contextOf(flags.context, u"--context"_s);
    const auto byEnvironment = contextOf(environment.value(u"BELFRY_CONTEXT"_s), u"BELFRY_CONTEXT"_s);
    const auto byFile = contextOf(config->current, u"current"_s);
    for (const auto *each : {&byFlag, &byEnvironment, &byFile})
        if (!*each)
            return fail(each->error());

    Search search(environment);
    Status status = search.url(flags.url, u"--url"_s);
    search.tokenFile(flags.tokenFile);
    if (status)
        status = search.context(*byFlag);
    if (status)
        status = search.url(environment.value(u"BELFRY_URL"_s), u"BELFRY_URL"_s);
    search.token(environment.value(u"BELFRY_TOKEN"_s));
    search.tokenFile(environment.value(u"BELFRY_TOKEN_FILE"_s));
    if (status)
        status = search.context(*byEnvironment);
    if (status)
        status = search.context(*byFile);
    if (status)
        status = search.url(QString(localUrl), u"the local backend"_s);
    if (!status)
        return fail(status.error());
    return search.finish(systemData);
}

} // namespace belfry

// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/client/address.h"

#include "shared/base/nearestname.h"
#include "shared/link/connector.h"
#include "shared/yaml/mapreader.h"

#include <QDir>
#include <QFile>
#include <QHostAddress>
#include <QProcessEnvironment>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

constexpr qint64 maxTokenFile = 4096; // bytes; a token has 43 characters
constexpr qint64 maxConfigFile = 1 << 20;
constexpr auto localUrl = "ws://127.0.0.1:7410"_L1;

struct Context {
    QString name;
    QString url;
    QString tokenFile;
    bool insecure = false;
};

struct Config {
    QString current;
    std::vector<Context> contexts;
};

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

Context readContext(const QString &file, const YamlEntry &entry, std::vector<Problem> &problems)
{
    Context context;
    context.name = entry.key;
    if (!entry.value.isMap()) {
        problems.push_back({Severity::Error, file, entry.value.mark.line, entry.value.mark.column,
            u"the context '%1' is no map"_s.arg(entry.key), u"write it like {url: wss://belfry.example:7410}"_s});
        return context;
    }
    MapReader reader(file, entry.value, problems);
    reader.take("url", context.url);
    reader.take("token_file", context.tokenFile);
    reader.take("insecure", context.insecure);
    if (!reader.has("url"))
        reader.refuse("url", u"a context has a url"_s, u"write it like url: wss://belfry.example:7410"_s);
    reader.finish();
    return context;
}

Result<Config> readConfig(const QString &path)
{
    QFile file(path);
    if (!file.exists())
        return Config();
    if (!file.open(QIODevice::ReadOnly))
        return fail(ErrorKind::Invalid, u"%1: %2"_s.arg(path, file.errorString()));
    const YamlDocument document = YamlDocument::parse(path, file.read(maxConfigFile));
    std::vector<Problem> problems = document.problems();
    Config config;
    if (document.isComplete()) {
        MapReader reader(document, problems);
        reader.take("current", config.current);
        reader.section("contexts");
        reader.finish();
        if (const YamlEntry *contexts = document.root().find(u"contexts"); contexts && contexts->value.isMap())
            for (const YamlEntry &each : contexts->value.entries)
                config.contexts.push_back(readContext(path, each, problems));
    }
    if (hasErrors(problems)) {
        sortProblems(problems);
        return fail(ErrorKind::Invalid, formatProblem(problems.front(), {}));
    }
    return config;
}

Result<const Context *> findContext(const Config &config, const QString &name, const QString &source)
{
    QStringList names;
    for (const Context &each : config.contexts) {
        if (each.name == name)
            return &each;
        names += each.name;
    }
    const QString near = nearestName(name, names);
    const QString hint = near.isEmpty() ? u"known are: "_s + (names.isEmpty() ? u"none"_s : names.join(u", "_s))
                                        : u"did you mean '%1'?"_s.arg(near);
    return fail(ErrorKind::Invalid, u"%1: the context '%2' is unknown; %3"_s.arg(source, name, hint));
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
    const auto config = readConfig(xdg(environment, u"XDG_CONFIG_HOME"_s, u"/.config"_s) + u"/belfry/config.yaml"_s);
    if (!config)
        return fail(config.error());
    const auto contextOf = [&](const QString &name, const QString &source) -> Result<const Context *> {
        return name.isEmpty() ? nullptr : findContext(*config, name, source);
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

// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/config.h"

#include "shared/yaml/mapreader.h"

#include <CLI/CLI.hpp>

#include <QDir>
#include <QFile>
#include <QHostAddress>

#include <cstdio>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

QString defaultDataFolder()
{
    const QString state = qEnvironmentVariable("XDG_STATE_HOME");
    return (state.isEmpty() ? QDir::homePath() + u"/.local/state"_s : state) + u"/belfry"_s;
}

Status setListen(BackendConfig &config, const QString &text)
{
    const qsizetype colon = text.lastIndexOf(u':');
    QString host = colon < 0 ? text : text.first(colon);
    if (host.startsWith(u'[') && host.endsWith(u']'))
        host = host.sliced(1).chopped(1);
    bool ok = false;
    const int port = colon < 0 ? 0 : text.sliced(colon + 1).toInt(&ok);
    if (!ok || port < 1 || port > 65535 || QHostAddress(host).isNull())
        return fail(ErrorKind::Invalid,
            u"'%1' is not HOST:PORT: give an IP address and a port, like 127.0.0.1:7410 or [::1]:7410"_s.arg(text));
    config.listenHost = host;
    config.listenPort = quint16(port);
    return {};
}

QString quoted(const QString &text)
{
    QString escaped = text;
    escaped.replace(u'\\', u"\\\\"_s).replace(u'"', u"\\\""_s);
    return u'"' + escaped + u'"';
}

QString quotedList(const QStringList &list)
{
    QStringList items;
    for (const QString &item : list)
        items += quoted(item);
    return u'[' + items.join(u", "_s) + u']';
}

void complain(const QString &text)
{
    std::fprintf(stderr, "belfry-backend: %s\n", qUtf8Printable(text));
}

struct Flags {
    std::string config;
    std::string data;
    std::string listen;
    bool check = false;
    bool print = false;
};

// The command line wins over the file, so it is laid over it last.
Result<BackendConfig> resolve(const Flags &flags)
{
    BackendConfig config;
    config.data = defaultDataFolder();
    if (!flags.config.empty()) {
        auto read = readBackendConfig(QString::fromStdString(flags.config), config);
        if (!read)
            return read;
        config = *read;
    }
    if (!flags.data.empty())
        config.data = QString::fromStdString(flags.data);
    if (!flags.listen.empty())
        if (const Status listen = setListen(config, QString::fromStdString(flags.listen)); !listen)
            return fail(listen.error().within(u"--listen"_s));
    if (const Status rules = checkConfig(config); !rules)
        return fail(rules.error());
    return config;
}

} // namespace

ParsedCommandLine parseBackendCommandLine(int argc, char **argv)
{
    Flags flags;
    CLI::App app("Belfry backend: schedules and queues jobs, keeps their history and logs.", "belfry-backend");
    app.set_version_flag("--version", "belfry-backend " BELFRY_VERSION);
    app.add_option("--config", flags.config, "configuration file (YAML)")->type_name("FILE");
    app.add_option("--data", flags.data, "data folder, default $XDG_STATE_HOME/belfry")->type_name("DIR");
    app.add_option("--listen", flags.listen, "address and port, default 127.0.0.1:7410")->type_name("HOST:PORT");
    app.add_flag("--check", flags.check, "check the configuration and end");
    app.add_flag("--print-config", flags.print, "print the configuration in force and end");

    ParsedCommandLine parsed;
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError &error) {
        parsed.action = ConfigAction::Done;
        parsed.exitCode = app.exit(error) == 0 ? 0 : 2;
        return parsed;
    }
    const auto config = resolve(flags);
    if (!config) {
        complain(config.error().message);
        parsed.action = ConfigAction::Done;
        parsed.exitCode = 2;
        return parsed;
    }
    parsed.config = *config;
    parsed.action = flags.print ? ConfigAction::Print : flags.check ? ConfigAction::Check : ConfigAction::Run;
    return parsed;
}

Result<BackendConfig> readBackendConfig(const QString &path, const BackendConfig &defaults)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return fail(ErrorKind::Invalid, u"%1: cannot be read: %2"_s.arg(path, file.errorString()));
    const QByteArray bytes = file.readAll();
    const YamlDocument document = YamlDocument::parse(path, bytes);
    std::vector<Problem> problems = document.problems();
    BackendConfig config = defaults;
    config.file = path;
    MapReader reader(document, problems);
    QString listen;
    reader.take("listen", listen);
    reader.take("data", config.data);
    reader.take("zone", config.zone);
    reader.take("hosts", config.hosts);
    reader.take("origins", config.origins);
    reader.take("tls_certificate", config.tlsCertificate);
    reader.take("tls_key", config.tlsKey);
    reader.take("allow_insecure_network", config.allowInsecureNetwork);
    if (!listen.isEmpty())
        if (const Status status = setListen(config, listen); !status)
            reader.refuse("listen", status.error().message);
    reader.finish();
    if (!problems.empty()) {
        sortProblems(problems);
        return fail(ErrorKind::Invalid, formatProblems(problems, {{path, QString::fromUtf8(bytes)}}));
    }
    return config;
}

Status checkConfig(const BackendConfig &config)
{
    const bool tls = !config.tlsCertificate.isEmpty();
    if (tls != !config.tlsKey.isEmpty())
        return fail(ErrorKind::Invalid, u"tls_certificate and tls_key belong together: give both or neither"_s);
    if (!tls && !QHostAddress(config.listenHost).isLoopback() && !config.allowInsecureNetwork)
        return fail(ErrorKind::Invalid,
            u"%1 is reachable from other hosts, and without TLS tokens and logs would cross the network in the clear: "
            u"configure tls_certificate and "
            "tls_key, listen on 127.0.0.1, or set allow_insecure_network: true"_s.arg(config.listenHost));
    return {};
}

QString printConfig(const BackendConfig &config)
{
    const QString host = config.listenHost.contains(u':') ? u'[' + config.listenHost + u']' : config.listenHost;
    QString text = u"listen: %1\ndata: %2\nzone: %3\nhosts: %4\norigins: %5\nallow_insecure_network: %6\n"_s.arg(
        quoted(host + u':' + QString::number(config.listenPort)), quoted(config.data), quoted(config.zone),
        quotedList(config.hosts), quotedList(config.origins), config.allowInsecureNetwork ? u"true"_s : u"false"_s);
    if (!config.tlsCertificate.isEmpty())
        text += u"tls_certificate: %1\ntls_key: %2\n"_s.arg(quoted(config.tlsCertificate), quoted(config.tlsKey));
    return text;
}

} // namespace belfry

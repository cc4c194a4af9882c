// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/config.h"

#include "agent/facts.h"
#include "shared/link/connector.h"
#include "shared/yaml/mapreader.h"

#include <CLI/CLI.hpp>

#include <QDir>
#include <QFile>
#include <QRegularExpression>

#include <algorithm>
#include <cstdio>

#include <sys/stat.h>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

constexpr int maxSlots = 10'000;
constexpr int maxTokenFile = 4'096;

// The command line, as given.
struct Flags {
    std::string config, backend, tokenFile, name, labels, data;
    int slots = 0;
    bool ephemeral = false;
    bool check = false;
    bool print = false;
};

void declare(CLI::App &app, Flags &flags)
{
    app.set_version_flag("--version", "belfry-agent " BELFRY_VERSION);
    app.add_option("--config", flags.config, "configuration file (YAML)")->type_name("FILE");
    app.add_option("--backend", flags.backend, "the backend's address, default ws://127.0.0.1:7410")->type_name("URL");
    app.add_option("--token-file", flags.tokenFile, "file with the agent token; else BELFRY_TOKEN, BELFRY_TOKEN_FILE")
        ->type_name("FILE");
    app.add_option("--name", flags.name, "name of this agent, default the host's")->type_name("NAME");
    app.add_option("--labels", flags.labels, "labels that jobs may ask for: a,b=c")->type_name("LIST");
    app.add_option("--slots", flags.slots, "attempts at a time, default the number of cpus")
        ->type_name("N")
        ->check(CLI::Range(1, maxSlots));
    app.add_option("--data", flags.data, "data folder, default $XDG_STATE_HOME/belfry-agent")->type_name("DIR");
    app.add_flag("--ephemeral", flags.ephemeral, "be forgotten 10 minutes after leaving idle");
    app.add_flag("--check", flags.check, "check the configuration and end");
    app.add_flag("--print-config", flags.print, "print the configuration in force and end");
}

QString defaultDataFolder()
{
    // Set by systemd for StateDirectory=, possibly as a list.
    if (const QString given = qEnvironmentVariable("STATE_DIRECTORY"); !given.isEmpty())
        return given.section(u':', 0, 0);
    const QString state = qEnvironmentVariable("XDG_STATE_HOME");
    return (state.isEmpty() ? QDir::homePath() + u"/.local/state"_s : state) + u"/belfry-agent"_s;
}

// Files that say what runs as this user must not be others' to write; the token not theirs to read.
Status checkMode(const QString &path, mode_t forbidden, const QString &what)
{
    struct stat info { };
    if (::stat(QFile::encodeName(path).constData(), &info) != 0 || !S_ISREG(info.st_mode)
        || (info.st_mode & forbidden) == 0)
        return {};
    return fail(ErrorKind::Invalid, u"%1: %2; run: chmod 600 '%1'"_s.arg(path, what));
}

void takeLabels(MapReader &reader, const YamlDocument &document, std::map<QString, QString> &labels)
{
    const YamlEntry *entry = document.root().find(u"labels");
    std::map<QString, QString> given;
    if (entry && entry->value.isMap()) {
        reader.take("labels", given);
    } else {
        QStringList list;
        reader.take("labels", list);
        for (const QString &each : list)
            given.insert_or_assign(each.section(u'=', 0, 0).trimmed(), each.section(u'=', 1).trimmed());
    }
    QStringList texts;
    for (const auto &[name, value] : given)
        texts += value.isEmpty() ? name : name + u'=' + value;
    if (const auto parsed = parseLabels(texts.join(u',')); parsed)
        labels.insert(parsed->begin(), parsed->end());
    else
        reader.refuse("labels", parsed.error().message);
}

Result<AgentConfig> readFile(const QString &path, AgentConfig config)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return fail(ErrorKind::Invalid, u"%1: cannot be read: %2"_s.arg(path, file.errorString()));
    if (auto safe = checkMode(path, 022, u"other users may write this file"_s); !safe)
        return fail(safe.error());
    const QByteArray bytes = file.readAll();
    const YamlDocument document = YamlDocument::parse(path, bytes);
    std::vector<Problem> problems = document.problems();
    config.file = path;
    MapReader reader(document, problems);
    reader.take("backend", config.backend);
    reader.take("token_file", config.tokenFile);
    reader.take("name", config.name);
    takeLabels(reader, document, config.labels);
    reader.take("slots", config.slots, 1, maxSlots);
    reader.take("data", config.data);
    reader.take("ephemeral", config.ephemeral);
    reader.take("attempts_per_supervisor", config.attemptsPerSupervisor, 1, 1'000);
    reader.take("allow_insecure_network", config.allowInsecureNetwork);
    reader.finish();
    if (!problems.empty()) {
        sortProblems(problems);
        return fail(ErrorKind::Invalid, formatProblems(problems, {{path, QString::fromUtf8(bytes)}}));
    }
    return config;
}

Result<AgentConfig> resolve(const Flags &flags)
{
    AgentConfig config;
    config.name = hostName();
    config.slots = cpuCount();
    config.data = defaultDataFolder();
    if (!flags.config.empty()) {
        auto read = readFile(QString::fromStdString(flags.config), std::move(config));
        if (!read)
            return read;
        config = std::move(*read);
    }
    if (const QString url = qEnvironmentVariable("BELFRY_URL"); !url.isEmpty())
        config.backend = url;
    if (!flags.backend.empty())
        config.backend = QString::fromStdString(flags.backend);
    if (!flags.tokenFile.empty()) {
        config.tokenFile = QString::fromStdString(flags.tokenFile);
    } else if (const QByteArray token = qgetenv("BELFRY_TOKEN"); !token.isEmpty()) {
        config.tokenFile.clear();
        config.token = token;
    } else if (const QString path = qEnvironmentVariable("BELFRY_TOKEN_FILE"); !path.isEmpty()) {
        config.tokenFile = path;
    }
    if (!flags.name.empty())
        config.name = QString::fromStdString(flags.name);
    if (!flags.labels.empty()) {
        const auto labels = parseLabels(QString::fromStdString(flags.labels));
        if (!labels)
            return fail(labels.error().within(u"--labels"_s));
        config.labels = *labels;
    }
    if (flags.slots > 0)
        config.slots = flags.slots;
    if (!flags.data.empty())
        config.data = QString::fromStdString(flags.data);
    config.data = QDir::cleanPath(QDir::current().absoluteFilePath(config.data));
    config.ephemeral = config.ephemeral || flags.ephemeral;
    if (const Status good = checkConfig(config); !good)
        return fail(good.error());
    return config;
}

QString quoted(const QString &text)
{
    QString escaped = text;
    escaped.replace(u'\\', u"\\\\"_s).replace(u'"', u"\\\""_s);
    return u'"' + escaped + u'"';
}

} // namespace

AgentCommandLine parseAgentCommandLine(int argc, char **argv)
{
    Flags flags;
    CLI::App app("Belfry agent: runs jobs on this host.", "belfry-agent");
    declare(app, flags);
    AgentCommandLine parsed{.action = AgentAction::Done};
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError &error) {
        parsed.exitCode = app.exit(error) == 0 ? 0 : 2;
        return parsed;
    }
    auto config = resolve(flags);
    if (!config) {
        std::fprintf(stderr, "belfry-agent: %s\n", qUtf8Printable(config.error().message));
        parsed.exitCode = 2;
        return parsed;
    }
    parsed.config = std::move(*config);
    parsed.action = flags.print ? AgentAction::Print : flags.check ? AgentAction::Check : AgentAction::Run;
    return parsed;
}

Result<AgentConfig> readAgentConfig(int argc, char **argv)
{
    Flags flags;
    CLI::App app;
    declare(app, flags);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError &error) {
        return fail(ErrorKind::Invalid, QString::fromUtf8(error.what()));
    }
    return resolve(flags);
}

Result<std::map<QString, QString>> parseLabels(const QString &text)
{
    // What shared/expr can name in a label expression.
    static const QRegularExpression name(u"^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}$"_s);
    const auto facts = hostFacts({});
    std::map<QString, QString> labels;
    for (const QString &part : text.split(u',', Qt::SkipEmptyParts)) {
        const QString key = part.section(u'=', 0, 0).trimmed(), value = part.section(u'=', 1).trimmed();
        if (!name.match(key).hasMatch())
            return fail(ErrorKind::Invalid,
                u"'%1' is no label: write NAME or NAME=VALUE, the name of letters, digits, _ . - (at most 64)"_s.arg(
                    part.left(80)));
        if (value.size() > 128 || !std::all_of(value.begin(), value.end(), [](QChar c) { return c.isPrint(); }))
            return fail(ErrorKind::Invalid, u"the value of label '%1' is not short (128) and printable"_s.arg(key));
        if (facts.contains(key))
            return fail(ErrorKind::Invalid, u"the label '%1' is a fact of the host and cannot be set"_s.arg(key));
        if (const auto [at, isNew] = labels.emplace(key, value); !isNew && at->second != value)
            return fail(ErrorKind::Invalid, u"the label '%1' is given twice"_s.arg(key));
    }
    return labels;
}

Status checkConfig(const AgentConfig &config)
{
    static const QRegularExpression name(u"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"_s);
    if (const auto url = backendUrl(config.backend, true); !url)
        return fail(url.error().within(u"backend"_s));
    if (!config.allowInsecureNetwork && !backendUrl(config.backend))
        return fail(ErrorKind::Invalid,
            u"backend: %1 would send the token in clear over the network: use wss://, or set allow_insecure_network: "
            u"true in the configuration file"_s.arg(config.backend));
    if (!name.match(config.name).hasMatch())
        return fail(ErrorKind::Invalid,
            u"'%1' cannot be an agent's name: give one of letters, digits, _ . - (at most 64) with --name"_s.arg(
                config.name.left(80)));
    if (config.token.isEmpty() && config.tokenFile.isEmpty())
        return fail(ErrorKind::Invalid,
            u"no token: name its file with --token-file or token_file (a backend writes agent.token into its data "
            u"folder), or set BELFRY_TOKEN_FILE"_s);
    if (const auto token = readToken(config); !token)
        return fail(token.error());
    return {};
}

Result<QByteArray> readToken(const AgentConfig &config)
{
    QByteArray token = config.token;
    QString place = u"BELFRY_TOKEN"_s;
    if (!config.tokenFile.isEmpty()) {
        place = config.tokenFile;
        QFile file(config.tokenFile);
        if (!file.open(QIODevice::ReadOnly))
            return fail(ErrorKind::Invalid, u"the token file %1 cannot be read: %2"_s.arg(place, file.errorString()));
        if (auto safe = checkMode(place, 027, u"other users may read or write this token"_s); !safe)
            return fail(safe.error());
        token = file.read(maxTokenFile + 1);
    }
    token = token.trimmed();
    const bool printable = std::all_of(token.begin(), token.end(), [](char c) { return c > ' ' && c < 0x7f; });
    if (token.isEmpty() || token.size() > maxTokenFile || !printable)
        return fail(
            ErrorKind::Invalid, u"%1 holds no token: one line of printable characters is expected"_s.arg(place));
    return token;
}

QString printConfig(const AgentConfig &config)
{
    QStringList labels;
    for (const auto &[name, value] : config.labels)
        labels += quoted(name) + u": "_s + quoted(value);
    QString text = u"backend: %1\n"_s.arg(quoted(config.backend));
    if (!config.tokenFile.isEmpty())
        text += u"token_file: %1\n"_s.arg(quoted(config.tokenFile));
    const auto boolean = [](bool value) { return value ? u"true"_s : u"false"_s; };
    return text
        + u"name: %1\nlabels: {%2}\nslots: %3\ndata: %4\nephemeral: %5\nattempts_per_supervisor: %6\n"
          u"allow_insecure_network: %7\n"_s.arg(quoted(config.name), labels.join(u", "_s))
              .arg(config.slots)
              .arg(quoted(config.data), boolean(config.ephemeral))
              .arg(config.attemptsPerSupervisor)
              .arg(boolean(config.allowInsecureNetwork));
}

} // namespace belfry

// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/client/contexts.h"

#include "shared/base/files.h"
#include "shared/base/nearestname.h"
#include "shared/yaml/mapreader.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

constexpr qint64 maxConfigFile = 1 << 20; // bytes
constexpr qsizetype maxName = 64;

Context readContext(const QString &file, const YamlEntry &entry, std::vector<Problem> &problems)
{
    Context context;
    context.name = entry.key;
    const auto refuse = [&](const QString &message, const QString &hint) {
        problems.push_back({Severity::Error, file, entry.value.mark.line, entry.value.mark.column, message, hint});
    };
    if (!isContextName(entry.key))
        refuse(u"'%1' is no name for a context"_s.arg(entry.key.left(64)), u"letters, digits, . _ - are known"_s);
    if (!entry.value.isMap()) {
        refuse(u"the context '%1' is no map"_s.arg(entry.key), u"write it like {url: wss://belfry.example:7410}"_s);
        return context;
    }
    MapReader reader(file, entry.value, problems);
    reader.take("url", context.url);
    reader.take("token_file", context.tokenFile);
    reader.take("insecure", context.insecure);
    const std::size_t before = problems.size();
    reader.finish();
    if (!reader.has("url") && problems.size() == before) // else it may just be misspelt
        reader.refuse("url", u"a context has a url"_s, u"write it like url: wss://belfry.example:7410"_s);
    return context;
}

// A JSON text is a YAML text in double quotes.
QString quoted(const QString &text)
{
    const QByteArray list = QJsonDocument(QJsonArray{text}).toJson(QJsonDocument::Compact);
    return QString::fromUtf8(list.mid(1, list.size() - 2));
}

} // namespace

const Context *Contexts::find(const QString &name) const
{
    const auto found = std::find_if(all.begin(), all.end(), [&](const Context &each) { return each.name == name; });
    return found == all.end() ? nullptr : &*found;
}

QString configFile(const Environment &environment)
{
    // The base directory specification: a relative path is to be ignored.
    const QString given = environment.value(u"XDG_CONFIG_HOME"_s);
    const QString home = environment.value(u"HOME"_s, u"/nonexistent"_s);
    return (QDir::isAbsolutePath(given) ? given : home + u"/.config"_s) + u"/belfry/config.yaml"_s;
}

bool isContextName(const QString &name)
{
    return !name.isEmpty() && name.size() <= maxName && !name.startsWith(u'-')
        && std::all_of(name.begin(), name.end(), [](QChar each) {
               return each.unicode() < 0x80 && (each.isLetterOrNumber() || QStringView(u"._-").contains(each));
           });
}

Result<Contexts> readContexts(const QString &path)
{
    QFile file(path);
    if (!file.exists())
        return Contexts();
    if (!file.open(QIODevice::ReadOnly))
        return fail(ErrorKind::Invalid, u"%1: %2"_s.arg(path, file.errorString()));
    if (file.permissions() & (QFile::WriteGroup | QFile::WriteOther))
        return fail(ErrorKind::Invalid,
            u"%1 can be written by other users, who could send your token elsewhere: chmod 600 it"_s.arg(path));
    const YamlDocument document = YamlDocument::parse(path, file.read(maxConfigFile));
    std::vector<Problem> problems = document.problems();
    Contexts contexts;
    if (document.isComplete()) {
        MapReader reader(document, problems);
        reader.take("current", contexts.current);
        reader.section("contexts");
        reader.finish();
        if (const YamlEntry *all = document.root().find(u"contexts"); all && all->value.isMap())
            for (const YamlEntry &each : all->value.entries)
                contexts.all.push_back(readContext(path, each, problems));
    }
    if (hasErrors(problems)) {
        sortProblems(problems);
        return fail(ErrorKind::Invalid, formatProblem(problems.front(), {}));
    }
    return contexts;
}

Status writeContexts(const QString &file, const Contexts &contexts)
{
    QString text;
    if (!contexts.current.isEmpty())
        text += u"current: %1\n"_s.arg(quoted(contexts.current));
    if (!contexts.all.empty())
        text += u"contexts:\n"_s;
    for (const Context &each : contexts.all) {
        text += u"  %1: {url: %2"_s.arg(quoted(each.name), quoted(each.url));
        if (!each.tokenFile.isEmpty())
            text += u", token_file: "_s + quoted(each.tokenFile);
        text += each.insecure ? u", insecure: true}\n"_s : u"}\n"_s;
    }
    return replacePrivateFile(file, text.toUtf8());
}

Result<const Context *> findContext(const Contexts &contexts, const QString &name)
{
    if (const Context *found = contexts.find(name))
        return found;
    QStringList names;
    for (const Context &each : contexts.all)
        names += each.name;
    const QString near = nearestName(name, names);
    const QString hint = near.isEmpty() ? u"known are: "_s + (names.isEmpty() ? u"none"_s : names.join(u", "_s))
                                        : u"did you mean '%1'?"_s.arg(near);
    return fail(ErrorKind::NotFound, u"the context '%1' is unknown; %2"_s.arg(name.left(64), hint));
}

} // namespace belfry

// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/cli/actions.h"
#include "console/cli/session.h"
#include "console/cli/waitcode.h"
#include "console/client/contexts.h"
#include "shared/link/connector.h"

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

// A row of `context list`.
struct ContextRow {
    QString name;
    bool current = false; // what the file says; BELFRY_CONTEXT and flags come before it
    QString url;
    QString tokenFile;
    bool insecure = false;
};
constexpr auto describe(const ContextRow *)
{
    return fields(required(1, "name", &ContextRow::name), required(2, "current", &ContextRow::current),
        required(3, "url", &ContextRow::url), field(4, "token_file", &ContextRow::tokenFile),
        field(5, "insecure", &ContextRow::insecure));
}

ContextRow rowOf(const Contexts &contexts, const Context &context)
{
    return {context.name, context.name == contexts.current, context.url, context.tokenFile, context.insecure};
}

ListLook<ContextRow> contextsLook()
{
    using Row = ContextRow;
    return {.columns = {{.title = u"CURRENT"_s, .cell = [](const Row &r) { return Cell(r.current ? u"*"_s : QString()); }},
                {.title = u"NAME"_s, .cell = [](const Row &r) { return Cell(r.name); }},
                {.title = u"URL"_s, .cell = [](const Row &r) { return Cell(r.url, r.insecure ? Tone::Bad : Tone::Plain); }},
                {.title = u"TOKEN FILE"_s, .cell = [](const Row &r) { return Cell(r.tokenFile); }}},
        .name = [](const Row &r) { return r.name; },
        .nothing = u"no contexts; make one with belfry context set"_s};
}

Sheet contextSheet(const ContextRow &row)
{
    return {.lines = {{u"Context"_s, {row.name, Tone::Strong}}, {u"Current"_s, {row.current ? u"yes"_s : u"no"_s}},
                {u"Url"_s, {row.url, row.insecure ? Tone::Bad : Tone::Plain}},
                {u"Token file"_s, {row.tokenFile.isEmpty() ? u"none"_s : row.tokenFile}}},
        .below = {},
        .json = toJson(row),
        .keys = fieldNames<ContextRow>(),
        .name = row.name};
}

std::optional<Contexts> readAll(Session &session)
{
    auto contexts = readContexts(configFile(session.environment()));
    if (contexts)
        return std::move(*contexts);
    session.fail(contexts.error());
    return std::nullopt;
}

// Writes them and shows the one that was changed.
void write(Session &session, const Contexts &contexts, const QString &changed)
{
    if (const Status written = writeContexts(configFile(session.environment()), contexts); !written) {
        session.fail(written.error());
        return;
    }
    if (const Context *context = contexts.find(changed))
        session.output().sheet(contextSheet(rowOf(contexts, *context)));
    session.finish(exitDone);
}

// The settings that a verb would use now, and where they come from.
void showInForce(Session &session)
{
    const auto address = session.address();
    if (!address) {
        session.fail(address.error());
        return;
    }
    const QString token = !address->token.isEmpty() ? u"BELFRY_TOKEN"_s : address->tokenFiles.join(u", "_s);
    const QString url = address->url.toString(QUrl::RemoveUserInfo);
    session.output().sheet({.lines = {{u"Url"_s, {url, Tone::Strong}}, {u"From"_s, {address->urlSource}},
                                {u"Token"_s, {token.isEmpty() ? u"none"_s : token}}},
        .below = {},
        .json = {{u"url"_s, url}, {u"from"_s, address->urlSource}, {u"token"_s, token}},
        .keys = {u"url"_s, u"from"_s, u"token"_s},
        .name = url});
    session.finish(exitDone);
}

} // namespace

void startContextList(Session &session)
{
    const auto contexts = readAll(session);
    if (!contexts)
        return;
    std::vector<ContextRow> rows;
    for (const Context &each : contexts->all)
        rows.push_back(rowOf(*contexts, each));
    session.output().list(rows, contextsLook());
    session.finish(exitDone);
}

void startContextShow(Session &session)
{
    const QString name = session.arguments().positional(0);
    if (name.isEmpty()) {
        showInForce(session);
        return;
    }
    const auto contexts = readAll(session);
    if (!contexts)
        return;
    const auto context = findContext(*contexts, name);
    if (!context) {
        session.fail(context.error());
        return;
    }
    session.output().sheet(contextSheet(rowOf(*contexts, **context)));
    session.finish(exitDone);
}

void startContextUse(Session &session)
{
    auto contexts = readAll(session);
    if (!contexts)
        return;
    const QString name = session.arguments().positional(0);
    if (const auto context = findContext(*contexts, name); !context) {
        session.fail(context.error());
        return;
    }
    contexts->current = name;
    write(session, *contexts, name);
}

// Says anew only what is given; the first context is the current one.
void startContextSet(Session &session)
{
    auto contexts = readAll(session);
    if (!contexts)
        return;
    const Arguments &arguments = session.arguments();
    const QString name = arguments.positional(0);
    if (!isContextName(name)) {
        session.failUsage(u"'%1' is no name for a context: letters, digits, . _ - are known"_s.arg(name.left(64)));
        return;
    }
    auto found = std::find_if(
        contexts->all.begin(), contexts->all.end(), [&](const Context &each) { return each.name == name; });
    if (found == contexts->all.end())
        found = contexts->all.insert(contexts->all.end(), Context{.name = name, .url = {}, .tokenFile = {}});
    if (arguments.has(u"url"_s))
        found->url = arguments.value(u"url"_s);
    if (arguments.has(u"token-file"_s))
        found->tokenFile = arguments.value(u"token-file"_s);
    if (arguments.has(u"insecure"_s))
        found->insecure = arguments.value(u"insecure"_s) == "true"_L1;
    if (found->url.isEmpty()) {
        session.failUsage(u"--url is missing: the backend of the new context"_s);
        return;
    }
    if (const auto url = backendUrl(found->url, found->insecure); !url) {
        session.failUsage(url.error().message);
        return;
    }
    if (contexts->current.isEmpty())
        contexts->current = name;
    write(session, *contexts, name);
}

void startContextRemove(Session &session)
{
    auto contexts = readAll(session);
    if (!contexts)
        return;
    const QString name = session.arguments().positional(0);
    if (const auto context = findContext(*contexts, name); !context) {
        session.fail(context.error());
        return;
    }
    if (!session.confirm(u"Remove the context '%1'?"_s.arg(name)))
        return;
    std::erase_if(contexts->all, [&](const Context &each) { return each.name == name; });
    if (contexts->current == name)
        contexts->current.clear();
    write(session, *contexts, {});
}

} // namespace belfry

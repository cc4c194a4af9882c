// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/cli/actions.h"
#include "console/cli/looks.h"
#include "console/cli/session.h"
#include "console/cli/waitcode.h"
#include "shared/base/files.h"

#include <QFile>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

View viewOf(const Session &session)
{
    return {session.now(), session.zone()};
}

Cell tokenStateCell(const wire::TokenRow &token)
{
    if (token.revoked)
        return {u"revoked"_s, Tone::Bad};
    return token.valid ? Cell(u"valid"_s, Tone::Good) : Cell(u"expired"_s, Tone::Bad);
}

ListLook<wire::TokenRow> tokensLook(const View &view)
{
    using Row = wire::TokenRow;
    const auto expires
        = [view](const Row &r) { return r.expires ? timeCell(r.expires, view) : Cell(u"never"_s, Tone::Dim); };
    return {.columns = {{.title = u"ID"_s, .cell = [](const Row &r) { return Cell(r.id); }},
                {.title = u"NAME"_s, .cell = [](const Row &r) { return Cell(r.name); }, .shrinks = true},
                {.title = u"ROLE"_s, .cell = [](const Row &r) { return Cell(nameOf(r.role)); }},
                {.title = u"STATE"_s, .cell = tokenStateCell},
                {.title = u"CREATED"_s, .cell = [view](const Row &r) { return timeCell(r.created, view); }},
                {.title = u"BY"_s, .cell = [](const Row &r) { return Cell(r.createdBy); }, .wideOnly = true},
                {.title = u"EXPIRES"_s, .cell = expires},
                {.title = u"USED"_s, .cell = [view](const Row &r) { return timeCell(r.lastUsed, view); }},
                {.title = u"OPEN"_s,
                    .cell = [](const Row &r) { return Cell(QString::number(r.connections)); },
                    .right = true}},
        .name = [](const Row &r) { return r.id; },
        .nothing = u"no tokens"_s};
}

std::vector<SheetLine> tokenLines(const wire::TokenRow &token, const View &view)
{
    return {{u"Id"_s, {token.id}}, {u"Name"_s, {token.name}}, {u"Role"_s, {nameOf(token.role)}},
        {u"State"_s, tokenStateCell(token)},
        {u"Expires"_s, {token.expires ? timeText(token.expires, view) : u"never"_s}}};
}

Sheet tokenSheet(const wire::TokenRow &token, const View &view)
{
    return {.lines = tokenLines(token, view),
        .below = {},
        .json = toJson(token),
        .keys = fieldNames<wire::TokenRow>(),
        .name = token.id};
}

void showNew(Session &session, const wire::TokenCreateReply &reply, const QString &file)
{
    Sheet sheet = tokenSheet(reply.token, viewOf(session));
    if (!file.isEmpty()) {
        if (const Status written = writeNewPrivateFile(file, reply.secret.toUtf8() + '\n'); !written) {
            session.output().note(
                u"the token is lost: belfry token revoke %1, and try again"_s.arg(reply.token.id));
            session.fail(written.error());
            return;
        }
        sheet.lines.push_back({u"File"_s, {file}});
        sheet.json.insert(u"file"_s, file);
        sheet.keys += u"file"_s;
    } else {
        sheet.lines.push_back({u"Token"_s, {reply.secret, Tone::Strong}});
        sheet.json.insert(u"secret"_s, reply.secret);
        sheet.keys += u"secret"_s;
        session.output().note(u"keep the token now: it is not shown again"_s);
    }
    session.output().sheet(sheet);
    session.finish(exitDone);
}

} // namespace

void startTokenCreate(Session &session)
{
    const Arguments &arguments = session.arguments();
    const auto role = enumOf<Role>(arguments.value(u"role"_s));
    if (!role) {
        session.failUsage(u"--role is missing: one of %1"_s.arg(enumChoices<Role>()));
        return;
    }
    wire::TokenCreate request{.role = *role, .name = arguments.value(u"name"_s), .expires = {}};
    request.neverExpires = arguments.value(u"expires"_s) == "never"_L1;
    if (!request.neverExpires && !session.time(u"expires"_s, request.expires))
        return;
    const QString file = arguments.value(u"file"_s);
    if (!file.isEmpty() && QFile::exists(file)) { // before there is a token that nobody knows
        session.fail(Error{ErrorKind::Conflict, u"%1 is there already"_s.arg(file)});
        return;
    }
    session.ask(
        request, [&session, file](const wire::TokenCreateReply &reply) { showNew(session, reply, file); });
}

void startTokenList(Session &session)
{
    session.ask(wire::TokenList{}, [&session](const wire::TokenListReply &reply) {
        session.output().list(reply.tokens, tokensLook(viewOf(session)));
        session.finish(exitDone);
    });
}

void startTokenRevoke(Session &session)
{
    const QString id = session.arguments().positional(0);
    if (!session.confirm(u"Revoke the token %1 and close its connections?"_s.arg(id)))
        return;
    session.ask(wire::TokenRevoke{id}, [&session](const wire::TokenRow &token) {
        session.output().sheet(tokenSheet(token, viewOf(session)));
        session.finish(exitDone);
    });
}

} // namespace belfry

// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/server/clientsession.h"

#include "backend/server/logreader.h"
#include "backend/server/permissions.h"
#include "backend/server/requests.h"

#include <QLoggingCategory>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

Q_LOGGING_CATEGORY(logClients, "belfry.clients")

rpc::RpcError refusedParams(const Error &error)
{
    rpc::RpcError refusal = rpc::toRpcError(error.within(u"params"_s));
    refusal.code = rpc::invalidParamsCode;
    return refusal;
}

} // namespace

ClientSession::ClientSession(Link *link, Identity identity, ServerParts &parts, QObject *parent)
    : QObject(parent)
    , m_link(link)
    , m_identity(std::move(identity))
    , m_parts(parts)
{
    m_link->setParent(this);
    connect(m_link, &Link::textReceived, this, &ClientSession::onText);
    connect(
        m_link, &Link::binaryReceived, this, [this] { m_link->close(1003, u"requests are JSON in text frames"_s); });
    connect(m_link, &Link::closed, this, &ClientSession::onClosed);
    qCDebug(logClients, "%s connected as %s", qUtf8Printable(m_link->peer()), qUtf8Printable(m_identity.name));
    sayHello();
}

ClientSession::~ClientSession()
{
    m_parts.watches.closeAll(this);
}

void ClientSession::sayHello()
{
    notify("hello",
        wire::ServerHello{.version = QStringLiteral(BELFRY_VERSION),
            .protocol = 1,
            .features = {u"watch"_s, u"log"_s},
            .epoch = m_parts.core.epoch(),
            .role = nameOf(m_identity.role),
            .maxMessage = wire::maxMessage,
            .maxBacklog = wire::maxBacklog});
}

void ClientSession::dismiss()
{
    m_link->close(wire::closeAuth, u"the token was revoked or has expired"_s);
}

void ClientSession::onClosed(int code, const QString &reason)
{
    qCDebug(logClients, "%s (%s) left: %d %s", qUtf8Printable(m_link->peer()), qUtf8Printable(m_identity.name), code,
        qUtf8Printable(reason));
    m_parts.watches.closeAll(this);
    m_logs.clear();
    deleteLater();
}

bool ClientSession::isTooLarge(const QString &text)
{
    if (text.size() <= wire::maxMessage)
        return false;
    // Looked at before it is read: who may not apply files may not make us read them either.
    return !includes(m_identity.role, ruleOf(wire::JobApply::method)->needs) || text.size() > wire::maxApplyMessage;
}

void ClientSession::onText(const QString &text)
{
    if (!m_parts.access.isValid(m_identity.token)) {
        dismiss();
        return;
    }
    if (isTooLarge(text)) {
        m_link->close(1009, u"a message may have at most %1 bytes"_s.arg(wire::maxMessage));
        return;
    }
    const auto message = rpc::parse(text);
    if (!message) {
        qCInfo(logClients, "%s sent what is no message: %s", qUtf8Printable(m_link->peer()),
            qUtf8Printable(message.error().error.message));
        m_link->sendText(rpc::failure(message.error().id, message.error().error));
        return;
    }
    if (message->kind != rpc::Message::Kind::Request)
        return; // the server asks nothing, and no notification of a client means anything yet
    if (text.size() > wire::maxMessage && !wire::carriesFiles(message->method)) {
        m_link->close(1009, u"a message may have at most %1 bytes"_s.arg(wire::maxMessage));
        return;
    }
    ++m_open;
    onRequest(*message);
}

void ClientSession::onRequest(const rpc::Message &message)
{
    const MethodRule *rule = ruleOf(message.method.toStdString());
    if (!rule) {
        answerError(message.id,
            {rpc::methodNotFoundCode, u"there is no method '%1' here"_s.arg(message.method),
                {{u"code"_s, errorCodeName(ErrorKind::Invalid)}}});
        return;
    }
    if (!includes(m_identity.role, rule->needs)) {
        answerError(message.id,
            rpc::toRpcError({ErrorKind::Denied,
                u"%1 takes the role %2; '%3' is %4"_s.arg(
                    message.method, nameOf(rule->needs), m_identity.name, nameOf(m_identity.role))}));
        return;
    }
    if (m_open > maxOpen) {
        answerError(message.id,
            rpc::toRpcError({ErrorKind::Unavailable, u"more than %1 requests wait for their answer"_s.arg(maxOpen)}));
        return;
    }
    if (!dispatch(message))
        answerError(message.id, rpc::toRpcError({ErrorKind::Internal, u"the method has no function"_s}));
}

template <std::size_t I> bool ClientSession::dispatch(const rpc::Message &message)
{
    if constexpr (I == std::variant_size_v<wire::ClientRequest>) {
        return false;
    } else {
        using Request = std::variant_alternative_t<I, wire::ClientRequest>;
        if (message.method != QLatin1StringView(Request::method))
            return dispatch<I + 1>(message);
        const Result<Request> request = fromJson<Request>(message.params, Unknown::Refuse);
        if (request)
            requests::handle(*this, *request, Respond<typename Request::Reply>(this, message.id));
        else
            answerError(message.id, refusedParams(request.error()));
        return true;
    }
}

void ClientSession::answer(const QJsonValue &id, const QJsonValue &result)
{
    --m_open;
    m_link->sendText(rpc::response(id, result));
}

void ClientSession::answerError(const QJsonValue &id, const rpc::RpcError &error)
{
    --m_open;
    m_link->sendText(rpc::failure(id, error));
}

Result<int> ClientSession::addWatch()
{
    if (m_watches.size() >= maxWatches)
        return fail(ErrorKind::Unavailable, u"this connection has %1 watches and logs open already"_s.arg(maxWatches));
    m_watches.insert(++m_lastWatch);
    return m_lastWatch;
}

void ClientSession::removeWatch(int watch)
{
    m_watches.erase(watch);
    const auto log = m_logs.find(watch);
    if (log == m_logs.end())
        return;
    log->second.release()->deleteLater(); // it may be the one that asks
    m_logs.erase(log);
}

void ClientSession::addLog(int watch, std::unique_ptr<LogReader> reader)
{
    m_logs.emplace(watch, std::move(reader));
}

LogReader *ClientSession::log(int watch) const
{
    const auto found = m_logs.find(watch);
    return found == m_logs.end() ? nullptr : found->second.get();
}

bool ClientSession::takeChange(int watch, qint64 n, const QByteArray &row, bool removed)
{
    if (m_link->bytesWaiting() + row.size() > wire::maxBacklog) {
        qCInfo(logClients, "%s (%s) reads too slowly for its watch %d", qUtf8Printable(m_link->peer()),
            qUtf8Printable(m_identity.name), watch);
        m_watches.erase(watch);
        notify("watch.closed", wire::WatchClosed{watch, u"too slow: watch again"_s});
        return false;
    }
    // The row's text is shared by all who watch it; only the envelope is each one's own.
    QByteArray text = R"({"jsonrpc":"2.0","method":"watch.changed","params":{"n":)" + QByteArray::number(n)
        + R"(,"removed":)" + (removed ? "true" : "false") + R"(,"row":)" + row + R"(,"watch":)"
        + QByteArray::number(watch) + "}}";
    m_link->sendText(QString::fromUtf8(text));
    return true;
}

} // namespace belfry

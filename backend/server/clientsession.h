// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backend/server/access.h"
#include "backend/server/watches.h"
#include "shared/link/link.h"
#include "shared/wire/limits.h"
#include "shared/wire/rpc.h"

#include <QPointer>

namespace belfry {

class ClientSession;
class LogBoard;
class LogReader;
class SideWork;

// What the sessions share.
struct ServerParts {
    Core &core;
    LiveView &live;
    Watches &watches;
    Access &access;
    LogBoard &logs;
    SideWork &side;
    SideWork &examiner; // for what reads the whole store
    std::function<wire::StatusReply()> status;
    std::function<int(const QString &token)> connections; // open ones
    std::function<bool()> insecureNetwork; // others than this host can connect, and not by TLS
    int examinations = 0; // of server.doctor, under way

    wire::TokenRow tokenRow(const store::AccessToken &token) const;
    std::vector<wire::TokenRow> tokenRows() const;
};

// Answers one request, now or later; harmless when its client has left meanwhile.
template <class T> class Respond
{
public:
    Respond(ClientSession *session, QJsonValue id)
        : m_session(session)
        , m_id(std::move(id))
    { }
    inline void operator()(const Result<T> &result) const;
    inline void refuse(const rpc::RpcError &error) const;
    // One that changes what it answers first.
    template <class Change> Respond mapped(Change change) const
    {
        Respond other(*this);
        other.m_change = std::move(change);
        return other;
    }

private:
    QPointer<ClientSession> m_session;
    QJsonValue m_id;
    std::function<T(T)> m_change;
};

// A client's connection: says hello, checks each request's form and its role's right to it, and passes it on to its
// function (requests.h). It serves at most `maxOpen` requests at once and `maxWatches` watches and logs.
class ClientSession final : public QObject, public Watcher
{
    Q_OBJECT

public:
    static constexpr int maxOpen = 256;
    static constexpr std::size_t maxWatches = 200;

    // Takes the link over, and the session deletes itself after the link is closed.
    ClientSession(Link *link, Identity identity, ServerParts &parts, QObject *parent);
    ~ClientSession() override;

    const Identity &identity() const { return m_identity; }
    ServerParts &parts() const { return m_parts; }
    Link &link() const { return *m_link; }
    // The token is not valid any more.
    void dismiss();
    void close(int code, const QString &reason) { m_link->close(code, reason); }

    // For requests:
    Result<int> addWatch(); // a new number, in use until removeWatch()
    void removeWatch(int watch);
    bool hasWatch(int watch) const { return m_watches.contains(watch); }
    void addLog(int watch, std::unique_ptr<LogReader> reader);
    LogReader *log(int watch) const;
    template <class T> void notify(const char *method, const T &params)
    {
        m_link->sendText(rpc::notification(QLatin1StringView(method), toJson(params)));
    }
    bool takeChange(int watch, qint64 n, const QByteArray &row, bool removed) override;

private:
    template <class T> friend class Respond;

    void sayHello();
    void onText(const QString &text);
    void onClosed(int code, const QString &reason);
    void onRequest(const rpc::Message &message);
    template <std::size_t I = 0> bool dispatch(const rpc::Message &message);
    void answer(const QJsonValue &id, const QJsonValue &result);
    void answerError(const QJsonValue &id, const rpc::RpcError &error);
    bool isTooLarge(const QString &text);

    Link *m_link;
    Identity m_identity;
    ServerParts &m_parts;
    int m_open = 0; // requests without an answer
    int m_lastWatch = 0;
    std::set<int> m_watches;
    std::map<int, std::unique_ptr<LogReader>> m_logs;
};

template <class T> void Respond<T>::operator()(const Result<T> &result) const
{
    if (!m_session)
        return;
    if (result)
        m_session->answer(m_id, toJson(m_change ? m_change(*result) : *result));
    else
        m_session->answerError(m_id, rpc::toRpcError(result.error()));
}

template <class T> void Respond<T>::refuse(const rpc::RpcError &error) const
{
    if (m_session)
        m_session->answerError(m_id, error);
}

} // namespace belfry

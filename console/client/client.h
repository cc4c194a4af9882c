// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/client/address.h"
#include "console/client/answer.h"
#include "console/client/call.h"
#include "shared/wire/api.h"

#include <QDeadlineTimer>
#include <QTimer>

#include <memory>

namespace belfry {

class Connector;
class Link;
class Subscription;

namespace rpc {
struct Message;
}

// The backend as a program sees it: one connection that mends itself, and requests that get exactly one answer each (or
// none, once their context is gone). It never blocks and, once it has been ready, never gives up by itself. Watches and
// logs are objects of their own (watch.h, logstream.h). It may be deleted from within a callback or slot of its own.
class Client : public QObject
{
    Q_OBJECT

public:
    // Connecting: never ready so far. Reconnecting: was ready before. Failed: for good; every request is refused.
    enum class State { Connecting, Ready, Reconnecting, Failed };
    Q_ENUM(State)

    struct Options {
        // For how long a first connection is tried before it has failed; nullopt: for ever.
        std::optional<Duration> firstConnection = 30s;
    };

    explicit Client(Address address, QObject *parent = nullptr);
    Client(Address address, Options options, QObject *parent = nullptr);
    ~Client() override;

    // Begins to connect. Requests may be made before.
    void start();

    const Address &address() const { return m_address; }
    // Whether the backend is on this host, as far as its address tells.
    bool isLocal() const { return m_address.isLocal(); }
    State state() const { return m_state; }
    // Why it is not ready, in words.
    const Refusal &trouble() const { return m_trouble; }
    // What the backend said of itself; from the first Ready on.
    const wire::ServerHello &server() const { return m_server; }
    // Until the next try to connect; nullopt while there is a connection, one is being made, or for good.
    std::optional<Duration> retryIn() const;
    // Tries now instead of when the wait is over.
    void retryNow();

    // `callback(Answer<Request::Reply>)`, never from within ask(). Without a connection a request waits for one. One
    // that was under way when the connection broke is sent again where that is safe (isRepeatable), else it is
    // Unavailable. A RunTrigger without a key is given a random one, so that it can be repeated.
    template <class Request, class Callback> void ask(Request request, QObject *context, Callback callback)
    {
        prepare(request);
        Call call;
        call.method = QLatin1StringView(Request::method);
        call.params = toJson(request);
        call.repeatable = isRepeatable<Request>;
        call.context = context;
        call.done = [callback = std::move(callback)](const Answer<QJsonValue> &answer) mutable {
            callback(decodeReply<typename Request::Reply>(answer));
        };
        enqueue(std::move(call));
    }

Q_SIGNALS:
    void stateChanged(belfry::Client::State state);

private:
    friend class Subscription;
    class Inside;

    void enqueue(Call call);
    void refuseCall(qint64 id);
    void send(Call &call);
    static void deliver(const Call &call, const Answer<QJsonValue> &answer);
    void answerAll(const Refusal &why, bool onlyLost);
    void setState(State state);
    void failForGood(Refusal why);
    template <class Visit> void forEachSubscription(Visit visit);

    void onConnected(Link *link);
    void onDisconnected(int code, const QString &reason);
    void onText(const QString &text);
    void onBinary(const QByteArray &bytes);
    void onHello(const QJsonObject &params);
    void onAnswer(const rpc::Message &message);
    void breakConnection(const QString &why);

    Address m_address;
    Options m_options;
    State m_state = State::Connecting;
    Refusal m_trouble;
    wire::ServerHello m_server;
    int m_inside = 0; // signals of the connection that are being handled
    bool m_greeted = false; // the present connection has brought its hello
    qint64 m_lastId = 0;
    std::map<qint64, Call> m_calls; // unanswered, in the order of asking
    std::vector<Subscription *> m_subscriptions;
    QTimer m_patience; // with the first connection
    QTimer m_helloDue;
    QDeadlineTimer m_retryAt;
    bool m_waits = false; // for m_retryAt
    std::unique_ptr<Connector> m_connector;
};

} // namespace belfry

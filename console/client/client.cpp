// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/client/client.h"

#include "console/client/subscription.h"
#include "shared/base/clock.h"
#include "shared/base/random.h"
#include "shared/link/connector.h"
#include "shared/wire/rpc.h"

#include <QCborMap>

#include <algorithm>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

constexpr int clientProtocol = 1;
constexpr Duration helloTimeout = 10s;
// The answer to a broken peer: RFC 6455 "protocol error".
constexpr int closeProtocol = 1002;

ConnectorSettings connectorSettings(const Address &address)
{
    ConnectorSettings settings;
    settings.url = address.url;
    settings.path = u"/ws"_s;
    settings.subprotocol = QString::fromLatin1(wire::clientSubprotocol);
    settings.token = [address] { return address.bearer(); };
    settings.limits.outgoingBacklog = wire::maxApplyMessage + 2 * wire::maxBacklog; // one apply, and more behind it
    settings.liveness = {wire::clientPing, wire::clientSilence};
    return settings;
}

// Without state, and needed by a connector that outlives its client for a moment.
SystemRandom &systemRandom()
{
    static SystemRandom random;
    return random;
}
const SystemClock &systemClock()
{
    static const SystemClock clock;
    return clock;
}

QString place(const Address &address)
{
    return address.url.toString();
}

} // namespace

// A signal of the connection is being handled: the connection may not be deleted now.
class Client::Inside
{
public:
    explicit Inside(Client *client)
        : m_client(client)
    {
        ++client->m_inside;
    }
    ~Inside()
    {
        if (m_client)
            --m_client->m_inside;
    }
    Q_DISABLE_COPY_MOVE(Inside)

private:
    QPointer<Client> m_client;
};

Client::Client(Address address, QObject *parent)
    : Client(std::move(address), Options(), parent)
{ }

Client::Client(Address address, Options options, QObject *parent)
    : QObject(parent)
    , m_address(std::move(address))
    , m_options(options)
    , m_connector(std::make_unique<Connector>(connectorSettings(m_address), systemRandom(), systemClock()))
{
    m_trouble = {{ErrorKind::Unavailable, u"connecting to %1"_s.arg(place(m_address))}, {}};
    m_patience.setSingleShot(true);
    m_helloDue.setSingleShot(true);
    connect(&m_patience, &QTimer::timeout, this, [this] {
        failForGood({{ErrorKind::Unavailable,
                         u"no backend for %1: %2"_s.arg(formatDuration(*m_options.firstConnection), m_trouble.message)},
            {}});
    });
    connect(&m_helloDue, &QTimer::timeout, this, [this] { breakConnection(u"the backend does not greet"_s); });
    connect(m_connector.get(), &Connector::connected, this, &Client::onConnected);
    connect(m_connector.get(), &Connector::disconnected, this, [this](int code, const QString &reason, Duration wait) {
        m_retryAt.setRemainingTime(wait);
        m_waits = true;
        onDisconnected(code, reason);
    });
    connect(m_connector.get(), &Connector::failed, this, [this](const Error &error, Duration wait) {
        const Inside inside(this);
        m_retryAt.setRemainingTime(wait);
        m_waits = true;
        if (error.kind == ErrorKind::Denied)
            failForGood({error, {}});
        else
            m_trouble = {{ErrorKind::Unavailable, error.message}, {}};
    });
}

Client::~Client()
{
    for (Subscription *each : m_subscriptions)
        each->m_client = nullptr;
    m_connector->disconnect(this);
    if (Link *link = m_connector->link())
        link->disconnect(this);
    m_connector->stop();
    if (m_inside > 0)
        m_connector.release()->deleteLater();
}

void Client::start()
{
    if (m_options.firstConnection)
        m_patience.start(*m_options.firstConnection);
    m_connector->start();
}

std::optional<Duration> Client::retryIn() const
{
    if (!m_waits || m_state == State::Failed)
        return std::nullopt;
    return std::max(Duration(0), Duration(m_retryAt.remainingTime()));
}

void Client::retryNow()
{
    if (m_state == State::Failed)
        return;
    m_waits = false;
    m_connector->retryNow();
}

void Client::enqueue(Call call)
{
    const qint64 id = ++m_lastId;
    call.text = rpc::request(id, call.method, call.params);
    call.params = {};
    // The backend would answer with the end of the connection, each time that it is sent.
    const qint64 most = wire::carriesFiles(call.method) ? wire::maxApplyMessage : wire::maxMessage;
    const qint64 size = call.text.toUtf8().size();
    if (size > most)
        call.refused = Refusal{{ErrorKind::Invalid,
                                   u"%1: the request has %2, and the backend takes at most %3"_s.arg(
                                       call.method, formatSize(size), formatSize(most))},
            {}};
    const bool now = m_state == State::Ready && !call.refused;
    const bool never = m_state == State::Failed || call.refused;
    Call &kept = m_calls[id] = std::move(call);
    if (now)
        send(kept);
    else if (never)
        QMetaObject::invokeMethod(
            this, [this, id] { refuseCall(id); }, Qt::QueuedConnection);
}

void Client::refuseCall(qint64 id)
{
    const auto found = m_calls.find(id);
    if (found == m_calls.end())
        return;
    const Call call = std::move(found->second);
    m_calls.erase(found);
    deliver(call, tl::unexpected<Refusal>(call.refused.value_or(m_trouble)));
}

void Client::send(Call &call)
{
    call.sent = true;
    m_connector->link()->sendText(call.text);
}

void Client::deliver(const Call &call, const Answer<QJsonValue> &answer)
{
    if (call.context)
        call.done(answer);
}

// `onlyLost`: those that were under way and may not be sent again.
void Client::answerAll(const Refusal &why, bool onlyLost)
{
    std::vector<Call> answered;
    std::erase_if(m_calls, [&](auto &each) {
        if (onlyLost && (!each.second.sent || each.second.repeatable))
            return false;
        answered.push_back(std::move(each.second));
        return true;
    });
    for (const Call &each : answered)
        deliver(each, tl::unexpected<Refusal>(why));
}

void Client::setState(State state)
{
    if (std::exchange(m_state, state) != state)
        Q_EMIT stateChanged(state);
}

void Client::failForGood(Refusal why)
{
    m_trouble = std::move(why);
    m_patience.stop();
    m_helloDue.stop();
    m_connector->stop();
    const QPointer<Client> self = this;
    setState(State::Failed);
    if (self)
        self->forEachSubscription([&](Subscription *each) { each->lost(self->m_trouble); });
    if (self)
        self->answerAll(Refusal(self->m_trouble), false);
}

// Visiting one may end others, or the client.
template <class Visit> void Client::forEachSubscription(Visit visit)
{
    std::vector<QPointer<Subscription>> all(m_subscriptions.begin(), m_subscriptions.end());
    const QPointer<Client> self = this;
    for (const QPointer<Subscription> &each : all)
        if (self && each)
            visit(each.data());
}

void Client::onConnected(Link *link)
{
    m_greeted = false;
    m_waits = false;
    m_helloDue.start(helloTimeout);
    connect(link, &Link::textReceived, this, &Client::onText);
    connect(link, &Link::binaryReceived, this, &Client::onBinary);
}

void Client::onDisconnected(int code, const QString &reason)
{
    const Inside inside(this);
    m_greeted = false;
    m_helloDue.stop();
    if (m_state == State::Failed)
        return;
    const QString why = reason.isEmpty() ? u"the connection broke (%1)"_s.arg(code) : reason;
    if (code == wire::closeAuth) {
        failForGood({{ErrorKind::Denied, u"%1 ended the session: %2"_s.arg(place(m_address), why)}, {}});
        return;
    }
    m_trouble = {{ErrorKind::Unavailable, u"%1: %2"_s.arg(place(m_address), why)}, {}};
    for (auto &[id, call] : m_calls)
        call.sent = call.sent && !call.repeatable;
    const QPointer<Client> self = this;
    if (m_state == State::Ready)
        setState(State::Reconnecting);
    if (self)
        self->forEachSubscription([](Subscription *each) { each->interrupted(); });
    if (self)
        self->answerAll({{ErrorKind::Unavailable, u"the connection broke before the answer came: "_s + why}, {}}, true);
}

void Client::breakConnection(const QString &why)
{
    if (Link *link = m_connector->link())
        link->abort(closeProtocol, why);
}

void Client::onText(const QString &text)
{
    const Inside inside(this);
    const auto message = rpc::parse(text);
    if (!message) {
        breakConnection(u"the backend sent what is no message: "_s + message.error().error.message);
        return;
    }
    if (message->kind == rpc::Message::Kind::Response) {
        onAnswer(*message);
        return;
    }
    if (message->kind == rpc::Message::Kind::Request)
        return; // a newer backend may ask; there is nothing that this program could answer
    if (message->method == "hello"_L1)
        onHello(message->params);
    else
        forEachSubscription([&](Subscription *each) { each->onNotification(message->method, message->params); });
}

void Client::onHello(const QJsonObject &params)
{
    const auto hello = fromJson<wire::ServerHello>(params);
    if (!hello) {
        breakConnection(u"the backend's greeting cannot be read: "_s + hello.error().message);
        return;
    }
    if (hello->protocol != clientProtocol) {
        failForGood({{ErrorKind::Unavailable,
                         u"%1 speaks protocol %2, this program speaks %3: use a program of its version, %4"_s
                             .arg(place(m_address))
                             .arg(hello->protocol)
                             .arg(clientProtocol)
                             .arg(hello->version)},
            {}});
        return;
    }
    if (std::exchange(m_greeted, true))
        return;
    m_server = *hello;
    m_helloDue.stop();
    m_patience.stop();
    const QPointer<Client> self = this;
    setState(State::Ready);
    for (auto call = self ? m_calls.begin() : std::map<qint64, Call>::iterator(); self && call != m_calls.end(); ++call)
        if (!call->second.sent && !call->second.refused)
            send(call->second);
    if (self)
        self->forEachSubscription([](Subscription *each) { each->open(); });
}

void Client::onAnswer(const rpc::Message &message)
{
    const auto found = m_calls.find(message.id.toInteger());
    if (found == m_calls.end())
        return; // of a request whose connection broke, or of no request at all
    const Call call = std::move(found->second);
    m_calls.erase(found);
    if (!message.error) {
        deliver(call, message.result);
        return;
    }
    deliver(call, tl::unexpected<Refusal>(Refusal{rpc::fromRpcError(*message.error), problemsOf(message.error->data)}));
}

void Client::onBinary(const QByteArray &bytes)
{
    const Inside inside(this);
    QCborParserError error;
    const QCborValue value = QCborValue::fromCbor(bytes, &error);
    const auto piece = error.error == QCborError::NoError
        ? fromCbor<wire::LogPiece>(value, {Keys::Names, Unknown::Ignore})
        : fail(ErrorKind::Invalid, error.errorString());
    if (!piece) {
        breakConnection(u"the backend sent a piece of log that cannot be read: "_s + piece.error().message);
        return;
    }
    forEachSubscription([&](Subscription *each) { each->onPiece(*piece); });
}

} // namespace belfry

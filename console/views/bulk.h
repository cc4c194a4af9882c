// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/views/desk.h"

#include <QPointer>

namespace belfry {

// What became of each of several things.
struct BulkOutcome {
    QString name;
    QString error; // empty: it was done
};

// How many, and the first five names.
QString bulkNames(const QStringList &names);
// Says how many were done; where some were not, a list of all with the errors.
void tellBulk(Desk *desk, const QString &done, const std::vector<BulkOutcome> &outcomes);

// Sends a request for each, some at a time; `then` gets what became of them, in their order.
template <class Request> class BulkSender
{
public:
    using Requests = std::vector<std::pair<QString, Request>>;
    using Then = std::function<void(const std::vector<BulkOutcome> &)>;

    static void start(Desk *desk, QObject *context, Requests requests, Then then)
    {
        const auto sender = std::make_shared<BulkSender>();
        sender->m_client = desk->session->client();
        sender->m_context = context;
        sender->m_requests = std::move(requests);
        sender->m_then = std::move(then);
        sender->m_left = sender->m_requests.size();
        for (const auto &[name, request] : sender->m_requests)
            sender->m_outcomes.push_back({name, {}});
        for (std::size_t i = 0; i < atOnce; ++i)
            sendNext(sender);
    }

private:
    static constexpr std::size_t atOnce = 32; // far below what the backend serves a client at once

    static void sendNext(const std::shared_ptr<BulkSender> &sender)
    {
        if (sender->m_next == sender->m_requests.size() || !sender->m_client)
            return;
        const std::size_t at = sender->m_next++;
        sender->m_client->ask(sender->m_requests[at].second, sender->m_context,
            [sender, at](const Answer<typename Request::Reply> &answer) {
                if (!answer)
                    sender->m_outcomes[at].error = answer.error().message;
                if (--sender->m_left == 0)
                    sender->m_then(sender->m_outcomes);
                else
                    sendNext(sender);
            });
    }

    QPointer<Client> m_client; // gone: the console has turned to another backend
    QObject *m_context = nullptr;
    Requests m_requests;
    std::vector<BulkOutcome> m_outcomes;
    std::size_t m_next = 0;
    std::size_t m_left = 0;
    Then m_then;
};

} // namespace belfry

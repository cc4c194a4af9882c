// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/wire/limits.h"

#include <QByteArray>

#include <memory>
#include <optional>
#include <vector>

namespace belfry {

// One HTTP/1.x request. Header names are in small letters.
struct HttpRequest {
    QByteArray method;
    QByteArray path; // without the query
    bool http11 = true;
    bool keepAlive = false;
    bool upgrade = false; // asks for another protocol
    bool expectsContinue = false;
    std::vector<std::pair<QByteArray, QByteArray>> headers;
    QByteArray body;

    // Empty when there is none; the first when there are several.
    QByteArray header(QByteArrayView name) const;
    int count(QByteArrayView name) const;
};

struct HttpRefusal {
    int status = 400;
    QByteArray reason; // one sentence for the client
    bool operator==(const HttpRefusal &) const = default;
};

struct HttpResponse {
    int status = 200;
    QByteArray body;
    QByteArray type = "text/plain; charset=utf-8";
    std::vector<std::pair<QByteArray, QByteArray>> headers;

    QByteArray toBytes(bool keepAlive, bool withBody = true) const;
};
QByteArray statusText(int status);

// Reads requests from the bytes of a connection, strictly, without any input or output of its own.
class HttpReader
{
public:
    explicit HttpReader(qint64 maxHead = wire::maxHead, qint64 maxBody = wire::maxBody);
    ~HttpReader();

    enum class Outcome { NeedMore, HeadComplete, RequestComplete, Refused };
    // `bytes` is everything that was received and not yet consumed. Reports the head before it looks at the body.
    Outcome read(QByteArrayView bytes);
    // How many of the bytes given last are used up.
    qsizetype consumed() const;

    const HttpRequest &request() const; // complete as far as the outcome says
    const HttpRefusal &refusal() const;
    // For the next request of the connection.
    void reset();

private:
    struct State;
    Outcome readHead(QByteArrayView bytes);
    Outcome readBody(QByteArrayView bytes);
    Outcome refuse(int status, QByteArray reason);

    std::unique_ptr<State> m_state;
    qint64 m_maxHead;
    qint64 m_maxBody;
};

} // namespace belfry

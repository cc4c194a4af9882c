// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/server/http.h"

#include <boost/beast/core/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

namespace belfry {

namespace http = boost::beast::http;

namespace {

using Parser = http::request_parser<http::string_body>;

QByteArray bytesOf(boost::beast::string_view text)
{
    return QByteArray(text.data(), qsizetype(text.size()));
}

// What the parser lets pass and we do not: a folded header, a control character in front of the request.
std::optional<HttpRefusal> checkRaw(QByteArrayView head)
{
    for (qsizetype i = 0; i + 2 < head.size(); ++i)
        if (head[i] == '\n' && (head[i + 1] == ' ' || head[i + 1] == '\t'))
            return HttpRefusal{400, "A header is folded over lines."};
    return std::nullopt;
}

bool isPlainTarget(const QByteArray &target)
{
    if (!target.startsWith('/'))
        return false;
    return std::all_of(
        target.begin(), target.end(), [](char c) { return c > 0x20 && c < 0x7f && c != '#' && c != '\\'; });
}

std::optional<HttpRefusal> checkHead(const HttpRequest &request, const QByteArray &target)
{
    if (request.count("host") != 1)
        return HttpRefusal{400, "Exactly one Host header is needed."};
    for (const char *single :
        {"authorization", "origin", "upgrade", "sec-websocket-key", "sec-websocket-version", "expect"})
        if (request.count(single) > 1)
            return HttpRefusal{400, QByteArray("The header ") + single + " is there twice."};
    if (!isPlainTarget(target))
        return HttpRefusal{400, "The target must be a plain path."};
    if (request.count("transfer-encoding") > 0
        && (request.count("transfer-encoding") > 1 || request.header("transfer-encoding").toLower() != "chunked"))
        return HttpRefusal{501, "The only known Transfer-Encoding is chunked."};
    if (!request.header("expect").isEmpty() && !request.expectsContinue)
        return HttpRefusal{417, "The only known expectation is 100-continue."};
    return std::nullopt;
}

HttpRefusal refusalOf(const boost::system::error_code &error)
{
    if (error == http::error::header_limit)
        return {431, "The head of the request is too long."};
    if (error == http::error::body_limit)
        return {413, "The body of the request is too long."};
    if (error == http::error::bad_version)
        return {505, "Only HTTP/1.0 and HTTP/1.1 are spoken here."};
    return {400, "The request is malformed: " + QByteArray::fromStdString(error.message()) + '.'};
}

} // namespace

struct HttpReader::State {
    std::unique_ptr<Parser> parser;
    bool headDone = false;
    qsizetype consumed = 0;
    HttpRequest request;
    HttpRefusal refusal;
};

QByteArray HttpRequest::header(QByteArrayView name) const
{
    for (const auto &[each, value] : headers)
        if (each == name)
            return value;
    return {};
}

int HttpRequest::count(QByteArrayView name) const
{
    return int(std::count_if(headers.begin(), headers.end(), [&](const auto &each) { return each.first == name; }));
}

HttpReader::HttpReader(qint64 maxHead, qint64 maxBody)
    : m_state(std::make_unique<State>())
    , m_maxHead(maxHead)
    , m_maxBody(maxBody)
{
    reset();
}

HttpReader::~HttpReader() = default;

void HttpReader::reset()
{
    *m_state = State();
    m_state->parser = std::make_unique<Parser>();
    m_state->parser->header_limit(std::uint32_t(m_maxHead));
    m_state->parser->body_limit(std::uint64_t(m_maxBody));
}

qsizetype HttpReader::consumed() const
{
    return m_state->consumed;
}
const HttpRequest &HttpReader::request() const
{
    return m_state->request;
}
const HttpRefusal &HttpReader::refusal() const
{
    return m_state->refusal;
}

HttpReader::Outcome HttpReader::refuse(int status, QByteArray reason)
{
    m_state->refusal = {status, std::move(reason)};
    return Outcome::Refused;
}

HttpReader::Outcome HttpReader::read(QByteArrayView bytes)
{
    m_state->consumed = 0;
    return m_state->headDone ? readBody(bytes) : readHead(bytes);
}

HttpReader::Outcome HttpReader::readHead(QByteArrayView bytes)
{
    if (bytes.isEmpty())
        return Outcome::NeedMore;
    // Nothing that starts otherwise is a request; a TLS hello or noise need not be waited for.
    if (bytes[0] < 'A' || bytes[0] > 'Z')
        return refuse(400, "This is not an HTTP request.");
    boost::system::error_code error;
    Parser &parser = *m_state->parser;
    m_state->consumed
        = qsizetype(parser.put(boost::asio::const_buffer(bytes.data(), std::size_t(bytes.size())), error));
    if (error == http::error::need_more)
        return Outcome::NeedMore;
    if (error) {
        m_state->refusal = refusalOf(error);
        return Outcome::Refused;
    }
    if (!parser.is_header_done())
        return Outcome::NeedMore;
    m_state->headDone = true;

    const auto &head = parser.get();
    HttpRequest &request = m_state->request;
    request.method = bytesOf(head.method_string());
    const QByteArray target = bytesOf(head.target());
    request.path = target.first(std::max<qsizetype>(0, target.indexOf('?') < 0 ? target.size() : target.indexOf('?')));
    request.http11 = head.version() == 11;
    request.keepAlive = parser.keep_alive();
    request.upgrade = parser.upgrade();
    for (const auto &field : head)
        request.headers.emplace_back(bytesOf(field.name_string()).toLower(), bytesOf(field.value()).trimmed());
    request.expectsContinue = request.header("expect").toLower() == "100-continue";
    if (head.version() != 10 && head.version() != 11)
        return refuse(505, "Only HTTP/1.0 and HTTP/1.1 are spoken here.");
    const auto bad = checkRaw(bytes.first(m_state->consumed));
    const auto wrong = bad ? bad : checkHead(request, target);
    if (wrong) {
        m_state->refusal = *wrong;
        return Outcome::Refused;
    }
    return Outcome::HeadComplete;
}

HttpReader::Outcome HttpReader::readBody(QByteArrayView bytes)
{
    Parser &parser = *m_state->parser;
    parser.eager(true);
    while (!parser.is_done()) {
        const QByteArrayView rest = bytes.sliced(m_state->consumed);
        boost::system::error_code error;
        const auto used = parser.put(boost::asio::const_buffer(rest.data(), std::size_t(rest.size())), error);
        m_state->consumed += qsizetype(used);
        if (error && error != http::error::need_more) {
            m_state->refusal = refusalOf(error);
            return Outcome::Refused;
        }
        if (error || used == 0)
            return parser.is_done() ? Outcome::RequestComplete : Outcome::NeedMore;
    }
    m_state->request.body = QByteArray::fromStdString(parser.get().body());
    return Outcome::RequestComplete;
}

QByteArray statusText(int status)
{
    return bytesOf(http::obsolete_reason(http::int_to_status(unsigned(status))));
}

QByteArray HttpResponse::toBytes(bool keepAlive, bool withBody) const
{
    QByteArray out = "HTTP/1.1 " + QByteArray::number(status) + ' ' + statusText(status) + "\r\n";
    out += "Content-Type: " + type + "\r\nContent-Length: " + QByteArray::number(body.size()) + "\r\n";
    out += "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n";
    out += keepAlive ? "Connection: keep-alive\r\n" : "Connection: close\r\n";
    for (const auto &[name, value] : headers)
        out += name + ": " + value + "\r\n";
    out += "\r\n";
    return withBody ? out + body : out;
}

} // namespace belfry

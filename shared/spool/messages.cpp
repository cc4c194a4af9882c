// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/spool/messages.h"

#include "shared/spool/codec.h"

namespace belfry::spool {

namespace {

template <class M> constexpr RecordType typeOf();
template <> constexpr RecordType typeOf<Take>()
{
    return RecordType::Take;
}
template <> constexpr RecordType typeOf<Cancel>()
{
    return RecordType::Cancel;
}
template <> constexpr RecordType typeOf<Retire>()
{
    return RecordType::Retire;
}
template <> constexpr RecordType typeOf<Renew>()
{
    return RecordType::Renew;
}
template <> constexpr RecordType typeOf<Hello>()
{
    return RecordType::Hello;
}
template <> constexpr RecordType typeOf<StartedReport>()
{
    return RecordType::StartedReport;
}
template <> constexpr RecordType typeOf<OutputGrew>()
{
    return RecordType::OutputGrew;
}
template <> constexpr RecordType typeOf<FinishedReport>()
{
    return RecordType::FinishedReport;
}
template <> constexpr RecordType typeOf<KillPending>()
{
    return RecordType::KillPending;
}
template <> constexpr RecordType typeOf<Refused>()
{
    return RecordType::Refused;
}

// Fields, said once for both directions. Only ever append. Nested records travel as they stand in their files.

template <class Archive, class Self> void fieldsOf(Archive &archive, Self &message)
{
    using M = std::remove_const_t<Self>;
    if constexpr (std::is_same_v<M, Take> || std::is_same_v<M, Renew>)
        archive(message.key, message.leaseUntilMs);
    else if constexpr (std::is_same_v<M, Hello>)
        archive(message.id, message.version, message.pid, message.attempts);
    else if constexpr (std::is_same_v<M, OutputGrew>)
        archive(message.key, message.size);
    else if constexpr (std::is_same_v<M, KillPending>)
        archive(message.key, message.processes);
    else if constexpr (std::is_same_v<M, Refused>)
        archive(message.key, message.why, message.path, message.text);
    else if constexpr (!std::is_same_v<M, Retire>)
        archive(message.key);
}

std::string payloadOf(const StartedReport &report)
{
    Encoder encoder;
    encoder(encode(report.started), report.adopted);
    return encoder.take();
}

std::string payloadOf(const FinishedReport &report)
{
    return encode(report.result);
}

template <class M> std::string payloadOf(const M &message)
{
    Encoder encoder;
    fieldsOf(encoder, message);
    return encoder.take();
}

const std::string onSocket = "a message from the socket";

template <class M> Checked<std::optional<Message>> decodeAs(std::string_view payload)
{
    M message;
    Decoder decoder(payload);
    fieldsOf(decoder, message);
    if (decoder.broken())
        return Failure{0, {}, onSocket + " is cut off"};
    return std::optional<Message>(std::move(message));
}

template <> Checked<std::optional<Message>> decodeAs<StartedReport>(std::string_view payload)
{
    std::string record;
    StartedReport report;
    Decoder decoder(payload);
    decoder(record, report.adopted);
    auto started = decodeStarted(record, onSocket);
    if (decoder.broken() || !started)
        return Failure{0, {}, onSocket + " is cut off"};
    report.started = std::move(*started);
    return std::optional<Message>(std::move(report));
}

template <> Checked<std::optional<Message>> decodeAs<FinishedReport>(std::string_view payload)
{
    auto result = decodeResult(payload, onSocket);
    if (!result)
        return result.failure();
    return std::optional<Message>(FinishedReport{std::move(*result)});
}

Checked<std::optional<Message>> decodeMessage(RecordType type, std::string_view payload)
{
    switch (type) {
    case RecordType::Take:
        return decodeAs<Take>(payload);
    case RecordType::Cancel:
        return decodeAs<Cancel>(payload);
    case RecordType::Retire:
        return decodeAs<Retire>(payload);
    case RecordType::Renew:
        return decodeAs<Renew>(payload);
    case RecordType::Hello:
        return decodeAs<Hello>(payload);
    case RecordType::StartedReport:
        return decodeAs<StartedReport>(payload);
    case RecordType::OutputGrew:
        return decodeAs<OutputGrew>(payload);
    case RecordType::FinishedReport:
        return decodeAs<FinishedReport>(payload);
    case RecordType::KillPending:
        return decodeAs<KillPending>(payload);
    case RecordType::Refused:
        return decodeAs<Refused>(payload);
    default:
        // From a newer peer; what it means is in the spool too.
        return std::optional<Message>();
    }
}

} // namespace

std::string encode(const Message &message)
{
    return std::visit(
        [](const auto &m) { return sealRecord(typeOf<std::decay_t<decltype(m)>>(), payloadOf(m)); }, message);
}

void MessageReader::append(std::string_view bytes)
{
    m_buffer.erase(0, m_read);
    m_read = 0;
    m_buffer += bytes;
}

Checked<std::optional<Message>> MessageReader::next()
{
    for (;;) {
        const auto record = openRecord(std::string_view(m_buffer).substr(m_read));
        if (!record)
            return record.failure();
        if (record->size == 0)
            return std::optional<Message>();
        m_read += record->size;
        auto message = decodeMessage(record->type, record->payload);
        if (!message || message->has_value())
            return message;
    }
}

} // namespace belfry::spool

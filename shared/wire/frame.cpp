// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/wire/frame.h"

#include "shared/wire/limits.h"

#include <QCborStreamReader>

namespace belfry::wire {

using namespace Qt::StringLiterals;

namespace {

template <class Message> QByteArray encode(const std::vector<Message> &messages)
{
    QByteArray bytes;
    QCborStreamWriter writer(&bytes);
    writer.startArray(quint64(messages.size()) * 2);
    for (const Message &message : messages)
        std::visit(
            [&]<class T>(const T &each) {
                writer.append(T::tag);
                Codec<T>::write(writer, each);
            },
            message);
    writer.endArray();
    return bytes;
}

// QCborValue builds what it reads: measure the depth first, without building.
Status checkDepth(const QByteArray &bytes)
{
    QCborStreamReader reader(bytes);
    int depth = 0;
    while (reader.lastError() == QCborError::NoError) {
        if (depth > 0 && !reader.hasNext()) {
            if (!reader.leaveContainer())
                break;
            if (--depth == 0)
                return reader.currentOffset() == bytes.size() ? Status() : fail(ErrorKind::Invalid, u"bytes follow the frame"_s);
        } else if (reader.isContainer()) {
            if (++depth > maxDepth)
                return fail(ErrorKind::Invalid, u"it nests deeper than %1"_s.arg(maxDepth));
            if (!reader.enterContainer())
                break;
        } else if (depth == 0) {
            return fail(ErrorKind::Invalid, u"it is not a list of messages"_s);
        } else {
            reader.next(maxDepth);
        }
    }
    return fail(ErrorKind::Invalid, u"it is not CBOR: "_s + reader.lastError().toString());
}

template <class Message, std::size_t I = 0> Result<bool> decodeInto(qint64 tag, const QCborValue &body, std::vector<Message> &out)
{
    if constexpr (I == std::variant_size_v<Message>) {
        return false;
    } else {
        using T = std::variant_alternative_t<I, Message>;
        if (tag != T::tag)
            return decodeInto<Message, I + 1>(tag, body, out);
        auto decoded = Codec<T>::decode(body, {Keys::Numbers, Unknown::Ignore});
        if (!decoded)
            return fail(decoded.error().within(u"message %1"_s.arg(tag)));
        out.emplace_back(std::move(*decoded));
        return true;
    }
}

template <class Message> Result<Frame<Message>> decode(const QByteArray &bytes)
{
    if (const Status shape = checkDepth(bytes); !shape)
        return fail(shape.error().within(u"bad frame"_s));
    QCborParserError error;
    const QCborValue value = QCborValue::fromCbor(bytes, &error);
    if (error.error != QCborError::NoError || !value.isArray() || value.toArray().size() % 2 != 0)
        return fail(ErrorKind::Invalid, u"bad frame: it is not a list of tags and bodies"_s);
    const QCborArray array = value.toArray();
    Frame<Message> frame;
    for (qsizetype i = 0; i < array.size(); i += 2) {
        const QCborValue tag = array.at(i);
        if (!tag.isInteger())
            return fail(ErrorKind::Invalid, u"bad frame: a tag is not an integer"_s);
        const auto known = decodeInto<Message>(tag.toInteger(), array.at(i + 1), frame.messages);
        if (!known)
            return fail(known.error().within(u"bad frame"_s));
        if (!*known)
            frame.unknownTags.push_back(int(tag.toInteger()));
    }
    return frame;
}

} // namespace

QByteArray encodeFrame(const std::vector<AgentToBackend> &messages) { return encode(messages); }
QByteArray encodeFrame(const std::vector<BackendToAgent> &messages) { return encode(messages); }
Result<Frame<AgentToBackend>> decodeAgentFrame(const QByteArray &bytes) { return decode<AgentToBackend>(bytes); }
Result<Frame<BackendToAgent>> decodeBackendFrame(const QByteArray &bytes) { return decode<BackendToAgent>(bytes); }

} // namespace belfry::wire

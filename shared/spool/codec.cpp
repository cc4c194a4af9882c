// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/spool/codec.h"

#include "shared/spool/hash.h"

namespace belfry::spool {

namespace {

constexpr std::uint32_t magic = 0x59'52'46'42; // "BFRY" in the file
constexpr std::uint16_t version = 1;

// The seed binds the header to the payload, so that a flipped type or length is a bad checksum.
std::uint64_t checkOf(std::uint16_t type, std::uint16_t recordVersion, std::string_view payload)
{
    const auto seed = std::uint64_t(type) << 48 | std::uint64_t(recordVersion) << 32 | std::uint32_t(payload.size());
    return hashOf(payload, seed);
}

Failure damaged(std::string why)
{
    return {0, {}, std::move(why)};
}

} // namespace

std::string sealRecord(RecordType type, std::string_view payload)
{
    Encoder header;
    header(magic, type, version, std::uint32_t(payload.size()), checkOf(std::uint16_t(type), version, payload));
    std::string record = header.take();
    record += payload;
    return record;
}

Checked<RecordView> openRecord(std::string_view bytes)
{
    if (bytes.size() < recordHeaderSize)
        return RecordView{};
    std::uint32_t foundMagic = 0, length = 0;
    std::uint16_t type = 0, foundVersion = 0;
    std::uint64_t check = 0;
    Decoder header(bytes.substr(0, recordHeaderSize));
    header(foundMagic, type, foundVersion, length, check);
    if (foundMagic != magic)
        return damaged("this is not one of Belfry's records");
    if (foundVersion != version)
        return damaged("the record has version " + std::to_string(foundVersion) + ", this program reads version "
            + std::to_string(version));
    if (length > maxRecordPayload)
        return damaged("the record claims a length of " + std::to_string(length) + " bytes");
    if (bytes.size() - recordHeaderSize < length)
        return RecordView{};
    const std::string_view payload = bytes.substr(recordHeaderSize, length);
    if (checkOf(type, foundVersion, payload) != check)
        return damaged("the checksum does not match");
    return RecordView{RecordType(type), payload, recordHeaderSize + length};
}

} // namespace belfry::spool

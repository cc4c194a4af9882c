// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/spool/checked.h"
#include "shared/spool/order.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace belfry::spool {

// A record is a header (magic, type, version, length, XXH3-64 of the payload) and a payload of little-endian fields.
// Within a version, fields are only ever appended: a reader keeps the defaults of those that an older writer did not
// have and passes over those that it does not know itself. Anything else is a new version, and refused by old readers.
constexpr std::size_t recordHeaderSize = 20;
constexpr std::uint32_t maxRecordPayload = 4u << 20;

enum class RecordType : std::uint16_t {
    Order = 1,
    Started = 2,
    CancelNote = 3,
    Result = 4,
    OutputGap = 5,
    Take = 16,
    Cancel = 17,
    Retire = 18,
    Renew = 19,
    Hello = 32,
    StartedReport = 33,
    OutputGrew = 34,
    FinishedReport = 35,
    KillPending = 36,
    Refused = 37,
};

std::string sealRecord(RecordType type, std::string_view payload);

struct RecordView {
    RecordType type = RecordType::Order;
    std::string_view payload;
    std::size_t size = 0; // header and payload
};
// The record at the front of `bytes`; its size is 0 while the record is not whole yet. A Failure (without a path) for a
// record that can never become whole: wrong magic, unknown version, too long, bad checksum.
Checked<RecordView> openRecord(std::string_view bytes);

template <class T>
concept Whole = std::is_integral_v<T> || std::is_enum_v<T>;

class Encoder
{
public:
    template <class... Fields> void operator()(const Fields &...fields) { (put(fields), ...); }
    std::string take() { return std::move(m_bytes); }

private:
    template <Whole T> void put(T value)
    {
        auto rest = std::uint64_t(value);
        for (std::size_t i = 0; i < sizeof(T); ++i, rest >>= 8)
            m_bytes += char(rest & 0xff);
    }
    void put(const std::string &text)
    {
        put(std::uint32_t(text.size()));
        m_bytes += text;
    }
    void put(const AttemptKey &key) { (*this)(key.run, key.attempt); }
    template <class T> void put(const std::vector<T> &list)
    {
        put(std::uint32_t(list.size()));
        for (const T &element : list)
            put(element);
    }

    std::string m_bytes;
};

// Reads what an Encoder wrote. A payload that ends between two fields leaves the rest at their defaults.
class Decoder
{
public:
    explicit Decoder(std::string_view payload)
        : m_rest(payload)
    { }

    template <class... Fields> void operator()(Fields &...fields)
    {
        const auto one = [this](auto &field) {
            if (!m_broken && !m_rest.empty())
                take(field);
        };
        (one(fields), ...);
    }
    // The payload ended inside a field, or a count was beyond what it can hold.
    bool broken() const { return m_broken; }

private:
    template <Whole T> void take(T &value)
    {
        if (m_rest.size() < sizeof(T)) {
            m_broken = true;
            return;
        }
        std::uint64_t number = 0;
        for (std::size_t i = 0; i < sizeof(T); ++i)
            number |= std::uint64_t(static_cast<unsigned char>(m_rest[i])) << (8 * i);
        value = T(number);
        m_rest.remove_prefix(sizeof(T));
    }
    void take(std::string &text)
    {
        std::uint32_t size = 0;
        take(size);
        if (m_broken || m_rest.size() < size) {
            m_broken = true;
            return;
        }
        text = m_rest.substr(0, size);
        m_rest.remove_prefix(size);
    }
    void take(AttemptKey &key)
    {
        take(key.run);
        if (!m_broken)
            take(key.attempt);
    }
    template <class T> void take(std::vector<T> &list)
    {
        std::uint32_t count = 0;
        take(count);
        // Every element takes at least four bytes, so a false count cannot make us allocate much.
        if (m_broken || count > m_rest.size() / 4) {
            m_broken = true;
            return;
        }
        list.clear();
        list.reserve(count);
        for (std::uint32_t i = 0; i < count && !m_broken; ++i)
            take(list.emplace_back());
    }

    std::string_view m_rest;
    bool m_broken = false;
};

} // namespace belfry::spool

// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/spool/hash.h"

// The implementation is taken in here and nowhere else: no library to link, none to ship.
#define XXH_INLINE_ALL
#include <xxhash.h>

namespace belfry::spool {

std::uint64_t hashOf(std::string_view bytes, std::uint64_t seed)
{
    return XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed);
}

struct RunningHash::State {
    XXH3_state_t state;
};

RunningHash::RunningHash()
    : m_state(std::make_unique<State>())
{
    XXH3_INITSTATE(&m_state->state);
    XXH3_64bits_reset(&m_state->state);
}

RunningHash::~RunningHash() = default;

void RunningHash::add(const char *bytes, std::size_t size)
{
    XXH3_64bits_update(&m_state->state, bytes, size);
}

std::uint64_t RunningHash::value() const
{
    return XXH3_64bits_digest(&m_state->state);
}

} // namespace belfry::spool

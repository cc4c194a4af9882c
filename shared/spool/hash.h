// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

namespace belfry::spool {

// XXH3-64 without a secret, seed 0 unless told otherwise.
std::uint64_t hashOf(std::string_view bytes, std::uint64_t seed = 0);

// The same over bytes that come piece by piece.
class RunningHash
{
public:
    RunningHash();
    ~RunningHash();
    void add(const char *bytes, std::size_t size);
    std::uint64_t value() const;

private:
    struct State;
    std::unique_ptr<State> m_state;
};

} // namespace belfry::spool

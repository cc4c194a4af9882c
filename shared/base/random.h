// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

namespace belfry {

// Where chance comes from; injected, so that a simulation is the same for the same seed.
class Random
{
public:
    virtual ~Random() = default;
    virtual quint64 next() = 0;

    // Uniform in [0, 1).
    double unit() { return double(next() >> 11) * 0x1.0p-53; }
    // Uniform in [0, bound); 0 when bound is 0. The bias of the remainder is below 2^-32 for bounds below 2^32.
    quint64 below(quint64 bound) { return bound == 0 ? 0 : next() % bound; }
};

// The operating system's generator: fit for tokens and identities.
class SystemRandom final : public Random
{
public:
    quint64 next() override;
};

// SplitMix64 (Steele, Lea, Flood 2014): small, and the same on every machine. Not for secrets.
class SeededRandom final : public Random
{
public:
    explicit SeededRandom(quint64 seed) : m_state(seed) { }
    quint64 next() override;

private:
    quint64 m_state;
};

// `bytes` random bytes of the operating system as URL-safe base64 without padding.
QByteArray randomToken(int bytes = 32);

} // namespace belfry

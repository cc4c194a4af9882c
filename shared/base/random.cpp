// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/base/random.h"

#include <QRandomGenerator>

namespace belfry {

quint64 SystemRandom::next() { return QRandomGenerator::system()->generate64(); }

quint64 SeededRandom::next()
{
    quint64 z = m_state += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
}

QByteArray randomToken(int bytes)
{
    QByteArray raw;
    while (raw.size() < bytes) {
        const quint64 chunk = QRandomGenerator::system()->generate64();
        raw.append(reinterpret_cast<const char *>(&chunk), sizeof chunk);
    }
    return raw.first(bytes).toBase64(QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals);
}

} // namespace belfry

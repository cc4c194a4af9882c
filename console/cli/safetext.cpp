// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/cli/safetext.h"

#include "console/cli/text.h"

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

// No colour needs more; without a bound a sequence that never ends would hold back all that follows.
constexpr qsizetype longestSgr = 64;
constexpr char escape = '\x1b';

QByteArray shownByte(char byte)
{
    return "\\x" + QByteArray(1, byte).toHex();
}

// How many bytes a UTF-8 character has by its first one; 0 for no such byte.
int lengthOf(uchar first)
{
    if (first < 0x80)
        return 1;
    if (first >= 0xc2 && first < 0xe0)
        return 2;
    if (first >= 0xe0 && first < 0xf0)
        return 3;
    return first >= 0xf0 && first < 0xf5 ? 4 : 0;
}

} // namespace

QByteArray SafeText::take(QByteArrayView bytes)
{
    m_waiting.append(bytes);
    QByteArray out;
    out.reserve(m_waiting.size());
    step(out, false);
    return out;
}

QByteArray SafeText::finish()
{
    QByteArray out;
    step(out, true);
    if (std::exchange(m_coloured, false))
        out += "\x1b[0m";
    return out;
}

// Takes off the front of m_waiting what is complete; with `last` everything.
void SafeText::step(QByteArray &out, bool last)
{
    const QByteArray all = std::exchange(m_waiting, {});
    qsizetype at = 0;
    while (at < all.size()) {
        const char next = all[at];
        if ((next >= ' ' && next < 0x7f) || next == '\n' || next == '\t') {
            out += next;
            ++at;
            continue;
        }
        const QByteArrayView rest = QByteArrayView(all).sliced(at);
        const qsizetype used = next == escape ? takeEscape(out, rest, last) : takeCharacter(out, rest, last);
        if (used == 0) {
            m_waiting = rest.toByteArray();
            return;
        }
        at += used;
    }
}

// ESC [ digits and ; or : m. 0: incomplete.
qsizetype SafeText::takeEscape(QByteArray &out, QByteArrayView rest, bool last)
{
    qsizetype end = 1;
    if (rest.size() > 1 && rest[1] == '[') {
        end = 2;
        while (end < rest.size() && end < longestSgr
            && ((rest[end] >= '0' && rest[end] <= '9') || rest[end] == ';' || rest[end] == ':'))
            ++end;
        if (end < rest.size() && rest[end] == 'm') {
            out += rest.first(end + 1);
            m_coloured = true;
            return end + 1;
        }
    }
    if (end == rest.size() && end < longestSgr && !last)
        return 0;
    out += shownByte(escape);
    return 1;
}

qsizetype SafeText::takeCharacter(QByteArray &out, QByteArrayView rest, bool last)
{
    if (rest[0] == '\r') {
        if (rest.size() == 1 && !last)
            return 0;
        if (rest.size() == 1 || rest[1] != '\n')
            out += "\\r";
        return 1;
    }
    const int length = lengthOf(uchar(rest[0]));
    qsizetype good = 1; // bytes that may belong to the character
    while (good < length && good < rest.size() && (uchar(rest[good]) & 0xc0) == 0x80)
        ++good;
    if (good < length && good == rest.size() && !last)
        return 0;
    const QByteArrayView bytes = rest.first(good);
    if (length == 0 || good < length || !bytes.isValidUtf8()) {
        out += shownByte(rest[0]);
        return 1;
    }
    out += visible(QString::fromUtf8(bytes)).toUtf8();
    return length;
}

} // namespace belfry

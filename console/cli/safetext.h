// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QByteArrayView>

namespace belfry {

// Makes a job's output fit for a terminal, piece by piece: UTF-8, line breaks, tabs and colours (SGR sequences) go
// through; every other control character, bidi control, character without width and byte that is no UTF-8 is shown as
// text (`\x1b`, `<U+202E>`, `\xff`). A carriage return before a line break is dropped.
class SafeText
{
public:
    // What can be shown so far; the beginning of a character or sequence waits for its rest.
    QByteArray take(QByteArrayView bytes);
    // What still waits, and the end of a colour that was left on.
    QByteArray finish();

private:
    void step(QByteArray &out, bool last);
    qsizetype takeEscape(QByteArray &out, QByteArrayView rest, bool last);
    static qsizetype takeCharacter(QByteArray &out, QByteArrayView rest, bool last);

    QByteArray m_waiting;
    bool m_coloured = false;
};

} // namespace belfry

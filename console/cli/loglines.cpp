// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/cli/loglines.h"

namespace belfry {

void LogLines::append(LogBytes &to, QByteArrayView bytes, Instant at)
{
    if (bytes.isEmpty())
        return;
    to.bytes.append(bytes);
    if (!to.spans.empty() && to.spans.back().at == at)
        to.spans.back().length += bytes.size();
    else
        to.spans.push_back({bytes.size(), at});
}

LogBytes LogLines::take(const LogBytes &log)
{
    LogBytes out;
    qsizetype at = 0;
    for (const LogBytes::Span &span : log.spans) {
        const QByteArrayView bytes = QByteArrayView(log.bytes).sliced(at, span.length);
        for (qsizetype from = 0; from < bytes.size();) {
            const qsizetype found = bytes.indexOf('\n', from);
            const qsizetype to = found < 0 ? bytes.size() : found + 1;
            takePart(bytes.sliced(from, to - from), span.at, out);
            from = to;
        }
        at += span.length;
    }
    return out;
}

// A part of one line, perhaps its end.
void LogLines::takePart(QByteArrayView part, Instant at, LogBytes &out)
{
    const bool ends = part.endsWith('\n');
    if (m_fate == Fate::Open) {
        append(m_line, part, at);
        if (ends || !m_wish.pattern || m_line.bytes.size() >= longest)
            judge(out);
    } else if (m_fate == Fate::Through) {
        append(out, part, at);
    }
    if (ends)
        m_fate = Fate::Open;
}

void LogLines::judge(LogBytes &out)
{
    bool wanted = true;
    if (m_wish.pattern) {
        QByteArrayView text = QByteArrayView(m_line.bytes).first(std::min(m_line.bytes.size(), longest));
        while (text.endsWith('\n') || text.endsWith('\r'))
            text.chop(1);
        wanted = m_wish.pattern->match(QString::fromUtf8(text)).hasMatch();
    }
    if (wanted && ++m_lines <= m_wish.skip)
        wanted = false;
    if (wanted) {
        qsizetype at = 0;
        for (const LogBytes::Span &span : m_line.spans) {
            append(out, QByteArrayView(m_line.bytes).sliced(at, span.length), span.at);
            at += span.length;
        }
    }
    m_fate = wanted ? Fate::Through : Fate::Dropped;
    m_line = {};
}

LogBytes LogLines::finish()
{
    LogBytes out;
    if (!m_line.bytes.isEmpty())
        judge(out);
    m_fate = Fate::Open;
    return out;
}

} // namespace belfry

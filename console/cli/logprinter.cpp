// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/cli/logprinter.h"

#include <algorithm>

namespace belfry {

namespace {

constexpr int unknownStream = 0; // nobody lived to say which: shown as part of either

} // namespace

void LogBytes::add(
    qint64 from, const QByteArray &more, const std::vector<wire::LogIndexEntry> &index, std::optional<int> stream)
{
    if (index.empty()) { // a backend that keeps no index: nothing is known but the bytes
        bytes += more;
        spans.push_back({more.size(), Instant()});
        return;
    }
    for (const wire::LogIndexEntry &each : index) {
        const qsizetype start = qsizetype(std::max<qint64>(0, each.offset - from));
        const QByteArrayView part
            = QByteArrayView(more)
                  .sliced(std::min(start, more.size()))
                  .first(std::min<qsizetype>(each.length, more.size() - std::min(start, more.size())));
        if (part.isEmpty() || (stream && each.stream != *stream && each.stream != unknownStream))
            continue;
        bytes += part;
        spans.push_back({part.size(), each.at});
    }
}

void LogPrinter::print(const LogBytes &log)
{
    if (!m_look.timestamps) {
        write(log.bytes);
    } else {
        QByteArray out;
        qsizetype at = 0;
        for (const LogBytes::Span &span : log.spans) {
            const QByteArray stamp = toRfc3339(span.at).toLatin1() + ' ';
            const qsizetype end = at + span.length;
            while (at < end) {
                if (std::exchange(m_lineBegins, false))
                    out += stamp;
                const qsizetype found = log.bytes.indexOf('\n', at);
                const qsizetype next = found < 0 || found >= end ? end : found + 1;
                m_lineBegins = next == found + 1;
                out += QByteArrayView(log.bytes).sliced(at, next - at);
                at = next;
            }
        }
        write(out);
    }
    if (std::fflush(m_file) != 0)
        m_good = false;
}

void LogPrinter::finish()
{
    const QByteArray rest = m_safe.finish();
    if (!rest.isEmpty()
        && std::fwrite(rest.constData(), 1, std::size_t(rest.size()), m_file) != std::size_t(rest.size()))
        m_good = false;
    if (std::fflush(m_file) != 0)
        m_good = false;
    m_lineBegins = true;
}

void LogPrinter::write(const QByteArray &bytes)
{
    const QByteArray out = m_look.safe ? m_safe.take(bytes) : bytes;
    if (std::fwrite(out.constData(), 1, std::size_t(out.size()), m_file) != std::size_t(out.size()))
        m_good = false;
}

} // namespace belfry

// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/store/linenotes.h"

#include <cmath>

namespace belfry::store {

namespace {

constexpr int mostCounted = 1'000'000'000;

bool isName(QByteArrayView name)
{
    const auto good = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.'
            || c == '-';
    };
    return !name.isEmpty() && name.size() <= 64 && (name[0] < '0' || name[0] > '9') && name[0] != '.' && name[0] != '-'
        && std::ranges::all_of(name, good);
}

std::optional<double> numberOf(QByteArrayView text)
{
    bool good = false;
    const double number = text.toByteArray().toDouble(&good);
    if (!good || !std::isfinite(number))
        return std::nullopt;
    return number;
}

// The text in quotes at the front, with \" and \\ for what they are; nothing when it has no end.
std::optional<QByteArray> quoted(QByteArrayView text)
{
    QByteArray out;
    for (qsizetype at = 1; at < text.size(); ++at) {
        if (text[at] == '"')
            return text.sliced(at + 1).trimmed().isEmpty() ? std::optional(out) : std::nullopt;
        if (text[at] == '\\' && at + 1 < text.size() && (text[at + 1] == '"' || text[at + 1] == '\\'))
            ++at;
        out += text[at];
    }
    return std::nullopt;
}

bool takeWord(QByteArrayView &text, QByteArrayView word)
{
    if (!text.startsWith(word))
        return false;
    text = text.sliced(word.size());
    return true;
}

} // namespace

void LineNotes::feed(int stream, QByteArrayView bytes, Instant at)
{
    read(stream, bytes, at);
}

void LineNotes::recall(int stream, QByteArrayView bytes)
{
    read(stream, bytes, {});
}

void LineNotes::read(int stream, QByteArrayView bytes, const std::optional<Instant> &at)
{
    Line &line = m_lines[std::size_t(std::clamp(stream, 0, 2))];
    while (!bytes.isEmpty()) {
        const qsizetype end = bytes.indexOf('\n');
        const QByteArrayView part = end < 0 ? bytes : bytes.first(end);
        if (!line.ordinary) {
            // Two bytes tell nearly always.
            const qsizetype seen = line.begun.size();
            const qsizetype head = std::min<qsizetype>(part.size(), std::max<qsizetype>(0, 2 - seen));
            const bool ours = std::ranges::all_of(part.first(head), [](char c) { return c == '#'; });
            if (!ours || seen + part.size() > longestLine) {
                line.ordinary = true;
                line.begun.clear();
            } else {
                line.begun.append(part);
            }
        }
        if (end < 0)
            return;
        if (at && line.begun.size() > 2)
            understand(line.begun, *at);
        line.begun.clear();
        line.ordinary = false;
        bytes = bytes.sliced(end + 1);
    }
}

void LineNotes::understand(QByteArrayView line, Instant at)
{
    if (line.endsWith('\r'))
        line.chop(1);
    if (takeWord(line, "##[error]")) {
        m_notes.errors = std::min(m_notes.errors + 1, mostCounted);
    } else if (takeWord(line, "##[warning]")) {
        m_notes.warnings = std::min(m_notes.warnings + 1, mostCounted);
    } else if (takeWord(line, "##belfry ")) {
        if (takeWord(line, "progress="))
            takeProgress(line, at);
        else if (takeWord(line, "output "))
            takeOutput(line);
        else if (takeWord(line, "metric "))
            takeMetric(line);
    }
}

void LineNotes::takeProgress(QByteArrayView rest, Instant at)
{
    const qsizetype space = rest.indexOf(' ');
    QByteArrayView number = space < 0 ? rest : rest.first(space);
    if (number.endsWith('%'))
        number.chop(1);
    const auto percent = numberOf(number);
    if (!percent || *percent < 0 || *percent > 100)
        return;
    QByteArray message;
    if (QByteArrayView more = space < 0 ? QByteArrayView() : rest.sliced(space).trimmed(); !more.isEmpty()) {
        if (!takeWord(more, "msg="))
            return;
        const auto text = more.startsWith('"') ? quoted(more)
            : more.contains(' ')               ? std::nullopt
                                               : std::optional(more.toByteArray());
        if (!text)
            return;
        message = *text;
    }
    m_notes.progress = *percent;
    m_notes.message = QString::fromUtf8(message).left(longestMessage);
    m_notes.at = at;
}

void LineNotes::takeOutput(QByteArrayView rest)
{
    const qsizetype equals = rest.indexOf('=');
    if (equals < 0 || !isName(rest.first(equals)))
        return;
    const QString name = QString::fromUtf8(rest.first(equals)), value = QString::fromUtf8(rest.sliced(equals + 1));
    qsizetype size = name.size() + value.size();
    for (const auto &[other, kept] : m_notes.outputs)
        if (other != name)
            size += other.size() + kept.size();
    if (size > maxOutputs)
        return;
    m_notes.outputs[name] = value;
}

void LineNotes::takeMetric(QByteArrayView rest)
{
    const qsizetype equals = rest.indexOf('=');
    if (equals < 0 || !isName(rest.first(equals)))
        return;
    const QString name = QString::fromUtf8(rest.first(equals));
    const auto value = numberOf(rest.sliced(equals + 1).trimmed());
    if (!value || (!m_notes.metrics.contains(name) && m_notes.metrics.size() >= maxMetrics))
        return;
    m_notes.metrics[name] = *value;
}

} // namespace belfry::store

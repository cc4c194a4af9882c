// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/logs/logend.h"

#include "console/logs/ansi.h"
#include "shared/base/commonlines.h"

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

constexpr qint64 fetched = 32 << 10; // bytes from the end

// A line without its figures: those of times and sizes differ in every run.
QString withoutFigures(const QString &line)
{
    QString text;
    bool inFigure = false;
    for (const QChar c : line) {
        const bool isFigure = c.isDigit();
        if (!isFigure)
            text += c;
        else if (!inFigure)
            text += u'0';
        inFigure = isFigure;
    }
    return text;
}

} // namespace

LogEnd::LogEnd(Client *client, RunId run, std::optional<int> attempt, QObject *parent)
    : QObject(parent)
    , m_stream(client, {.run = run, .attempt = attempt, .offset = -fetched})
{
    connect(&m_stream, &LogStream::received, this,
        [this](qint64 from, const QByteArray &bytes, const std::vector<wire::LogIndexEntry> &) {
            if (!m_from)
                m_from = from;
            m_bytes += bytes;
        });
    connect(&m_stream, &LogStream::ended, this, [this](bool, const QString &reason) { finish(reason); });
    connect(&m_stream, &LogStream::failed, this, [this](const Refusal &why) { finish(why.message); });
}

void LogEnd::finish(const QString &trouble)
{
    if (std::exchange(m_isThere, true))
        return;
    m_lines = lastLines(m_bytes, m_from.value_or(0) == 0, mostLines);
    m_trouble = m_lines.isEmpty() ? trouble : QString();
    m_bytes.clear();
    Q_EMIT arrived();
}

QStringList lastLines(const QByteArray &bytes, bool whole, qsizetype most)
{
    QByteArrayList raw = bytes.split('\n');
    if (raw.last().isEmpty())
        raw.removeLast();
    if (!whole && !raw.isEmpty())
        raw.removeFirst();
    if (raw.size() > most)
        raw.remove(0, raw.size() - most);
    QStringList lines;
    for (const QByteArray &each : raw)
        lines += decodeText(plainBytes(each));
    return lines;
}

std::vector<LinePair> alignLines(const QStringList &here, const QStringList &good)
{
    QStringList a, b;
    for (const QString &line : here)
        a += withoutFigures(line);
    for (const QString &line : good)
        b += withoutFigures(line);
    const CommonLines common(a, b);
    std::vector<LinePair> pairs;
    std::size_t stretch = 0; // where the lines begin that have no counterpart
    const auto add = [&](auto side, const QString &line) {
        for (std::size_t row = stretch; row < pairs.size(); ++row)
            if (!(pairs[row].*side)) {
                pairs[row].*side = line;
                return;
            }
        pairs.push_back({.kind = LinePair::Kind::Differs, .here = {}, .good = {}});
        pairs.back().*side = line;
    };
    qsizetype i = 0, j = 0;
    while (i < a.size() || j < b.size()) {
        if (i < a.size() && j < b.size() && a[i] == b[j]) {
            pairs.push_back({here[i] == good[j] ? LinePair::Kind::Same : LinePair::Kind::Alike, here[i], good[j]});
            stretch = pairs.size();
            ++i;
            ++j;
        } else if (j >= b.size() || (i < a.size() && common.at(i + 1, j) >= common.at(i, j + 1))) {
            add(&LinePair::here, here[i++]);
        } else {
            add(&LinePair::good, good[j++]);
        }
    }
    return pairs;
}

} // namespace belfry

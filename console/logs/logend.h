// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/client/logstream.h"

namespace belfry {

// The last lines of a run's log as they are now, fetched for themselves.
class LogEnd final : public QObject
{
    Q_OBJECT

public:
    static constexpr qsizetype mostLines = 60;

    // Without a number of the last attempt.
    LogEnd(Client *client, RunId run, std::optional<int> attempt = {}, QObject *parent = nullptr);

    bool isThere() const { return m_isThere; }
    // Why there are none; empty: there are some, or it printed nothing.
    QString trouble() const { return m_trouble; }
    const QStringList &lines() const { return m_lines; }

Q_SIGNALS:
    // All that there will be.
    void arrived();

private:
    void finish(const QString &trouble);

    LogStream m_stream;
    std::optional<qint64> m_from; // offset of the first byte
    QByteArray m_bytes;
    bool m_isThere = false;
    QString m_trouble;
    QStringList m_lines;
};

// The last lines of a log's bytes as they are shown; `whole` when they begin with the beginning of a line.
QStringList lastLines(const QByteArray &bytes, bool whole, qsizetype most);

// Lines of two logs side by side.
struct LinePair {
    enum class Kind {
        Same,
        Alike, // but for figures, such as times and sizes
        Differs, // also: only one of them has it
    };
    Kind kind = Kind::Same;
    std::optional<QString> here;
    std::optional<QString> good;
    bool operator==(const LinePair &) const = default;
};
std::vector<LinePair> alignLines(const QStringList &here, const QStringList &good);

} // namespace belfry

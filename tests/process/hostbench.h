// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/process/supervisors.h"

#include <QObject>
#include <QStringList>
#include <QTemporaryDir>

#include <map>
#include <memory>
#include <vector>

namespace belfry {

using spool::AttemptKey;

// A host of its own: a data folder, the agent's hand on it, and what it has told. Its end kills what was started, and
// can be asked for what should not be there.
class HostBench : public QObject
{
    Q_OBJECT

public:
    HostBench();
    ~HostBench() override;

    // A new agent: open() and scan(). What the last one was told is forgotten.
    void arrive();
    void leave() { m_hand.reset(); }
    Supervisors &hand() { return *m_hand; }
    const std::vector<SpoolEntry> &scanned() const { return m_scanned; }

    QString folder() const { return witness(QStringLiteral("data")); }
    QString attemptFolder(AttemptKey key) const;
    // A file below the bench's folder that jobs write to, as witnesses.
    QString witness(const QString &name) const { return m_folder.path() + u'/' + name; }
    QByteArray readWitness(const QString &name) const;

    spool::Order order(qint64 run, std::vector<std::string> argv = {}) const;
    // Starts the text as a shell script; fails the test if that is refused.
    AttemptKey script(qint64 run, const QByteArray &text);
    AttemptKey start(const spool::Order &order, const QByteArray &text = {});

    bool isStarted(AttemptKey key) const { return m_started.contains(key); }
    qint64 pidOf(AttemptKey key) const { return m_started.at(key); }
    bool isFinished(AttemptKey key) const { return m_results.contains(key); }
    const spool::AttemptResult &result(AttemptKey key) const { return m_results.at(key); }
    int reportsOf(AttemptKey key) const;
    // The whole recorded output, or that of one stream.
    QByteArray output(AttemptKey key) const;
    QByteArray output(AttemptKey key, spool::Stream stream) const;

    // Living processes that were started with this bench's folder in their environment: the jobs.
    std::vector<qint64> jobs() const;
    // Those of them that run this program: whatever led to it (a fork, an exec under way) is over.
    std::vector<qint64> jobs(const QByteArray &program) const;
    std::vector<qint64> supervisors() const;
    void killSupervisors();

    QStringList troubles, quarantines;
    int killsPending = 0;
    int settingAttempts = 64;

private:
    std::vector<qint64> processes(const char *file, const QByteArray &needle) const;

    QTemporaryDir m_folder;
    std::unique_ptr<Supervisors> m_hand;
    std::vector<SpoolEntry> m_scanned;
    std::map<AttemptKey, qint64> m_started;
    std::map<AttemptKey, spool::AttemptResult> m_results;
    std::map<AttemptKey, int> m_reports;
};

} // namespace belfry

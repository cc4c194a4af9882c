// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/models/attention.h"
#include "console/models/jobsearch.h"
#include "console/models/liveruns.h"
#include "console/models/notifier.h"
#include "console/models/session.h"

#include <QPointer>

namespace belfry {

// Of what a person wants to hear outside of the window.
enum class NotifyRule { Everything, Production, Mine, Nothing };
constexpr auto enumNames(const NotifyRule *)
{
    return names<NotifyRule>({{NotifyRule::Everything, "everything"}, {NotifyRule::Production, "production"},
        {NotifyRule::Mine, "mine"}, {NotifyRule::Nothing, "nothing"}});
}

// Sees what fails, is lost, missed or late from now on, and tells it once: what was there at the first look is known,
// and what a broken connection had hidden is new.
class TroubleWatch final : public QObject
{
    Q_OBJECT

public:
    static constexpr Duration apart = 30s; // between two notifications

    struct Sources {
        Session *session;
        const Times *times;
        const LiveRuns *liveRuns;
        const Estimates *estimates;
    };
    TroubleWatch(const Sources &sources, const Clock &clock, QObject *parent = nullptr);

    // nullptr: nothing is told.
    void setNotifier(Notifier *notifier);
    QString whyNot() const;
    NotifyRule rule() const { return m_rule; }
    void setRule(NotifyRule rule);
    // Somebody at this console has started it; others by the same token are theirs too.
    void startedHere(RunId run);
    // Each second: what has become late, and what has waited long enough.
    void tick();
    // One that is made up, at once.
    void showSample();

Q_SIGNALS:
    void ruleChanged();

private:
    struct Trouble {
        QString job;
        std::optional<RunId> run;
        QString what; // `failed`
        QString name; // `#12 (p/a)`
    };
    void onClient();
    void onAttention();
    void forgetOld();
    void onRun(const wire::RunRow &run);
    void lookForLate();
    void add(const Trouble &trouble);
    bool isMine(const Trouble &trouble) const;
    void onProduction(const std::optional<QStringList> &jobs);
    void flush();
    Notification notificationOf(const std::vector<Trouble> &troubles) const;

    Sources m_sources;
    const Clock &m_clock;
    QPointer<Notifier> m_notifier;
    NotifyRule m_rule = NotifyRule::Everything;
    Attention m_attention;
    JobSearch m_production;
    QUrl m_backend;
    Instant m_since; // runs that were late before are no news
    bool m_knowsTheOld = false;
    std::set<QString> m_told; // keys
    std::map<RunId, QString> m_startedBy;
    std::set<RunId> m_startedHere;
    QString m_me; // whose token starts them
    std::vector<Trouble> m_unjudged; // whether their jobs are production
    std::vector<Trouble> m_waiting;
    std::optional<Duration> m_shownAt;
};

} // namespace belfry

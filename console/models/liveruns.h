// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/models/estimates.h"
#include "console/models/keyedmodel.h"
#include "console/models/times.h"

namespace belfry {

// Every run that is not over.
class LiveRuns final : public KeyedModel<wire::RunRow, RunId>
{
    Q_OBJECT

public:
    LiveRuns(const Times *times, const Estimates *estimates, QObject *parent = nullptr);

    void setClient(Client *client);

    int running() const { return m_running; }
    int waiting() const { return m_waiting; }

Q_SIGNALS:
    // Each change that the backend told, also of runs that are over with it.
    void runChanged(const belfry::wire::RunRow &run);
    void countsChanged();

protected:
    bool isShown(const wire::RunRow &run) const override { return !isFinal(run.state); }
    void heard(const wire::RunRow &run, bool removed) override;
    void rowsChanged() override;
    void askForTheRest() override { askPage(std::nullopt); }

private:
    void askPage(std::optional<RunId> after);

    QPointer<Client> m_client;
    int m_running = 0;
    int m_waiting = 0;
};

} // namespace belfry

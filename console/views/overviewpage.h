// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/models/upcoming.h"
#include "console/views/loadcharts.h"
#include "console/views/parts.h"
#include "console/views/table.h"

#include <QTimer>

namespace belfry {

// One look: how much runs, waits and failed, whether the agents are there, what comes next and what went wrong.
class OverviewPage final : public Page
{
    Q_OBJECT

public:
    explicit OverviewPage(Desk *desk);
    void refresh() override;
    void shown() override;

private:
    struct Tile {
        QLabel *icon = nullptr;
        QLabel *figure = nullptr;
        QLabel *words = nullptr;
        QPushButton *button = nullptr;
        StateLook look;
    };
    Tile makeTile(const QString &name, const QString &view, const QString &filter);
    void setTile(Tile &tile, const QString &figure, const QString &words, const StateLook &look);
    void recount();
    void askFailures();
    Table *makeTable(QAbstractItemModel *model, const QString &name, const QStringList &columns);

    Upcoming *m_upcoming;
    History *m_failures;
    QHBoxLayout *m_tiles;
    Tile m_running, m_waiting, m_attention, m_failed, m_paused, m_agents;
    Table *m_live;
    Table *m_next;
    Table *m_wrong;
    QTimer m_again; // failures leave the list as they grow old
};

} // namespace belfry

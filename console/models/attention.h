// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/client/client.h"
#include "console/models/columns.h"
#include "console/models/times.h"

#include <QAbstractTableModel>
#include <QTimer>

namespace belfry {

// Failures that nobody has acknowledged, newest first, as the backend pages them. Asked anew when something changes;
// what an answer and the rows have in common stays, so that a selection lives on.
class Attention final : public QAbstractTableModel
{
    Q_OBJECT

public:
    static constexpr int pageRows = 200;

    struct Question {
        std::vector<wire::Concern> concerns; // empty: all
        QString job; // empty: all
        bool operator==(const Question &) const = default;
    };

    explicit Attention(const Times *times, QObject *parent = nullptr);

    void setClient(Client *client);
    void ask(const Question &question);
    // Asks again, soon: calls in a row are one.
    void refresh();
    void tick();
    void retranslate();

    const std::vector<wire::AttentionRow> &rows() const { return m_rows; }
    bool isComplete() const { return m_complete; }
    bool hasMore() const { return m_next.has_value(); }

    int rowCount(const QModelIndex &parent = {}) const override { return parent.isValid() ? 0 : int(m_rows.size()); }
    int columnCount(const QModelIndex &parent = {}) const override
    {
        return parent.isValid() ? 0 : int(m_columns.size());
    }
    QVariant data(const QModelIndex &index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override
    {
        return headerOf(m_columns, section, orientation, role);
    }
    bool canFetchMore(const QModelIndex &parent) const override;
    void fetchMore(const QModelIndex &parent) override;

Q_SIGNALS:
    // Rows have come, or there are none.
    void answered();
    void failed(const QString &why);

private:
    void askAgain();
    void askPage(const QString &after, std::size_t wanted, std::vector<wire::AttentionRow> gathered);
    void show(const std::vector<wire::AttentionRow> &fresh);

    std::vector<ColumnOf<wire::AttentionRow>> m_columns;
    std::vector<wire::AttentionRow> m_rows;
    std::optional<QString> m_next;
    QPointer<Client> m_client;
    Question m_question;
    QTimer m_soon;
    int m_asking = 0; // answers to earlier questions are dropped
    bool m_complete = false;
    bool m_fetching = false; // something is asked for, or being shown
};

// `#42`, or the job and the time that its occasion was due.
QString concernName(const wire::AttentionRow &row, const Times &times);
// Names the row among all: the run, or job, time and rule.
QString concernKey(const wire::AttentionRow &row);
StateLook lookOf(wire::Concern concern);

} // namespace belfry

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/client/client.h"
#include "console/models/columns.h"
#include "console/models/times.h"

#include <QAbstractTableModel>

namespace belfry {

// Runs of the past, newest first, as the backend filters and pages them by key. Only a window of the rows is held: they
// come in chunks, and those that nobody has looked at for longest are asked for again when they are. Runs that begin or
// change while the list is shown are put in where they belong.
class History final : public QAbstractTableModel
{
    Q_OBJECT

public:
    static constexpr int chunkRows = 500;
    static constexpr int chunksKept = 50;

    struct Question {
        QString job; // empty: all
        QString filter; // of shared/filter/runfilter.h
        bool operator==(const Question &) const = default;
    };

    explicit History(const Times *times, QObject *parent = nullptr);

    // With another client everything is asked anew.
    void setClient(Client *client);
    void ask(const Question &question);
    void reload();
    const Question &question() const { return m_question; }

    int rowCount(const QModelIndex &parent = {}) const override { return parent.isValid() ? 0 : m_count; }
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

    // nullptr while the row's chunk is not here.
    const wire::RunRow *at(int row) const;
    // Whether the first chunk has come.
    bool isComplete() const { return m_answered; }
    bool hasMore() const { return m_next.has_value(); }
    // Newer runs that a filter on tags keeps from being judged here; reload() shows them.
    int unjudged() const { return m_unjudged; }
    int chunksHeld() const;

    void runChanged(const wire::RunRow &run);
    void retranslate();

Q_SIGNALS:
    // Rows have come, or there are none.
    void answered();
    void failed(const QString &why);
    void unjudgedChanged(int count);

private:
    struct Chunk {
        std::optional<RunId> after; // asked for with it
        RunId first; // newest and oldest run in it
        RunId last;
        int size = 0;
        std::vector<wire::RunRow> rows; // empty: not held
        bool asked = false;
        quint64 used = 0; // when somebody looked at it
    };
    using Chunks = std::vector<Chunk>;

    std::pair<std::size_t, int> place(int row) const; // chunk and row in it
    void askNext();
    void askAgain(std::size_t chunk);
    void onNext(const wire::RunListReply &reply, std::optional<RunId> after);
    void onAgain(const wire::RunListReply &reply, RunId first);
    void insertNewest(const wire::RunRow &run);
    void forgetOldest();
    wire::RunList request(std::optional<RunId> after, int limit) const;

    const Times *m_times;
    std::vector<ColumnOf<wire::RunRow>> m_columns;
    QPointer<Client> m_client;
    Question m_question;
    int m_asking = 0; // counts ask(): answers to an older one are dropped
    bool m_answered = false;
    bool m_fetching = false;
    std::optional<RunId> m_next;
    Chunks m_chunks;
    std::vector<int> m_starts; // first row of each chunk
    int m_count = 0;
    int m_unjudged = 0;
    mutable quint64 m_looks = 0;
};

} // namespace belfry

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/client/watch.h"
#include "console/models/columns.h"

#include <QAbstractTableModel>
#include <QTimer>

namespace belfry {

// What a KeyedModel of any row tells.
class WatchedTable : public QAbstractTableModel
{
    Q_OBJECT

public:
    using QAbstractTableModel::QAbstractTableModel;

    // All rows have come at least once, from the present backend.
    bool isComplete() const { return m_complete; }

Q_SIGNALS:
    void completed();
    // The backend refused the watch; the rows stand still.
    void failed(const QString &why);

protected:
    bool m_complete = false;
};

// Rows of a topic by their key, kept up to date by a watch and shown in the order of the keys. Changes are gathered for
// a tenth of a second, so that a storm of them costs ten updates a second. A snapshot after a reconnect becomes the
// differences to what is shown: a selection lives on, and no row is there twice.
template <class Row, class Key> class KeyedModel : public WatchedTable
{
public:
    static constexpr auto gatherFor = std::chrono::milliseconds(100);

    KeyedModel(Key Row::*key, std::vector<ColumnOf<Row>> columns, QObject *parent)
        : WatchedTable(parent)
        , m_keyOf(key)
        , m_columns(std::move(columns))
    {
        m_soon.setSingleShot(true);
        m_soon.setInterval(gatherFor);
        QObject::connect(&m_soon, &QTimer::timeout, this, [this] { flush(); });
    }

    // Watches with another client; what the old one told is gone.
    void watch(Client *client, wire::Topic topic)
    {
        m_watch.reset();
        m_waiting.clear();
        m_complete = false;
        beginResetModel();
        m_rows.clear();
        endResetModel();
        if (!client)
            return;
        m_watch = std::make_unique<Watch>(client, topic, wire::WatchFilter());
        QObject::connect(
            m_watch.get(), &Watch::reset, this, [this](const auto &rows, bool partial) { onReset(rows, partial); });
        QObject::connect(m_watch.get(), &Watch::changed, this,
            [this](const QJsonValue &row, bool removed) { onChanged(row, removed); });
        QObject::connect(
            m_watch.get(), &Watch::failed, this, [this](const Refusal &why) { Q_EMIT failed(why.message); });
    }

    int rowCount(const QModelIndex &parent = {}) const override { return parent.isValid() ? 0 : int(m_rows.size()); }
    int columnCount(const QModelIndex &parent = {}) const override
    {
        return parent.isValid() ? 0 : int(m_columns.size());
    }
    QVariant data(const QModelIndex &index, int role) const override
    {
        if (!checkIndex(index, CheckIndexOption::IndexIsValid))
            return {};
        const Row &row = m_rows[std::size_t(index.row())];
        return role == KeyRole ? QVariant(keyText(row.*m_keyOf))
                               : cellOf(m_columns[std::size_t(index.column())], row, role);
    }
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override
    {
        return headerOf(m_columns, section, orientation, role);
    }

    const std::vector<Row> &rows() const { return m_rows; }
    const Row *find(const Key &key) const
    {
        const auto at = place(key);
        return at != m_rows.end() && (*at).*m_keyOf == key ? &*at : nullptr;
    }
    const Row &at(int row) const { return m_rows[std::size_t(row)]; }

    // Puts what has gathered into the rows now. For tests.
    void flush()
    {
        m_soon.stop();
        const auto changes = std::exchange(m_waiting, {});
        std::vector<Row> fresh; // neighbours that are not there yet: views hear of them at once
        for (const auto &[key, row] : changes) {
            const auto at = place(key);
            const bool isNew = row && (at == m_rows.end() || (*at).*m_keyOf != key);
            if (!fresh.empty() && (!isNew || at != place(fresh.front().*m_keyOf)))
                insert(std::exchange(fresh, {}));
            if (isNew)
                fresh.push_back(*row);
            else if (row)
                replace(*row);
            else
                drop(key);
        }
        if (!fresh.empty())
            insert(std::move(fresh));
        if (!changes.empty())
            rowsChanged();
    }

    // Cells that age are read again.
    void tick()
    {
        if (m_rows.empty())
            return;
        for (int column = 0; column < int(m_columns.size()); ++column)
            if (m_columns[std::size_t(column)].ticks)
                Q_EMIT dataChanged(
                    index(0, column), index(int(m_rows.size()) - 1, column), {Qt::DisplayRole, ProgressRole});
    }

    // The texts of all cells, e.g. after the time zone was switched.
    void retranslate()
    {
        if (!m_rows.empty())
            Q_EMIT dataChanged(index(0, 0), index(int(m_rows.size()) - 1, int(m_columns.size()) - 1),
                {Qt::DisplayRole, Qt::ToolTipRole});
    }

protected:
    // Whether the row belongs into the table at all.
    virtual bool isShown(const Row &) const { return true; }
    // Before it is gathered: for those who want to hear of each change.
    virtual void heard(const Row &, bool removed) { Q_UNUSED(removed); }
    // The snapshot has only some rows: the others have to be asked for, then complete() be called.
    virtual void askForTheRest() { complete(); }
    virtual void rowsChanged() { }

    void gather(const Row &row, bool removed)
    {
        m_waiting[row.*m_keyOf] = removed || !isShown(row) ? std::nullopt : std::optional<Row>(row);
        if (!m_soon.isActive())
            m_soon.start();
    }
    void complete()
    {
        m_complete = true;
        flush();
        Q_EMIT completed();
    }
    static QString keyText(const QString &key) { return key; }
    static QString keyText(RunId key) { return QString::number(key.value); }

private:
    auto place(const Key &key) const
    {
        return std::lower_bound(m_rows.begin(), m_rows.end(), key,
            [this](const Row &row, const Key &wanted) { return row.*m_keyOf < wanted; });
    }

    void replace(const Row &row)
    {
        const int at = int(place(row.*m_keyOf) - m_rows.begin());
        m_rows[std::size_t(at)] = row;
        Q_EMIT dataChanged(index(at, 0), index(at, int(m_columns.size()) - 1));
    }

    // Rows by key that all belong between the same two.
    void insert(std::vector<Row> rows)
    {
        const int at = int(place(rows.front().*m_keyOf) - m_rows.begin());
        beginInsertRows({}, at, at + int(rows.size()) - 1);
        m_rows.insert(m_rows.begin() + at, std::make_move_iterator(rows.begin()), std::make_move_iterator(rows.end()));
        endInsertRows();
    }

    void drop(const Key &key)
    {
        const int at = int(place(key) - m_rows.begin());
        if (at == int(m_rows.size()) || m_rows[std::size_t(at)].*m_keyOf != key)
            return;
        beginRemoveRows({}, at, at);
        m_rows.erase(m_rows.begin() + at);
        endRemoveRows();
    }

    void onReset(const std::vector<QJsonValue> &snapshot, bool partial)
    {
        m_waiting.clear();
        std::set<Key> there;
        std::vector<Row> fresh;
        for (const QJsonValue &value : snapshot)
            if (auto row = fromJson<Row>(value); row && isShown(*row)) {
                there.insert((*row).*m_keyOf);
                fresh.push_back(std::move(*row));
            }
        if (!partial)
            for (const Row &row : m_rows)
                if (!there.contains(row.*m_keyOf))
                    m_waiting[row.*m_keyOf] = std::nullopt;
        if (m_rows.empty()) {
            std::sort(
                fresh.begin(), fresh.end(), [this](const Row &a, const Row &b) { return a.*m_keyOf < b.*m_keyOf; });
            beginResetModel();
            m_rows = std::move(fresh);
            endResetModel();
            rowsChanged();
        } else {
            for (Row &row : fresh)
                m_waiting[row.*m_keyOf] = std::move(row);
        }
        if (partial) {
            flush();
            askForTheRest();
        } else {
            complete();
        }
    }

    void onChanged(const QJsonValue &value, bool removed)
    {
        const auto row = fromJson<Row>(value);
        if (!row)
            return; // of a newer backend, and of no use here
        heard(*row, removed);
        gather(*row, removed);
    }

    Key Row::*m_keyOf;
    std::vector<ColumnOf<Row>> m_columns;
    std::vector<Row> m_rows; // by key
    std::map<Key, std::optional<Row>> m_waiting; // nullopt: it goes
    QTimer m_soon;
    std::unique_ptr<Watch> m_watch;
};

} // namespace belfry

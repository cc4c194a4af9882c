// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/views/filterline.h"
#include "console/views/table.h"

class QHBoxLayout;
class QToolButton;

namespace belfry {

// What pages with one table have in common: a title with a count, a filter line, the table.
class ListPage : public Page
{
    Q_OBJECT

public:
    ListPage(Desk *desk, const QString &name, const QString &title, std::optional<FilterKind> filter);

    void focusFilter() override;
    void setFilter(const QString &text) override;
    QString filterText() const override { return m_filter ? m_filter->text() : QString(); }
    QAbstractItemModel *listed() const override { return m_table->model(); }
    Table *mainTable() const override { return m_table; }
    void shown() override;

protected:
    Table *table() const { return m_table; }
    FilterLine *filter() const { return m_filter; }
    QHBoxLayout *bar() const { return m_bar; }
    void setCount(const QString &text) { m_count->setText(text); }
    // What the selected row is.
    virtual Subject subjectOf(int row) const = 0;
    virtual void open(int row) = 0;
    // In the constructor, once the table has its model.
    void wire();
    // What is selected now: the current row, with the others.
    Subject selected() const;

private:
    QHBoxLayout *m_bar;
    QLabel *m_count;
    FilterLine *m_filter = nullptr;
    Table *m_table;
};

class LiveRunsPage final : public ListPage
{
    Q_OBJECT

public:
    explicit LiveRunsPage(Desk *desk);

private:
    Subject subjectOf(int row) const override;
    void open(int row) override;
    void onFilter(const QString &text);
    void recount();
    class Proxy;
    Proxy *m_proxy;
};

class HistoryPage final : public ListPage
{
    Q_OBJECT

public:
    explicit HistoryPage(Desk *desk);
    void refresh() override { m_history->reload(); }

private:
    Subject subjectOf(int row) const override;
    void open(int row) override;
    void recount();
    History *m_history;
    QToolButton *m_newer;
};

class AgentsPage final : public ListPage
{
    Q_OBJECT

public:
    explicit AgentsPage(Desk *desk);

private:
    Subject subjectOf(int row) const override;
    void open(int row) override;
    void recount();
};

} // namespace belfry

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/models/jobtree.h"
#include "console/views/listpages.h"

class QComboBox;

namespace belfry {

// All jobs, below their projects or as one list. Left and Right fold and unfold.
class JobsPage final : public ListPage
{
    Q_OBJECT

public:
    explicit JobsPage(Desk *desk);
    void refresh() override;
    void shown() override;
    QAbstractItemModel *listed() const override;
    QString layoutText() const override;
    void setLayoutText(const QString &text) override;

private:
    Subject subjectOf(int row) const override;
    void open(int row) override;
    void addFolding();
    void connectTree();
    void step(int row, bool inwards);
    void toggle(int row);
    void goTo(int row);
    void onFilter(const QString &text);
    void askFilter(const QString &after);
    void recount();
    class JobsAlone;

    JobTree *m_tree;
    JobsAlone *m_alone; // without projects, for export
    QComboBox *m_by;
    QToolButton *m_foldAll;
    QString m_filterText;
    QStringList m_found;
    int m_asking = 0;
};

} // namespace belfry

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/models/attention.h"
#include "console/views/listpages.h"

class QComboBox;

namespace belfry {

// What failed, was missed or lost, until somebody says that it was seen.
class AttentionPage final : public ListPage
{
    Q_OBJECT

public:
    explicit AttentionPage(Desk *desk);
    void refresh() override { m_attention->refresh(); }
    // Names what is shown, like `lost`; empty: everything.
    void focusFilter() override;
    void setFilter(const QString &text) override;
    QString filterText() const override;

private:
    Subject subjectOf(int row) const override;
    void open(int row) override;
    void recount();
    // The selected runs as they are, which rows here do not know.
    void askRuns();

    static constexpr int mostAsked = 50;
    Attention *m_attention;
    QComboBox *m_what;
    std::map<RunId, wire::RunRow> m_runs;
    std::set<RunId> m_asked;
};

} // namespace belfry

// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/bulk.h"

#include "console/views/parts.h"

#include <QDialog>
#include <QDialogButtonBox>
#include <QHeaderView>
#include <QTableWidget>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype namesShown = 5;

struct BulkWords {
    Q_DECLARE_TR_FUNCTIONS(belfry::Bulk)
};

void showOutcomes(Desk *desk, const QString &title, const std::vector<BulkOutcome> &outcomes)
{
    auto *dialog = new QDialog(desk->navigator->window());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setObjectName(u"outcomes"_s);
    dialog->setWindowTitle(title);
    dialog->resize(640, 360);
    auto *layout = new QVBoxLayout(dialog);
    layout->setContentsMargins(20, 18, 20, 16);
    layout->setSpacing(12);
    QLabel *heading = makeLabel(title, u"title"_s);
    heading->setWordWrap(true);
    layout->addWidget(heading);
    auto *table = new QTableWidget(int(outcomes.size()), 2);
    table->setObjectName(u"outcomeTable"_s);
    table->setAccessibleName(BulkWords::tr("What became of each"));
    table->setHorizontalHeaderLabels({BulkWords::tr("What"), BulkWords::tr("Outcome")});
    table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    table->setSelectionBehavior(QAbstractItemView::SelectRows);
    table->verticalHeader()->hide();
    table->horizontalHeader()->setStretchLastSection(true);
    table->setColumnWidth(0, 220);
    for (int row = 0; row < int(outcomes.size()); ++row) {
        const BulkOutcome &each = outcomes[std::size_t(row)];
        table->setItem(row, 0, new QTableWidgetItem(each.name));
        auto *outcome = new QTableWidgetItem(each.error.isEmpty() ? BulkWords::tr("done") : each.error);
        outcome->setToolTip(each.error);
        outcome->setIcon(desk->theme->icon(each.error.isEmpty() ? u"state-succeeded"_s : u"state-failed"_s));
        if (!each.error.isEmpty())
            outcome->setForeground(desk->theme->color(Look::Failed));
        table->setItem(row, 1, outcome);
    }
    layout->addWidget(table, 1);
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Close);
    layout->addWidget(buttons);
    QObject::connect(buttons, &QDialogButtonBox::rejected, dialog, &QDialog::reject);
    dialog->open();
}

} // namespace

QString bulkNames(const QStringList &names)
{
    const QString shown = names.first(std::min(namesShown, names.size())).join(u'\n');
    return names.size() > namesShown ? shown + u'\n' + BulkWords::tr("and %n more", nullptr, int(names.size() - namesShown))
                                     : shown;
}

void tellBulk(Desk *desk, const QString &done, const std::vector<BulkOutcome> &outcomes)
{
    const auto failed = std::ranges::count_if(outcomes, [](const BulkOutcome &each) { return !each.error.isEmpty(); });
    if (failed == 0) {
        desk->navigator->notice(done);
        return;
    }
    if (outcomes.size() == 1) {
        desk->navigator->notice(outcomes.front().error, true);
        return;
    }
    const QString title = BulkWords::tr("%1 of %2 were done, %3 were not")
                              .arg(qint64(outcomes.size()) - failed)
                              .arg(outcomes.size())
                              .arg(failed);
    desk->navigator->notice(title, true);
    showOutcomes(desk, title, outcomes);
}

} // namespace belfry

// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/pausedialog.h"

#include "console/views/parts.h"

#include <QComboBox>
#include <QDialogButtonBox>
#include <QFormLayout>
#include <QPushButton>

namespace belfry {

using namespace Qt::StringLiterals;

PauseDialog::PauseDialog(Desk *desk, const QString &job, QWidget *parent, const QString &names)
    : QDialog(parent)
{
    setObjectName(u"pause"_s);
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Pause %1").arg(job));
    setMinimumWidth(480);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(20, 18, 20, 16);
    layout->setSpacing(12);
    layout->addWidget(makeLabel(tr("Pause %1").arg(job), u"title"_s));
    if (!names.isEmpty())
        layout->addWidget(makeLabel(names, u"muted"_s));
    auto *text = new QLabel(
        tr("Its waiting scheduled runs and its occasions are held. Live runs go on; a manual run needs to be forced."));
    text->setWordWrap(true);
    layout->addWidget(text);
    auto *form = new QFormLayout;
    form->setRowWrapPolicy(QFormLayout::WrapLongRows);
    auto *until = new QComboBox;
    until->setAccessibleName(tr("Until"));
    until->addItem(tr("somebody resumes it"), 0);
    for (const auto &[name, length] :
        std::initializer_list<std::pair<QString, Duration>>{{tr("in 30 minutes"), 30min}, {tr("in 1 hour"), 1h},
            {tr("in 4 hours"), 4h}, {tr("in 12 hours"), 12h}, {tr("in 24 hours"), 24h}, {tr("in 7 days"), 7 * 24h}})
        until->addItem(name, qint64(length.count()));
    auto *then = new QComboBox;
    then->setAccessibleName(tr("Occasions inside"));
    then->addItem(tr("are skipped"), int(PauseThen::Skip));
    then->addItem(tr("the newest runs at the end"), int(PauseThen::Latest));
    then->addItem(tr("all run at the end, one after the other"), int(PauseThen::All));
    form->addRow(makeLabel(tr("Until"), u"muted"_s), until);
    form->addRow(makeLabel(tr("Occasions inside"), u"muted"_s), then);
    layout->addLayout(form);
    auto *buttons = new QDialogButtonBox;
    QPushButton *go = buttons->addButton(tr("Pause"), QDialogButtonBox::AcceptRole);
    go->setProperty("kind", u"primary"_s);
    go->setObjectName(u"go"_s);
    buttons->addButton(tr("Cancel"), QDialogButtonBox::RejectRole);
    layout->addWidget(buttons);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(buttons, &QDialogButtonBox::accepted, this, [this, desk, until, then] {
        const qint64 length = until->currentData().toLongLong();
        Q_EMIT chosen(length > 0 ? std::optional(desk->times->now() + Duration(length)) : std::nullopt,
            PauseThen(then->currentData().toInt()));
        accept();
    });
}

} // namespace belfry

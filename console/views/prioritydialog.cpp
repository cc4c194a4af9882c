// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/prioritydialog.h"

#include "console/views/parts.h"

#include <QDialogButtonBox>
#include <QFormLayout>
#include <QPushButton>
#include <QSpinBox>

namespace belfry {

using namespace Qt::StringLiterals;

PriorityDialog::PriorityDialog(const QString &what, int priority, QWidget *parent)
    : QDialog(parent)
{
    setObjectName(u"priority"_s);
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Priority of %1").arg(what));
    setMinimumWidth(440);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(20, 18, 20, 16);
    layout->setSpacing(12);
    layout->addWidget(makeLabel(tr("Priority of %1").arg(what), u"title"_s));
    auto *text = new QLabel(tr("The queue goes by priority plus minutes waited: 60 more is as an hour of waiting."));
    text->setWordWrap(true);
    layout->addWidget(text);
    auto *form = new QFormLayout;
    auto *number = new QSpinBox;
    number->setObjectName(u"priorityNumber"_s);
    number->setAccessibleName(tr("Priority"));
    number->setRange(0, 100);
    number->setValue(priority);
    number->selectAll();
    form->addRow(makeLabel(tr("Priority, 0 to 100"), u"muted"_s), number);
    layout->addLayout(form);
    auto *buttons = new QDialogButtonBox;
    QPushButton *go = buttons->addButton(tr("Change"), QDialogButtonBox::AcceptRole);
    go->setObjectName(u"go"_s);
    go->setProperty("kind", u"primary"_s);
    go->setDefault(true);
    buttons->addButton(tr("Cancel"), QDialogButtonBox::RejectRole)->setAutoDefault(false);
    layout->addWidget(buttons);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(buttons, &QDialogButtonBox::accepted, this, [this, number] {
        Q_EMIT chosen(number->value());
        accept();
    });
}

} // namespace belfry

// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/notifydialog.h"

#include "console/views/parts.h"

#include <QDialogButtonBox>
#include <QPushButton>
#include <QRadioButton>

namespace belfry {

using namespace Qt::StringLiterals;

NotifyDialog::NotifyDialog(TroubleWatch *troubles, QWidget *parent)
    : QDialog(parent)
{
    setObjectName(u"notify"_s);
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Notifications"));
    setMinimumWidth(520);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(20, 18, 20, 16);
    layout->setSpacing(12);
    layout->addWidget(makeLabel(tr("Notifications"), u"title"_s));
    auto *text = new QLabel(tr("What fails, is lost, missed or late is told by the desktop, once, and at most every "
                               "30 seconds; a click on it leads there."));
    text->setWordWrap(true);
    layout->addWidget(text);
    const QString whyNot = troubles->whyNot();
    const std::pair<NotifyRule, QString> rules[] = {{NotifyRule::Everything, tr("Of everything")},
        {NotifyRule::Production, tr("Of jobs with the tag `production`")},
        {NotifyRule::Mine, tr("Of runs that I start here, or with the same token")},
        {NotifyRule::Nothing, tr("Of nothing")}};
    for (const auto &[rule, title] : rules) {
        auto *button = new QRadioButton(title);
        button->setObjectName(u"notify-"_s + nameOf(rule));
        button->setChecked(troubles->rule() == rule);
        button->setEnabled(whyNot.isEmpty());
        button->setToolTip(whyNot);
        connect(button, &QRadioButton::toggled, troubles, [troubles, each = rule](bool on) {
            if (on)
                troubles->setRule(each);
        });
        layout->addWidget(button);
    }
    auto *fault = makeLabel(whyNot, u"fault"_s);
    fault->setObjectName(u"notifyWhyNot"_s);
    fault->setWordWrap(true);
    fault->setVisible(!whyNot.isEmpty());
    layout->addWidget(fault);
    auto *buttons = new QDialogButtonBox;
    QPushButton *sample = buttons->addButton(tr("Show one now"), QDialogButtonBox::ActionRole);
    sample->setObjectName(u"notifySample"_s);
    sample->setEnabled(whyNot.isEmpty());
    sample->setToolTip(whyNot);
    sample->setAutoDefault(false);
    buttons->addButton(tr("Close"), QDialogButtonBox::RejectRole)->setDefault(true);
    connect(sample, &QPushButton::clicked, troubles, &TroubleWatch::showSample);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    layout->addWidget(buttons);
}

} // namespace belfry

// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/profiledialog.h"

#include "console/views/parts.h"

#include <QDialogButtonBox>
#include <QPushButton>

namespace belfry {

using namespace Qt::StringLiterals;

ProfileDialog::ProfileDialog(Profiles *profiles, const Theme *theme, const Profile &profile, QWidget *parent)
    : QDialog(parent)
    , m_form(new ProfileForm(profiles, theme, profile))
    , m_fault(makeLabel({}, u"fault"_s))
{
    setObjectName(u"profile"_s);
    setAttribute(Qt::WA_DeleteOnClose);
    const QString title = profile.name.isEmpty() ? tr("Add a backend") : tr("Change %1").arg(profile.name);
    setWindowTitle(title);
    setMinimumWidth(600);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(20, 18, 20, 16);
    layout->setSpacing(12);
    layout->addWidget(makeLabel(title, u"title"_s));
    layout->addWidget(m_form);
    m_fault->setWordWrap(true);
    m_fault->hide();
    layout->addWidget(m_fault);
    auto *buttons = new QDialogButtonBox;
    m_go = buttons->addButton(profile.name.isEmpty() ? tr("Add") : tr("Change"), QDialogButtonBox::AcceptRole);
    m_go->setObjectName(u"go"_s);
    m_go->setProperty("kind", u"primary"_s);
    m_go->setDefault(true);
    buttons->addButton(tr("Cancel"), QDialogButtonBox::RejectRole)->setAutoDefault(false);
    layout->addWidget(buttons);
    connect(m_form, &ProfileForm::changed, this, &ProfileDialog::judge);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(buttons, &QDialogButtonBox::accepted, this, &ProfileDialog::save);
    m_form->focusFirst();
    judge();
    setMinimumHeight(layout->totalHeightForWidth(minimumWidth())); // texts that wrap have no height of their own
}

void ProfileDialog::judge()
{
    const QString fault = m_form->fault();
    m_go->setEnabled(fault.isEmpty());
    m_go->setToolTip(fault);
}

void ProfileDialog::save()
{
    const QString name = m_form->profile().name;
    const bool withToken = !m_form->token().isEmpty();
    if (const Status saved = m_form->save(); !saved) {
        m_fault->setText(saved.error().message);
        m_fault->show();
        return;
    }
    Q_EMIT this->saved(name, withToken);
    accept();
}

} // namespace belfry

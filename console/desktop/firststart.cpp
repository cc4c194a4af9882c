// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/desktop/firststart.h"

#include "console/views/parts.h"

#include <QPushButton>

namespace belfry {

using namespace Qt::StringLiterals;

FirstStart::FirstStart(Profiles *profiles, const Theme *theme)
    : m_profiles(profiles)
    , m_form(new ProfileForm(profiles, theme, {}))
    , m_title(makeLabel({}, u"title"_s))
    , m_words(new QLabel)
    , m_fault(makeLabel({}, u"fault"_s))
    , m_go(new QPushButton)
{
    setObjectName(u"firstStart"_s);
    setWindowTitle(tr("Belfry"));
    setMinimumWidth(680);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(28, 24, 28, 20);
    layout->setSpacing(14);
    layout->addWidget(m_title);
    m_words->setWordWrap(true);
    layout->addWidget(m_words);
    layout->addWidget(m_form, 1);
    m_fault->setObjectName(u"firstStartFault"_s);
    m_fault->setWordWrap(true);
    m_fault->setTextFormat(Qt::PlainText);
    m_fault->setTextInteractionFlags(Qt::TextSelectableByMouse);
    layout->addWidget(m_fault);
    auto *row = new QHBoxLayout;
    auto *demo = new QPushButton(tr("Try the demo"));
    demo->setObjectName(u"tryDemo"_s);
    demo->setAutoDefault(false);
    demo->setToolTip(tr("Made-up projects, agents and runs; nothing is kept."));
    auto *leave = new QPushButton(tr("Quit"));
    leave->setAutoDefault(false);
    row->addWidget(demo);
    row->addStretch(1);
    row->addWidget(leave);
    m_go->setObjectName(u"go"_s);
    m_go->setProperty("kind", u"primary"_s);
    m_go->setDefault(true);
    row->addWidget(m_go);
    layout->addLayout(row);
    connect(demo, &QPushButton::clicked, this, [this] {
        m_demo = true;
        accept();
    });
    connect(leave, &QPushButton::clicked, this, &QDialog::reject);
    connect(m_go, &QPushButton::clicked, this, [this] { m_bad ? read() : connectTo(); });
    connect(m_form, &ProfileForm::changed, this, &FirstStart::judge);
    read();
    setMinimumHeight(layout->totalHeightForWidth(minimumWidth())); // texts that wrap have no height of their own
}

void FirstStart::read()
{
    const Status status = m_profiles->load();
    const auto named = m_profiles->addressOf(QString());
    if (std::exchange(m_bad, !status) && status && named && !m_profiles->all().empty()) {
        m_address = *named; // the file was corrected, and names a backend
        accept();
        return;
    }
    m_form->setVisible(!m_bad);
    m_title->setText(m_bad ? tr("A file has to be corrected") : tr("Add a backend"));
    m_words->setText(m_bad
            ? tr("The backends that you have named are in this file, and it cannot be used as it is:")
            : tr("Belfry runs your jobs in a backend, on this computer or another one. This console shows it and acts "
                 "on it, as the command line `belfry` does; both keep what you give here in the same file."));
    m_fault->setText(m_bad ? status.error().message : QString());
    m_fault->setVisible(m_bad);
    m_go->setText(m_bad ? tr("Try again") : tr("Connect"));
    if (!m_bad)
        m_form->focusFirst();
    judge();
}

void FirstStart::judge()
{
    const QString fault = m_bad ? QString() : m_form->fault();
    m_go->setEnabled(fault.isEmpty());
    m_go->setToolTip(fault);
    if (!m_bad)
        m_fault->hide();
}

void FirstStart::connectTo()
{
    const QString name = m_form->profile().name;
    const Status saved = m_form->save();
    const auto address = saved ? m_profiles->addressOf(name) : fail(saved.error());
    if (!address) {
        m_fault->setText(address.error().message);
        m_fault->show();
        return;
    }
    m_address = *address;
    accept();
}

} // namespace belfry

// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/profileform.h"

#include "console/views/parts.h"
#include "console/views/profilelook.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDir>
#include <QFileDialog>
#include <QFormLayout>
#include <QLineEdit>
#include <QPushButton>
#include <QStyle>

namespace belfry {

using namespace Qt::StringLiterals;

QString tokenHelp()
{
    return ProfileForm::tr(
        "The first start of a backend writes an admin's token into admin.token in its data folder; for a backend of "
        "yours on this computer nothing need be given. Whoever has that makes tokens for others:\n\n"
        "belfry token create --role operator --name ann");
}

ProfileForm::ProfileForm(Profiles *profiles, const Theme *theme, const Profile &profile, QWidget *parent)
    : QWidget(parent)
    , m_profiles(profiles)
    , m_theme(theme)
    , m_own(profile.name)
    , m_name(new QLineEdit(profile.name))
    , m_color(new QComboBox)
    , m_url(new QLineEdit(profile.url))
    , m_insecure(new QCheckBox(tr("Allow ws:// elsewhere")))
    , m_token(new QLineEdit)
    , m_tokenFile(new QLineEdit(profile.tokenFile))
    , m_try(new QPushButton(tr("Test connection")))
    , m_says(new QLabel)
{
    m_insecure->setChecked(profile.insecure);
    addColors(profile.color);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(10);
    auto *form = new QFormLayout;
    form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    addFields(form);
    layout->addLayout(form);
    auto *help = makeLabel(tokenHelp(), u"muted"_s);
    help->setWordWrap(true);
    help->setTextInteractionFlags(Qt::TextSelectableByMouse);
    layout->addWidget(help);
    auto *row = new QHBoxLayout;
    row->setSpacing(12);
    m_try->setObjectName(u"testConnection"_s);
    m_try->setAutoDefault(false);
    row->addWidget(m_try, 0, Qt::AlignTop);
    m_says->setObjectName(u"connectionWords"_s);
    m_says->setWordWrap(true);
    m_says->setTextFormat(Qt::PlainText);
    m_says->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_says->setMinimumHeight(m_says->fontMetrics().lineSpacing() * 2);
    row->addWidget(m_says, 1);
    layout->addLayout(row);
    for (QLineEdit *line : {m_name, m_url, m_token, m_tokenFile})
        connect(line, &QLineEdit::textChanged, this, &ProfileForm::onChanged);
    connect(m_insecure, &QCheckBox::toggled, this, &ProfileForm::onChanged);
    connect(m_try, &QPushButton::clicked, this, &ProfileForm::check);
    connect(&m_check, &ConnectionCheck::ended, this, [this](bool good, const QString &words) {
        m_try->setEnabled(true);
        tell(words, good ? u"good"_s : u"fault"_s);
    });
}

void ProfileForm::addFields(QFormLayout *form)
{
    const auto add = [&](const QString &id, const QString &title, QWidget *field, const QString &hint = {}) {
        auto *label = makeLabel(title, u"muted"_s);
        label->setBuddy(field);
        field->setObjectName(id);
        field->setAccessibleName(title);
        if (auto *line = qobject_cast<QLineEdit *>(field))
            line->setPlaceholderText(hint);
        form->addRow(label, field);
    };
    add(u"profileName"_s, tr("Name"), m_name, tr("prod"));
    add(u"profileColor"_s, tr("Colour"), m_color);
    add(u"profileUrl"_s, tr("Address"), m_url, u"wss://belfry.example:7410"_s);
    m_insecure->setObjectName(u"profileInsecure"_s);
    m_insecure->setToolTip(tr("To another computer: the token can be read on the way"));
    form->addRow(QString(), m_insecure);
    m_token->setEchoMode(QLineEdit::Password);
    add(u"profileToken"_s, tr("Token"), m_token, tr("pasted once; it is kept in a file that only you can read"));
    form->addRow(makeLabel(tr("or token file"), u"muted"_s), makeTokenFile());
}

QWidget *ProfileForm::makeTokenFile()
{
    auto *box = new QWidget;
    auto *row = new QHBoxLayout(box);
    row->setContentsMargins(0, 0, 0, 0);
    m_tokenFile->setObjectName(u"profileTokenFile"_s);
    m_tokenFile->setAccessibleName(tr("Token file"));
    m_tokenFile->setPlaceholderText(u"~/.config/belfry/prod.token"_s);
    row->addWidget(m_tokenFile, 1);
    auto *browse = new QPushButton(tr("Choose"));
    browse->setAutoDefault(false);
    browse->setAccessibleName(tr("Choose the token file"));
    row->addWidget(browse);
    connect(browse, &QPushButton::clicked, this, [this] {
        const QString path = QFileDialog::getOpenFileName(this, tr("Token file"), QDir::homePath());
        if (!path.isEmpty())
            m_tokenFile->setText(path);
    });
    return box;
}

void ProfileForm::addColors(const QString &chosen)
{
    for (const QString &color : QStringList{QString()} + profileColors())
        m_color->addItem(profileIcon(*m_theme, color), profileColorWord(color), color);
    m_color->setCurrentIndex(std::max(0, m_color->findData(chosen)));
}

Profile ProfileForm::profile() const
{
    return {.name = m_name->text().trimmed(),
        .url = m_url->text().trimmed(),
        .tokenFile = m_tokenFile->text().trimmed(),
        .insecure = m_insecure->isChecked(),
        .color = m_color->currentData().toString()};
}

QByteArray ProfileForm::token() const
{
    return m_token->text().trimmed().toUtf8();
}

QString ProfileForm::fault() const
{
    return m_profiles->faultOf(profile(), token(), m_own);
}

Status ProfileForm::save()
{
    return m_profiles->save(profile(), token(), m_own);
}

void ProfileForm::focusFirst()
{
    (m_own.isEmpty() ? m_name : m_url)->setFocus();
}

void ProfileForm::onChanged()
{
    m_check.stop();
    m_try->setEnabled(true);
    tell({}, u"muted"_s);
    Q_EMIT changed();
}

void ProfileForm::check()
{
    Profile wanted = profile();
    if (wanted.name.isEmpty())
        wanted.name = u"new"_s; // it can be tried without one
    QString fault = m_profiles->faultOf(wanted, token(), wanted.name);
    const auto address = m_profiles->addressOf(wanted, token());
    if (fault.isEmpty() && !address)
        fault = address.error().message;
    if (!fault.isEmpty()) {
        tell(fault, u"fault"_s);
        return;
    }
    m_try->setEnabled(false);
    m_try->setToolTip(tr("It is being tried."));
    tell(tr("Trying %1 ...").arg(address->url.toString()), u"muted"_s);
    m_check.start(*address);
}

void ProfileForm::tell(const QString &text, const QString &kind)
{
    m_says->setProperty("kind", kind);
    m_says->style()->unpolish(m_says);
    m_says->style()->polish(m_says);
    m_says->setText(text);
    m_says->setAccessibleName(text);
    if (m_try->isEnabled())
        m_try->setToolTip({});
}

} // namespace belfry

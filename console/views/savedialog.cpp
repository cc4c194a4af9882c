// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/savedialog.h"

#include "console/views/parts.h"

#include <QComboBox>
#include <QDialogButtonBox>
#include <QFormLayout>
#include <QLineEdit>
#include <QPushButton>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

QString iconWord(const QString &icon)
{
    static const std::map<QString, const char *> words{{u"star"_s, QT_TRANSLATE_NOOP("belfry::SaveDialog", "Star")},
        {u"moon"_s, QT_TRANSLATE_NOOP("belfry::SaveDialog", "Moon")},
        {u"flag"_s, QT_TRANSLATE_NOOP("belfry::SaveDialog", "Flag")},
        {u"database"_s, QT_TRANSLATE_NOOP("belfry::SaveDialog", "Database")},
        {u"filter"_s, QT_TRANSLATE_NOOP("belfry::SaveDialog", "Funnel")},
        {u"charts"_s, QT_TRANSLATE_NOOP("belfry::SaveDialog", "Chart")},
        {u"clock"_s, QT_TRANSLATE_NOOP("belfry::SaveDialog", "Clock")},
        {u"live"_s, QT_TRANSLATE_NOOP("belfry::SaveDialog", "Pulse")},
        {u"history"_s, QT_TRANSLATE_NOOP("belfry::SaveDialog", "History")},
        {u"jobs"_s, QT_TRANSLATE_NOOP("belfry::SaveDialog", "Jobs")},
        {u"schedule"_s, QT_TRANSLATE_NOOP("belfry::SaveDialog", "Calendar")},
        {u"agents"_s, QT_TRANSLATE_NOOP("belfry::SaveDialog", "Hosts")},
        {u"attention"_s, QT_TRANSLATE_NOOP("belfry::SaveDialog", "Bell")}};
    const auto word = words.find(icon);
    return word == words.end() ? icon : SaveDialog::tr(word->second);
}

QString titleOfPage(const QString &id)
{
    for (const ViewEntry &entry : viewEntries())
        if (entry.id == id)
            return entry.title;
    return id;
}

} // namespace

SaveDialog::SaveDialog(Desk *desk, const SavedView &view, Purpose purpose, QWidget *parent)
    : QDialog(parent)
    , m_desk(desk)
    , m_view(view)
    , m_purpose(purpose)
    , m_name(new QLineEdit(view.name))
    , m_icon(new QComboBox)
    , m_says(new QLabel)
{
    setObjectName(u"saveView"_s);
    setAttribute(Qt::WA_DeleteOnClose);
    const QString title = purpose == Purpose::Save ? tr("Save view") : tr("Rename %1").arg(view.name);
    setWindowTitle(title);
    setMinimumWidth(460);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(20, 18, 20, 16);
    layout->setSpacing(12);
    layout->addWidget(makeLabel(title, u"title"_s));
    auto *text = new QLabel(summary());
    text->setTextFormat(Qt::PlainText);
    text->setWordWrap(true);
    layout->addWidget(text);
    auto *form = new QFormLayout;
    m_name->setObjectName(u"viewName"_s);
    m_name->setAccessibleName(tr("Name"));
    m_name->setMaxLength(SavedViews::longestName);
    m_name->selectAll();
    form->addRow(makeLabel(tr("Name"), u"muted"_s), m_name);
    addIcons();
    form->addRow(makeLabel(tr("Icon"), u"muted"_s), m_icon);
    layout->addLayout(form);
    m_says->setProperty("kind", u"muted"_s);
    m_says->setWordWrap(true);
    layout->addWidget(m_says);
    auto *buttons = new QDialogButtonBox;
    m_go = buttons->addButton(tr("Save"), QDialogButtonBox::AcceptRole);
    m_go->setObjectName(u"go"_s);
    m_go->setProperty("kind", u"primary"_s);
    m_go->setDefault(true);
    buttons->addButton(tr("Cancel"), QDialogButtonBox::RejectRole)->setAutoDefault(false);
    layout->addWidget(buttons);
    connect(m_name, &QLineEdit::textChanged, this, &SaveDialog::judge);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(buttons, &QDialogButtonBox::accepted, this, [this] {
        Q_EMIT chosen(m_name->text().simplified(), m_icon->currentData().toString());
        accept();
    });
    judge();
}

void SaveDialog::addIcons()
{
    m_icon->setObjectName(u"viewIcon"_s);
    m_icon->setAccessibleName(tr("Icon"));
    for (const QString &icon : savedViewIcons())
        m_icon->addItem(m_desk->theme->icon(icon), iconWord(icon), icon);
    m_icon->setCurrentIndex(std::max(0, m_icon->findData(m_view.icon)));
}

QString SaveDialog::summary() const
{
    const QString filter = m_view.filter.isEmpty() ? tr("no filter") : tr("filter  %1").arg(m_view.filter);
    const QString columns = m_view.columns.isEmpty() ? tr("columns as they fit") : tr("the columns chosen");
    const QString order = m_view.sort.isEmpty() ? QString() : tr(", the order of its rows");
    return tr("Kept are: the page %1, %2, %3%4.").arg(titleOfPage(m_view.page), filter, columns, order);
}

void SaveDialog::judge()
{
    const QString name = m_name->text().simplified();
    const bool replaces = m_purpose == Purpose::Save && m_desk->savedViews->find(name);
    const QString own = m_purpose == Purpose::Rename ? m_view.name : replaces ? name : QString();
    const QString fault = m_desk->savedViews->faultOfName(name, own);
    m_go->setEnabled(fault.isEmpty());
    m_go->setToolTip(fault);
    m_go->setText(replaces ? tr("Update") : m_purpose == Purpose::Rename ? tr("Rename") : tr("Save"));
    m_says->setText(!fault.isEmpty() ? fault
            : replaces               ? tr("The view of that name becomes as this one.")
                                     : tr("It stands in the left bar, for you alone."));
}

} // namespace belfry

// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/savedviewactions.h"

#include "console/views/savedialog.h"
#include "console/views/table.h"
#include "console/views/undobar.h"

#include <QFileDialog>
#include <QSaveFile>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

bool isView(const Page *page)
{
    const auto entries = viewEntries();
    return page && std::any_of(entries.begin(), entries.end(), [&](const ViewEntry &entry) {
        return entry.id == page->objectName();
    });
}

SavedView viewOf(const Page *page)
{
    SavedView view{.icon = savedViewIcons().front(), .page = page->objectName(), .filter = page->filterText()};
    if (const Table *table = page->mainTable()) {
        view.columns = table->chosenColumns();
        view.sort = table->sortColumn();
        view.descending = table->isDescending();
    }
    return view;
}

void arrange(Page *page, const SavedView &view)
{
    page->setFilter(view.filter);
    if (Table *table = page->mainTable()) {
        table->chooseColumns(view.columns);
        table->sortBy(view.sort, view.descending);
    }
}

} // namespace

SavedViewActions::SavedViewActions(Desk *desk, QObject *parent)
    : QObject(parent)
    , m_desk(desk)
{
    addCommands();
    connect(desk->savedViews, &SavedViews::changed, this, [this] {
        if (!m_current.isEmpty() && !m_desk->savedViews->find(m_current))
            setCurrent({});
        update();
    });
}

void SavedViewActions::addCommands()
{
    const QString group = tr("View");
    Commands *commands = m_desk->commands;
    commands->add({u"saved.save"_s, group, tr("Save view"), u"save"_s, Qt::CTRL | Qt::Key_S,
                      tr("Page, filter, columns and order, under a name in the left bar.")},
        [this] { save(); });
    commands->add({u"saved.update"_s, group, tr("Update saved view"), u"refresh"_s, {},
                      tr("The saved view becomes as it is shown now.")},
        [this] { replace(); });
    commands->add({u"saved.rename"_s, group, tr("Rename saved view"), u"rename"_s}, [this] { rename(); });
    commands->add({u"saved.delete"_s, group, tr("Delete saved view"), u"forget"_s}, [this] { remove(); });
    commands->add({u"saved.export"_s, group, tr("Export saved views"), u"export"_s, {},
                      tr("All of them, as JSON, for another computer or person.")},
        [this] { askExport(); });
    commands->add(
        {u"saved.import"_s, group, tr("Import saved views"), u"import"_s, {}, tr("From a file that was exported.")},
        [this] { askImport(); });
    commands->add(
        {u"view.columns"_s, group, tr("Columns"), u"columns"_s, {}, tr("Which columns this list shows.")}, [this] {
            if (Table *table = m_desk->navigator->page()->mainTable())
                table->openColumnsMenu(table->mapToGlobal(QPoint(0, 0)));
        });
}

void SavedViewActions::update()
{
    Commands *commands = m_desk->commands;
    const Page *page = m_desk->navigator->page();
    commands->allow(u"saved.save"_s, isView(page) ? QString() : tr("Runs and jobs are not saved as views; lists are."));
    commands->allow(u"view.columns"_s, page && page->mainTable() ? QString() : tr("There is no list here."));
    const QString none = m_current.isEmpty() ? tr("No saved view is open; choose one in the left bar.") : QString();
    for (const QString &id : {u"saved.update"_s, u"saved.rename"_s, u"saved.delete"_s})
        commands->allow(id, none);
    commands->allow(u"saved.export"_s,
        m_desk->savedViews->all().empty() ? tr("There is no saved view yet; Ctrl+S saves one.") : QString());
}

void SavedViewActions::open(const QString &name)
{
    const SavedView *found = m_desk->savedViews->find(name);
    if (!found)
        return;
    const SavedView view = *found;
    leave();
    m_desk->navigator->openView(view.page);
    Page *page = m_desk->navigator->page();
    if (!page || page->objectName() != view.page) {
        m_desk->navigator->notice(
            tr("The view '%1' is of a page '%2', which this console does not have.").arg(name, view.page), true);
        return;
    }
    m_own = viewOf(page);
    arrange(page, view);
    setCurrent(name);
}

void SavedViewActions::leave()
{
    if (m_current.isEmpty())
        return;
    setCurrent({});
    m_desk->navigator->openView(m_own.page);
    arrange(m_desk->navigator->page(), m_own);
}

std::optional<QString> SavedViewActions::ownFilterOf(const QString &page) const
{
    return m_current.isEmpty() || m_own.page != page ? std::nullopt : std::optional(m_own.filter);
}

void SavedViewActions::setCurrent(const QString &name)
{
    m_current = name;
    update();
    Q_EMIT currentChanged();
}

void SavedViewActions::tell(const Status &status, const QString &done) const
{
    m_desk->navigator->notice(status ? done : status.error().message, !status);
}

void SavedViewActions::put(const SavedView &view)
{
    const Status kept = m_desk->savedViews->put(view);
    tell(kept, tr("The view '%1' is saved.").arg(view.name));
    if (m_current.isEmpty()) {
        m_own = SavedView{.page = view.page};
        m_own.sort = view.sort;
        m_own.descending = view.descending;
    }
    if (m_desk->savedViews->find(view.name))
        setCurrent(view.name);
}

void SavedViewActions::save()
{
    SavedView view = viewOf(m_desk->navigator->page());
    if (const SavedView *now = m_desk->savedViews->find(m_current)) {
        view.name = now->name;
        view.icon = now->icon;
    }
    auto *dialog = new SaveDialog(m_desk, view, SaveDialog::Purpose::Save, m_desk->navigator->window());
    connect(dialog, &SaveDialog::chosen, this, [this, view](const QString &name, const QString &icon) mutable {
        view.name = name;
        view.icon = icon;
        put(view);
    });
    dialog->open();
}

void SavedViewActions::replace()
{
    const SavedView *now = m_desk->savedViews->find(m_current);
    const Page *page = m_desk->navigator->page();
    if (!now || !isView(page))
        return;
    const SavedView before = *now;
    SavedView view = viewOf(page);
    view.name = before.name;
    view.icon = before.icon;
    put(view);
    m_desk->undo->offer(
        tr("The view '%1' was updated.").arg(view.name), [this, before] { put(before); }, UndoBar::By::Console);
}

void SavedViewActions::rename()
{
    const SavedView *now = m_desk->savedViews->find(m_current);
    if (!now)
        return;
    auto *dialog = new SaveDialog(m_desk, *now, SaveDialog::Purpose::Rename, m_desk->navigator->window());
    connect(dialog, &SaveDialog::chosen, this, [this, view = *now](const QString &name, const QString &icon) mutable {
        const SavedView own = m_own;
        const Status kept = m_desk->savedViews->rename(view.name, name);
        view.name = name;
        view.icon = icon;
        m_own = own;
        setCurrent(name);
        tell(kept ? m_desk->savedViews->put(view) : kept, tr("The view is '%1' now.").arg(name));
    });
    dialog->open();
}

void SavedViewActions::remove()
{
    const SavedView *now = m_desk->savedViews->find(m_current);
    if (!now)
        return;
    const SavedView view = *now;
    const std::size_t place = m_desk->savedViews->placeOf(view.name);
    leave();
    const QString done = tr("The view '%1' was deleted.").arg(view.name);
    tell(m_desk->savedViews->remove(view.name), done);
    m_desk->undo->offer(
        done,
        [this, place, view] {
            tell(m_desk->savedViews->insert(place, view), tr("The view '%1' is back.").arg(view.name));
            open(view.name);
        },
        UndoBar::By::Console);
}

Status SavedViewActions::exportTo(const QString &path) const
{
    QSaveFile file(path);
    const QByteArray text = savedViewsText(m_desk->savedViews->all());
    if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size() || !file.commit())
        return fail(ErrorKind::Unavailable, tr("cannot write %1: %2").arg(path, file.errorString()));
    return {};
}

void SavedViewActions::askExport()
{
    const QString path = QFileDialog::getSaveFileName(
        m_desk->navigator->window(), tr("Export saved views"), u"belfry-views.json"_s, tr("JSON (*.json)"));
    if (!path.isEmpty())
        tell(exportTo(path), tr("%n view(s) written to %1", nullptr, int(m_desk->savedViews->all().size())).arg(path));
}

void SavedViewActions::importFrom(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly) || file.size() > SavedViews::largestFile) {
        m_desk->navigator->notice(file.isOpen() ? tr("%1 is too large for a file of saved views.").arg(path)
                                                : tr("%1: %2").arg(path, file.errorString()),
            true);
        return;
    }
    const auto names = m_desk->savedViews->add(file.readAll());
    if (!names)
        m_desk->navigator->notice(tr("%1: %2. Nothing was imported.").arg(path, names.error().message), true);
    else
        m_desk->navigator->notice(
            tr("%n view(s) imported: %1", nullptr, int(names->size())).arg(names->join(u", "_s)), false);
}

void SavedViewActions::askImport()
{
    const QString path = QFileDialog::getOpenFileName(
        m_desk->navigator->window(), tr("Import saved views"), QString(), tr("JSON (*.json);;All files (*)"));
    if (!path.isEmpty())
        importFrom(path);
}

} // namespace belfry

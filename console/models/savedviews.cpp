// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/savedviews.h"

#include "console/models/statefile.h"
#include "shared/base/files.h"
#include "shared/codec/codec.h"

#include <QFile>
#include <QJsonDocument>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

constexpr int fileVersion = 1;

struct ViewFile {
    int version = fileVersion;
    std::vector<QJsonValue> views;
};
constexpr auto describe(const ViewFile *)
{
    return fields(required(1, "version", &ViewFile::version), required(2, "views", &ViewFile::views));
}

tl::unexpected<Error> invalid(const QString &message)
{
    return fail(ErrorKind::Invalid, message);
}

QString placeIn(const QByteArray &text, qsizetype offset)
{
    const QByteArray before = text.left(offset);
    const qsizetype line = before.count('\n') + 1;
    const qsizetype column = QString::fromUtf8(before.mid(before.lastIndexOf('\n') + 1)).size() + 1;
    return SavedViews::tr("line %1, column %2").arg(line).arg(column);
}

// Without this, a text of many megabytes could hide in a field.
bool isShort(const SavedView &view)
{
    qsizetype letters = view.filter.size() + view.sort.size() + view.page.size() + view.icon.size();
    for (const QString &column : view.columns)
        letters += column.size();
    return letters < 8192;
}

Result<SavedView> viewFrom(const QJsonValue &value)
{
    auto view = fromJson<SavedView>(value, Unknown::Refuse);
    if (!view)
        return view;
    view->name = view->name.simplified();
    if (view->name.isEmpty() || view->name.size() > SavedViews::longestName)
        return invalid(SavedViews::tr("name: 1 to %1 letters are needed").arg(SavedViews::longestName));
    if (!isShort(*view))
        return invalid(SavedViews::tr("it is longer than any view of ours"));
    if (!savedViewIcons().contains(view->icon))
        view->icon = savedViewIcons().front();
    return view;
}

} // namespace

QStringList savedViewIcons()
{
    return {u"star"_s, u"moon"_s, u"flag"_s, u"database"_s, u"filter"_s, u"charts"_s, u"clock"_s, u"live"_s,
        u"history"_s, u"jobs"_s, u"schedule"_s, u"agents"_s, u"attention"_s};
}

QByteArray savedViewsText(const std::vector<SavedView> &views)
{
    ViewFile file;
    for (const SavedView &view : views)
        file.views.push_back(toJson(view));
    return QJsonDocument(toJson(file)).toJson();
}

Result<std::vector<SavedView>> parseSavedViews(const QByteArray &text)
{
    QJsonParseError error;
    const QJsonDocument document = QJsonDocument::fromJson(text, &error);
    if (error.error != QJsonParseError::NoError)
        return invalid(SavedViews::tr("%1: %2").arg(placeIn(text, error.offset), error.errorString()));
    const auto file = fromJson<ViewFile>(document.object());
    if (!file)
        return invalid(SavedViews::tr("no file of saved views: %1").arg(file.error().message));
    if (file->version != fileVersion)
        return invalid(
            SavedViews::tr("version: it is %1, and this console reads %2").arg(file->version).arg(fileVersion));
    if (file->views.size() > SavedViews::mostViews)
        return invalid(SavedViews::tr("views: there are more than %1").arg(SavedViews::mostViews));
    std::vector<SavedView> views;
    for (const QJsonValue &value : file->views) {
        const auto view = viewFrom(value);
        if (!view)
            return invalid(SavedViews::tr("view %1: %2").arg(views.size() + 1).arg(view.error().message));
        if (std::any_of(views.begin(), views.end(), [&](const SavedView &other) { return other.name == view->name; }))
            return invalid(
                SavedViews::tr("view %1: name: there are two views '%2'").arg(views.size() + 1).arg(view->name));
        views.push_back(*view);
    }
    return views;
}

QString SavedViews::defaultPath()
{
    return stateFile(u"views.json"_s);
}

void SavedViews::keepIn(const QString &path)
{
    m_path = path;
    QFile file(path);
    if (path.isEmpty() || !file.exists())
        return;
    auto views = file.open(QIODevice::ReadOnly) ? parseSavedViews(file.read(largestFile))
                                                : Result<std::vector<SavedView>>(invalid(file.errorString()));
    if (views) {
        m_views = std::move(*views);
        Q_EMIT changed();
        return;
    }
    file.close();
    const QString aside = path + u".bad"_s;
    QFile::remove(aside);
    QFile::rename(path, aside);
    qWarning("%s cannot be used and was put aside as %s: %s", qPrintable(path), qPrintable(aside),
        qPrintable(views.error().message));
}

const SavedView *SavedViews::find(const QString &name) const
{
    const std::size_t place = placeOf(name);
    return place < m_views.size() ? &m_views[place] : nullptr;
}

std::size_t SavedViews::placeOf(const QString &name) const
{
    const auto found
        = std::find_if(m_views.begin(), m_views.end(), [&](const SavedView &each) { return each.name == name; });
    return std::size_t(found - m_views.begin());
}

QString SavedViews::faultOfName(const QString &name, const QString &own) const
{
    if (name.isEmpty())
        return tr("A view needs a name.");
    if (name.size() > longestName)
        return tr("A name has at most %1 letters.").arg(longestName);
    if (name != own && find(name))
        return tr("There is a view of that name.");
    return {};
}

Status SavedViews::put(const SavedView &view)
{
    const std::size_t place = placeOf(view.name);
    if (place == m_views.size())
        return insert(place, view);
    m_views[place] = view;
    return keep();
}

Status SavedViews::rename(const QString &name, const QString &fresh)
{
    const std::size_t place = placeOf(name);
    const QString fault = faultOfName(fresh, name);
    if (place == m_views.size() || !fault.isEmpty())
        return invalid(fault.isEmpty() ? tr("There is no view '%1'.").arg(name) : fault);
    m_views[place].name = fresh;
    return keep();
}

Status SavedViews::remove(const QString &name)
{
    std::erase_if(m_views, [&](const SavedView &each) { return each.name == name; });
    return keep();
}

Status SavedViews::insert(std::size_t place, const SavedView &view)
{
    if (m_views.size() >= mostViews)
        return invalid(tr("There are %1 views, and no more are kept; delete one first.").arg(mostViews));
    if (const QString fault = faultOfName(view.name); !fault.isEmpty())
        return invalid(fault);
    m_views.insert(m_views.begin() + std::ptrdiff_t(std::min(place, m_views.size())), view);
    return keep();
}

Result<QStringList> SavedViews::add(const QByteArray &text)
{
    const auto views = parseSavedViews(text);
    if (!views)
        return fail(views.error());
    if (m_views.size() + views->size() > mostViews)
        return invalid(tr("There would be more than %1 views; delete some first.").arg(mostViews));
    QStringList names;
    for (SavedView view : *views) {
        const QString name = view.name;
        for (int number = 2; find(view.name); ++number) {
            const QString suffix = u" (%1)"_s.arg(number);
            view.name = name.left(longestName - suffix.size()) + suffix;
        }
        names += view.name;
        m_views.push_back(view);
    }
    const Status kept = keep();
    return kept ? Result<QStringList>(names) : fail(kept.error());
}

Status SavedViews::keep()
{
    Q_EMIT changed();
    return m_path.isEmpty() ? Status() : replacePrivateFile(m_path, savedViewsText(m_views));
}

} // namespace belfry

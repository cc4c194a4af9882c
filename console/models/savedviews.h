// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/result.h"
#include "shared/codec/describe.h"

#include <QObject>
#include <QStringList>

namespace belfry {

// A page as somebody wants to see it again.
struct SavedView {
    QString name;
    QString icon; // one of savedViewIcons()
    QString page; // id of a view of the left bar
    QString filter; // as the page takes it
    QStringList columns; // ids in their order; empty: as the page shows them by itself
    QString sort; // id of a column; empty: as the page sorts by itself
    bool descending = false;

    bool operator==(const SavedView &) const = default;
};
constexpr auto describe(const SavedView *)
{
    return fields(required(1, "name", &SavedView::name), field(2, "icon", &SavedView::icon),
        required(3, "page", &SavedView::page), field(4, "filter", &SavedView::filter),
        field(5, "columns", &SavedView::columns), field(6, "sort", &SavedView::sort),
        field(7, "descending", &SavedView::descending));
}

// The first is that of a view that names none, or one that this version does not have.
QStringList savedViewIcons();

// {"version": 1, "views": [...]}: what is kept, and what is exported.
QByteArray savedViewsText(const std::vector<SavedView> &views);
// Invalid with line and column for what is no JSON, else with the view and field that is wrong.
Result<std::vector<SavedView>> parseSavedViews(const QByteArray &text);

// The user's own views, in the order of the left bar, kept in a file (0600) that is replaced as a whole with each
// change. A change that could not be written is in force until the console ends; its error says why.
class SavedViews final : public QObject
{
    Q_OBJECT

public:
    static constexpr std::size_t mostViews = 200;
    static constexpr int longestName = 60;
    static constexpr qint64 largestFile = 1 << 20; // bytes

    using QObject::QObject;

    static QString defaultPath(); // below $XDG_STATE_HOME
    // From now on in this file. One that cannot be used is put aside as `*.bad`, with a warning in the log.
    void keepIn(const QString &path);

    const std::vector<SavedView> &all() const { return m_views; }
    const SavedView *find(const QString &name) const;
    // Why a view cannot have this name; empty when it can. `own`: its name now.
    QString faultOfName(const QString &name, const QString &own = {}) const;

    // At the end, or in the place of the one of that name.
    Status put(const SavedView &view);
    Status rename(const QString &name, const QString &fresh);
    Status remove(const QString &name);
    Status insert(std::size_t place, const SavedView &view);
    std::size_t placeOf(const QString &name) const;
    // All of a file; those with a name that is taken get another one. Their names.
    Result<QStringList> add(const QByteArray &text);

Q_SIGNALS:
    void changed();

private:
    Status keep();

    QString m_path; // empty: kept nowhere
    std::vector<SavedView> m_views;
};

} // namespace belfry

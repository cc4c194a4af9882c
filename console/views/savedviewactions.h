// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/views/desk.h"

namespace belfry {

// Saves the page that is seen as a view, and brings such views back. While one is open its page shows what it keeps;
// the page's own filter and columns come back when it is left.
class SavedViewActions final : public QObject
{
    Q_OBJECT

public:
    explicit SavedViewActions(Desk *desk, QObject *parent = nullptr);

    void open(const QString &name);
    // Of the view that is open; empty: none.
    const QString &current() const { return m_current; }
    // The page is wanted for itself.
    void leave();
    // The page's own filter, which the open view hides.
    std::optional<QString> ownFilterOf(const QString &page) const;
    // Another page is seen: what can be done with it.
    void update();

    Status exportTo(const QString &path) const;
    void importFrom(const QString &path);

Q_SIGNALS:
    void currentChanged();

private:
    void addCommands();
    void save();
    void replace();
    void rename();
    void remove();
    void askExport();
    void askImport();
    void put(const SavedView &view);
    void setCurrent(const QString &name);
    void tell(const Status &status, const QString &done) const;

    Desk *m_desk;
    QString m_current;
    SavedView m_own; // how the page of the open view was before
};

} // namespace belfry

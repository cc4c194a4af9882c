// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/views/actions.h"

#include <QDialog>

class QLineEdit;
class QListWidget;

namespace belfry {

// Ctrl+K: everything by its name. Commands with their keys, views, jobs to run or open, runs by number, agents.
class PaletteDialog final : public QDialog
{
    Q_OBJECT

public:
    PaletteDialog(Desk *desk, Actions *actions, QWidget *parent);

private:
    struct Entry {
        QString text;
        QString detail; // at the right: a key, or what it is
        QString icon;
        QString whyNot; // not empty: it is listed and cannot be chosen
        std::function<void()> act;
    };
    void collect();
    void search();
    void choose();
    bool eventFilter(QObject *watched, QEvent *event) override;

    Desk *m_desk;
    Actions *m_actions;
    std::vector<Entry> m_entries;
    QLineEdit *m_line;
    QListWidget *m_list;
};

// F1: all keys, from the commands themselves.
class KeySheet final : public QDialog
{
    Q_OBJECT

public:
    KeySheet(const Commands &commands, QWidget *parent);
};

} // namespace belfry

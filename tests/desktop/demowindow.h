// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/demo/demobackend.h"
#include "console/desktop/console.h"

#include <QTemporaryDir>

namespace belfry {

// A console on made-up data, with the keyboard on it.
class DemoWindow
{
public:
    // `config`: where its profiles are; a folder of its own where none is given.
    explicit DemoWindow(quint64 seed = 20'260'301, const QString &config = {});

    // Whether everything is there within patience.
    bool show();
    Console &console() { return *m_console; }
    MainWindow *window() const { return m_console->window(); }
    Desk &desk() const { return *m_console->desk(); }
    DemoBackend &backend() { return *m_backend; }
    QString folder() const { return m_folder.path(); }

    // The visible window of that name, once there is one.
    QWidget *dialog(const QString &name) const;
    void key(QWidget *widget, Qt::Key which, Qt::KeyboardModifiers modifiers = Qt::NoModifier) const;
    void key(Qt::Key which, Qt::KeyboardModifiers modifiers = Qt::NoModifier) const { key(window(), which, modifiers); }
    // By Ctrl+K, as a person does.
    bool choose(const QString &text) const;

private:
    QTemporaryDir m_folder;
    std::unique_ptr<DemoBackend> m_backend;
    std::unique_ptr<Theme> m_theme;
    std::unique_ptr<Console> m_console;
};

} // namespace belfry

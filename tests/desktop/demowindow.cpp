// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/desktop/demowindow.h"

#include "tests/patience.h"

#include <QApplication>
#include <QLineEdit>

namespace belfry {

using namespace Qt::StringLiterals;

DemoWindow::DemoWindow(quint64 seed, const QString &config)
    : m_backend(std::make_unique<DemoBackend>(seed, Console::systemClock()))
    , m_theme(std::make_unique<Theme>())
{
    qputenv("XDG_CACHE_HOME", m_folder.path().toLocal8Bit()); // where logs are kept
    m_theme->applyToApplication();
    const Environment environment{
        {u"HOME"_s, m_folder.path()}, {u"XDG_CONFIG_HOME"_s, config.isEmpty() ? m_folder.path() : config}};
    m_console = std::make_unique<Console>(m_theme.get(), Console::systemClock(), environment);
}

bool DemoWindow::show()
{
    if (!m_folder.isValid() || !m_backend->listen())
        return false;
    m_console->open({.url = m_backend->url(), .token = m_backend->token()});
    window()->show();
    return comesTrue(
        [this] { return desk().jobs->isComplete() && desk().liveRuns->isComplete() && desk().agents->isComplete(); });
}

QWidget *DemoWindow::dialog(const QString &name) const
{
    QWidget *found = nullptr;
    (void)comesTrue([&] {
        for (QWidget *each : QApplication::topLevelWidgets())
            if (each->objectName() == name && each->isVisible())
                found = each;
        return found != nullptr;
    });
    return found;
}

void DemoWindow::key(QWidget *widget, Qt::Key which, Qt::KeyboardModifiers modifiers) const
{
    widget->window()->activateWindow(); // keys of commands work in the active window only
    (void)QTest::qWaitForWindowActive(widget->window(), patienceMs);
    QTest::keyClick(widget, which, modifiers);
}

bool DemoWindow::choose(const QString &text) const
{
    key(Qt::Key_K, Qt::ControlModifier);
    QWidget *palette = dialog(u"palette"_s);
    if (!palette)
        return false;
    auto *line = palette->findChild<QLineEdit *>(u"paletteLine"_s);
    QTest::keyClicks(line, text);
    key(line, Qt::Key_Return);
    return true;
}

} // namespace belfry

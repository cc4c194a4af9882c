// SPDX-License-Identifier: GPL-3.0-or-later
// Keys at random, as from a child or a cat: whatever they do, the console lives, stays connected, and shows its views.
#include "console/demo/demobackend.h"
#include "console/desktop/console.h"
#include "shared/base/random.h"
#include "tests/patience.h"

#include <QApplication>
#include <QDir>
#include <QTemporaryDir>

using namespace belfry;
using namespace Qt::StringLiterals;

namespace {

constexpr int keysOfASeed = 2500;

struct Stroke {
    Qt::Key key;
    Qt::KeyboardModifiers modifiers;
};

// Mostly what does something: arrows, Enter, Tab, the letters of the commands, the palette, the views.
Stroke strokeFrom(Random &dice)
{
    static const Qt::Key steering[] = {Qt::Key_Up, Qt::Key_Down, Qt::Key_Left, Qt::Key_Right, Qt::Key_Return,
        Qt::Key_Tab, Qt::Key_Escape, Qt::Key_Space, Qt::Key_Home, Qt::Key_End, Qt::Key_PageDown, Qt::Key_PageUp,
        Qt::Key_F1, Qt::Key_F3, Qt::Key_F5, Qt::Key_F8, Qt::Key_Slash, Qt::Key_Backspace, Qt::Key_Delete, Qt::Key_Menu};
    switch (dice.below(8)) {
    case 0:
    case 1:
    case 2:
        return {steering[dice.below(std::size(steering))], dice.below(6) == 0 ? Qt::ShiftModifier : Qt::NoModifier};
    case 3:
    case 4:
        return {Qt::Key(Qt::Key_A + int(dice.below(26))), dice.below(4) == 0 ? Qt::ShiftModifier : Qt::NoModifier};
    case 5:
        return {Qt::Key(Qt::Key_1 + int(dice.below(9))), dice.below(3) == 0 ? Qt::NoModifier : Qt::AltModifier};
    case 6:
        if (dice.below(4) == 0)
            return {Qt::Key_K, Qt::ControlModifier};
        return {Qt::Key_Escape, Qt::NoModifier}; // else most keys end in the line of the palette
    default: {
        const Qt::Key key = Qt::Key(Qt::Key_A + int(dice.below(26)));
        return {key == Qt::Key_Q ? Qt::Key_D : key, Qt::ControlModifier}; // Ctrl+Q works
    }
    }
}

QWidget *whoHasTheKeyboard(QWidget *window)
{
    if (QWidget *popup = QApplication::activePopupWidget())
        return popup;
    if (QWidget *modal = QApplication::activeModalWidget())
        return modal->focusWidget() ? modal->focusWidget() : modal;
    return QApplication::focusWidget() ? QApplication::focusWidget() : window;
}

} // namespace

class TestMonkey : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void anyKeys_data()
    {
        QTest::addColumn<quint64>("seed");
        if (const QByteArray given = qgetenv("BELFRY_SEED"); !given.isEmpty()) {
            QTest::newRow("given") << given.toULongLong();
            return;
        }
        QTest::newRow("one") << quint64(1);
        QTest::newRow("two") << quint64(2);
    }
    void anyKeys()
    {
        QFETCH(quint64, seed);
        qInfo("seed %llu (BELFRY_SEED tries another one)", seed);
        const QTemporaryDir folder;
        QVERIFY(folder.isValid() && QDir::setCurrent(folder.path())); // exports of rows go there
        qputenv("XDG_CACHE_HOME", folder.path().toLocal8Bit());
        qputenv("XDG_CONFIG_HOME", folder.path().toLocal8Bit()); // backends that it adds
        QApplication::setQuitOnLastWindowClosed(false); // `Quit` of the menu is as good a choice as any other

        DemoBackend backend(seed, Console::systemClock());
        QVERIFY(backend.listen());
        Theme theme;
        theme.applyToApplication();
        Console console(&theme);
        console.open({.url = backend.url(), .token = backend.token()});
        console.window()->show();
        QTRY_VERIFY(console.desk()->jobs->isComplete() && console.desk()->liveRuns->isComplete());

        // A menu or a question of Qt waits in a loop of its own, where no key of ours would come.
        int sent = 0, seen = -1;
        QTimer leave;
        connect(&leave, &QTimer::timeout, this, [&] {
            if (std::exchange(seen, sent) != sent)
                return;
            if (QWidget *open = QApplication::activePopupWidget() ? QApplication::activePopupWidget()
                                                                  : QApplication::activeModalWidget())
                open->close();
        });
        leave.start(50);

        std::set<QString> done;
        for (QAction *action : console.desk()->commands->all())
            connect(action, &QAction::triggered, this, [&done, id = action->objectName()] { done.insert(id); });

        SeededRandom dice(seed);
        for (; sent < keysOfASeed; ++sent) {
            if (!console.window()->isVisible())
                console.window()->show();
            if (!QApplication::activeWindow()) { // there is no window manager to do it
                console.window()->activateWindow();
                QVERIFY(QTest::qWaitForWindowActive(console.window(), patienceMs));
            }
            const Stroke stroke = strokeFrom(dice);
            QTest::keyClick(whoHasTheKeyboard(console.window()), stroke.key, stroke.modifiers);
            QCoreApplication::processEvents();
        }
        leave.stop();
        QVERIFY2(done.size() >= 10, "the keys went nowhere");

        while (QWidget *open = QApplication::activePopupWidget())
            open->close();
        while (QWidget *open = QApplication::activeModalWidget())
            open->close();
        console.window()->show();
        QTRY_VERIFY(console.session()->isReady());
        QTRY_VERIFY(console.desk()->jobs->isComplete());
        QCOMPARE(console.desk()->jobs->rowCount(), int(backend.world().jobs().size()));
        for (const QAction *action : console.desk()->commands->all()) {
            if (!action->objectName().startsWith(u"view."_s) || action->shortcut().toString().size() < 5)
                continue;
            console.desk()->navigator->openView(action->objectName().section(u'.', 1), {});
            QVERIFY(console.window()->currentPage());
            QCOMPARE(console.window()->currentPage()->objectName(), console.window()->currentView());
        }
    }
};

QTEST_MAIN(TestMonkey)
#include "tst_monkey.moc"

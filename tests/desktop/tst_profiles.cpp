// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/desktop/firststart.h"
#include "console/desktop/startup.h"
#include "console/views/profileactions.h"
#include "console/views/undobar.h"
#include "tests/desktop/demowindow.h"
#include "tests/patience.h"

#include <QAction>
#include <QComboBox>
#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QTabWidget>
#include <QToolButton>

using namespace belfry;
using namespace Qt::StringLiterals;

// Several backends, each with a name and a colour; and a console that knows none.
class TestProfilesInWindow : public QObject
{
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> m_home;

    Environment environment() const
    {
        return {{u"HOME"_s, m_home->path()}, {u"XDG_CONFIG_HOME"_s, m_home->filePath(u"config"_s)},
            {u"XDG_STATE_HOME"_s, m_home->filePath(u"state"_s)}};
    }
    Start start(const AddressFlags &flags = {}, Environment more = {}) const
    {
        Environment all = environment();
        all.insert(more);
        return startFor(flags, std::nullopt, all, m_home->filePath(u"nowhere"_s));
    }
    void write(const QString &path, const QByteArray &text) const
    {
        QDir().mkpath(QFileInfo(m_home->filePath(path)).path());
        QFile file(m_home->filePath(path));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(text);
        file.setPermissions(QFile::ReadOwner | QFile::WriteOwner);
    }
    static QLineEdit *line(QWidget *dialog, const QString &name) { return dialog->findChild<QLineEdit *>(name); }

private Q_SLOTS:
    void init()
    {
        m_home = std::make_unique<QTemporaryDir>();
    }

    void whatAStartLeadsTo()
    {
        QCOMPARE(start().kind, Start::Kind::First);
        QCOMPARE(start({.url = u"ws://127.0.0.1:1"_s}).kind, Start::Kind::Open);
        QCOMPARE(start({}, {{u"BELFRY_URL"_s, u"ws://127.0.0.1:1"_s}}).kind, Start::Kind::Open);
        QCOMPARE(start({.context = u"prod"_s}).kind, Start::Kind::Refused);
        write(u"state/belfry/admin.token"_s, "abc\n"); // a backend of this user is here
        QCOMPARE(start().kind, Start::Kind::Open);
        write(u"config/belfry/config.yaml"_s, "contexts:\n  prod: {ur: x}\n");
        QCOMPARE(start().kind, Start::Kind::BadFile);
        QVERIFY2(start().fault.contains(u"config.yaml:2:"), qPrintable(start().fault));
        write(u"config/belfry/config.yaml"_s, "contexts:\n  prod: {url: \"wss://prod.example\"}\ncurrent: prod\n");
        QCOMPARE(start().kind, Start::Kind::Open);
        QCOMPARE(profileName(start().address), u"prod"_s);
    }

    void aBackendIsAddedAtTheFirstStart()
    {
        DemoBackend backend(1, Console::systemClock());
        QVERIFY(backend.listen());
        Theme theme;
        theme.applyToApplication();
        Profiles profiles(environment());
        FirstStart first(&profiles, &theme);
        first.show();
        auto *go = first.findChild<QPushButton *>(u"go"_s);
        QVERIFY(!go->isEnabled() && !go->toolTip().isEmpty());
        QTest::keyClicks(line(&first, u"profileName"_s), u"lab"_s);
        QTest::keyClicks(line(&first, u"profileUrl"_s), backend.url().toString());
        QTest::keyClicks(line(&first, u"profileToken"_s), u"wrong"_s);
        auto *words = first.findChild<QLabel *>(u"connectionWords"_s);
        auto *attempt = first.findChild<QPushButton *>(u"testConnection"_s);
        attempt->click();
        QTRY_VERIFY(attempt->isEnabled());
        QCOMPARE(words->property("kind").toString(), u"fault"_s);
        QVERIFY2(words->text().contains(u"ended the session"_s), qPrintable(words->text()));
        QVERIFY(!QFile::exists(profiles.file())); // a try keeps nothing
        line(&first, u"profileToken"_s)->clear();
        QTest::keyClicks(line(&first, u"profileToken"_s), QString::fromLatin1(backend.token()));
        attempt->click();
        QTRY_VERIFY(attempt->isEnabled());
        QVERIFY2(words->property("kind").toString() == u"good"_s, qPrintable(words->text()));
        QTest::keyClick(line(&first, u"profileToken"_s), Qt::Key_Return);
        QCOMPARE(first.result(), int(QDialog::Accepted));
        QVERIFY(!first.wantsDemo());
        QCOMPARE(first.address().url, backend.url());
        QCOMPARE(*first.address().bearer(), backend.token());
        QFile file(profiles.file());
        QVERIFY(file.open(QIODevice::ReadOnly));
        QVERIFY(!file.readAll().contains(backend.token()));
    }

    void orTheDemoIsTried()
    {
        Theme theme;
        Profiles profiles(environment());
        FirstStart first(&profiles, &theme);
        first.show();
        first.findChild<QPushButton *>(u"tryDemo"_s)->click();
        QCOMPARE(first.result(), int(QDialog::Accepted));
        QVERIFY(first.wantsDemo());
    }

    void aWrongFileIsSaidAndReadAgain()
    {
        write(u"config/belfry/config.yaml"_s, "curent: prod\n");
        Theme theme;
        Profiles profiles(environment());
        FirstStart first(&profiles, &theme);
        first.show();
        auto *fault = first.findChild<QLabel *>(u"firstStartFault"_s);
        QVERIFY2(fault->isVisible() && fault->text().contains(u"config.yaml:1:1"), qPrintable(fault->text()));
        auto *go = first.findChild<QPushButton *>(u"go"_s);
        go->click();
        QVERIFY(fault->isVisible());
        write(u"config/belfry/config.yaml"_s, "contexts:\n  prod: {url: \"wss://prod.example\"}\ncurrent: prod\n");
        go->click();
        QCOMPARE(first.result(), int(QDialog::Accepted));
        QCOMPARE(profileName(first.address()), u"prod"_s);
    }

    void switchesAddsChangesAndRemoves()
    {
        DemoWindow demo(1, m_home->filePath(u"config"_s));
        QVERIFY(demo.show());
        MainWindow *window = demo.window();
        connect(window, &MainWindow::backendChosen, &demo.console(), &Console::open);
        DemoBackend other(2, Console::systemClock());
        QVERIFY(other.listen());
        QVERIFY(!demo.desk().commands->action(u"profile.edit"_s)->isEnabled());

        // By keyboard: a name, an address, a token.
        QVERIFY(demo.choose(u"Add a backend"_s));
        QWidget *dialog = demo.dialog(u"profile"_s);
        QVERIFY(dialog);
        QTest::keyClicks(line(dialog, u"profileName"_s), u"lab"_s);
        line(dialog, u"profileUrl"_s)->setText(other.url().toString());
        line(dialog, u"profileToken"_s)->setText(QString::fromLatin1(other.token()));
        auto *color = dialog->findChild<QComboBox *>(u"profileColor"_s);
        color->setCurrentIndex(color->findData(u"red"_s));
        demo.desk().navigator->openJob(demo.desk().jobs->at(0).job);
        auto *tabs = window->findChild<QTabWidget *>();
        QCOMPARE(tabs->count(), 2);
        demo.key(line(dialog, u"profileName"_s), Qt::Key_Return);
        QElapsedTimer since;
        since.start();
        QTRY_COMPARE(demo.console().session()->address().url, other.url());
        QTRY_VERIFY(demo.desk().jobs->isComplete() && demo.desk().liveRuns->isComplete());
        qInfo("switched in %lld ms", since.elapsed());
        QCOMPARE(tabs->count(), 1); // a job of the other one
        QCOMPARE(window->windowTitle(), u"Belfry - lab"_s);
        QVERIFY(window->findChild<QFrame *>(u"profileStrip"_s)->isVisible());
        auto *button = window->findChild<QToolButton *>(u"profileButton"_s);
        QCOMPARE(button->text(), u"lab"_s);

        // Another name, and no colour: no new connection for that alone.
        QVERIFY(demo.choose(u"Change this backend"_s));
        dialog = demo.dialog(u"profile"_s);
        QVERIFY(dialog);
        const Client *client = demo.console().session()->client();
        color = dialog->findChild<QComboBox *>(u"profileColor"_s);
        color->setCurrentIndex(0);
        demo.key(line(dialog, u"profileName"_s), Qt::Key_Return);
        QTRY_VERIFY(window->findChild<QFrame *>(u"profileStrip"_s)->isHidden());
        QCOMPARE(demo.console().session()->client(), client);

        // A second one beside it, from the menu.
        QVERIFY(demo.desk().profiles->save(
            {.name = u"first"_s, .url = demo.backend().url().toString(), .color = u"green"_s}, demo.backend().token()));
        button->menu()->popup(QPoint(0, 0));
        auto *entry = button->menu()->findChild<QAction *>(u"profile-first"_s);
        QVERIFY(entry);
        QVERIFY(button->menu()->findChild<QAction *>(u"profile-lab"_s)->isChecked());
        entry->trigger();
        button->menu()->close();
        QTRY_COMPARE(window->windowTitle(), u"Belfry - first"_s);
        QVERIFY(demo.choose(u"Switch to lab"_s));
        QTRY_COMPARE(window->windowTitle(), u"Belfry - lab"_s);

        QVERIFY(demo.choose(u"Remove this backend"_s));
        QVERIFY(!demo.desk().profiles->find(u"lab"_s));
        QVERIFY(!demo.desk().commands->action(u"profile.remove"_s)->isEnabled());
        QAction *undo = demo.desk().commands->action(u"go.undo"_s);
        QTRY_VERIFY(undo->isEnabled());
        undo->trigger();
        QTRY_VERIFY(demo.desk().profiles->find(u"lab"_s));
        QCOMPARE(demo.desk().profiles->placeOf(u"lab"_s), std::size_t(0));
    }

    void aFileThatWentWrongMeanwhileIsSaid()
    {
        DemoWindow demo(1, m_home->filePath(u"config"_s));
        QVERIFY(demo.show());
        QVERIFY(demo.desk().profiles->save({.name = u"lab"_s, .url = u"wss://lab.example"_s}, {}));
        write(u"config/belfry/config.yaml"_s, "contexts: 7\nx: y\n");
        auto *button = demo.window()->findChild<QToolButton *>(u"profileButton"_s);
        button->menu()->popup(QPoint(0, 0));
        QVERIFY2(button->menu()->actions().front()->text().contains(u"config.yaml:"),
            qPrintable(button->menu()->actions().front()->text()));
        button->menu()->close();
        demo.window()->profiles()->choose(u"lab"_s);
        QVERIFY(demo.window()->lastNotice().contains(u"config.yaml:"));
        QVERIFY(demo.console().session()->isReady());
    }
};

QTEST_MAIN(TestProfilesInWindow)
#include "tst_profiles.moc"

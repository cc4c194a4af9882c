// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/desktop/console.h"
#include "console/views/banner.h"
#include "console/views/listpages.h"
#include "console/views/logpanel.h"
#include "console/views/parts.h"
#include "console/views/runpage.h"
#include "tests/desktop/cluster.h"
#include "tests/patience.h"

#include <QAccessible>
#include <QApplication>
#include <QElapsedTimer>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>
#include <QTabBar>

using namespace belfry;
using namespace Qt::StringLiterals;

namespace {

constexpr auto jobs = R"(
project: ops
jobs:
  greet:
    title: Greets
    params:
      name: {type: string, default: world}
      count: {type: int, min: 1, max: 5, default: 2}
    env: {NAME: "${{ params.name }}"}
    script: |
      echo "hello $NAME"
      i=0
      while [ ! -e "STOP" ] && [ $i -lt 1200 ]; do i=$((i+1)); sleep 0.1; done
  quick:
    schedule: [{every: 1h}]
    script: echo quick
  bad:
    script: exit 3
)";

} // namespace

// The console in this process, by keyboard, against real programs.
class TestConsole : public QObject
{
    Q_OBJECT

    std::unique_ptr<Cluster> m_cluster;
    std::unique_ptr<Theme> m_theme;
    std::unique_ptr<Console> m_console;

    MainWindow *window() const { return m_console->window(); }
    QWidget *dialog(const QString &name) const
    {
        QWidget *found = nullptr;
        (void)QTest::qWaitFor(
            [&] {
                for (QWidget *each : QApplication::topLevelWidgets())
                    if (each->objectName() == name && each->isVisible())
                        found = each;
                return found != nullptr;
            },
            patienceMs);
        return found;
    }
    void key(QWidget *widget, Qt::Key which, Qt::KeyboardModifiers modifiers = Qt::NoModifier)
    {
        widget->window()->activateWindow(); // keys of commands work in the active window only
        (void)QTest::qWaitForWindowActive(widget->window(), patienceMs);
        QTest::keyClick(widget, which, modifiers);
    }
    // By Ctrl+K, as a person does.
    bool choose(const QString &text)
    {
        key(window(), Qt::Key_K, Qt::ControlModifier);
        QWidget *palette = dialog(u"palette"_s);
        if (!palette)
            return false;
        auto *line = palette->findChild<QLineEdit *>(u"paletteLine"_s);
        QTest::keyClicks(line, text);
        key(line, Qt::Key_Return);
        return true;
    }
    bool wait(const std::function<bool()> &until) { return QTest::qWaitFor(until, patienceMs); }
    qint64 runInTab() const
    {
        auto *page = qobject_cast<RunPage *>(window()->currentPage());
        return page ? page->run().value : 0;
    }
    // Triggers by keyboard alone; the run's number.
    qint64 triggerGreet()
    {
        const qint64 before = runInTab();
        if (!choose(u"run ops/greet"_s))
            return 0;
        QWidget *form = dialog(u"trigger"_s);
        if (!form)
            return 0;
        key(form, Qt::Key_Return);
        (void)wait([&] { return runInTab() > before; });
        return runInTab();
    }

private Q_SLOTS:
    void init()
    {
        m_cluster = std::make_unique<Cluster>();
        qputenv("XDG_CACHE_HOME", m_cluster->folder().toLocal8Bit()); // where logs are kept
        QVERIFY(m_cluster->startBackend());
        QVERIFY(m_cluster->startAgent(u"a1"_s, 4));
        QVERIFY(m_cluster->startAgent(u"a2"_s, 2));
        m_cluster->apply(QByteArray(jobs).replace("STOP", m_cluster->folder().toUtf8() + "/stop"));
        m_theme = std::make_unique<Theme>();
        m_theme->applyToApplication();
        m_console = std::make_unique<Console>(m_theme.get());
        m_console->open(m_cluster->address());
        window()->show();
        QVERIFY(wait([this] {
            return m_console->desk()->jobs->isComplete() && m_console->desk()->liveRuns->isComplete()
                && m_console->desk()->agents->isComplete();
        }));
        QCOMPARE(m_console->desk()->jobs->rowCount(), 3);
        QVERIFY(window()->banner()->text().isEmpty());
    }
    void cleanup()
    {
        m_console.reset();
        m_theme.reset();
        m_cluster.reset();
    }

    void triggersByKeyboardAndFollowsTheLog()
    {
        const qint64 run = triggerGreet();
        QVERIFY(run > 0);
        QVERIFY(wait([&] {
            return m_console->desk()->liveRuns->find(RunId(run))
                && m_console->desk()->liveRuns->find(RunId(run))->state == RunState::Running;
        }));
        QVERIFY(wait([&] { return window()->log()->text().contains(u"hello world"); }));
        // Its tab can be left, and it is in the list.
        key(window(), Qt::Key_Escape);
        QCOMPARE(runInTab(), 0);
        key(window(), Qt::Key_2, Qt::AltModifier);
        QCOMPARE(window()->currentView(), u"live"_s);
        QVERIFY(wait([&] {
            return m_console->desk()->selection->subject().run
                && m_console->desk()->selection->subject().run->id == RunId(run);
        }));
        // Cancelled by K, with the question answered.
        key(window(), Qt::Key_K);
        QWidget *question = dialog(u"confirm"_s);
        QVERIFY(question);
        QVERIFY(question->findChild<QPushButton *>(u"go"_s)->text().contains(u"Cancel"));
        QTest::keyClicks(question->findChild<QLineEdit *>(u"reason"_s), u"enough"_s);
        QTest::mouseClick(question->findChild<QPushButton *>(u"go"_s), Qt::LeftButton);
        QVERIFY(wait([&] { return m_console->desk()->liveRuns->rowCount() == 0; }));
        key(window(), Qt::Key_3, Qt::AltModifier);
        auto *history = window()->currentPage()->findChild<QTableView *>(u"history-table"_s);
        QVERIFY(wait([&] {
            return history->model()->rowCount() == 1 && history->model()->index(0, 0).data().toString() == u"cancelled";
        }));
    }

    void aRunsTabIsNoneOfTheViewsAndTheyLeadBack()
    {
        auto *views = window()->findChild<QListWidget *>(u"navigation"_s);
        QCOMPARE(views->currentRow(), 0);
        QVERIFY(triggerGreet() > 0);
        QCOMPARE(views->currentRow(), -1);
        QTest::mouseClick(views->viewport(), Qt::LeftButton, {}, views->visualItemRect(views->item(0)).center());
        QCOMPARE(runInTab(), 0);
        QCOMPARE(views->currentRow(), 0);
        auto *tabs = window()->findChild<QTabBar *>();
        QVERIFY(tabs && tabs->count() == 2);
        QTest::mouseClick(tabs->tabButton(1, QTabBar::RightSide), Qt::LeftButton);
        QVERIFY(wait([&] { return tabs->count() == 1; }));
    }

    void aBadParameterCannotBeSent()
    {
        QVERIFY(choose(u"run ops/greet"_s));
        QWidget *form = dialog(u"trigger"_s);
        QVERIFY(form);
        auto *count = form->findChild<QLineEdit *>(u"param-count"_s);
        auto *go = form->findChild<QPushButton *>(u"go"_s);
        QVERIFY(go->isEnabled());
        QTest::keyClicks(count, u"9"_s);
        QVERIFY(!go->isEnabled());
        QVERIFY(!go->toolTip().isEmpty());
        key(count, Qt::Key_Backspace);
        QTest::keyClicks(count, u"5"_s);
        QVERIFY(go->isEnabled());
        key(form, Qt::Key_Escape);
    }

    void aKilledBackendIsSaidAndEverythingIsRightAgain()
    {
        const qint64 run = triggerGreet();
        QVERIFY(run > 0);
        QVERIFY(wait([&] { return window()->log()->text().contains(u"hello world"); }));
        key(window(), Qt::Key_2, Qt::AltModifier);
        QVERIFY(wait([&] { return m_console->desk()->liveRuns->rowCount() == 1; }));

        QElapsedTimer since;
        since.start();
        m_cluster->killBackend();
        QVERIFY(wait([&] { return window()->banner()->text().contains(u"Connection lost"); }));
        qInfo("banner after %lld ms", since.elapsed());
        QVERIFY(!m_console->session()->whyNot(Role::Viewer).isEmpty());
        QVERIFY(!m_console->desk()->commands->action(u"run.cancel"_s)->isEnabled());
        QCOMPARE(m_console->desk()->liveRuns->rowCount(), 1); // as it was, and marked so

        QFile stop(m_cluster->folder() + u"/stop"_s); // the run ends while nobody is there to see it
        QVERIFY(stop.open(QIODevice::WriteOnly));
        stop.close();
        QVERIFY(m_cluster->startBackend());
        since.restart();
        QVERIFY(wait([&] { return m_console->session()->isReady(); }));
        QVERIFY(
            wait([&] { return window()->banner()->text().isEmpty() && m_console->desk()->liveRuns->rowCount() == 0; }));
        qInfo("right again after %lld ms", since.elapsed());
        key(window(), Qt::Key_3, Qt::AltModifier);
        auto *history = window()->currentPage()->findChild<QTableView *>(u"history-table"_s);
        QVERIFY(wait([&] {
            return history->model()->rowCount() == 1 && history->model()->index(0, 0).data().toString() == u"succeeded";
        }));
    }

    void pausesAndResumesAJob()
    {
        key(window(), Qt::Key_4, Qt::AltModifier);
        QCOMPARE(window()->currentView(), u"jobs"_s);
        auto *table = window()->currentPage()->findChild<Table *>(u"jobs-table"_s);
        table->selectRow(u"ops/quick"_s);
        QCOMPARE(m_console->desk()->selection->subject().job, u"ops/quick"_s);
        key(window(), Qt::Key_H);
        QWidget *form = dialog(u"pause"_s);
        QVERIFY(form);
        QTest::mouseClick(form->findChild<QPushButton *>(u"go"_s), Qt::LeftButton);
        const auto paused = [&] { return m_console->desk()->jobs->find(u"ops/quick"_s)->pausedSince.has_value(); };
        QVERIFY(wait(paused));
        QCOMPARE(m_console->desk()->commands->action(u"job.pause"_s)->text(), u"Resume job"_s);
        key(window(), Qt::Key_H);
        QVERIFY(wait([&] { return !paused(); }));
    }

    void drainsAnAgent()
    {
        key(window(), Qt::Key_5, Qt::AltModifier);
        window()->currentPage()->findChild<Table *>(u"agents-table"_s)->selectRow(u"a1"_s);
        QVERIFY(!m_console->desk()->commands->action(u"agent.resume"_s)->isEnabled());
        key(window(), Qt::Key_D);
        QVERIFY(wait([&] { return m_console->desk()->agents->find(u"a1"_s)->drained; }));
        key(window(), Qt::Key_D, Qt::ShiftModifier);
        QVERIFY(wait([&] { return !m_console->desk()->agents->find(u"a1"_s)->drained; }));
    }

    void filtersHistory()
    {
        m_cluster->cli({u"run"_s, u"ops/quick"_s, u"--wait"_s});
        key(window(), Qt::Key_3, Qt::AltModifier);
        auto *table = window()->currentPage()->findChild<QTableView *>(u"history-table"_s);
        QVERIFY(wait([&] { return table->model()->rowCount() == 1; }));
        key(window(), Qt::Key_Slash);
        auto *line = window()->currentPage()->findChild<QLineEdit *>(u"filter"_s);
        QTRY_VERIFY_WITH_TIMEOUT(line->hasFocus() || window()->focusWidget() == line, patienceMs);
        QTest::keyClicks(line, u"stat:failed"_s);
        QCOMPARE(line->property("judgement").toString(), u"bad"_s);
        line->clear();
        QTest::keyClicks(line, u"state:failed"_s);
        QCOMPARE(line->property("judgement").toString(), u"good"_s);
        key(line, Qt::Key_Return);
        QVERIFY(wait([&] { return table->model()->rowCount() == 0; }));
    }

    void everyCommandSaysWhatItDoesAndWhyItCannot()
    {
        std::set<QString> keys;
        for (const QAction *action : m_console->desk()->commands->all()) {
            QVERIFY2(!action->text().isEmpty() && !action->objectName().isEmpty(), qPrintable(action->objectName()));
            if (!action->isEnabled())
                QVERIFY2(action->toolTip().contains(Commands::whyNot(action)) && !Commands::whyNot(action).isEmpty(),
                    qPrintable(action->objectName()));
            if (!action->shortcut().isEmpty())
                QVERIFY2(keys.insert(action->shortcut().toString()).second, qPrintable(action->objectName()));
        }
    }

    void everyFocusableWidgetHasAName()
    {
        QVERIFY(choose(u"run ops/greet"_s));
        QVERIFY(dialog(u"trigger"_s));
        QStringList nameless;
        for (QWidget *top : QApplication::topLevelWidgets())
            for (QWidget *each : top->findChildren<QWidget *>()) {
                if (each->focusPolicy() == Qt::NoFocus || !each->isVisible() || each->objectName().startsWith("qt_"_L1))
                    continue;
                const QAccessibleInterface *seen = QAccessible::queryAccessibleInterface(each);
                if (seen && seen->text(QAccessible::Name).isEmpty())
                    nameless += QString::fromLatin1(each->metaObject()->className()) + u' ' + each->objectName();
            }
        QVERIFY2(nameless.isEmpty(), qPrintable(nameless.join(u'\n')));
    }
};

QTEST_MAIN(TestConsole)
#include "tst_console.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/desktop/console.h"
#include "console/desktop/link.h"
#include "console/views/banner.h"
#include "console/views/comparepanel.h"
#include "console/views/listpages.h"
#include "console/views/logfinder.h"
#include "console/views/logpanel.h"
#include "console/views/parts.h"
#include "console/views/runpage.h"
#include "tests/desktop/cluster.h"
#include "tests/patience.h"

#include <QAccessible>
#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QElapsedTimer>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>
#include <QTabBar>
#include <QToolButton>

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
  chatty:
    script: |
      i=0
      while [ $i -lt 300 ]; do i=$((i+1)); echo "line $i of many"; done
      echo "error: a needle" >&2
      printf 'Needle and \033[31mcolour\033[0m\n'
  stages:
    params:
      ending: {type: string, default: good}
    env: {ENDING: "${{ params.ending }}"}
    script: |
      echo "##[group]Build"
      i=0
      while [ $i -lt 20 ]; do i=$((i+1)); echo "unit $i"; done
      echo "##[endgroup]"
      echo "##[group]Deploy"
      echo "to the host"
      if [ "$ENDING" != good ]; then echo "##[error]no space"; exit 4; fi
      echo "##[endgroup]"
      echo "all is there"
  steady:
    script: |
      i=0
      while [ ! -e "STOP" ] && [ $i -lt 9000 ]; do i=$((i+1)); echo "n $i"; sleep 0.02; done
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
        QCOMPARE(m_console->desk()->jobs->rowCount(), 6);
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

    void aLogIsReadByKeyboard()
    {
        m_cluster->cli({u"run"_s, u"ops/chatty"_s, u"--wait"_s});
        Commands *commands = m_console->desk()->commands;
        m_console->desk()->navigator->openLog(RunId(1));
        LogPanel *log = window()->log();
        LogView *view = log->view();
        QVERIFY(wait([&] { return log->fetch() && log->fetch()->state() == LogFetch::State::Complete; }));
        QVERIFY(wait([&] { return view->rowCount() == 302; }));
        // Where the line of stderr came in between is up to the agent.
        const QStringList lines = log->text().split(u'\n');
        const qint64 error = lines.indexOf(u"error: a needle"_s);
        const qint64 colour = lines.indexOf(u"Needle and colour"_s);
        QVERIFY(error >= 0 && colour >= 0);
        QCOMPARE(view->visibleText().last(), lines.last()); // it is at the end
        QVERIFY(commands->action(u"log.save"_s)->isEnabled());
        // Found while it is typed, and the next by F3.
        key(window(), Qt::Key_F, Qt::ControlModifier);
        auto *line = log->findChild<QLineEdit *>(u"logFind"_s);
        QVERIFY(wait([&] { return window()->focusWidget() == line; }));
        QTest::keyClicks(line, u"needle"_s);
        QVERIFY(wait([&] { return log->finder()->countText() == u"1 of 2"; }));
        QCOMPARE(view->currentLine(), std::min(error, colour));
        key(line, Qt::Key_F3);
        QCOMPARE(view->currentLine(), std::max(error, colour));
        key(line, Qt::Key_F3);
        QCOMPARE(view->currentLine(), std::min(error, colour)); // round the end
        QVERIFY(window()->lastNotice().contains(u"beginning"));
        key(line, Qt::Key_Escape);
        QVERIFY(wait([&] { return window()->focusWidget() == view; }));
        key(view, Qt::Key_N);
        QCOMPARE(view->currentLine(), std::max(error, colour));
        // The pane of what was found leads to its lines.
        key(view, Qt::Key_F, Qt::ControlModifier | Qt::ShiftModifier);
        QVERIFY(wait([&] { return log->hitsView()->isVisible() && log->hitsView()->rowCount() == 2; }));
        log->hitsView()->setFocus();
        key(log->hitsView(), Qt::Key_Home);
        key(log->hitsView(), Qt::Key_Return);
        QCOMPARE(view->currentLine(), std::min(error, colour));
        key(view, Qt::Key_F, Qt::ControlModifier | Qt::ShiftModifier);
        QVERIFY(log->hitsView()->isHidden());
        // Last, first, errors, follow.
        key(view, Qt::Key_G, Qt::ShiftModifier);
        QCOMPARE(view->currentLine(), 301);
        QVERIFY(!view->isFollowing());
        key(view, Qt::Key_G);
        QCOMPARE(view->currentLine(), 0);
        key(view, Qt::Key_F8);
        QVERIFY(wait([&] { return view->currentLine() == error; }));
        key(view, Qt::Key_F);
        QVERIFY(view->isFollowing());
        // Only one stream.
        log->findChild<QToolButton *>(u"logOut"_s)->click();
        QVERIFY(wait([&] { return view->rowCount() == 1; }));
        QCOMPARE(view->visibleText(), QStringList{u"error: a needle"_s});
        log->findChild<QToolButton *>(u"logOut"_s)->click();
        QCOMPARE(view->rowCount(), 302);
        // A link to a line leads there.
        view->goToLine(149);
        commands->action(u"log.link"_s)->trigger();
        const auto link = parseLink(QApplication::clipboard()->text());
        QVERIFY2(link, qPrintable(QApplication::clipboard()->text()));
        QCOMPARE(link->line, 150);
        log->show(RunId(), {});
        QVERIFY(!log->emptyText().isEmpty());
        m_console->desk()->navigator->openRun(*link->run);
        m_console->desk()->navigator->openLog(*link->run, link->attempt, link->line);
        const Selection *selection = m_console->desk()->selection;
        QVERIFY(wait([&] { return selection->subject().run && selection->subject().run->id == link->run; }));
        QVERIFY(wait([&] { return view->rowCount() == 302 && view->currentLine() == 149; }));
        QCOMPARE(log->attempt(), 1);
        QVERIFY(view->visibleText().contains(lines[149]));
    }

    void groupsOfALogAreFolded()
    {
        m_cluster->cli({u"run"_s, u"ops/stages"_s, u"--wait"_s});
        Commands *commands = m_console->desk()->commands;
        m_console->desk()->navigator->openLog(RunId(1));
        LogPanel *log = window()->log();
        LogView *view = log->view();
        QVERIFY(wait([&] { return log->fetch() && log->fetch()->state() == LogFetch::State::Complete; }));
        QVERIFY(wait([&] { return view->rowCount() == 26; }));
        commands->action(u"log.foldAll"_s)->trigger();
        QCOMPARE(view->visibleText(),
            (QStringList{u"##[group]Build"_s, u"##[group]Deploy"_s, u"all is there"_s}));
        // What is found is shown, with the number that it has in the log.
        key(window(), Qt::Key_F, Qt::ControlModifier);
        QTest::keyClicks(log->findChild<QLineEdit *>(u"logFind"_s), u"unit 7"_s);
        QVERIFY(wait([&] { return view->currentLine() == 7; }));
        QCOMPARE(view->rowCount(), 24);
        QVERIFY(commands->action(u"log.fold"_s)->isEnabled());
        commands->action(u"log.fold"_s)->trigger();
        QCOMPARE(view->rowCount(), 3);
        QCOMPARE(view->currentLine(), 0);
        commands->action(u"log.link"_s)->trigger();
        m_console->desk()->navigator->openLog(RunId(1), 1, 9);
        QVERIFY(wait([&] { return view->rowCount() == 26 && view->currentLine() == 8; }));
        QVERIFY(view->visibleText().contains(u"unit 8"_s));
        commands->action(u"log.foldAll"_s)->trigger();
        QCOMPARE(view->rowCount(), 3);
        commands->action(u"log.unfoldAll"_s)->trigger();
        QCOMPARE(view->rowCount(), 26);
        // One stream alone is not folded, and says so.
        log->findChild<QToolButton *>(u"logErr"_s)->click();
        QVERIFY(wait([&] { return !commands->action(u"log.foldAll"_s)->isEnabled(); }));
        QVERIFY(!Commands::whyNot(commands->action(u"log.foldAll"_s)).isEmpty());
        log->findChild<QToolButton *>(u"logErr"_s)->click();
        // As Markdown it names its place.
        view->goToLine(8);
        commands->action(u"log.copyMarkdown"_s)->trigger();
        QVERIFY2(QApplication::clipboard()->text().startsWith(u"[ops/stages #1, line 9](belfry://"),
            qPrintable(QApplication::clipboard()->text()));
        QVERIFY(QApplication::clipboard()->text().contains(u"```text\nunit 8\n```"));
    }

    void timesOfALogFollowTheSwitch()
    {
        m_cluster->cli({u"run"_s, u"ops/stages"_s, u"--wait"_s});
        m_console->desk()->navigator->openLog(RunId(1));
        LogPanel *log = window()->log();
        auto *kinds = log->findChild<QComboBox *>(u"logStamps"_s);
        QCOMPARE(kinds->count(), 5);
        Times *times = m_console->desk()->times;
        times->setMode(Times::Mode::Utc);
        QCOMPARE(log->view()->stamps().kind, LogStamps::Kind::None); // it was not wanted
        kinds->setCurrentIndex(2);
        QCOMPARE(log->view()->stamps().zone, times->zoneIn(Times::Mode::Local, {}));
        times->setMode(Times::Mode::Job);
        QCOMPARE(kinds->currentIndex(), 4);
        times->setMode(Times::Mode::Utc);
        QCOMPARE(kinds->currentIndex(), 3);
        QCOMPARE(log->view()->stamps().zone, Zone::utc());
        times->setMode(Times::Mode::Local);
        kinds->setCurrentIndex(0);
    }

    void aRunIsComparedWithTheLastGoodOne()
    {
        m_cluster->cli({u"run"_s, u"ops/stages"_s, u"--wait"_s});
        m_cluster->cli({u"run"_s, u"ops/stages"_s, u"-p"_s, u"ending=bad"_s});
        m_console->desk()->navigator->openCompare(RunId(2));
        auto *page = qobject_cast<RunPage *>(window()->currentPage());
        QVERIFY(page);
        const GoodRun *comparison = page->compare()->comparison();
        QVERIFY(wait([&] { return comparison->state() == GoodRun::State::Found; }));
        QCOMPARE(comparison->good()->id, RunId(1));
        const auto differs = [&](const QString &id) {
            for (const RunDifference &row : comparison->differences()->rows())
                if (row.id == id)
                    return row.differs;
            return false;
        };
        for (const QString &id : {u"state"_s, u"exit"_s, u"param.ending"_s})
            QVERIFY2(wait([&] { return differs(id); }), qPrintable(id));
        auto *ends = page->findChild<QTableView *>(u"compare-ends"_s);
        const auto firstEnd = [&] { return ends->currentIndex().siblingAtColumn(1).data().toString(); };
        QVERIFY(wait([&] { return firstEnd() == u"##[error]no space"; }));
        page->findChild<QToolButton *>(u"openGood"_s)->click();
        QCOMPARE(runInTab(), 1);
        // Nothing good came before the first.
        m_console->desk()->navigator->openCompare(RunId(1));
        page = qobject_cast<RunPage *>(window()->currentPage());
        QVERIFY(wait([&] { return page->compare()->comparison()->state() == GoodRun::State::None; }));
    }

    void aLogLosesAndDoublesNothingWhenTheBackendIsKilled()
    {
        m_cluster->cli({u"run"_s, u"ops/steady"_s});
        m_console->desk()->navigator->openLog(RunId(1));
        LogPanel *log = window()->log();
        const auto lines = [&] { return log->view()->rowCount(); };
        QVERIFY(wait([&] { return lines() > 20; }));
        for (int turn = 0; turn < 2; ++turn) {
            m_cluster->killBackend();
            QVERIFY(wait([&] { return !m_console->session()->isReady(); }));
            const qint64 before = lines();
            QVERIFY(m_cluster->startBackend());
            QVERIFY(wait([&] { return lines() > before + 20; }));
        }
        QFile stop(m_cluster->folder() + u"/stop"_s);
        QVERIFY(stop.open(QIODevice::WriteOnly));
        QVERIFY(wait([&] { return log->fetch()->state() == LogFetch::State::Complete; }));
        QStringList expected;
        for (qint64 i = 1; i <= lines(); ++i)
            expected += u"n %1"_s.arg(i);
        QCOMPARE(log->text().split(u'\n'), expected);
        QVERIFY(log->view()->isFollowing());
        // It is kept: opened again it is complete at once.
        log->show(RunId(), {});
        m_console->desk()->navigator->openLog(RunId(1));
        QVERIFY(wait([&] { return log->fetch()->state() == LogFetch::State::Complete && lines() == expected.size(); }));
        QCOMPARE(log->fetch()->sizeThere(), 0); // nobody was asked
    }

    void aRunWithoutALogSaysWhy()
    {
        m_cluster->cli({u"run"_s, u"ops/bad"_s});
        m_console->desk()->navigator->openLog(RunId(1));
        LogPanel *log = window()->log();
        QVERIFY(wait([&] { return log->emptyText() == u"The attempt printed nothing."; }));
        m_console->desk()->navigator->openLog(RunId(77));
        QVERIFY(wait([&] { return log->emptyText().contains(u"77"); }));
    }

    void pausesAndResumesAJob()
    {
        key(window(), Qt::Key_5, Qt::AltModifier);
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
        key(window(), Qt::Key_6, Qt::AltModifier);
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

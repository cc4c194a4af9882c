// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/desktop/console.h"
#include "console/views/heatmap.h"
#include "console/views/jobpage.h"
#include "console/views/loadcharts.h"
#include "console/views/parts.h"
#include "console/views/runpage.h"
#include "console/views/schedulepage.h"
#include "tests/desktop/cluster.h"
#include "tests/patience.h"

#include <QAccessible>
#include <QApplication>
#include <QComboBox>
#include <QLineEdit>
#include <QTabWidget>
#include <QToolButton>

using namespace belfry;
using namespace Qt::StringLiterals;

namespace {

constexpr auto jobs = R"(
project: ops
zone: Europe/Berlin
jobs:
  hourly: {schedule: [{every: 1h}], script: "sleep 0.2"}
  often: {schedule: [{every: 20m}], tags: {team: web}, script: echo often}
  rare: {schedule: "0 6 1 1 *", script: echo rare}
  manual: {script: exit 3}
)";

} // namespace

// What is planned and what was, by keyboard, against real programs.
class TestSchedule : public QObject
{
    Q_OBJECT

    std::unique_ptr<Cluster> m_cluster;
    std::unique_ptr<Theme> m_theme;
    std::unique_ptr<Console> m_console;

    MainWindow *window() const { return m_console->window(); }
    template <class W> W *find(const QString &name) const { return window()->currentPage()->findChild<W *>(name); }
    void key(QWidget *widget, Qt::Key which, Qt::KeyboardModifiers modifiers = Qt::NoModifier)
    {
        widget->window()->activateWindow(); // keys of commands work in the active window only
        (void)QTest::qWaitForWindowActive(widget->window(), patienceMs);
        QTest::keyClick(widget, which, modifiers);
    }
    qint64 runToItsEnd(const QString &job)
    {
        m_cluster->cli({u"run"_s, job});
        const auto ended = [&] {
            const wire::JobRow *row = m_console->desk()->jobs->find(job);
            return row && row->lastState && isFinal(*row->lastState);
        };
        return comesTrue(ended) ? m_console->desk()->jobs->find(job)->lastRun->value : 0;
    }

private Q_SLOTS:
    void init()
    {
        m_cluster = std::make_unique<Cluster>();
        QVERIFY(m_cluster->startBackend());
        QVERIFY(m_cluster->startAgent(u"a1"_s, 4));
        m_cluster->apply(jobs);
        m_theme = std::make_unique<Theme>();
        m_theme->applyToApplication();
        m_console = std::make_unique<Console>(m_theme.get());
        m_console->open(m_cluster->address());
        window()->show();
        QTRY_VERIFY(m_console->desk()->jobs->isComplete() && m_console->desk()->liveRuns->isComplete());
        key(window(), Qt::Key_4, Qt::AltModifier);
        QCOMPARE(window()->currentView(), u"schedule"_s);
    }
    void cleanup()
    {
        m_console.reset();
        m_theme.reset();
        m_cluster.reset();
    }

    void listsWhatComes()
    {
        auto *table = find<Table>(u"schedule-table"_s);
        // Of `hourly` and `often`; one more or less when the hour turns just now.
        const auto rows = [&](int about) { return std::abs(table->model()->rowCount() - about) <= 2; };
        QTRY_VERIFY(rows(24 + 72));
        auto *range = find<QComboBox>(u"schedule-range"_s);
        range->setFocus();
        key(range, Qt::Key_Up);
        QTRY_VERIFY(rows(6 + 18));

        key(window(), Qt::Key_Slash);
        auto *line = find<QLineEdit>(u"filter"_s);
        QTRY_VERIFY(window()->focusWidget() == line);
        QTest::keyClicks(line, u"tag:team=web"_s);
        key(line, Qt::Key_Return);
        QTRY_VERIFY(rows(18));
        QCOMPARE(table->model()->index(0, 2).data().toString(), u"ops/often"_s);
        line->clear();
        QTest::keyClicks(line, u"job:nothing*"_s);
        key(line, Qt::Key_Return);
        QTRY_COMPARE(table->model()->rowCount(), 0);
        QTRY_VERIFY(table->accessibleDescription().contains(u"nothing*"_s));
    }

    void marksWhatIsPausedAndOpensJobs()
    {
        auto *table = find<Table>(u"schedule-table"_s);
        QTRY_VERIFY(table->model()->rowCount() > 0);
        table->selectRow(u"ops/hourly"_s);
        QCOMPARE(m_console->desk()->selection->subject().job, u"ops/hourly"_s);
        m_cluster->cli({u"pause"_s, u"ops/hourly"_s});
        const auto note = [&] { return table->model()->index(table->currentIndex().row(), 3).data().toString(); };
        QTRY_COMPARE(note(), u"paused"_s);
        key(table, Qt::Key_Return);
        auto *page = qobject_cast<JobPage *>(window()->currentPage());
        QVERIFY(page);
        QCOMPARE(page->job(), u"ops/hourly"_s);
    }

    void showsARunInTheTimeline()
    {
        const qint64 run = runToItsEnd(u"ops/manual"_s);
        QVERIFY(run > 0);
        key(window(), Qt::Key_3, Qt::AltModifier);
        auto *history = find<Table>(u"history-table"_s);
        QTRY_COMPARE(history->model()->rowCount(), 1);
        history->QTableView::selectRow(0);
        QTRY_VERIFY(m_console->desk()->selection->subject().run.has_value());
        key(window(), Qt::Key_T);
        QCOMPARE(window()->currentView(), u"schedule"_s);
        auto *view = find<TimelineView>(u"timeline"_s);
        QTRY_VERIFY(view->currentBar() && view->currentBar()->run == RunId(run));
        QCOMPARE(view->currentBar()->look.look, Look::Failed);
        const QString text = view->barText(view->current());
        QVERIFY2(text.contains(u"ops/manual #%1, failed"_s.arg(run)), qPrintable(text));
        QVERIFY(view->viewport()->rect().intersects(view->barRect(view->current())));
        QCOMPARE(view->barUnder(view->barRect(view->current()).center()), view->current());
        key(view, Qt::Key_Return);
        auto *page = qobject_cast<RunPage *>(window()->currentPage());
        QVERIFY(page);
        QCOMPARE(page->run(), RunId(run));
    }

    void showsWhatBecameOfRuns()
    {
        const qint64 run = runToItsEnd(u"ops/manual"_s);
        QVERIFY(run > 0);
        key(window(), Qt::Key_5, Qt::AltModifier);
        auto *table = find<Table>(u"jobs-table"_s);
        table->selectRow(u"ops/manual"_s);
        key(table, Qt::Key_Return);
        auto *strip = find<RunStrip>(u"run-strip"_s);
        QVERIFY(strip);
        QTRY_VERIFY(strip->current() >= 0 && strip->marks().back().look == Look::Failed);
        QCOMPARE(strip->marks().size(), std::size_t(1));
        QVERIFY(strip->accessibleDescription().contains(u"0 of 1 succeeded"_s));
        QVERIFY(strip->marks().back().text.contains(u"exit 3"_s));

        auto *charts = window()->currentPage()->findChild<JobCharts *>();
        QTRY_COMPARE(charts->rateText(), u"0 %"_s);
        QVERIFY(!charts->durations()->showsChart()); // a sentence, for one run makes no plot
        QVERIFY(charts->durations()->accessibleDescription().contains(u"so far 1"_s));
        QTRY_VERIFY(charts->outcomes()->showsChart());
        QCOMPARE(charts->outcomes()->summary(), u"1 failed"_s);
        m_theme->setScheme(Scheme::Dark); // live
        QVERIFY(charts->outcomes()->showsChart());

        key(strip, Qt::Key_Return);
        auto *page = qobject_cast<RunPage *>(window()->currentPage());
        QVERIFY(page);
        QCOMPARE(page->run(), RunId(run));
        key(window(), Qt::Key_1, Qt::AltModifier);
        QCOMPARE(window()->currentPage()->objectName(), u"overview"_s);
        auto *load = window()->currentPage()->findChild<LoadCharts *>();
        QVERIFY(load);
        QTRY_VERIFY(load->started()->showsChart());
        QVERIFY2(load->started()->summary().endsWith(u"in all 1"_s), qPrintable(load->started()->summary()));
    }

    void movesAlongTheTimeline()
    {
        auto *tabs = find<QTabWidget>(u"schedule-tabs"_s);
        tabs->setCurrentIndex(1);
        auto *view = find<TimelineView>(u"timeline"_s);
        QTRY_VERIFY(view->plan().lanes.size() >= 2); // the forecast
        QCOMPARE(view->plan().lanes.front().name, u"ops/hourly"_s);
        const TimeAxis before = view->axis();
        auto *pane = window()->currentPage()->findChild<TimelinePane *>();
        const QString range = pane->rangeText();
        key(view, Qt::Key_Plus);
        QVERIFY(view->axis().span < before.span);
        QVERIFY(pane->rangeText() != range);
        key(view, Qt::Key_Right, Qt::ControlModifier);
        QVERIFY(view->axis().from > before.from);
        key(view, Qt::Key_Home);
        const Instant now = m_console->desk()->times->now();
        QVERIFY(view->axis().from < now && now < view->axis().until());

        key(view, Qt::Key_Right);
        QVERIFY(view->currentBar());
        QVERIFY(view->currentBar()->isForecast());
        QCOMPARE(view->currentBar()->job, u"ops/hourly"_s);
        QCOMPARE(m_console->desk()->selection->subject().job, u"ops/hourly"_s);
        key(view, Qt::Key_Down);
        QCOMPARE(view->currentBar()->job, u"ops/often"_s);
        const Instant first = view->currentBar()->queued;
        key(view, Qt::Key_Right);
        QVERIFY(view->currentBar()->queued != first);
        QVERIFY(!view->accessibleDescription().isEmpty());
        QAccessibleInterface *list = QAccessible::queryAccessibleInterface(view);
        QVERIFY(list);
        QCOMPARE(list->role(), QAccessible::List);
        QCOMPARE(list->childCount(), view->barCount());
        QAccessibleInterface *item = list->child(view->current());
        QVERIFY(item);
        QCOMPARE(item->text(QAccessible::Name), view->barText(view->current()));
        QVERIFY(item->state().selected);
        QCOMPARE(list->indexOfChild(item), view->current());
        find<QComboBox>(u"timeline-by"_s)->setCurrentIndex(1);
        QCOMPARE(view->plan().lanes.size(), std::size_t(1)); // nothing has an agent yet
        QVERIFY(view->plan().lanes.front().name.isEmpty());
    }

    void countsTheYearDayByDay()
    {
        const qint64 run = runToItsEnd(u"ops/manual"_s);
        QVERIFY(run > 0);
        find<QTabWidget>(u"schedule-tabs"_s)->setCurrentIndex(2);
        auto *map = find<HeatMap>(u"heat-map"_s);
        QTRY_VERIFY(window()->focusWidget() == map);
        const QDate today = map->current();
        const auto textOf = [&](QDate date) { return map->dayText(date); };
        QVERIFY2(comesTrue([&] { return textOf(today).contains(u"1 failed"_s); }), qPrintable(textOf(today)));
        QCOMPARE(map->dayUnder(map->dayRect(today).center()), today);
        QVERIFY(map->viewport()->rect().contains(map->dayRect(today)));
        auto *table = find<Table>(u"day-runs"_s);
        QTRY_COMPARE(table->model()->rowCount(), 1);
        // One that begins now is there without being asked for.
        m_cluster->cli({u"run"_s, u"ops/often"_s});
        QVERIFY2(comesTrue([&] { return textOf(today).contains(u"1 succeeded"_s); }), qPrintable(textOf(today)));
        QTRY_COMPARE(table->model()->rowCount(), 2);

        QAccessibleInterface *list = QAccessible::queryAccessibleInterface(map);
        QVERIFY(list);
        QCOMPARE(list->childCount(), map->itemCount());
        QCOMPARE(list->child(map->currentItem())->text(QAccessible::Name), textOf(today));
        key(map, Qt::Key_Left);
        QCOMPARE(map->current(), today.addDays(-7));
        QVERIFY(textOf(map->current()).endsWith(u"nothing ran"_s));
        QTRY_COMPARE(table->model()->rowCount(), 0);
        QTRY_VERIFY(table->accessibleDescription().contains(u"No run"_s));
        key(map, Qt::Key_Home);
        QVERIFY(map->current() <= today.addDays(-364));
        key(map, Qt::Key_Up); // there is nothing before it
        QCOMPARE(map->currentItem(), 0);
        key(map, Qt::Key_End);
        QCOMPARE(map->current(), today);

        auto *line = find<QLineEdit>(u"filter"_s);
        line->setText(u"job:often"_s);
        key(line, Qt::Key_Return);
        QVERIFY2(comesTrue([&] { return !textOf(today).contains(u"failed"_s) && textOf(today).contains(u"1 succeeded"_s); }),
            qPrintable(textOf(today)));
        QTRY_COMPARE(table->model()->rowCount(), 1);
        key(map, Qt::Key_Return);
        QCOMPARE(window()->currentView(), u"history"_s);
        auto *history = find<Table>(u"history-table"_s);
        QTRY_COMPARE(history->model()->rowCount(), 1);

        // A job has its own.
        m_console->desk()->navigator->openJob(u"ops/manual"_s);
        auto *tabs = find<QTabWidget>(u"job-tabs"_s);
        tabs->setCurrentIndex(tabs->count() - 1);
        auto *own = find<HeatMap>(u"heat-map"_s);
        QVERIFY2(comesTrue([&] { return own->dayText(today).contains(u"1 failed"_s); }), qPrintable(own->dayText(today)));
        auto *runs = find<Table>(u"day-runs"_s);
        QTRY_COMPARE(runs->model()->rowCount(), 1);
        runs->QTableView::selectRow(0);
        QTRY_VERIFY(m_console->desk()->selection->subject().run.has_value());
        QCOMPARE(m_console->desk()->selection->subject().run->id, RunId(run));
    }

    void foldsProjects()
    {
        m_cluster->apply("project: web\njobs: {site: {script: echo site}}");
        key(window(), Qt::Key_5, Qt::AltModifier);
        auto *table = find<Table>(u"jobs-table"_s);
        QTRY_COMPARE(table->model()->rowCount(), 7); // two projects, five jobs
        const auto job = [&] { return m_console->desk()->selection->subject().job.value_or(QString()); };
        table->selectRow(u"ops/hourly"_s);
        QCOMPARE(job(), u"ops/hourly"_s);
        key(table, Qt::Key_Left); // to its project
        QCOMPARE(table->currentIndex().row(), 0);
        QCOMPARE(job(), QString());
        key(table, Qt::Key_Left); // folds it
        QCOMPARE(table->model()->rowCount(), 3);
        QCOMPARE(table->currentIndex().row(), 0);
        const QString kept = window()->currentPage()->layoutText();
        key(table, Qt::Key_Right);
        QCOMPARE(table->model()->rowCount(), 7);
        key(table, Qt::Key_Right); // to its first job
        QCOMPARE(job(), u"ops/hourly"_s);
        key(table, Qt::Key_Left);
        key(table, Qt::Key_Return);
        QCOMPARE(table->model()->rowCount(), 3);
        key(table, Qt::Key_Return);

        window()->currentPage()->setFilter(u"tag:team=web"_s);
        QTRY_COMPARE(table->model()->rowCount(), 2);
        window()->currentPage()->setFilter(QString());
        QTRY_COMPARE(table->model()->rowCount(), 7);
        window()->currentPage()->setLayoutText(kept); // as at the next start
        QCOMPARE(table->model()->rowCount(), 3);
        auto *by = find<QComboBox>(u"jobs-by"_s);
        by->setCurrentIndex(1);
        QCOMPARE(table->model()->rowCount(), 5);
        QVERIFY(!find<QToolButton>(u"jobs-fold"_s)->isEnabled());
        by->setCurrentIndex(0);
        find<QToolButton>(u"jobs-fold"_s)->click();
        QCOMPARE(table->model()->rowCount(), 2);
        find<QToolButton>(u"jobs-fold"_s)->click();
        QCOMPARE(table->model()->rowCount(), 7);
        QTest::mouseClick(
            table->viewport(), Qt::LeftButton, {}, table->visualRect(table->model()->index(0, 0)).topLeft() + QPoint(14, 10));
        QCOMPARE(table->model()->rowCount(), 3);
    }

    void offersNotToSkipWhereSomethingIsSkipped()
    {
        m_console->desk()->navigator->openJob(u"ops/hourly"_s);
        const auto offered = [&] {
            const auto buttons = window()->currentPage()->findChildren<QToolButton *>();
            return std::ranges::any_of(buttons, [](const QToolButton *each) {
                return each->isVisible() && each->text() == u"Do not skip"_s;
            });
        };
        QTRY_VERIFY(find<Table>(u"job-next"_s)->model()->rowCount() > 0);
        QVERIFY(!offered());
        m_cluster->cli({u"skip"_s, u"ops/hourly"_s});
        QTRY_VERIFY(offered());
        m_cluster->cli({u"unskip"_s, u"ops/hourly"_s});
        QTRY_VERIFY(!offered());
    }
};

QTEST_MAIN(TestSchedule)
#include "tst_schedule.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/desktop/console.h"
#include "console/views/attentionpage.h"
#include "console/views/undobar.h"
#include "tests/desktop/cluster.h"
#include "tests/patience.h"

#include <QApplication>
#include <QComboBox>
#include <QJsonArray>
#include <QJsonDocument>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSpinBox>
#include <QTabWidget>
#include <QTableWidget>
#include <QToolButton>

using namespace belfry;
using namespace Qt::StringLiterals;

namespace {

constexpr auto jobs = R"(
project: ops
jobs:
  bad:
    script: exit 3
  nightly:
    schedule: '0 3 * * *'
    script: echo night
  waits:
    params: {mode: {choices: [full, delta], default: full}}
    agent: name == nobody
    script: echo never
)";

} // namespace

// What operators do beside running and cancelling, in this process, by keyboard, against real programs.
class TestOperators : public QObject
{
    Q_OBJECT

    std::unique_ptr<Cluster> m_cluster;
    std::unique_ptr<Theme> m_theme;
    std::unique_ptr<Console> m_console;

    MainWindow *window() const { return m_console->window(); }
    const Subject &subject() const { return m_console->desk()->selection->subject(); }
    QAction *action(const QString &id) const { return m_console->desk()->commands->action(id); }
    bool wait(const std::function<bool()> &until) { return QTest::qWaitFor(until, patienceMs); }
    QWidget *dialog(const QString &name)
    {
        QWidget *found = nullptr;
        (void)wait([&] {
            for (QWidget *each : QApplication::topLevelWidgets())
                if (each->objectName() == name && each->isVisible())
                    found = each;
            return found != nullptr;
        });
        return found;
    }
    void key(QWidget *widget, Qt::Key which, Qt::KeyboardModifiers modifiers = Qt::NoModifier)
    {
        widget->window()->activateWindow(); // keys of commands work in the active window only
        (void)QTest::qWaitForWindowActive(widget->window(), patienceMs);
        QTest::keyClick(widget, which, modifiers);
    }
    void showTab(const QWidget *page, const QString &title)
    {
        auto *tabs = page->findChild<QTabWidget *>();
        for (int i = 0; i < tabs->count(); ++i)
            if (tabs->tabText(i) == title)
                tabs->setCurrentIndex(i);
        QCOMPARE(tabs->tabText(tabs->currentIndex()), title);
    }
    // Answers the question that is open, with a note.
    bool agree(const QString &note = {})
    {
        QWidget *question = dialog(u"confirm"_s);
        if (!question)
            return false;
        if (!note.isEmpty())
            QTest::keyClicks(question->findChild<QLineEdit *>(u"reason"_s), note);
        QTest::mouseClick(question->findChild<QPushButton *>(u"go"_s), Qt::LeftButton);
        return wait([&] { return !question->isVisible(); });
    }
    QString failedRun()
    {
        return QString::fromLatin1(m_cluster->cli({u"run"_s, u"ops/bad"_s, u"-o"_s, u"name"_s}).trimmed());
    }
    QByteArray json(const QStringList &words) { return m_cluster->cli(words + QStringList{u"-o"_s, u"json"_s}); }
    Table *page(const QString &view)
    {
        m_console->desk()->navigator->openView(view);
        return window()->currentPage()->findChild<Table *>(view + u"-table"_s);
    }

    void open(const Address &address)
    {
        m_console = std::make_unique<Console>(m_theme.get());
        m_console->open(address);
        window()->show();
        QVERIFY(wait([this] {
            return m_console->desk()->jobs->isComplete() && m_console->desk()->liveRuns->isComplete()
                && m_console->desk()->agents->isComplete();
        }));
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
    }
    void cleanup()
    {
        m_console.reset();
        m_theme.reset();
        m_cluster.reset();
    }

    void showsHowAJobIsWrittenAndWhatChanged()
    {
        open(m_cluster->address());
        m_cluster->apply(QByteArray(jobs).replace("echo night", "echo by night"));
        m_console->desk()->navigator->openJob(u"ops/nightly"_s);
        QWidget *page = window()->currentPage();
        auto *written = page->findChild<QPlainTextEdit *>(u"definitionText"_s);
        auto *changed = page->findChild<QPlainTextEdit *>(u"versionText"_s);
        QVERIFY(written->toPlainText().isEmpty()); // only those who look at it ask for it
        key(page->findChild<Table *>(u"job-runs"_s), Qt::Key_Down);
        showTab(page, u"Versions"_s);
        QVERIFY(page->isVisible()); // the focus of the table that is hidden leads nowhere else
        QVERIFY(wait([&] { return changed->toPlainText().contains(u"+ script: echo by night"_s); }));
        QVERIFY2(changed->toPlainText().contains(u"- script: echo night"_s), qPrintable(changed->toPlainText()));
        showTab(page, u"Definition"_s);
        QVERIFY(wait([&] { return written->toPlainText().contains(u"6    nightly:"_s); }));
        QVERIFY2(
            written->toPlainText().contains(u"8      script: echo by night"_s), qPrintable(written->toPlainText()));
        QVERIFY(!written->toPlainText().contains(u"waits"_s));
        // What is in force says more than was written.
        page->findChild<QToolButton *>(u"definitionInForce"_s)->click();
        QVERIFY(wait([&] { return written->toPlainText().contains(u"name: nightly"_s); }));
        auto *versions = page->findChild<Table *>(u"job-versions"_s);
        QCOMPARE(versions->model()->rowCount(), 2);
        versions->selectRow(u"1"_s);
        QVERIFY(wait([&] {
            return changed->toPlainText().contains(u"script: echo night"_s)
                && !changed->toPlainText().contains(u"+ "_s);
        }));
    }

    void acknowledgesAFailureAndTakesItBack()
    {
        open(m_cluster->address());
        const QString run = failedRun();
        Table *table = page(u"attention"_s);
        QVERIFY(wait([&] { return table->model()->rowCount() == 1; }));
        table->selectRow(run);
        QVERIFY(wait([&] { return subject().run && QString::number(subject().run->id.value) == run; }));
        QVERIFY(action(u"act.acknowledge"_s)->isEnabled());
        key(window(), Qt::Key_A);
        QVERIFY(agree(u"known"_s));
        QVERIFY(wait([&] { return table->model()->rowCount() == 0; }));
        QVERIFY(json({u"show"_s, run}).contains("\"acknowledge_note\": \"known\""));
        QVERIFY(window()->undoBar()->isVisible());
        key(window(), Qt::Key_Z, Qt::ControlModifier);
        QVERIFY(wait([&] { return table->model()->rowCount() == 1; }));
        QVERIFY(!window()->undoBar()->isVisible());
        QVERIFY(!action(u"go.undo"_s)->isEnabled());
    }

    void acknowledgesSeveralAtOnceAndSaysWhichCouldNotBe()
    {
        open(m_cluster->address());
        QStringList runs;
        for (int i = 0; i < 7; ++i)
            runs += failedRun();
        Table *table = page(u"attention"_s);
        QVERIFY(wait([&] { return table->model()->rowCount() == 7; }));
        table->setFocus();
        key(table, Qt::Key_A, Qt::ControlModifier);
        QVERIFY(wait([&] { return subject().concerns.size() == 7; }));
        key(window(), Qt::Key_A);
        QWidget *question = dialog(u"confirm"_s);
        QVERIFY(question);
        QVERIFY(question->windowTitle().contains(u"7"));
        QVERIFY(question->focusWidget() != question->findChild<QPushButton *>(u"go"_s));
        m_cluster->cli({u"ack"_s, runs[0]}); // somebody else is faster
        QVERIFY(agree());
        QWidget *outcomes = dialog(u"outcomes"_s);
        QVERIFY(outcomes);
        auto *list = outcomes->findChild<QTableWidget *>(u"outcomeTable"_s);
        QCOMPARE(list->rowCount(), 7);
        int refused = 0;
        for (int row = 0; row < 7; ++row)
            refused += list->item(row, 1)->text().contains(u"acknowledged by admin"_s) ? 1 : 0;
        QCOMPARE(refused, 1);
        outcomes->close();
        QVERIFY(wait([&] { return table->model()->rowCount() == 0; }));
    }

    void holdsReleasesAndMovesAWaitingRun()
    {
        open(m_cluster->address());
        const QString run
            = QString::fromLatin1(m_cluster->cli({u"run"_s, u"ops/waits"_s, u"-o"_s, u"name"_s}).trimmed());
        Table *table = page(u"live"_s);
        QVERIFY(wait([&] { return table->model()->rowCount() == 1; }));
        table->selectRow(run);
        QVERIFY(wait([&] { return subject().run.has_value(); }));
        const auto now = [&] { return m_console->desk()->liveRuns->find(RunId(run.toLongLong())); };
        key(window(), Qt::Key_H);
        QVERIFY(agree(u"not yet"_s));
        QVERIFY(wait([&] { return now()->heldSince.has_value(); }));
        QCOMPARE(now()->holdReason, u"not yet"_s);
        QCOMPARE(action(u"run.hold"_s)->text(), u"Release run"_s);
        key(window(), Qt::Key_Z, Qt::ControlModifier);
        QVERIFY(wait([&] { return !now()->heldSince; }));
        key(window(), Qt::Key_P);
        QWidget *priority = dialog(u"priority"_s);
        QVERIFY(priority);
        auto *number = priority->findChild<QSpinBox *>(u"priorityNumber"_s);
        QCOMPARE(number->value(), 50);
        number->setValue(90);
        QTest::mouseClick(priority->findChild<QPushButton *>(u"go"_s), Qt::LeftButton);
        QVERIFY(wait([&] { return now()->priority == 90; }));
        m_cluster->cli({u"cancel"_s, run});
    }

    void skipsTheNextOccasion()
    {
        open(m_cluster->address());
        Table *table = page(u"jobs"_s);
        table->selectRow(u"ops/nightly"_s);
        QVERIFY(wait([&] { return subject().job == u"ops/nightly"_s; }));
        const auto skipped = [&] { return m_console->desk()->jobs->find(u"ops/nightly"_s)->nextSkipped; };
        key(window(), Qt::Key_S);
        QVERIFY(agree(u"source down"_s));
        QVERIFY(wait(skipped));
        QVERIFY(window()->undoBar()->isVisible());
        key(window(), Qt::Key_Z, Qt::ControlModifier);
        QVERIFY(wait([&] { return !skipped(); }));
        key(window(), Qt::Key_S);
        QVERIFY(agree());
        QVERIFY(wait(skipped));
        key(window(), Qt::Key_S, Qt::ShiftModifier);
        QVERIFY(wait([&] { return !skipped(); }));
    }

    void asksBeforehandAndRemembersWhatWasGiven()
    {
        open(m_cluster->address());
        Table *table = page(u"jobs"_s);
        table->selectRow(u"ops/waits"_s);
        QVERIFY(wait([&] { return subject().job == u"ops/waits"_s; }));
        key(window(), Qt::Key_R);
        QWidget *form = dialog(u"trigger"_s);
        QVERIFY(form);
        auto *combo = form->findChild<QComboBox *>(u"param-mode"_s);
        combo->setCurrentIndex(combo->findData(u"delta"_s));
        QTest::mouseClick(form->findChild<QPushButton *>(u"dryRun"_s), Qt::LeftButton);
        auto *preview = form->findChild<QLabel *>(u"preview"_s);
        QVERIFY(wait([&] { return preview->isVisible(); }));
        QVERIFY2(preview->text().contains(u"It would wait"_s) && preview->text().contains(u"a1: no"_s),
            qPrintable(preview->text()));
        QCOMPARE(QJsonDocument::fromJson(json({u"runs"_s})).array().size(), 0);
        QTest::mouseClick(form->findChild<QPushButton *>(u"go"_s), Qt::LeftButton);
        QVERIFY(wait([&] { return m_console->desk()->liveRuns->rowCount() == 1; }));
        QVERIFY(page(u"jobs"_s) == table);
        table->selectRow(u"ops/waits"_s);
        QVERIFY(wait([&] { return subject().job == u"ops/waits"_s; }));
        key(window(), Qt::Key_R);
        form = dialog(u"trigger"_s);
        QVERIFY(form);
        QCOMPARE(form->findChild<QComboBox *>(u"param-mode"_s)->currentData().toString(), u"delta"_s);
        QTest::mouseClick(form->findChild<QPushButton *>(u"defaults"_s), Qt::LeftButton);
        QVERIFY(wait([&] {
            form = dialog(u"trigger"_s);
            auto *again = form ? form->findChild<QComboBox *>(u"param-mode"_s) : nullptr;
            return again && again->currentData().toString().isEmpty();
        }));
        key(form, Qt::Key_Escape);
    }

    void pausesAndCancelsSeveral()
    {
        open(m_cluster->address());
        Table *table = page(u"jobs"_s);
        table->setFocus();
        key(table, Qt::Key_A, Qt::ControlModifier);
        QVERIFY(wait([&] { return subject().jobs.size() == 3; }));
        QVERIFY(!action(u"act.run"_s)->isEnabled());
        key(window(), Qt::Key_H);
        QWidget *form = dialog(u"pause"_s);
        QVERIFY(form);
        QTest::mouseClick(form->findChild<QPushButton *>(u"go"_s), Qt::LeftButton);
        const auto paused = [&] {
            return std::ranges::count_if(
                m_console->desk()->jobs->rows(), [](const wire::JobRow &job) { return job.pausedSince.has_value(); });
        };
        QVERIFY(wait([&] { return paused() == 3; }));
        key(window(), Qt::Key_Z, Qt::ControlModifier);
        QVERIFY(wait([&] { return paused() == 0; }));

        for (int i = 0; i < 3; ++i)
            m_cluster->cli({u"run"_s, u"ops/waits"_s});
        Table *live = page(u"live"_s);
        QVERIFY(wait([&] { return live->model()->rowCount() == 3; }));
        live->setFocus();
        key(live, Qt::Key_A, Qt::ControlModifier);
        QVERIFY(wait([&] { return subject().runs.size() == 3; }));
        key(window(), Qt::Key_K);
        QWidget *question = dialog(u"confirm"_s);
        QVERIFY(question);
        QVERIFY(question->windowTitle().contains(u"3"));
        QVERIFY(agree());
        QVERIFY(wait([&] { return m_console->desk()->liveRuns->rowCount() == 0; }));
    }

    void aViewerIsToldTheRoleThatItNeeds()
    {
        const QString run = failedRun();
        const QString file = m_cluster->folder() + u"/viewer.token"_s;
        m_cluster->cli({u"token"_s, u"create"_s, u"--role"_s, u"viewer"_s, u"--file"_s, file});
        Address address = m_cluster->address();
        address.tokenFiles = {file};
        open(address);
        const auto refused = [&](const QStringList &ids) {
            for (const QString &id : ids) {
                if (action(id)->isEnabled())
                    return id;
                if (!action(id)->toolTip().contains(u"role operator"_s))
                    return id + u": "_s + action(id)->toolTip();
            }
            return QString();
        };
        Table *table = page(u"attention"_s);
        QVERIFY(wait([&] { return table->model()->rowCount() == 1; }));
        table->selectRow(run);
        QVERIFY(wait([&] { return subject().run.has_value(); }));
        QCOMPARE(refused({u"act.acknowledge"_s, u"run.reopen"_s, u"run.hold"_s, u"run.priority"_s, u"act.run"_s}),
            QString());
        Table *all = page(u"jobs"_s);
        all->selectRow(u"ops/nightly"_s);
        QVERIFY(wait([&] { return subject().job == u"ops/nightly"_s; }));
        QCOMPARE(refused({u"job.skip"_s, u"job.unskip"_s, u"job.pause"_s}), QString());
    }
};

QTEST_MAIN(TestOperators)
#include "tst_operators.moc"

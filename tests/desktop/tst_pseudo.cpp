// SPDX-License-Identifier: GPL-3.0-or-later
// Every page and dialog in a language that nobody speaks, and from right to left: what is not translated is found, and
// what has no room.
#include "console/desktop/firststart.h"
#include "console/views/table.h"
#include "tests/desktop/demowindow.h"
#include "tests/desktop/pseudolocale.h"
#include "tests/patience.h"

#include <QApplication>
#include <QTabWidget>

using namespace belfry;
using namespace Qt::StringLiterals;

class TestPseudoLocale : public QObject
{
    Q_OBJECT

    PseudoLocale m_locale;
    std::unique_ptr<DemoWindow> m_demo;
    QStringList m_data; // what the demo's jobs are called
    QStringList m_wrong;
    QStringList m_clipped;

    void gatherData()
    {
        // Names of our own words, of files and of what the backend says come as they are.
        m_data = {u"Belfry"_s, u"belfry"_s, u"config.yaml"_s, u"prod"_s, u"admin"_s, u"operator"_s, u"viewer"_s,
            u"cgroup"_s, u"is due next at"_s};
        for (const wire::JobRow &job : m_demo->desk().jobs->rows())
            m_data += {job.job, job.title, job.schedule, job.zone};
        for (const wire::RunRow &run : m_demo->desk().liveRuns->rows())
            m_data += {run.jobName, run.triggerReason, run.by, run.reason, run.progressMessage};
        for (const Agent &agent : m_demo->desk().agents->rows()) {
            m_data += agent.name;
            for (const auto &[label, value] : agent.labels)
                m_data += value.isEmpty() ? label : label + u'=' + value;
        }
        m_data.removeAll(QString());
        std::sort(m_data.begin(), m_data.end(), [](const QString &a, const QString &b) { return a.size() > b.size(); });
    }
    static constexpr int settleMs = 3000;
    void look(const QString &name, QWidget *root)
    {
        QTest::qWait(150); // answers that no test waits for
        (void)QTest::qWaitFor([&] { return clipped(root).isEmpty(); }, settleMs); // layouts follow their texts
        for (const QString &each : untranslated(root, m_data))
            m_wrong += name + u": "_s + each;
        for (const QString &each : clipped(root))
            m_clipped += name + u": "_s + each;
        if (const QString folder = qEnvironmentVariable("BELFRY_PSEUDO_PICTURES"); !folder.isEmpty())
            root->grab().save(folder + u'/' + name + u".png"_s);
    }
    void lookAtPage(const QString &name)
    {
        look(name, m_demo->window());
        auto *tabs = m_demo->window()->currentPage()->findChild<QTabWidget *>();
        for (int i = 1; tabs && i < tabs->count(); ++i) {
            tabs->setCurrentIndex(i);
            look(u"%1-tab%2"_s.arg(name).arg(i), m_demo->window());
        }
        if (tabs)
            tabs->setCurrentIndex(0);
    }
    void lookAtPages()
    {
        Navigator *navigator = m_demo->desk().navigator;
        for (const ViewEntry &view : viewEntries()) {
            navigator->openView(view.id);
            lookAtPage(view.id);
        }
        const auto &live = m_demo->desk().liveRuns->rows();
        QVERIFY(!live.empty());
        navigator->openRun(live.front().id);
        navigator->openLog(live.front().id);
        lookAtPage(u"run"_s);
        navigator->openJob(m_demo->desk().jobs->at(0).job);
        lookAtPage(u"job"_s);
        for (const QAction *action : m_demo->desk().commands->all())
            if (!action->text().contains(PseudoLocale::opening))
                m_wrong += u"command %1: %2"_s.arg(action->objectName(), action->text());
    }
    void lookAtDialog(const QString &command, const QString &name)
    {
        QAction *action = m_demo->desk().commands->action(command);
        QVERIFY2(action->isEnabled(), qPrintable(command + u": "_s + Commands::whyNot(action)));
        action->trigger();
        QWidget *dialog = m_demo->dialog(name);
        QVERIFY2(dialog, qPrintable(name));
        look(u"dialog-"_s + name, dialog);
        dialog->close();
    }
    void lookAtDialogs()
    {
        Navigator *navigator = m_demo->desk().navigator;
        navigator->openView(u"jobs"_s);
        navigator->page()->mainTable()->selectRow(m_demo->desk().jobs->at(0).job);
        lookAtDialog(u"act.run"_s, u"trigger"_s);
        if (!m_demo->desk().jobs->at(0).pausedSince)
            lookAtDialog(u"job.pause"_s, u"pause"_s);
        lookAtDialog(u"saved.save"_s, u"saveView"_s);
        lookAtDialog(u"profile.add"_s, u"profile"_s);
        lookAtDialog(u"view.notify"_s, u"notify"_s);
        lookAtDialog(u"help.keys"_s, u"keys"_s);
        navigator->openView(u"live"_s);
        QTRY_VERIFY((navigator->page()->shown(), m_demo->desk().selection->subject().run));
        lookAtDialog(u"run.cancel"_s, u"confirm"_s);
        Theme theme;
        Profiles profiles(Environment{{u"XDG_CONFIG_HOME"_s, m_demo->folder()}});
        FirstStart first(&profiles, &theme);
        first.show();
        look(u"first-start"_s, &first);
    }
    void start(Qt::LayoutDirection direction)
    {
        QApplication::setLayoutDirection(direction);
        QCoreApplication::installTranslator(&m_locale);
        QApplication::setFont(QFont(u"DejaVu Sans"_s, 10));
        m_wrong.clear();
        m_clipped.clear();
        m_demo = std::make_unique<DemoWindow>();
        QVERIFY(m_demo->show());
        // A run that outlives the test: by its schedules alone there are moments without any.
        m_demo->desk().session->client()->ask(
            wire::RunTrigger{.job = u"infra/backup-fs"_s}, this, [](const Answer<wire::TriggerReply> &) {});
        QTRY_VERIFY(!m_demo->desk().liveRuns->rows().empty());
        gatherData();
    }

private Q_SLOTS:
    void cleanup()
    {
        m_demo.reset();
        QCoreApplication::removeTranslator(&m_locale);
        QApplication::setLayoutDirection(Qt::LeftToRight);
    }

    void theCheckFindsWhatIsWrong()
    {
        QWidget window;
        QLabel plain(u"nobody translated this"_s, &window);
        QLabel name(u"sales/etl-load"_s, &window);
        plain.resize(20, 20);
        name.move(0, 40);
        window.show();
        QCOMPARE(untranslated(&window, {}).size(), 1);
        QCOMPARE(clipped(&window).size(), 1);
        QVERIFY(untranslated(&window, {u"nobody translated this"_s}).isEmpty());
    }

    void everyTextIsTranslatedAndHasRoom()
    {
        start(Qt::LeftToRight);
        lookAtPages();
        lookAtDialogs();
        QVERIFY2(m_wrong.isEmpty(), qPrintable(u"not translated:\n"_s + m_wrong.join(u'\n')));
        QVERIFY2(m_clipped.isEmpty(), qPrintable(u"clipped:\n"_s + m_clipped.join(u'\n')));
    }

    void fromRightToLeft()
    {
        start(Qt::RightToLeft);
        QCOMPARE(m_demo->window()->layoutDirection(), Qt::RightToLeft);
        lookAtPages();
        lookAtDialogs();
        QVERIFY2(m_clipped.isEmpty(), qPrintable(u"clipped:\n"_s + m_clipped.join(u'\n')));
    }
};

QTEST_MAIN(TestPseudoLocale)
#include "tst_pseudo.moc"

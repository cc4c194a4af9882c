// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/desktop/console.h"
#include "console/models/englishplurals.h"
#include "console/views/desk.h"
#include "console/views/table.h"

#include <QApplication>
#include <QComboBox>
#include <QDir>
#include <QDockWidget>
#include <QFontDatabase>
#include <QLineEdit>
#include <QTabWidget>
#include <QTest>

#include <cstdio>

using namespace belfry;
using namespace Qt::StringLiterals;

namespace {

constexpr int patience = 60'000;
constexpr int settle = 700; // ms for answers that no test waits for

// usage: belfry_screenshots FOLDER RUN JOB LOG   with BELFRY_URL and BELFRY_TOKEN_FILE: PNGs of each view in each
// theme, of the run and the job, of the log of run LOG, and of the dialogs.
class Photographer
{
public:
    Photographer(Console &console, Theme &theme, const QString &folder)
        : m_console(console)
        , m_theme(theme)
        , m_folder(folder)
    { }

    // `log`: a run with a log worth a look.
    void all(RunId run, const QString &job, RunId log)
    {
        MainWindow *window = m_console.window();
        for (const Scheme scheme : {Scheme::Light, Scheme::Dark, Scheme::Contrast}) {
            m_theme.setScheme(scheme);
            for (const ViewEntry &view : viewEntries()) {
                m_console.desk()->navigator->openView(view.id);
                QTest::qWait(settle);
                window->currentPage()->shown();
                shoot(view.id);
                tabs(view.id);
            }
            m_console.desk()->navigator->openRun(run);
            QTest::qWait(settle);
            shoot(u"run"_s);
            m_console.desk()->navigator->openJob(job);
            QTest::qWait(settle);
            shoot(u"job"_s);
            tabs(u"job"_s);
            shootLog(log);
            m_console.desk()->navigator->openView(u"jobs"_s);
            auto *table = window->currentPage()->findChild<Table *>();
            table->selectRow(job);
            dialogs();
        }
    }

private:
    // A high dock, with lines found and the pane of them.
    void shootLog(RunId run)
    {
        MainWindow *window = m_console.window();
        m_console.desk()->navigator->openRun(run);
        m_console.desk()->navigator->openLog(run);
        auto *dock = window->findChild<QDockWidget *>(u"logDock"_s);
        const int height = dock->height();
        window->resizeDocks({dock}, {480}, Qt::Vertical);
        QTest::qWait(settle);
        shoot(u"log"_s);
        auto *line = dock->findChild<QLineEdit *>(u"logFind"_s);
        line->setText(u"ROWS"_s);
        auto *stamps = dock->findChild<QComboBox *>(u"logStamps"_s);
        stamps->setCurrentIndex(2);
        m_console.desk()->commands->action(u"log.hits"_s)->trigger();
        QTest::qWait(settle);
        shoot(u"log-found"_s);
        m_console.desk()->commands->action(u"log.hits"_s)->trigger();
        stamps->setCurrentIndex(0);
        line->clear();
        window->resizeDocks({dock}, {height}, Qt::Vertical);
        m_console.desk()->commands->action(u"go.back"_s)->trigger();
    }
    // The other tabs of a view, by their titles.
    void tabs(const QString &name)
    {
        auto *pages = m_console.window()->currentPage()->findChild<QTabWidget *>();
        for (int i = 1; pages && i < pages->count(); ++i) {
            pages->setCurrentIndex(i);
            QTest::qWait(settle);
            shoot(name + u'-' + pages->tabText(i).toLower());
        }
        if (pages)
            pages->setCurrentIndex(0);
    }
    void shoot(const QString &name, QWidget *widget = nullptr)
    {
        QTest::qWait(100);
        const QString scale = m_console.window()->devicePixelRatioF() > 1 ? u"@2x"_s : QString();
        const QString file = u"%1/%2-%3%4.png"_s.arg(m_folder, name, nameOf(m_theme.scheme()), scale);
        if (!(widget ? widget : m_console.window())->grab().save(file))
            qFatal("cannot write %s", qPrintable(file));
    }
    void dialogs()
    {
        for (const auto &[command, name] :
            {std::pair(u"act.run"_s, u"trigger"_s), std::pair(u"job.pause"_s, u"pause"_s),
                std::pair(u"go.palette"_s, u"palette"_s), std::pair(u"help.keys"_s, u"keys"_s),
                std::pair(u"saved.save"_s, u"saveView"_s), std::pair(u"profile.add"_s, u"profile"_s),
                std::pair(u"view.notify"_s, u"notify"_s)}) {
            m_console.desk()->commands->action(command)->trigger();
            QWidget *dialog = nullptr;
            (void)QTest::qWaitFor(
                [&] {
                    for (QWidget *each : QApplication::topLevelWidgets())
                        if (each->isVisible() && each->objectName() == name)
                            dialog = each;
                    return dialog != nullptr;
                },
                patience);
            if (!dialog)
                qFatal("%s did not open", qPrintable(name));
            if (name == u"palette"_s)
                QTest::keyClicks(dialog->findChild<QLineEdit *>(), u"cr"_s);
            shoot(name, dialog);
            dialog->close();
        }
    }

    Console &m_console;
    Theme &m_theme;
    QString m_folder;
};

} // namespace

int main(int argc, char **argv)
{
    QApplication application(argc, argv);
    QApplication::setFont(QFont(u"DejaVu Sans"_s, 10));
    QApplication::setCursorFlashTime(0);
    EnglishPlurals english;
    QCoreApplication::installTranslator(&english);
    const QStringList arguments = QApplication::arguments();
    if (arguments.size() != 5) {
        std::fprintf(stderr, "usage: belfry_screenshots FOLDER RUN JOB LOG\n");
        return 2;
    }
    const auto address = findAddress({}, processEnvironment());
    if (!address)
        qFatal("%s", qPrintable(address.error().message));
    QDir().mkpath(arguments[1]);
    Theme theme;
    theme.applyToApplication();
    Console console(&theme);
    console.open(*address);
    console.window()->resize(1500, 940);
    console.window()->show();
    const Desk &desk = *console.desk();
    if (!QTest::qWaitFor(
            [&] { return desk.liveRuns->isComplete() && desk.jobs->isComplete() && desk.agents->isComplete(); },
            patience))
        qFatal("the backend does not answer");
    QTest::qWait(1500); // estimates
    Photographer(console, theme, arguments[1])
        .all(RunId(arguments[2].toLongLong()), arguments[3], RunId(arguments[4].toLongLong()));
    return 0;
}

// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/desktop/console.h"
#include "console/views/desk.h"
#include "console/views/table.h"

#include <QApplication>
#include <QDir>
#include <QFontDatabase>
#include <QLineEdit>
#include <QTest>

#include <cstdio>

using namespace belfry;
using namespace Qt::StringLiterals;

namespace {

constexpr int patience = 60'000;
constexpr int settle = 700; // ms for answers that no test waits for

// usage: belfry_screenshots FOLDER RUN JOB   with BELFRY_URL and BELFRY_TOKEN_FILE: PNGs of each view in each theme,
// of the run and the job, and of the dialogs.
class Photographer
{
public:
    Photographer(Console &console, Theme &theme, const QString &folder)
        : m_console(console)
        , m_theme(theme)
        , m_folder(folder)
    { }

    void all(RunId run, const QString &job)
    {
        MainWindow *window = m_console.window();
        for (const Scheme scheme : {Scheme::Light, Scheme::Dark, Scheme::Contrast}) {
            m_theme.setScheme(scheme);
            for (const ViewEntry &view : viewEntries()) {
                m_console.desk()->navigator->openView(view.id);
                QTest::qWait(settle);
                window->currentPage()->shown();
                shoot(view.id);
            }
            m_console.desk()->navigator->openRun(run);
            QTest::qWait(settle);
            shoot(u"run"_s);
            m_console.desk()->navigator->openJob(job);
            QTest::qWait(settle);
            shoot(u"job"_s);
            m_console.desk()->navigator->openView(u"jobs"_s);
            auto *table = window->currentPage()->findChild<Table *>();
            table->selectRow(job);
            dialogs();
        }
    }

private:
    void shoot(const QString &name, QWidget *widget = nullptr)
    {
        QTest::qWait(100);
        const QString file = u"%1/%2-%3.png"_s.arg(m_folder, name, nameOf(m_theme.scheme()));
        if (!(widget ? widget : m_console.window())->grab().save(file))
            qFatal("cannot write %s", qPrintable(file));
    }
    void dialogs()
    {
        for (const auto &[command, name] :
            {std::pair(u"act.run"_s, u"trigger"_s), std::pair(u"job.pause"_s, u"pause"_s),
                std::pair(u"go.palette"_s, u"palette"_s), std::pair(u"help.keys"_s, u"keys"_s)}) {
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
    const QStringList arguments = QApplication::arguments();
    if (arguments.size() != 4) {
        std::fprintf(stderr, "usage: belfry_screenshots FOLDER RUN JOB\n");
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
    Photographer(console, theme, arguments[1]).all(RunId(arguments[2].toLongLong()), arguments[3]);
    return 0;
}

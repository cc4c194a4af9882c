// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/savedviewactions.h"
#include "console/views/table.h"
#include "console/views/undobar.h"
#include "tests/desktop/demowindow.h"
#include "tests/patience.h"

#include <QHeaderView>
#include <QLineEdit>
#include <QListWidget>
#include <QMenu>
#include <QPushButton>

using namespace belfry;
using namespace Qt::StringLiterals;

// Views of one's own, by keyboard, on made-up data.
class TestSavedViewsInWindow : public QObject
{
    Q_OBJECT

    std::unique_ptr<DemoWindow> m_demo;

    QStringList sidebar() const
    {
        auto *list = m_demo->window()->findChild<QListWidget *>(u"navigation"_s);
        QStringList texts;
        for (int row = int(viewEntries().size()); row < list->count(); ++row)
            texts += list->item(row)->text();
        return texts;
    }
    QString marked() const
    {
        auto *list = m_demo->window()->findChild<QListWidget *>(u"navigation"_s);
        return list->currentItem() ? list->currentItem()->text() : QString();
    }
    Page *page() const { return m_demo->window()->currentPage(); }
    Commands *commands() const { return m_demo->desk().commands; }
    void openPage(const QString &id) const { m_demo->desk().navigator->openView(id); }
    // The filter of the page that is seen, by keyboard.
    void filter(const QString &text) const
    {
        m_demo->key(Qt::Key_Slash);
        auto *line = page()->findChild<QLineEdit *>(u"filter"_s);
        line->clear();
        QTest::keyClicks(line, text);
        m_demo->key(line, Qt::Key_Return);
        page()->mainTable()->setFocus();
    }
    // Ctrl+S, a name, Enter.
    bool save(const QString &name) const
    {
        m_demo->key(Qt::Key_S, Qt::ControlModifier);
        QWidget *dialog = m_demo->dialog(u"saveView"_s);
        if (!dialog)
            return false;
        auto *line = dialog->findChild<QLineEdit *>(u"viewName"_s);
        line->selectAll();
        QTest::keyClicks(line, name);
        m_demo->key(line, Qt::Key_Return);
        return comesTrue([&] { return m_demo->window()->savedViews()->current() == name; });
    }

private Q_SLOTS:
    void init()
    {
        m_demo = std::make_unique<DemoWindow>();
        QVERIFY(m_demo->show());
    }
    void cleanup() { m_demo.reset(); }

    void aViewIsSavedAndComesBackByKeyboard()
    {
        m_demo->key(Qt::Key_5, Qt::AltModifier);
        QCOMPARE(m_demo->window()->currentView(), u"jobs"_s);
        Table *table = page()->mainTable();
        filter(u"state:failed"_s);
        table->chooseColumns({u"last"_s, u"job"_s});
        table->sortBy(u"last"_s, true);
        QVERIFY(save(u"Red jobs"_s));
        QCOMPARE(sidebar(), (QStringList{u"Saved"_s, u"Red jobs"_s}));
        QCOMPARE(marked(), u"Red jobs"_s);

        // The page itself is as before.
        m_demo->key(Qt::Key_5, Qt::AltModifier);
        QCOMPARE(page()->filterText(), QString());
        QVERIFY(table->chosenColumns().isEmpty());
        QVERIFY(marked() != u"Red jobs"_s);
        m_demo->key(Qt::Key_1, Qt::AltModifier);

        QVERIFY(m_demo->choose(u"Red jobs"_s));
        QCOMPARE(m_demo->window()->currentView(), u"jobs"_s);
        QCOMPARE(page()->filterText(), u"state:failed"_s);
        QCOMPARE(table->chosenColumns(), (QStringList{u"last"_s, u"job"_s}));
        QCOMPARE(table->sortColumn(), u"last"_s);
        QVERIFY(table->isDescending());
        QCOMPARE(table->horizontalHeader()->hiddenSectionCount(), table->model()->columnCount() - 2);
        QCOMPARE(marked(), u"Red jobs"_s);
    }

    void aViewIsUpdatedRenamedDeletedAndUndone()
    {
        openPage(u"history"_s);
        filter(u"state:failed"_s);
        QVERIFY(save(u"Night"_s));
        filter(u"state:lost"_s);
        QVERIFY(m_demo->choose(u"Update saved view"_s));
        QCOMPARE(m_demo->desk().savedViews->find(u"Night"_s)->filter, u"state:lost"_s);
        m_demo->key(Qt::Key_Z, Qt::ControlModifier);
        QCOMPARE(m_demo->desk().savedViews->find(u"Night"_s)->filter, u"state:failed"_s);

        QVERIFY(m_demo->choose(u"Rename saved view"_s));
        QWidget *dialog = m_demo->dialog(u"saveView"_s);
        QVERIFY(dialog);
        auto *line = dialog->findChild<QLineEdit *>(u"viewName"_s);
        line->clear();
        auto *go = dialog->findChild<QPushButton *>(u"go"_s);
        QVERIFY(!go->isEnabled() && !go->toolTip().isEmpty());
        QTest::keyClicks(line, u"Nights"_s);
        m_demo->key(line, Qt::Key_Return);
        QTRY_COMPARE(sidebar(), (QStringList{u"Saved"_s, u"Nights"_s}));
        QCOMPARE(marked(), u"Nights"_s);

        QVERIFY(m_demo->choose(u"Delete saved view"_s));
        QVERIFY(sidebar().isEmpty());
        QCOMPARE(page()->filterText(), QString());
        QVERIFY(!commands()->action(u"saved.delete"_s)->isEnabled());
        m_demo->key(Qt::Key_Z, Qt::ControlModifier);
        QCOMPARE(sidebar(), (QStringList{u"Saved"_s, u"Nights"_s}));
        QCOMPARE(marked(), u"Nights"_s);
    }

    void arrowsInTheLeftBarReachIt()
    {
        openPage(u"attention"_s);
        page()->setFilter(u"lost"_s);
        QVERIFY(save(u"Lost ones"_s));
        openPage(u"attention"_s);
        QCOMPARE(page()->filterText(), QString());
        auto *list = m_demo->window()->findChild<QListWidget *>(u"navigation"_s);
        list->setFocus();
        m_demo->key(list, Qt::Key_End);
        QCOMPARE(m_demo->window()->savedViews()->current(), u"Lost ones"_s);
        QCOMPARE(page()->filterText(), u"lost"_s);
        list->setFocus();
        m_demo->key(list, Qt::Key_Up); // over the heading
        QCOMPARE(m_demo->window()->savedViews()->current(), QString());
        QCOMPARE(page()->filterText(), QString());
    }

    void aRunIsNoView()
    {
        m_demo->desk().navigator->openJob(m_demo->desk().jobs->at(0).job);
        QVERIFY(!commands()->action(u"saved.save"_s)->isEnabled());
        QVERIFY(!Commands::whyNot(commands()->action(u"saved.save"_s)).isEmpty());
        m_demo->key(Qt::Key_Escape);
        QVERIFY(commands()->action(u"saved.save"_s)->isEnabled());
    }

    void theWindowOpensWithTheViewItWasLeftAt()
    {
        openPage(u"history"_s);
        filter(u"job:sales/*"_s);
        openPage(u"history"_s);
        filter(u"state:failed"_s);
        QVERIFY(save(u"Night"_s));
        filter(u"state:lost"_s);
        const WindowState state = m_demo->window()->state();
        QCOMPARE(state.saved, u"Night"_s);
        openPage(u"jobs"_s);
        m_demo->window()->restore(state);
        QCOMPARE(m_demo->window()->savedViews()->current(), u"Night"_s);
        QCOMPARE(page()->filterText(), u"state:failed"_s);
    }

    void exportAndImportAndTheirFaults()
    {
        openPage(u"jobs"_s);
        QVERIFY(save(u"All"_s));
        const QString path = m_demo->folder() + u"/views.json"_s;
        SavedViewActions *saved = m_demo->window()->savedViews();
        QVERIFY(saved->exportTo(path));
        QVERIFY(!saved->exportTo(u"/nonexistent/x.json"_s));
        saved->importFrom(path);
        QCOMPARE(sidebar(), (QStringList{u"Saved"_s, u"All"_s, u"All (2)"_s}));
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("{\"version\": 1,\n \"views\": [{\"name\" \"x\"}]}");
        file.close();
        saved->importFrom(path);
        QVERIFY2(m_demo->window()->lastNotice().contains(u"line 2"), qPrintable(m_demo->window()->lastNotice()));
        saved->importFrom(m_demo->folder() + u"/none.json"_s);
        QVERIFY(m_demo->window()->lastNotice().contains(u"none.json"));
        QCOMPARE(sidebar().size(), 3);
        // Of a page that is not here: it says so and stays.
        QVERIFY(m_demo->desk().savedViews->put({.name = u"Graph"_s, .icon = u"star"_s, .page = u"graph"_s}));
        saved->open(u"Graph"_s);
        QVERIFY(m_demo->window()->lastNotice().contains(u"graph"));
        QCOMPARE(saved->current(), QString());
    }

    void columnsAreChosenFromAMenu()
    {
        openPage(u"history"_s);
        Table *table = page()->mainTable();
        QVERIFY(m_demo->choose(u"Columns"_s));
        QMenu *menu = nullptr;
        QTRY_VERIFY((menu = table->findChild<QMenu *>(u"columnsMenu"_s)) && menu->isVisible());
        menu->findChild<QAction *>(u"column-agent"_s)->trigger();
        menu->close();
        QVERIFY(!table->chosenColumns().isEmpty());
        QVERIFY(!table->chosenColumns().contains(u"agent"_s));
        table->chooseColumns({u"nonsense"_s});
        QVERIFY(table->chosenColumns().isEmpty());
    }
};

QTEST_MAIN(TestSavedViewsInWindow)
#include "tst_savedviews.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/savedviews.h"

#include <QFile>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace belfry;
using namespace Qt::StringLiterals;

namespace {

const SavedView night{.name = u"Night"_s,
    .icon = u"moon"_s,
    .page = u"history"_s,
    .filter = u"state:failed since:12h"_s,
    .columns = {u"job"_s, u"state"_s},
    .sort = {}};
const SavedView jobs{.name = u"Jobs of fin"_s,
    .icon = u"star"_s,
    .page = u"jobs"_s,
    .filter = u"tag:team=fin"_s,
    .sort = u"next"_s,
    .descending = true};

} // namespace

class TestSavedViews : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void eachChangeIsKept()
    {
        QTemporaryDir folder;
        const QString path = folder.filePath(u"deep/views.json"_s);
        SavedViews views;
        views.keepIn(path);
        QVERIFY(views.all().empty());
        QVERIFY(views.put(night));
        QVERIFY(views.put(jobs));
        SavedView changed = night;
        changed.filter = u"state:lost"_s;
        QVERIFY(views.put(changed)); // takes its place
        QVERIFY(views.rename(u"Jobs of fin"_s, u"Finance"_s));
        QCOMPARE(
            QFile::permissions(path) & (QFile::ReadGroup | QFile::ReadOther | QFile::WriteGroup | QFile::WriteOther),
            QFile::Permissions());
        SavedViews again;
        again.keepIn(path);
        QCOMPARE(again.all().size(), std::size_t(2));
        QCOMPARE(again.all()[0], changed);
        QCOMPARE(again.all()[1].name, u"Finance"_s);
        QCOMPARE(again.all()[1].sort, u"next"_s);
        QVERIFY(again.all()[1].descending);
    }

    void whatIsDeletedComesBackWhereItWas()
    {
        SavedViews views;
        QVERIFY(views.put(night));
        QVERIFY(views.put(jobs));
        const std::size_t place = views.placeOf(night.name);
        QVERIFY(views.remove(night.name));
        QVERIFY(!views.find(night.name));
        QVERIFY(views.insert(place, night));
        QCOMPARE(views.all()[0], night);
    }

    void namesAreNeededAndDiffer()
    {
        SavedViews views;
        QVERIFY(views.put(night));
        QVERIFY(views.put(jobs));
        QVERIFY(!views.rename(u"Night"_s, u"Jobs of fin"_s));
        QVERIFY(!views.rename(u"Night"_s, {}));
        QVERIFY(!views.rename(u"nobody"_s, u"x"_s));
        QVERIFY(views.rename(u"Night"_s, u"Night"_s));
        QVERIFY(!views.faultOfName(QString(SavedViews::longestName + 1, u'x')).isEmpty());
    }

    void anExportComesBackElsewhere()
    {
        const QByteArray text = savedViewsText({night, jobs});
        SavedViews views;
        QVERIFY(views.put(jobs));
        QSignalSpy changed(&views, &SavedViews::changed);
        const auto names = views.add(text);
        QVERIFY(names);
        QCOMPARE(*names, (QStringList{u"Night"_s, u"Jobs of fin (2)"_s}));
        QCOMPARE(changed.size(), 1);
        QCOMPARE(views.all().size(), std::size_t(3));
        QCOMPARE(views.all()[1], night);
    }

    void badTextSaysWhere_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("place");
        QTest::newRow("no JSON") << QByteArray("{\n  \"version\": 1,\n  \"views\": [}\n") << u"line 3, column 1\\d: "_s;
        QTest::newRow("cut") << savedViewsText({night}).left(60) << u"line \\d+, column \\d+: "_s;
        QTest::newRow("empty") << QByteArray() << u"line 1, column 1: "_s;
        QTest::newRow("another file") << QByteArray("{\"jobs\": {}}") << u"version"_s;
        QTest::newRow("version") << QByteArray("{\"version\": 9, \"views\": []}") << u"version: it is 9"_s;
        QTest::newRow("list") << QByteArray("[1]") << u"version"_s;
        QTest::newRow("no page") << QByteArray("{\"version\": 1, \"views\": [{\"name\": \"a\", \"page\": \"jobs\"}, "
                                               "{\"name\": \"b\"}]}")
                                 << u"view 2: .*page"_s;
        QTest::newRow("type") << QByteArray("{\"version\": 1, \"views\": [{\"name\": 7, \"page\": \"jobs\"}]}")
                              << u"view 1: .*name"_s;
        QTest::newRow("unknown field") << QByteArray(
            "{\"version\": 1, \"views\": [{\"name\": \"a\", \"page\": \"jobs\", \"filtr\": \"x\"}]}")
                                       << u"view 1: .*filtr"_s;
        QTest::newRow("no name") << QByteArray("{\"version\": 1, \"views\": [{\"name\": \" \", \"page\": \"jobs\"}]}")
                                 << u"view 1: name"_s;
        QTest::newRow("twice") << savedViewsText({night, night}) << u"view 2: name: .*Night"_s;
        QTest::newRow("huge") << savedViewsText({{.name = u"a"_s, .page = u"jobs"_s, .filter = QString(9000, u'x')}})
                              << u"view 1: .*longer"_s;
    }
    void badTextSaysWhere()
    {
        QFETCH(QByteArray, text);
        QFETCH(QString, place);
        SavedViews views;
        QVERIFY(views.put(jobs));
        const auto added = views.add(text);
        QVERIFY(!added);
        QVERIFY2(QRegularExpression(place).match(added.error().message).hasMatch(), qPrintable(added.error().message));
        QCOMPARE(views.all().size(), std::size_t(1));
    }

    void aFileThatCannotBeUsedIsPutAside()
    {
        QTemporaryDir folder;
        QFile file(folder.filePath(u"views.json"_s));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("{\"version\": 1, \"views\": [");
        file.close();
        SavedViews views;
        QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"put aside.*line 1"_s));
        views.keepIn(file.fileName());
        QVERIFY(views.all().empty());
        QVERIFY(QFile::exists(file.fileName() + u".bad"_s));
        QVERIFY(views.put(night)); // and from now on in a good one
        SavedViews again;
        again.keepIn(file.fileName());
        QCOMPARE(again.all().size(), std::size_t(1));
    }

    void whatCannotBeWrittenIsSaidAndStaysInForce()
    {
        QTemporaryDir folder;
        QFile file(folder.filePath(u"file"_s));
        QVERIFY(file.open(QIODevice::WriteOnly));
        SavedViews views;
        views.keepIn(file.fileName() + u"/below/views.json"_s);
        const Status kept = views.put(night);
        QVERIFY(!kept);
        QVERIFY2(kept.error().message.contains(u"/below: cannot be made"), qPrintable(kept.error().message));
        QVERIFY(views.find(night.name));
    }

    void anIconOfAnotherVersionIsReplaced()
    {
        const auto views = parseSavedViews(savedViewsText({{.name = u"a"_s, .icon = u"rocket"_s, .page = u"jobs"_s}}));
        QVERIFY(views);
        QCOMPARE(views->front().icon, savedViewIcons().front());
    }
};

QTEST_GUILESS_MAIN(TestSavedViews)
#include "tst_savedviews.moc"

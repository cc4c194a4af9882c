// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/desktop/instance.h"
#include "console/desktop/link.h"
#include "console/desktop/windowstate.h"
#include "console/views/exporter.h"

#include <QRegularExpression>
#include <QSignalSpy>
#include <QStandardItemModel>
#include <QTemporaryDir>
#include <QTest>
#include <QThread>

using namespace belfry;
using namespace Qt::StringLiterals;

class TestState : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aStateIsWhatWasSaved()
    {
        QTemporaryDir folder;
        const QString path = folder.filePath(u"deep/er/console.json"_s);
        QCOMPARE(loadWindowState(path), WindowState());
        const WindowState state{.geometry = u"AAEC"_s,
            .view = u"history"_s,
            .tabs = {u"run-7"_s, u"job-p/a"_s},
            .filters = {{u"history"_s, u"state:failed"_s}},
            .zone = u"1"_s,
            .theme = u"dark"_s,
            .layouts = {{u"jobs"_s, u"tree sales"_s}}};
        QVERIFY(saveWindowState(path, state));
        QCOMPARE(loadWindowState(path), state);
        QCOMPARE(
            QFile::permissions(path) & (QFile::ReadGroup | QFile::ReadOther | QFile::WriteGroup | QFile::WriteOther),
            QFile::Permissions());
    }

    void whatCannotBeReadIsPutAside_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("cut") << QByteArray("{\"version\": 1, \"view\"");
        QTest::newRow("other") << QByteArray("{\"version\": 99}");
        QTest::newRow("no version") << QByteArray("{}");
        QTest::newRow("types") << QByteArray("{\"version\": 1, \"tabs\": 7}");
        QTest::newRow("empty") << QByteArray();
    }
    void whatCannotBeReadIsPutAside()
    {
        QFETCH(QByteArray, text);
        QTemporaryDir folder;
        QFile file(folder.filePath(u"console.json"_s));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(text);
        file.close();
        QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"put aside"_s));
        QCOMPARE(loadWindowState(file.fileName()), WindowState());
        QVERIFY(!file.exists());
        QVERIFY(QFile::exists(file.fileName() + u".bad"_s));
    }

    void linksAreStrict_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<bool>("good");
        QTest::newRow("run") << u"belfry://prod/run/123"_s << true;
        QTest::newRow("job") << u"belfry://127.0.0.1:7410/job/p/a-b"_s << true;
        QTest::newRow("place") << u"belfry://prod"_s << true;
        QTest::newRow("line") << u"belfry://prod/run/123?line=4510"_s << true;
        QTest::newRow("line of an attempt") << u"belfry://prod/run/123?attempt=2&line=4510"_s << true;
        QTest::newRow("no line") << u"belfry://prod/run/123?line="_s << false;
        QTest::newRow("other question") << u"belfry://prod/run/123?token=1"_s << false;
        QTest::newRow("other scheme") << u"http://prod/run/1"_s << false;
        QTest::newRow("no number") << u"belfry://prod/run/x"_s << false;
        QTest::newRow("user") << u"belfry://a@prod/run/1"_s << false;
        QTest::newRow("more") << u"belfry://prod/run/1/../2"_s << false;
        QTest::newRow("break") << u"belfry://prod/run/1\nrun"_s << false;
        QTest::newRow("huge") << u"belfry://prod/run/"_s + QString(30, u'9') << false;
    }
    void linksAreStrict()
    {
        QFETCH(QString, text);
        QFETCH(bool, good);
        const auto link = parseLink(text);
        QCOMPARE(link.has_value(), good);
        if (link)
            QCOMPARE(linkText(*link), text);
    }

    void aSecondStartHandsOver()
    {
        const QString place = u"ws://127.0.0.1:%1"_s.arg(QCoreApplication::applicationPid());
        Instance first(place);
        QVERIFY(!first.handOver(u"nobody"_s));
        first.serve();
        QSignalSpy received(&first, &Instance::received);
        bool taken = false;
        const std::unique_ptr<QThread> second(
            QThread::create([&] { taken = Instance(place).handOver(u"belfry://x/run/5"_s); }));
        second->start();
        QVERIFY(QTest::qWaitFor([&] { return second->isFinished(); }, 30'000));
        QVERIFY(taken);
        QCOMPARE(received.size(), 1);
        QCOMPARE(received[0][0].toString(), u"belfry://x/run/5"_s);
        QVERIFY(!Instance(place + u"9"_s).handOver(u"another backend"_s));
    }

    void exportsAreSafeToOpen()
    {
        QStandardItemModel model(2, 2);
        model.setHorizontalHeaderLabels({u"Job"_s, u"Reason, said"_s});
        model.setItem(0, 0, new QStandardItem(u"=cmd|' /C calc'!A0"_s));
        model.setItem(0, 1, new QStandardItem(u"he said \"no\""_s));
        model.setItem(1, 0, new QStandardItem(u"-5"_s));
        model.setItem(1, 1, new QStandardItem(u"two\nlines"_s));
        QCOMPARE(QString::fromUtf8(rowsAsCsv(model)),
            u"Job,\"Reason, said\"\r\n'=cmd|' /C calc'!A0,\"he said \"\"no\"\"\"\r\n-5,\"two\nlines\"\r\n"_s);
        QVERIFY(!exportTo(u"/nonexistent/x.csv"_s, model));
    }
};

QTEST_MAIN(TestState)
#include "tst_state.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/patience.h"

#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTemporaryDir>

using namespace Qt::StringLiterals;

namespace {

struct Ended {
    int code = -1;
    QByteArray out;
    QByteArray err;
};

} // namespace

// The built program, for everything that needs no backend.
class TestProgram : public QObject
{
    Q_OBJECT

    QTemporaryDir m_home;

    QProcessEnvironment environment() const
    {
        QProcessEnvironment environment;
        environment.insert(u"HOME"_s, m_home.path());
        environment.insert(u"PATH"_s, qEnvironmentVariable("PATH"));
        environment.insert(u"TZ"_s, u"UTC"_s);
        environment.insert(u"ASAN_OPTIONS"_s, qEnvironmentVariable("ASAN_OPTIONS"));
        return environment;
    }

    Ended belfry(const QStringList &arguments, const QProcessEnvironment &environment) const
    {
        QProcess process;
        process.setProcessEnvironment(environment);
        process.setWorkingDirectory(m_home.path());
        process.start(qEnvironmentVariable("BELFRY_BIN") + u"/belfry"_s, arguments);
        process.closeWriteChannel();
        if (!process.waitForFinished(60'000))
            return {-2, process.readAllStandardOutput(), process.errorString().toUtf8()};
        return {process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -3, process.readAllStandardOutput(),
            process.readAllStandardError()};
    }
    Ended belfry(const QStringList &arguments) const { return belfry(arguments, environment()); }

    QString write(const QString &name, const QByteArray &text) const
    {
        const QString path = m_home.filePath(name);
        QDir().mkpath(QFileInfo(path).path());
        QFile file(path);
        if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size())
            qFatal("cannot write %s", qPrintable(path));
        return path;
    }

private Q_SLOTS:
    void aloneItSaysHowItIsUsed()
    {
        const Ended alone = belfry({});
        QCOMPARE(alone.code, 2);
        QVERIFY(alone.out.isEmpty());
        QVERIFY(alone.err.contains("Usage: belfry VERB"));
        const Ended help = belfry({u"help"_s});
        QCOMPARE(help.code, 0);
        QCOMPARE(help.out, alone.err);
        QCOMPARE(belfry({u"run"_s, u"--help"_s}).code, 0);
        QVERIFY(belfry({u"help"_s, u"run"_s}).out.contains("Examples:"));
        QCOMPARE(belfry({u"help"_s, u"nothing"_s}).code, 2);
        QVERIFY(belfry({u"--version"_s}).out.startsWith("belfry "));
    }

    void wrongUseIsTwo()
    {
        const Ended verb = belfry({u"statsu"_s});
        QCOMPARE(verb.code, 2);
        QVERIFY(verb.out.isEmpty());
        QVERIFY2(verb.err.contains("did you mean 'status'?"), verb.err.constData());
        QCOMPARE(belfry({u"why"_s, u"3"_s, u"--at"_s, u"now"_s}).code, 2);
        QCOMPARE(belfry({u"show"_s, u"three"_s}).code, 2);
        QCOMPARE(belfry({u"runs"_s, u"--since"_s, u"soon"_s}).code, 2);
        QCOMPARE(belfry({u"run"_s, u"j"_s, u"-p"_s, u"novalue"_s}).code, 2);
        QCOMPARE(belfry({u"run"_s, u"j"_s, u"--force"_s}).code, 2);
        QCOMPARE(belfry({u"logs"_s, u"1"_s, u"--raw"_s, u"--timestamps"_s}).code, 2);
        QCOMPARE(belfry({u"next"_s, u"--zone"_s, u"UTC"_s}).code, 2);
        QCOMPARE(belfry({u"ps"_s, u"--url"_s, u"http://x"_s}).code, 2);
        QCOMPARE(belfry({u"ps"_s, u"--context"_s, u"nowhere"_s}).code, 2);
    }

    void previewsACronText()
    {
        const Ended next = belfry({u"next"_s, u"--cron"_s, u"30 2 * * *"_s, u"--zone"_s, u"Europe/Berlin"_s,
            u"--from"_s, u"2026-03-28T00:00:00Z"_s, u"-n"_s, u"3"_s, u"-o"_s, u"json"_s});
        QCOMPARE(next.code, 0);
        QCOMPARE(next.err, QByteArray());
        const QJsonArray entries = QJsonDocument::fromJson(next.out).array();
        QCOMPARE(entries.size(), 3);
        QCOMPARE(entries[0].toObject().keys(), (QStringList{u"at"_s, u"local"_s, u"note"_s, u"reason"_s}));
        QCOMPARE(entries[0][u"at"].toString(), u"2026-03-28T01:30:00.000Z"_s);
        QVERIFY(entries[0][u"note"].isNull());
        QCOMPARE(entries[1][u"at"].toString(), u"2026-03-29T01:00:00.000Z"_s);
        QCOMPARE(entries[1][u"note"].toString(), u"moved"_s);
        QVERIFY(entries[1][u"local"].toString().startsWith(u"2026-03-29T03:00:00"_s));
        QVERIFY(entries[1][u"local"].toString().endsWith(u"+02:00"_s));
        QVERIFY(!entries[1][u"reason"].toString().isEmpty());
    }

    void aCronTextThatNeverFiresHasAnEmptyList()
    {
        const Ended never = belfry({u"next"_s, u"--cron"_s, u"0 0 30 2 *"_s, u"-o"_s, u"json"_s});
        QCOMPARE(never.code, 0);
        QVERIFY(QJsonDocument::fromJson(never.out).isArray());
        QVERIFY(QJsonDocument::fromJson(never.out).array().isEmpty());
    }

    void aBadExpressionIsSixWithItsPlace()
    {
        const Ended bad = belfry({u"next"_s, u"--cron"_s, u"30 25 * * *"_s});
        QCOMPARE(bad.code, 6);
        QVERIFY(bad.out.isEmpty());
        QVERIFY2(bad.err.contains("column 4") && bad.err.contains("    30 25 * * *\n       ^\n"), bad.err.constData());
        QCOMPARE(belfry({u"next"_s, u"--cron"_s, u"* * * * *"_s, u"--zone"_s, u"Mars/Base"_s}).code, 6);
        QCOMPARE(belfry({u"next"_s, u"--cron"_s, u"H * * * *"_s}).code, 6);
        QCOMPARE(belfry({u"next"_s, u"--cron"_s, u"H * * * *"_s, u"--id"_s, u"p/j"_s}).code, 0);
        const Ended hostile = belfry({u"next"_s, u"--cron"_s, u"\x1b[2J * * * *"_s});
        QCOMPARE(hostile.code, 6);
        QVERIFY(!hostile.err.contains('\x1b'));
    }

    void everyFormOfAList()
    {
        const QStringList call{
            u"next"_s, u"--cron"_s, u"@daily"_s, u"--from"_s, u"2026-01-01"_s, u"-n"_s, u"2"_s, u"-o"_s};
        QCOMPARE(belfry(call + QStringList{u"name"_s}).out,
            QByteArray("2026-01-01T00:00:00.000Z\n2026-01-02T00:00:00.000Z\n"));
        QVERIFY(
            belfry(call + QStringList{u"csv"_s}).out.startsWith("at,local,note,reason\r\n2026-01-01T00:00:00.000Z,"));
        QCOMPARE(belfry(call + QStringList{u"jsonl"_s}).out.count('\n'), 2);
        QVERIFY(belfry(call + QStringList{u"table"_s}).out.contains("\nAT "));
        QVERIFY(belfry(call + QStringList{u"wide"_s}).out.contains(" UTC "));
    }

    void colourNeverGoesIntoAPipeByItself()
    {
        const QStringList call{u"next"_s, u"--cron"_s, u"@daily"_s, u"-n"_s, u"1"_s};
        QVERIFY(!belfry(call).out.contains('\x1b'));
        QVERIFY(belfry(call + QStringList{u"--color"_s, u"always"_s}).out.contains('\x1b'));
    }

    void startsFast()
    {
        QElapsedTimer timer;
        qint64 best = 1'000'000;
        for (int i = 0; i < 5; ++i) {
            timer.start();
            QCOMPARE(belfry({u"next"_s, u"--cron"_s, u"@daily"_s}).code, 0);
            best = std::min(best, timer.elapsed());
        }
        // About 25 ms on an idle machine; far more only where something slow has crept in.
        QVERIFY2(best < 1000, qPrintable(QString::number(best)));
    }

    void validatesWithPlaceCaretAndHint()
    {
        const QString bad = write(u"bad/a.yaml"_s, "project: p\njobs:\n  a:\n    comand: [/bin/true]\n");
        const Ended ended = belfry({u"validate"_s, bad});
        QCOMPARE(ended.code, 6);
        QVERIFY2(ended.out.contains("a.yaml:4:5: error: ") && ended.out.contains("did you mean 'command'?")
                && ended.out.contains("    comand: [/bin/true]\n        ^"),
            ended.out.constData());
        const Ended json = belfry({u"validate"_s, u"bad"_s, u"-o"_s, u"json"_s});
        QCOMPARE(json.code, 6);
        const QJsonArray problems = QJsonDocument::fromJson(json.out).array();
        QVERIFY(!problems.isEmpty());
        QCOMPARE(problems[0][u"line"].toInt(), 4);
        QCOMPARE(problems[0][u"column"].toInt(), 5);
    }

    void validatesWhatIsGood()
    {
        write(u"good/a.yaml"_s, "project: p\njobs:\n  a: {command: [/bin/true]}\n");
        write(u"good/deep/b.yml"_s, "project: p\njobs:\n  b: {command: [/bin/true]}\n");
        write(u"good/notes.txt"_s, "not: [yaml");
        const Ended ended = belfry({u"validate"_s, u"good"_s});
        QCOMPARE(ended.code, 0);
        QCOMPARE(ended.out, QByteArray("2 jobs of project p in 2 files: good\n"));
        QCOMPARE(QJsonDocument::fromJson(belfry({u"validate"_s, u"good"_s, u"-o"_s, u"json"_s}).out).isArray(), true);
    }

    void validateNamesWhatIsNotThere()
    {
        const Ended ended = belfry({u"validate"_s, u"nowhere.yaml"_s});
        QCOMPARE(ended.code, 6);
        QVERIFY(ended.out.contains("nowhere.yaml"));
        QCOMPARE(belfry({u"validate"_s}).code, 2);
        write(u"binary.yaml"_s, QByteArray("project: \xff\x00\n", 12));
        QCOMPARE(belfry({u"validate"_s, u"binary.yaml"_s}).code, 6);
    }

    void printsTheSchema()
    {
        const Ended ended = belfry({u"validate"_s, u"--schema"_s});
        QCOMPARE(ended.code, 0);
        QVERIFY(QJsonDocument::fromJson(ended.out).object().contains(u"$schema"));
    }

    void badFilesNeverReachTheBackend()
    {
        write(u"b.yaml"_s, QByteArray("project: \xff\n"));
        QCOMPARE(belfry({u"apply"_s, u"b.yaml"_s, u"--url"_s, u"ws://127.0.0.1:1"_s}).code, 6);
        QCOMPARE(belfry({u"apply"_s, u"nowhere"_s, u"--url"_s, u"ws://127.0.0.1:1"_s}).code, 6);
    }

    void aRefusedTokenIsFourAtOnce_data()
    {
        QTest::addColumn<QByteArray>("status");
        QTest::newRow("401") << QByteArray("401 Unauthorized");
        QTest::newRow("403") << QByteArray("403 Forbidden");
    }
    void aRefusedTokenIsFourAtOnce()
    {
        QFETCH(QByteArray, status);
        QTcpServer server;
        QVERIFY(server.listen(QHostAddress::LocalHost));
        connect(&server, &QTcpServer::newConnection, &server, [&] {
            QTcpSocket *socket = server.nextPendingConnection();
            connect(socket, &QTcpSocket::readyRead, socket, [socket, status] {
                socket->write("HTTP/1.1 " + status + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
                socket->disconnectFromHost();
            });
        });
        QProcess process;
        process.setProcessEnvironment(environment());
        process.start(qEnvironmentVariable("BELFRY_BIN") + u"/belfry"_s,
            {u"ps"_s, u"--url"_s, u"ws://127.0.0.1:%1"_s.arg(server.serverPort())});
        QTRY_COMPARE_WITH_TIMEOUT(process.state(), QProcess::NotRunning, 20'000); // far from the 30 s of no backend
        QCOMPARE(process.exitCode(), 4);
        QVERIFY(process.readAllStandardOutput().isEmpty());
        QVERIFY(process.readAllStandardError().contains("token"));
    }

    void aTokenFileThatIsNotThereIsFour()
    {
        const Ended ended = belfry({u"ps"_s, u"--url"_s, u"ws://127.0.0.1:1"_s, u"--token-file"_s, u"/nonexistent"_s});
        QCOMPARE(ended.code, 4);
        QVERIFY(ended.err.contains("/nonexistent"));
    }

    void noBackendIsSevenAfterHalfAMinute()
    {
        QElapsedTimer timer;
        timer.start();
        const Ended ended = belfry({u"ps"_s, u"--url"_s, u"ws://127.0.0.1:1"_s});
        QCOMPARE(ended.code, 7);
        QVERIFY2(timer.elapsed() >= 29'000, qPrintable(QString::number(timer.elapsed())));
        QVERIFY2(ended.err.contains("ws://127.0.0.1:1") && ended.err.contains("30s"), ended.err.constData());
        QVERIFY(ended.out.isEmpty());
    }
};

QTEST_GUILESS_MAIN(TestProgram)
#include "tst_program.moc"

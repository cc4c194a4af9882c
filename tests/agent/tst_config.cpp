// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/config.h"
#include "agent/facts.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <unistd.h>

using namespace belfry;
using namespace Qt::StringLiterals;

namespace {

// argv as main() gets it.
class Arguments
{
public:
    explicit Arguments(const QStringList &list)
    {
        m_texts.push_back("belfry-agent");
        for (const QString &each : list)
            m_texts.push_back(each.toUtf8());
        for (QByteArray &text : m_texts)
            m_pointers.push_back(text.data());
        m_pointers.push_back(nullptr);
    }
    int count() const { return int(m_texts.size()); }
    char **data() { return m_pointers.data(); }

private:
    std::vector<QByteArray> m_texts;
    std::vector<char *> m_pointers;
};

Result<AgentConfig> read(const QStringList &list)
{
    Arguments arguments(list);
    return readAgentConfig(arguments.count(), arguments.data());
}

} // namespace

class TestConfig : public QObject
{
    Q_OBJECT

    QTemporaryDir m_folder;

    QString path(const QString &name) const { return m_folder.path() + u'/' + name; }
    QString write(
        const QString &name, const QByteArray &text, QFile::Permissions mode = QFile::ReadOwner | QFile::WriteOwner)
    {
        QFile file(path(name));
        if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size())
            qFatal("cannot write %s", qPrintable(file.fileName()));
        file.setPermissions(mode);
        return file.fileName();
    }

private Q_SLOTS:
    void init()
    {
        for (const char *name : {"BELFRY_URL", "BELFRY_TOKEN", "BELFRY_TOKEN_FILE", "STATE_DIRECTORY"})
            qunsetenv(name);
        qputenv("XDG_STATE_HOME", "/state");
    }

    void defaultsAreThoseOfTheHost()
    {
        const auto config = read({u"--token-file"_s, write(u"t"_s, "secret\n")});
        QVERIFY2(config, config ? "" : qPrintable(config.error().message));
        QCOMPARE(config->backend, u"ws://127.0.0.1:7410"_s);
        QCOMPARE(config->name, hostName());
        QCOMPARE(config->slots, cpuCount());
        QCOMPARE(config->data, u"/state/belfry-agent"_s);
        QCOMPARE(config->attemptsPerSupervisor, 64);
        QVERIFY(config->labels.empty() && !config->ephemeral && !config->allowInsecureNetwork);
        qputenv("STATE_DIRECTORY", "/var/lib/belfry-agent:/other");
        QCOMPARE(read({u"--token-file"_s, path(u"t"_s)})->data, u"/var/lib/belfry-agent"_s);
    }

    void theCommandLineWinsOverTheEnvironmentAndThatOverTheFile()
    {
        const QString token = write(u"t"_s, "secret");
        const QString file = write(u"c.yaml"_s,
            "backend: ws://127.0.0.1:1\ntoken_file: " + token.toUtf8()
                + "\nname: file\nslots: 5\nlabels: [a, b=1]\n"
                  "data: /file\nephemeral: true\nattempts_per_supervisor: 1\n");
        auto config = read({u"--config"_s, file});
        QVERIFY2(config, config ? "" : qPrintable(config.error().message));
        QCOMPARE(config->backend, u"ws://127.0.0.1:1"_s);
        QCOMPARE(config->name, u"file"_s);
        QCOMPARE(config->slots, 5);
        QCOMPARE(config->labels, (std::map<QString, QString>{{u"a"_s, u""_s}, {u"b"_s, u"1"_s}}));
        QCOMPARE(config->data, u"/file"_s);
        QVERIFY(config->ephemeral);
        QCOMPARE(config->attemptsPerSupervisor, 1);
        qputenv("BELFRY_URL", "ws://127.0.0.1:2");
        qputenv("BELFRY_TOKEN", " other\n");
        config = read({u"--config"_s, file});
        QCOMPARE(config->backend, u"ws://127.0.0.1:2"_s);
        QCOMPARE(*readToken(*config), QByteArray("other"));
        config = read({u"--config"_s, file, u"--backend"_s, u"ws://127.0.0.1:3"_s, u"--token-file"_s, token,
            u"--name"_s, u"flag"_s, u"--labels"_s, u"c"_s, u"--slots"_s, u"7"_s, u"--data"_s, u"rel"_s});
        QCOMPARE(config->backend, u"ws://127.0.0.1:3"_s);
        QCOMPARE(*readToken(*config), QByteArray("secret"));
        QCOMPARE(config->name, u"flag"_s);
        QCOMPARE(config->labels, (std::map<QString, QString>{{u"c"_s, u""_s}}));
        QCOMPARE(config->slots, 7);
        QVERIFY(config->data.startsWith(u'/') && config->data.endsWith(u"/rel"));
        qunsetenv("BELFRY_TOKEN");
        qputenv("BELFRY_TOKEN_FILE", write(u"env"_s, "fromenv").toUtf8());
        QCOMPARE(*readToken(*read({u"--config"_s, file})), QByteArray("fromenv"));
    }

    void labelsMayBeAMapInTheFile()
    {
        const QString token = write(u"t"_s, "secret");
        const QString file = write(u"c.yaml"_s, "labels: {gpu: '', zone: eu}\n");
        QCOMPARE(read({u"--config"_s, file, u"--token-file"_s, token})->labels,
            (std::map<QString, QString>{{u"gpu"_s, u""_s}, {u"zone"_s, u"eu"_s}}));
    }

    void whatIsPrintedIsReadTheSame()
    {
        const QString token = write(u"t"_s, "secret");
        const auto config = read({u"--token-file"_s, token, u"--labels"_s, u"x,y=a\"b\\c"_s, u"--ephemeral"_s});
        const QString file = write(u"printed.yaml"_s, printConfig(*config).toUtf8());
        auto again = read({u"--config"_s, file});
        QVERIFY2(again, again ? "" : qPrintable(again.error().message));
        again->file.clear();
        QCOMPARE(printConfig(*again), printConfig(*config));
        QVERIFY(*again == *config);
        QVERIFY(!printConfig(*config).contains(u"secret"));
    }

    void badFilesNameThePlace_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("message");
        QTest::newRow("unknown key") << QByteArray("slots: 1\nlabls: [a]\n")
                                     << u":2:1: error: the key 'labls' is unknown; did you mean 'labels'?"_s;
        QTest::newRow("range") << QByteArray("slots: 0\n") << u":1:8: error: 0 is out of range, 1 to 10000"_s;
        QTest::newRow("type") << QByteArray("ephemeral: yes\n") << u":1:12: error: "_s;
        QTest::newRow("fact") << QByteArray("labels: [os=plan9]\n")
                              << u":1:9: error: the label 'os' is a fact of the host and cannot be set"_s;
        QTest::newRow("bad label") << QByteArray("labels: ['a b']\n") << u":1:9: error: 'a b' is no label"_s;
        QTest::newRow("syntax") << QByteArray("slots: [1\n") << u": error: "_s;
        QTest::newRow("list") << QByteArray("- a\n") << u":1:1: error: expected a map"_s;
        QTest::newRow("binary") << QByteArray("\xff\xfe\0\0", 4) << u": error: "_s;
    }
    void badFilesNameThePlace()
    {
        QFETCH(QByteArray, text);
        QFETCH(QString, message);
        const QString file = write(u"bad.yaml"_s, text);
        const auto config = read({u"--config"_s, file, u"--token-file"_s, write(u"t"_s, "x")});
        QVERIFY(!config);
        QCOMPARE(config.error().kind, ErrorKind::Invalid);
        QVERIFY2(config.error().message.contains(file) && config.error().message.contains(message),
            qPrintable(config.error().message));
    }

    void badCallsSayWhatToDo_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<QString>("message");
        const auto row = [](const char *name, const QStringList &arguments, const QString &message) {
            QTest::newRow(name) << arguments << message;
        };
        row("no token", {}, u"--token-file"_s);
        row("network in clear", {u"--backend"_s, u"ws://192.0.2.1"_s}, u"allow_insecure_network"_s);
        row("no url", {u"--backend"_s, u"http://127.0.0.1"_s}, u"ws://127.0.0.1:7410"_s);
        row("a name with a blank", {u"--name"_s, u"a b"_s}, u"--name"_s);
        row("no slots", {u"--slots"_s, u"0"_s}, u"--slots"_s);
        row("label given twice", {u"--labels"_s, u"a=1,a=2"_s}, u"given twice"_s);
        row("a label's value", {u"--labels"_s, u"a=\x01"_s}, u"printable"_s);
        row("absent file", {u"--config"_s, u"/no/such.yaml"_s}, u"/no/such.yaml"_s);
        row("absent token file", {u"--token-file"_s, u"/no/such"_s}, u"/no/such"_s);
        row("unknown option", {u"--tokn"_s, u"x"_s}, u"--tokn"_s);
    }
    void badCallsSayWhatToDo()
    {
        QFETCH(QStringList, arguments);
        QFETCH(QString, message);
        if (QByteArray(QTest::currentDataTag()) != "no token" && !arguments.contains(u"--token-file"_s))
            arguments += {u"--token-file"_s, write(u"t"_s, "x")};
        const auto config = read(arguments);
        QVERIFY(!config);
        QVERIFY2(config.error().message.contains(message), qPrintable(config.error().message));
    }

    void insecureNetworkIsAWishOfTheFile()
    {
        const QString token = write(u"t"_s, "x");
        const QString file = write(u"c.yaml"_s, "allow_insecure_network: true\nbackend: ws://192.0.2.1\n");
        QVERIFY(read({u"--config"_s, file, u"--token-file"_s, token}));
        QVERIFY(read({u"--backend"_s, u"wss://192.0.2.1"_s, u"--token-file"_s, token}));
    }

    void tokensThatOthersCouldReadAreRefused_data()
    {
        QTest::addColumn<int>("mode");
        QTest::addColumn<bool>("good");
        QTest::newRow("ours alone") << 0x600 << true;
        QTest::newRow("a group may read") << 0x640 << true;
        QTest::newRow("all may read") << 0x644 << false;
        QTest::newRow("a group may write") << 0x660 << false;
    }
    void tokensThatOthersCouldReadAreRefused()
    {
        QFETCH(int, mode);
        QFETCH(bool, good);
        const QString file
            = write(u"t"_s, "secret", QFile::Permissions(QFlag(mode)) | QFile::ReadUser | QFile::WriteUser);
        QCOMPARE(bool(read({u"--token-file"_s, file})), good);
    }

    void aFileWithoutATokenIsNone_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("blank") << QByteArray(" \n");
        QTest::newRow("two lines") << QByteArray("a\nb\n");
        QTest::newRow("binary") << QByteArray("a\0b", 3);
        QTest::newRow("huge") << QByteArray(10'000, 'x');
    }
    void aFileWithoutATokenIsNone()
    {
        QFETCH(QByteArray, text);
        const auto config = read({u"--token-file"_s, write(u"t"_s, text)});
        QVERIFY(!config);
        QVERIFY(config.error().message.contains(u"holds no token"));
    }

    void aFileThatOthersMayWriteIsRefused()
    {
        const QString file = write(
            u"c.yaml"_s, "slots: 1\n", QFile::ReadOwner | QFile::WriteOwner | QFile::ReadOther | QFile::WriteOther);
        const auto config = read({u"--config"_s, file, u"--token-file"_s, write(u"t"_s, "x")});
        QVERIFY(!config);
        QVERIFY(config.error().message.contains(u"chmod"));
    }
};

QTEST_GUILESS_MAIN(TestConfig)
#include "tst_config.moc"

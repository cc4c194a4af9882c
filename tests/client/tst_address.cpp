// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/client/address.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace belfry;
using namespace Qt::StringLiterals;

class TestAddress : public QObject
{
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> m_folder;
    Environment m_environment;

    QString write(const QString &name, const QByteArray &text)
    {
        const QString path = m_folder->filePath(name);
        QDir().mkpath(QFileInfo(path).path());
        QFile file(path);
        if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size())
            qFatal("cannot write %s", qPrintable(path));
        return path;
    }
    Result<Address> find(const AddressFlags &flags = {}) const
    {
        return findAddress(flags, m_environment, m_folder->filePath(u"system"_s));
    }
    void writeConfig()
    {
        write(u"config/belfry/config.yaml"_s,
            "current: test\n"
            "contexts:\n"
            "  test: {url: \"ws://localhost:1111\", token_file: ~/test.token}\n"
            "  prod: {url: \"wss://belfry.example\", token_file: /prod.token}\n"
            "  lab: {url: \"ws://lab.example:99\", insecure: true}\n");
    }

private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        m_environment = {{u"HOME"_s, m_folder->path()}, {u"XDG_CONFIG_HOME"_s, m_folder->filePath(u"config"_s)}};
    }

    void theLocalBackendIsTheLastResort()
    {
        const auto address = find();
        QVERIFY(address);
        QCOMPARE(address->url, QUrl(u"ws://127.0.0.1:7410"_s));
        QCOMPARE(address->urlSource, u"the local backend"_s);
        QCOMPARE(*address->bearer(), QByteArray()); // there is no token yet; there may be one at the next try
        write(u"system/admin.token"_s, "system\n");
        QCOMPARE(*address->bearer(), QByteArray("system"));
        write(u".local/state/belfry/admin.token"_s, "  own\n");
        QCOMPARE(*address->bearer(), QByteArray("own"));
        m_environment[u"XDG_STATE_HOME"_s] = m_folder->filePath(u"state"_s);
        write(u"state/belfry/admin.token"_s, "state");
        QCOMPARE(*find()->bearer(), QByteArray("state"));
    }

    void flagsComeBeforeTheEnvironmentAndThatBeforeTheFile()
    {
        writeConfig();
        QCOMPARE(find()->url, QUrl(u"ws://localhost:1111"_s));
        QCOMPARE(find()->urlSource, u"context test"_s);
        QCOMPARE(find()->tokenFiles, QStringList{m_folder->filePath(u"test.token"_s)});
        m_environment[u"BELFRY_CONTEXT"_s] = u"prod"_s;
        QCOMPARE(find()->url, QUrl(u"wss://belfry.example:7410"_s));
        QCOMPARE(find()->tokenFiles, QStringList{u"/prod.token"_s});
        m_environment[u"BELFRY_URL"_s] = u"ws://127.0.0.1:2222"_s;
        QCOMPARE(find()->url, QUrl(u"ws://127.0.0.1:2222"_s));
        QCOMPARE(find({.context = u"prod"_s})->url, QUrl(u"wss://belfry.example:7410"_s));
        QCOMPARE(find({.url = u"ws://[::1]:3333"_s, .context = u"prod"_s})->url, QUrl(u"ws://[::1]:3333"_s));
    }

    void tokensHaveTheSameOrder()
    {
        writeConfig();
        m_environment[u"BELFRY_TOKEN_FILE"_s] = u"/env.token"_s;
        QCOMPARE(find()->tokenFiles, QStringList{u"/env.token"_s});
        m_environment[u"BELFRY_TOKEN"_s] = u" env "_s;
        QCOMPARE(*find()->bearer(), QByteArray("env"));
        QCOMPARE(find({.tokenFile = u"/flag.token"_s})->tokenFiles, QStringList{u"/flag.token"_s});
        QVERIFY(find({.tokenFile = u"/flag.token"_s})->token.isEmpty());
    }

    void aTokenGoesNowhereButWhereItBelongs()
    {
        writeConfig();
        write(u".local/state/belfry/admin.token"_s, "own");
        // Neither the context's token nor the local one is for another host.
        QCOMPARE(*find({.url = u"wss://elsewhere.example"_s})->bearer(), QByteArray());
        QVERIFY(find({.url = u"wss://elsewhere.example"_s, .context = u"prod"_s})->tokenFiles.isEmpty());
        // The same backend by another way is still the same.
        QCOMPARE(
            find({.url = u"wss://belfry.example"_s, .context = u"prod"_s})->tokenFiles, QStringList{u"/prod.token"_s});
        QCOMPARE(*find({.url = u"ws://127.0.0.1:7499"_s})->bearer(), QByteArray("own"));
    }

    void clearTextStaysOnThisHost()
    {
        writeConfig();
        const auto refused = find({.url = u"ws://belfry.example:7410"_s});
        QVERIFY(!refused);
        QCOMPARE(refused.error().kind, ErrorKind::Invalid);
        QVERIFY(refused.error().message.startsWith(u"--url"_s));
        QVERIFY(find({.context = u"lab"_s})); // somebody wrote that it may
    }

    void namesWhatIsWrong_data()
    {
        QTest::addColumn<QByteArray>("config");
        QTest::addColumn<QString>("says");
        QTest::newRow("unknown key") << QByteArray("curent: x\n") << u"config.yaml:1:1"_s;
        QTest::newRow("no url") << QByteArray("contexts:\n  a: {token_file: x}\n") << u"a context has a url"_s;
        QTest::newRow("unknown key in a context")
            << QByteArray("contexts:\n  a: {url: ws://localhost, tokn_file: x}\n") << u"token_file"_s;
        QTest::newRow("no map") << QByteArray("contexts: [a]\n") << u"config.yaml:1:11"_s;
        QTest::newRow("context is no map") << QByteArray("contexts:\n  a: ws://localhost\n") << u"config.yaml:2:6"_s;
        QTest::newRow("unknown context") << QByteArray("current: prd\ncontexts:\n  prod: {url: ws://localhost}\n")
                                         << u"did you mean 'prod'?"_s;
        QTest::newRow("bad url") << QByteArray("current: a\ncontexts:\n  a: {url: 'http://x'}\n") << u"context a"_s;
        QTest::newRow("no yaml") << QByteArray("{") << u"config.yaml"_s;
    }
    void namesWhatIsWrong()
    {
        QFETCH(QByteArray, config);
        QFETCH(QString, says);
        write(u"config/belfry/config.yaml"_s, config);
        const auto address = find();
        QVERIFY(!address);
        QCOMPARE(address.error().kind, ErrorKind::Invalid);
        QVERIFY2(address.error().message.contains(says), qPrintable(address.error().message));
    }

    void aNamedTokenFileHasToBeThere()
    {
        const auto address = find({.tokenFile = m_folder->filePath(u"none"_s)});
        QVERIFY(address);
        const auto bearer = address->bearer();
        QVERIFY(!bearer);
        QCOMPARE(bearer.error().kind, ErrorKind::Denied);
        QVERIFY(bearer.error().message.contains(m_folder->filePath(u"none"_s)));
    }

    void aTokenFileHoldsOneToken_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("empty") << QByteArray("\n");
        QTest::newRow("two") << QByteArray("one\ntwo\n");
        QTest::newRow("header injection") << QByteArray("a\r\nHost: evil");
        QTest::newRow("binary") << QByteArray("\x01\xff");
    }
    void aTokenFileHoldsOneToken()
    {
        QFETCH(QByteArray, text);
        const auto bearer = find({.tokenFile = write(u"bad.token"_s, text)})->bearer();
        QVERIFY(!bearer);
        QCOMPARE(bearer.error().kind, ErrorKind::Denied);
    }
};

QTEST_APPLESS_MAIN(TestAddress)
#include "tst_address.moc"

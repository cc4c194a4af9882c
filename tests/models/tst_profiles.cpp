// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/connectioncheck.h"
#include "console/models/profiles.h"
#include "tests/client/fakebackend.h"
#include "tests/patience.h"

#include <QDir>
#include <QSignalSpy>
#include <QTcpServer>
#include <QTemporaryDir>

using namespace belfry;
using namespace Qt::StringLiterals;

namespace {

constexpr auto otherRights = QFile::ReadGroup | QFile::WriteGroup | QFile::ReadOther | QFile::WriteOther;

} // namespace

// Backends with names, as the command line keeps them, and what a try of one says.
class TestProfiles : public QObject
{
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> m_folder;

    Environment environment() const
    {
        return {{u"HOME"_s, m_folder->path()}, {u"XDG_CONFIG_HOME"_s, m_folder->filePath(u"config"_s)}};
    }
    void writeFile(const QByteArray &text) const
    {
        QDir().mkpath(m_folder->filePath(u"config/belfry"_s));
        QFile file(configFile(environment()));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(text);
        file.setPermissions(QFile::ReadOwner | QFile::WriteOwner);
    }
    static std::pair<bool, QString> tried(const Address &address)
    {
        ConnectionCheck check;
        QSignalSpy ended(&check, &ConnectionCheck::ended);
        check.start(address);
        if (!comesTrue([&] { return !ended.isEmpty(); }))
            return {false, u"nothing came of it"_s};
        return {ended[0][0].toBool(), ended[0][1].toString()};
    }

private Q_SLOTS:
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }

    void aProfileIsAContext()
    {
        Profiles profiles(environment());
        QVERIFY(profiles.load());
        QVERIFY(profiles.all().empty());
        QVERIFY(profiles.save({.name = u"prod"_s, .url = u"wss://belfry.example"_s, .color = u"red"_s}, "abc123"));
        const Profile *prod = profiles.find(u"prod"_s);
        QVERIFY(prod);
        QCOMPARE(prod->tokenFile, profiles.tokenFileOf(u"prod"_s));
        QFile token(prod->tokenFile);
        QVERIFY(token.open(QIODevice::ReadOnly));
        QCOMPARE(token.readAll(), QByteArray("abc123\n"));
        QVERIFY(!(token.permissions() & otherRights));
        // The command line sees the same.
        const auto contexts = readContexts(configFile(environment()));
        QVERIFY(contexts);
        QCOMPARE(contexts->current, u"prod"_s);
        QCOMPARE(contexts->all.front().name, u"prod"_s);
        QCOMPARE(contexts->all.front().tokenFile, prod->tokenFile);
        Profiles again(environment());
        QVERIFY(again.load());
        QCOMPARE(again.all(), std::vector<Profile>{*prod}); // with its colour
        const auto address = profiles.addressOf(u"prod"_s);
        QVERIFY(address);
        QCOMPARE(profileName(*address), u"prod"_s);
        QCOMPARE(*address->bearer(), QByteArray("abc123"));
    }

    void aChangeLosesNothingThatWasWrittenMeanwhile()
    {
        Profiles profiles(environment());
        QVERIFY(profiles.save({.name = u"a"_s, .url = u"wss://a.example"_s}, {}));
        auto contexts = *readContexts(configFile(environment()));
        contexts.all.push_back({.name = u"b"_s, .url = u"wss://b.example"_s});
        QVERIFY(writeContexts(configFile(environment()), contexts));
        QVERIFY(profiles.save({.name = u"a2"_s, .url = u"wss://a.example"_s}, {}, u"a"_s));
        QCOMPARE(profiles.all().size(), std::size_t(2));
        QCOMPARE(profiles.all()[0].name, u"a2"_s);
        QCOMPARE(readContexts(configFile(environment()))->current, u"a2"_s);
        const Profile b = *profiles.find(u"b"_s);
        QVERIFY(profiles.remove(u"a2"_s));
        QVERIFY(profiles.remove(u"b"_s));
        QVERIFY(profiles.insert(0, b));
        QVERIFY(!profiles.insert(0, b));
        QCOMPARE(profiles.all(), std::vector<Profile>{b});
    }

    void aWrongFileIsNotTouchedAndHasItsPlace()
    {
        writeFile("contexts:\n  a: {url: \"wss://a.example\", colour: pink}\n");
        Profiles profiles(environment());
        const Status read = profiles.load();
        QVERIFY(!read);
        QVERIFY2(read.error().message.contains(u"config.yaml:2:"), qPrintable(read.error().message));
        QVERIFY(!profiles.save({.name = u"b"_s, .url = u"wss://b.example"_s}, {}));
        QVERIFY(!profiles.remove(u"a"_s));
        QFile file(profiles.file());
        QVERIFY(file.open(QIODevice::ReadOnly));
        QVERIFY(file.readAll().contains("pink"));
    }

    void faultsAreSaidBeforeAnythingIsWritten_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("url");
        QTest::addColumn<QByteArray>("token");
        QTest::newRow("no name") << QString() << u"wss://a.example"_s << QByteArray();
        QTest::newRow("odd name") << u"a b"_s << u"wss://a.example"_s << QByteArray();
        QTest::newRow("path") << u"../x"_s << u"wss://a.example"_s << QByteArray();
        QTest::newRow("taken") << u"there"_s << u"wss://a.example"_s << QByteArray();
        QTest::newRow("no address") << u"a"_s << QString() << QByteArray();
        QTest::newRow("http") << u"a"_s << u"http://a.example"_s << QByteArray();
        QTest::newRow("in clear") << u"a"_s << u"ws://a.example"_s << QByteArray();
        QTest::newRow("two words") << u"a"_s << u"wss://a.example"_s << QByteArray("to ken");
    }
    void faultsAreSaidBeforeAnythingIsWritten()
    {
        QFETCH(QString, name);
        QFETCH(QString, url);
        QFETCH(QByteArray, token);
        Profiles profiles(environment());
        QVERIFY(profiles.save({.name = u"there"_s, .url = u"wss://a.example"_s}, {}));
        const Profile profile{.name = name, .url = url};
        QVERIFY(!profiles.faultOf(profile, token, {}).isEmpty());
        QVERIFY(!profiles.save(profile, token));
        QCOMPARE(profiles.all().size(), std::size_t(1));
        QCOMPARE(QDir(m_folder->filePath(u"config/belfry"_s)).entryList(QDir::Files), QStringList{u"config.yaml"_s});
    }

    void aTryTellsTheRoleOrTheReason()
    {
        FakeBackend backend;
        backend.hello.role = u"operator"_s;
        const auto [good, words] = tried({.url = backend.url(), .token = "t"});
        QVERIFY2(good, qPrintable(words));
        QVERIFY(words.contains(u"9.9") && words.contains(u"operator"));

        backend.hello.protocol = 99;
        const auto other = tried({.url = backend.url(), .token = "t"});
        QVERIFY(!other.first);
        QVERIFY2(other.second.contains(u"protocol 99"), qPrintable(other.second));
    }

    void aTryOfNothingSaysSoAtOnce()
    {
        QUrl nowhere;
        {
            QTcpServer server;
            QVERIFY(server.listen(QHostAddress::LocalHost));
            nowhere = QUrl(u"ws://127.0.0.1:%1"_s.arg(server.serverPort()));
        }
        const auto [good, words] = tried({.url = nowhere, .token = "t"});
        QVERIFY(!good);
        QVERIFY2(words.contains(u"refused", Qt::CaseInsensitive), qPrintable(words));
        QCOMPARE(tried({.url = nowhere}).second, u"No token is given."_s);
        const Address unreadable{
            .url = nowhere, .tokenFiles = {m_folder->filePath(u"none"_s)}, .tokenFileRequired = true};
        QVERIFY(tried(unreadable).second.contains(m_folder->filePath(u"none"_s)));
    }
};

QTEST_GUILESS_MAIN(TestProfiles)
#include "tst_profiles.moc"

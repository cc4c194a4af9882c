// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/client/contexts.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace belfry;
using namespace Qt::StringLiterals;

namespace {

class Folder
{
public:
    QString file() const { return m_folder.filePath(u"belfry/config.yaml"_s); }
    void write(const QByteArray &text) const
    {
        QDir().mkpath(m_folder.filePath(u"belfry"_s));
        QFile out(file());
        if (!out.open(QIODevice::WriteOnly) || out.write(text) != text.size())
            qFatal("cannot write");
        out.setPermissions(QFile::ReadOwner | QFile::WriteOwner);
    }

private:
    QTemporaryDir m_folder;
};

} // namespace

class TestContexts : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whatIsWrittenIsReadAgain()
    {
        const Folder folder;
        QCOMPARE(*readContexts(folder.file()), Contexts());
        const Contexts contexts{.current = u"prod"_s,
            .all = {{u"prod"_s, u"wss://belfry.example:7410"_s, u"~/a \"quoted\" \\ täxt: #1.token"_s, false},
                {u"lab.2"_s, u"ws://lab:1"_s, {}, true}, {u"true"_s, u"ws://[::1]:5"_s, u"/t"_s, false}}};
        QVERIFY(writeContexts(folder.file(), contexts));
        QCOMPARE(*readContexts(folder.file()), contexts);
        QVERIFY(!(QFile::permissions(folder.file())
            & (QFile::ReadGroup | QFile::WriteGroup | QFile::ReadOther | QFile::WriteOther)));
        QVERIFY(writeContexts(folder.file(), Contexts()));
        QCOMPARE(*readContexts(folder.file()), Contexts());
    }

    void whatIsWrongHasItsPlace_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("says");
        QTest::newRow("key") << QByteArray("curent: a\n") << u"config.yaml:1:1"_s;
        QTest::newRow("twice") << QByteArray("current: a\ncurrent: b\n") << u"config.yaml:2:"_s;
        QTest::newRow("no url") << QByteArray("contexts:\n  a: {token_file: x}\n") << u"has a url"_s;
        QTest::newRow("no map") << QByteArray("contexts:\n  a: b\n") << u"no map"_s;
        QTest::newRow("name") << QByteArray("contexts:\n  \"a b\": {url: x}\n") << u"no name"_s;
        QTest::newRow("bool") << QByteArray("contexts:\n  a: {url: x, insecure: yes}\n") << u"config.yaml:2:"_s;
        QTest::newRow("yaml") << QByteArray("contexts: {\n") << u"config.yaml:"_s;
    }
    void whatIsWrongHasItsPlace()
    {
        QFETCH(QByteArray, text);
        QFETCH(QString, says);
        const Folder folder;
        folder.write(text);
        const auto contexts = readContexts(folder.file());
        QVERIFY(!contexts);
        QCOMPARE(contexts.error().kind, ErrorKind::Invalid);
        QVERIFY2(contexts.error().message.contains(says), qPrintable(contexts.error().message));
    }

    void aFileThatOthersCanWriteIsRefused()
    {
        const Folder folder;
        folder.write("contexts: {}\n");
        QVERIFY(readContexts(folder.file()));
        QVERIFY(QFile::setPermissions(
            folder.file(), QFile::ReadOwner | QFile::WriteOwner | QFile::ReadGroup | QFile::WriteGroup));
        const auto contexts = readContexts(folder.file());
        QVERIFY(!contexts && contexts.error().message.contains(u"chmod 600"_s));
    }

    void names()
    {
        for (const QString &good : {u"a"_s, u"prod-1"_s, u"A.b_c"_s})
            QVERIFY(isContextName(good));
        for (const QString &bad : {u""_s, u"-a"_s, u"a b"_s, u"ä"_s, u"a/b"_s, QString(65, u'x')})
            QVERIFY(!isContextName(bad));
        const Contexts contexts{.current = {}, .all = {{u"production"_s, u"ws://h"_s, {}, false}}};
        QVERIFY(findContext(contexts, u"prodution"_s).error().message.contains(u"did you mean 'production'"_s));
        QCOMPARE(findContext(contexts, u"prodution"_s).error().kind, ErrorKind::NotFound);
    }

    void theFolder()
    {
        QCOMPARE(configFile({{u"HOME"_s, u"/h"_s}}), u"/h/.config/belfry/config.yaml"_s);
        QCOMPARE(configFile({{u"HOME"_s, u"/h"_s}, {u"XDG_CONFIG_HOME"_s, u"/c"_s}}), u"/c/belfry/config.yaml"_s);
        QCOMPARE(configFile({{u"HOME"_s, u"/h"_s}, {u"XDG_CONFIG_HOME"_s, u"rel"_s}}), u"/h/.config/belfry/config.yaml"_s);
    }
};

QTEST_GUILESS_MAIN(TestContexts)
#include "tst_contexts.moc"

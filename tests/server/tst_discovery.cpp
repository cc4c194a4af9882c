// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/server/discovery.h"
#include "tests/server/signature.h"

#include <QFile>
#include <QTest>

using namespace belfry;
using namespace Qt::StringLiterals;

namespace {

const QString startMark = u"<!-- computed: the rest of this file; BELFRY_UPDATE_DOCS=1 server_tst_discovery writes it -->\n"_s;

// Of interfaces.md section 5.
const QStringList promised{u"job.apply"_s, u"job.diff"_s, u"job.list"_s, u"job.get"_s, u"job.history"_s,
    u"project.releases"_s, u"project.rollback"_s, u"job.pause"_s, u"job.resume"_s, u"run.trigger"_s, u"run.list"_s,
    u"run.get"_s, u"run.cancel"_s, u"run.rerun"_s, u"run.declare_lost"_s, u"schedule.next"_s, u"ledger.list"_s,
    u"ledger.verify"_s, u"explain.run"_s, u"explain.job"_s, u"log.open"_s, u"log.credit"_s, u"log.read"_s,
    u"agent.list"_s, u"agent.drain"_s, u"agent.resume"_s, u"agent.forget"_s, u"watch.open"_s, u"watch.close"_s,
    u"server.status"_s, u"server.doctor"_s, u"server.backup"_s, u"token.create"_s, u"token.list"_s, u"token.revoke"_s,
    u"rpc.discover"_s};

QString methodText(const wire::MethodSchema &method)
{
    const QString params = signatureOf(method.params.toObject());
    const QString result = signatureOf(method.result.toObject());
    return u"### %1\n\nRole %2: %3.\n\n```\nparams %4\nresult %5\n```\n\n"_s.arg(
        method.method, nameOf(method.needs), method.summary, params, result);
}

QString newsText(const wire::NewsSchema &news)
{
    return u"### %1\n\n%2.\n\n```\n%3\n```\n\n"_s.arg(news.name,
        news.summary.left(1).toUpper() + news.summary.sliced(1), signatureOf(news.params.toObject()));
}

QString computedText()
{
    const wire::DiscoverReply &api = discovery();
    QString text = u"## Methods\n\n"_s;
    for (const wire::MethodSchema &each : api.methods)
        text += methodText(each);
    text += u"## Notifications of the server\n\n"_s;
    for (const wire::NewsSchema &each : api.notifications)
        text += newsText(each);
    text += u"## Binary frames\n\n"_s;
    for (const wire::NewsSchema &each : api.frames)
        text += newsText(each);
    text += u"## Errors\n\n| code | data.code | when |\n| --- | --- | --- |\n"_s;
    for (const wire::ErrorCode &each : api.errors)
        text += u"| %1 | `%2` | %3 |\n"_s.arg(each.code).arg(each.name, each.summary);
    text += u"\n## Closes\n\n| code | when |\n| --- | --- |\n"_s;
    for (const wire::CloseCode &each : api.closes)
        text += u"| %1 | %2 |\n"_s.arg(each.code).arg(each.summary);
    return text;
}

} // namespace

class TestDiscovery : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyPromisedMethodIsThere()
    {
        QStringList found;
        for (const wire::MethodSchema &each : discovery().methods) {
            QVERIFY2(!found.contains(each.method), qPrintable(each.method));
            QVERIFY2(!each.summary.isEmpty(), qPrintable(each.method));
            found += each.method;
        }
        for (const QString &method : promised)
            QVERIFY2(found.contains(method), qPrintable(method));
    }

    void schemasAreClosedAndTellDefaults()
    {
        for (const wire::MethodSchema &each : discovery().methods) {
            const QJsonObject params = each.params.toObject();
            QCOMPARE(params[u"type"_s].toString(), u"object"_s);
            QCOMPARE(params[u"additionalProperties"_s], QJsonValue(false));
            QCOMPARE(each.result.toObject()[u"type"_s].toString(), u"object"_s);
            if (each.method == u"run.list"_s)
                QCOMPARE(params[u"properties"_s][u"limit"_s][u"default"_s].toInt(), 50);
        }
    }

    void signatures()
    {
        const QJsonObject schema{{u"type"_s, u"object"_s},
            {u"properties"_s,
                QJsonObject{{u"a"_s, QJsonObject{{u"type"_s, u"integer"_s}, {u"default"_s, 5}}},
                    {u"b"_s, QJsonObject{{u"enum"_s, QJsonArray{u"x"_s, u"y"_s}}}},
                    {u"c"_s,
                        QJsonObject{{u"anyOf"_s,
                            QJsonArray{QJsonObject{{u"type"_s, u"string"_s}}, QJsonObject{{u"type"_s, u"null"_s}}}}}},
                    {u"d"_s, QJsonObject{{u"type"_s, u"array"_s}, {u"items"_s, QJsonObject{}}}}}},
            {u"required"_s, QJsonArray{u"b"_s}}};
        QCOMPARE(signatureOf(schema), u"{a?: integer = 5, b: \"x\" | \"y\", c?: string | null, d?: [any]}"_s);
        QCOMPARE(signatureOf({{u"type"_s, u"object"_s}}), u"{}"_s);
    }

    void theDocumentSaysWhatIsComputed()
    {
        QFile file(QStringLiteral(BELFRY_SOURCE_DIR) + u"/docs/protocol.md"_s);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QString text = QString::fromUtf8(file.readAll());
        file.close();
        const qsizetype at = text.indexOf(startMark);
        QVERIFY2(at >= 0, "docs/protocol.md has lost its mark");
        const QString wanted = text.left(at) + startMark + u'\n' + computedText();
        if (text != wanted && qEnvironmentVariableIsSet("BELFRY_UPDATE_DOCS")) {
            QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
            QCOMPARE(file.write(wanted.toUtf8()), wanted.toUtf8().size());
        } else if (text != wanted) {
            const QStringList is = text.split(u'\n');
            const QStringList should = wanted.split(u'\n');
            qsizetype line = 0;
            while (line < is.size() && line < should.size() && is[line] == should[line])
                ++line;
            QFAIL(qPrintable(u"docs/protocol.md is out of date at line %1: has `%2`, should have `%3`; run this test with BELFRY_UPDATE_DOCS=1"_s
                                 .arg(line + 1)
                                 .arg(is.value(line), should.value(line))));
        }
    }
};

QTEST_GUILESS_MAIN(TestDiscovery)
#include "tst_discovery.moc"

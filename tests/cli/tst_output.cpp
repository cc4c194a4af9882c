// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/cli/looks.h"
#include "console/cli/output.h"
#include "console/cli/sheets.h"

#include <QJsonDocument>
#include <QTest>

using namespace belfry;
using namespace Qt::StringLiterals;

namespace {

const View view{Instant(1'700'000'000'000), Zone::utc()};

wire::RunRow someRun()
{
    wire::RunRow run;
    run.id = RunId(42);
    run.jobName = u"sales/load"_s;
    run.state = RunState::Running;
    run.queuedAt = view.now - 90s;
    run.startedAt = view.now - 60s;
    run.attempts = 1;
    run.agent = u"db1"_s;
    return run;
}

template <class Row> QString tableOf(const Row &row, const ListLook<Row> &look, bool wide = false)
{
    std::vector<ColumnLook> titles;
    std::vector<std::vector<Cell>> cells(1);
    for (const auto &column : look.columns)
        if (wide || !column.wideOnly) {
            titles.push_back({column.title, column.right, column.shrinks});
            cells[0].push_back(column.cell(row));
        }
    return tableText(titles, cells, {});
}

} // namespace

class TestOutput : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void jsonIsSafeOnATerminalAndMeansTheSame()
    {
        const QJsonObject object{{u"a"_s, u"x\x1b[2J\u202e\u009b\u2028\x7f夜🚀"_s}, {u"n"_s, qint64(9007199254740993)},
            {u"tag"_s, QString::fromUcs4(U"\U000E0041")}};
        for (const QByteArray &text : {jsonText(object), jsonLine(object)}) {
            for (const char32_t each : QString::fromUtf8(text).toUcs4())
                QVERIFY2(each == U'\n' || QChar::category(each) != QChar::Other_Control, text.constData());
            QVERIFY(!text.contains("\xe2\x80\xae"));
            QVERIFY(text.contains("夜🚀"));
            QCOMPARE(QJsonDocument::fromJson(text).object(), object);
            QVERIFY(text.endsWith('\n'));
        }
        QCOMPARE(jsonLine(object).count('\n'), 1);
        QCOMPARE(QJsonDocument::fromJson(jsonText(QJsonArray())).isArray(), true);
    }

    void csvIsQuotedAndHoldsNoFormulas()
    {
        const QList<QJsonObject> rows{{{u"a"_s, u"plain"_s}, {u"b"_s, u"x,\"y\"\nz"_s}, {u"c"_s, 3}},
            {{u"a"_s, u"=cmd()"_s}, {u"b"_s, QJsonValue()}, {u"c"_s, true}, {u"d"_s, QJsonArray{1, u"x"_s}}},
            {{u"a"_s, u"-2"_s}, {u"b"_s, u"@x"_s}, {u"c"_s, -2}}};
        QCOMPARE(csvText(rows, {u"a"_s, u"b"_s, u"c"_s, u"d"_s}),
            QByteArray("a,b,c,d\r\n"
                       "plain,\"x,\"\"y\"\"\nz\",3,\r\n"
                       "'=cmd(),,true,\"[1,\"\"x\"\"]\"\r\n"
                       "'-2,'@x,-2,\r\n"));
    }

    void liveRunsSayWhatTheyDo()
    {
        QCOMPARE(tableOf(someRun(), liveRunsLook(view)),
            u"RUN  JOB         STATE    CAUSE   QUEUED  TOOK  DONE  TRIES  EXIT  AGENT  REASON\n"
            " 42  sales/load  running  manual  1m ago    1m            1        db1\n"_s);
        wire::RunRow halfWay = someRun();
        halfWay.progress = 99.96;
        halfWay.progressMessage = u"half way"_s;
        QCOMPARE(tableOf(halfWay, liveRunsLook(view)),
            u"RUN  JOB         STATE    CAUSE   QUEUED  TOOK    DONE  TRIES  EXIT  AGENT  REASON\n"
            " 42  sales/load  running  manual  1m ago    1m  99.9 %      1        db1    half way\n"_s);
        wire::RunRow away = someRun();
        away.unreachableSince = view.now - 120s;
        QVERIFY(tableOf(away, liveRunsLook(view)).contains(u"running, unreachable for 2m"_s));
        QVERIFY(tableOf(away, liveRunsLook(view), true).contains(u"2023-11-14 22:12:20"_s)); // STARTED
    }

    void anAgentIsConnectedOrWasSeen()
    {
        Agent agent{.name = u"db1"_s, .state = AgentState::Online, .lastSeen = view.now - 600s};
        QVERIFY(tableOf(agent, agentsLook(view)).contains(u"  connected  "_s));
        agent.state = AgentState::Unreachable;
        QVERIFY(tableOf(agent, agentsLook(view)).contains(u"  10m ago  "_s));
    }

    void aRunAsJsonHasWhatScriptsReadOfIt()
    {
        const QJsonObject row = runsLook(view).json(someRun());
        QCOMPARE(row[u"run"].toInteger(), 42);
        QCOMPARE(row[u"state"].toString(), u"running"_s);
        QCOMPARE(row[u"queued_at"].toString(), u"2023-11-14T22:11:50.000Z"_s);
        QVERIFY(row[u"unreachable_since"].isNull());
        QVERIFY(row[u"ended_at"].isNull());
        QVERIFY(!row.contains(u"attempts"));
        QVERIFY(runSheet({someRun(), {}}, view, {}).json[u"attempts"].isArray());
    }

    void nextHasFourKeysWithoutAJobAndTheJobWithOne()
    {
        const wire::NextEntry entry{.job = u"p/j"_s, .at = view.now, .local = u"2023-11-14T22:13:20.000+00:00"_s};
        QCOMPARE(nextLook(view, false).json(entry).keys(), (QStringList{u"at"_s, u"local"_s, u"note"_s, u"reason"_s}));
        QVERIFY(nextLook(view, false).json(entry)[u"note"].isNull());
        QCOMPARE(nextLook(view, true).json(entry)[u"job"].toString(), u"p/j"_s);
    }

    void namesAreThatOfTheRow()
    {
        QCOMPARE(runsLook(view).name(someRun()), u"42"_s);
        QCOMPARE(agentsLook(view).name(Agent{.name = u"db1"_s}), u"db1"_s);
    }

    void applySaysWhatChanged()
    {
        const wire::ApplyReply reply{u"p"_s, 4, {u"p/a"_s}, {u"p/b"_s}, {u"p/c"_s}, 1, {}};
        const Sheet sheet = applySheet(reply, false);
        QCOMPARE(sheetText(sheet.lines, {}) + sheet.below,
            u"added    p/a\nchanged  p/b\nremoved  p/c\n1 job unchanged; release 4 of p is active\n"_s);
        QVERIFY(applySheet(reply, true).below.contains(u"nothing was done"_s));
    }
};

QTEST_APPLESS_MAIN(TestOutput)
#include "tst_output.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/policy/player.h"

#include <QDir>
#include <QRegularExpression>
#include <QTest>

using namespace belfry;
using namespace belfry::policy;
using namespace Qt::StringLiterals;

namespace {

QString textOf(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()) : QString();
}

QStringList timelineNames()
{
    QStringList names;
    const QDir folder(QStringLiteral(BELFRY_SOURCE_DIR "/tests/policy/timelines"));
    for (const QString &name : folder.entryList({u"*.timeline"_s}, QDir::Files, QDir::Name))
        names.push_back(name.chopped(9));
    return names;
}

QString pathOf(const QString &name)
{
    return QStringLiteral(BELFRY_SOURCE_DIR "/tests/policy/timelines/") + name + u".timeline"_s;
}

} // namespace

class TestTimelines : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void playsAsExpected_data()
    {
        QTest::addColumn<QString>("name");
        for (const QString &name : timelineNames())
            QTest::addRow("%s", qPrintable(name)) << name;
    }

    void playsAsExpected()
    {
        QFETCH(QString, name);
        const auto timeline = parseTimeline(name + u".timeline"_s, textOf(pathOf(name)));
        QVERIFY2(timeline, timeline ? "" : qPrintable(timeline.error().message));
        QVERIFY2(timeline->ledger && timeline->starts, "it must say what it expects of the ledger and of the starts");
        const auto played = play(*timeline);
        QVERIFY2(played, played ? "" : qPrintable(played.error().message));
        const QStringList wrong = differences(*timeline, *played);
        QVERIFY2(wrong.isEmpty(), qPrintable(u'\n' + wrong.join(u'\n')));
    }

    void thereAreEnough() { QVERIFY(timelineNames().size() >= 60); }

    // docs/semantics.md names each of them, and none that is not there.
    void theDocumentNamesThemAll()
    {
        const QString document = textOf(QStringLiteral(BELFRY_SOURCE_DIR "/docs/semantics.md"));
        QSet<QString> named;
        const QRegularExpression reference(u"`([a-z0-9-]+)\\.timeline`"_s);
        for (const auto &match : reference.globalMatch(document))
            named.insert(match.captured(1));
        const QStringList all = timelineNames();
        for (const QString &name : all)
            QVERIFY2(named.remove(name), qPrintable(u"docs/semantics.md does not name %1.timeline"_s.arg(name)));
        QVERIFY2(named.isEmpty(),
            qPrintable(u"docs/semantics.md names what is not there: "_s + QStringList(named.values()).join(u' ')));
    }

    void saysWhereATextIsWrong_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("message");
        const auto row = [](const char *name, const char *text, const char *message) {
            QTest::addRow("%s", name) << QString::fromLatin1(text) << QString::fromLatin1(message);
        };
        row("no start", "10:00 end\n", "t:1: a timeline begins with `start TIME`");
        row("no end", "start 2026-01-05T10:00\n", "t: it needs `TIME end` after its start");
        row("unknown verb", "start 2026-01-05T10:00\n10:05 stopp\n", "t:2: 'stopp' is none of");
        row("bad time", "start 2026-01-05T10:00\n25:61 end\n", "t:2: '25:61' is neither a time nor");
        row("bad job", "start 2026-01-05T10:00\n10:00 apply\n  jobs:\n    a: {overlap: skp}\n",
            "t:4: expected queue, skip, replace or allow");
        row("loose line", "start 2026-01-05T10:00\n  lost\n", "t:2: this line belongs to nothing");
        row("twice", "start 2026-01-05T10:00\nexpect ledger\nexpect ledger\n", "t:3: `expect ledger` is there twice");
        row("down", "start 2026-01-05T10:00\n11:00 down\n", "t:2: write it like `11:00 down until 12:10`");
    }

    void saysWhereATextIsWrong()
    {
        QFETCH(QString, text);
        QFETCH(QString, message);
        const auto timeline = parseTimeline(u"t"_s, text);
        QVERIFY(!timeline);
        QVERIFY2(timeline.error().message.startsWith(message), qPrintable(timeline.error().message));
    }

    void namesTheLineOfADifference()
    {
        const auto timeline = parseTimeline(u"t"_s,
            u"start 2026-01-05T10:00\n10:00 apply\n  jobs:\n    a: {schedule: [{every: 1h, name: r}]}\n10:30 end\n"
            "expect ledger\n  10:00 a r ran run 2 v1\nexpect starts\n"_s);
        QVERIFY(timeline);
        const auto played = play(*timeline);
        QVERIFY(played);
        QCOMPARE(differences(*timeline, *played),
            (QStringList{u"t:7: expected `10:00 a r ran run 2 v1`, found `10:00 a r ran run 1 v1`"_s,
                u"t:0: after this, found also `10:00 a run 1 schedule for 10:00`"_s}));
    }

    void refusesWhatCannotBe()
    {
        const auto timeline
            = parseTimeline(u"t"_s, u"start 2026-01-05T10:00\n10:10 down until 10:20\n10:15 run a\n11:00 end\n"_s);
        QVERIFY(timeline);
        const auto played = play(*timeline);
        QVERIFY(!played);
        QCOMPARE(played.error().message, u"t:3: the backend is down then"_s);
    }
};

QTEST_APPLESS_MAIN(TestTimelines)
#include "tst_timelines.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/time/preview.h"
#include "shared/time/rule.h"

#include <QElapsedTimer>
#include <QTest>

using namespace belfry;
using namespace Qt::StringLiterals;

namespace {

Instant instant(const QString &text)
{
    return *parseRfc3339(text);
}

// `2026-03-29T03:00:00+02:00 moved`: the local time of each entry and its note.
QStringList shown(const std::vector<Occurrence> &entries, const Zone &zone)
{
    QStringList lines;
    for (const Occurrence &entry : entries) {
        QString line = toRfc3339(entry.at, zone).replace(u".000"_s, QString());
        if (entry.note != OccurrenceNote::None)
            line += u' ' + noteName(entry.note);
        lines += line;
    }
    return lines;
}

struct Asked {
    const char *cron;
    const char *zone;
    const char *from;
    int count;
    const char *gap = "run";
    const char *fold = "first";
};

QStringList asked(const Asked &question)
{
    const auto answer = preview({.cron = QString::fromLatin1(question.cron),
        .zone = QString::fromLatin1(question.zone),
        .gap = QString::fromLatin1(question.gap),
        .fold = QString::fromLatin1(question.fold),
        .id = u"job"_s,
        .from = instant(QString::fromLatin1(question.from)),
        .count = question.count});
    if (!answer)
        return {answer.error().message};
    return shown(answer->entries, *Zone::make(QString::fromLatin1(question.zone)));
}

Rule made(const RuleSpec &spec, const Calendars &calendars = {}, const char *zone = "UTC")
{
    const auto rule = Rule::make(spec, *Zone::make(QString::fromLatin1(zone)), calendars, u"job"_s);
    if (!rule)
        qFatal("%s", qPrintable(rule.error().message));
    return *rule;
}

} // namespace

class TestRule : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void followsClockChanges_data()
    {
        QTest::addColumn<Asked>("question");
        QTest::addColumn<QStringList>("entries");
        const auto row = [](const char *name, const Asked &question, const QStringList &entries) {
            QTest::newRow(name) << question << entries;
        };
        row("wall time in a gap", {"30 2 * * *", "Europe/Berlin", "2026-03-28T00:00:00Z", 3},
            {u"2026-03-28T02:30:00+01:00"_s, u"2026-03-29T03:00:00+02:00 moved"_s, u"2026-03-30T02:30:00+02:00"_s});
        row("several are one", {"0,15,30 2 * * *", "Europe/Berlin", "2026-03-29T00:00:00Z", 2},
            {u"2026-03-29T03:00:00+02:00 moved"_s, u"2026-03-30T02:00:00+02:00"_s});
        row("onto one that is due anyway", {"30 2,3 * * *", "Europe/Berlin", "2026-03-29T00:00:00Z", 2},
            {u"2026-03-29T03:00:00+02:00 moved"_s, u"2026-03-29T03:30:00+02:00"_s});
        row("merged", {"0 2,3 * * *", "Europe/Berlin", "2026-03-29T00:00:00Z", 2},
            {u"2026-03-29T03:00:00+02:00 merged"_s, u"2026-03-30T02:00:00+02:00"_s});
        row("gap: skip", {"30 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", 1, "skip"},
            {u"2026-03-29T03:00:00+02:00 skipped"_s, u"2026-03-30T02:30:00+02:00"_s});
        row("gap: skip beside one that is due", {"0 2,3 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", 2, "skip"},
            {u"2026-03-29T01:59:59.999+01:00 skipped"_s, u"2026-03-29T03:00:00+02:00"_s,
                u"2026-03-30T02:00:00+02:00"_s});
        row("elapsed in a gap", {"*/30 * * * *", "Europe/Berlin", "2026-03-29T00:00:00Z", 4},
            {u"2026-03-29T01:00:00+01:00"_s, u"2026-03-29T01:30:00+01:00"_s, u"2026-03-29T03:00:00+02:00"_s,
                u"2026-03-29T03:30:00+02:00"_s});
        row("elapsed by its minute", {"*/30 2 * * *", "Europe/Berlin", "2026-03-29T00:00:00Z", 1, "run", "both"},
            {u"2026-03-30T02:00:00+02:00"_s});
        row("elapsed by its hour", {"30 */2 * * *", "Europe/Berlin", "2026-03-28T23:30:00Z", 2},
            {u"2026-03-29T00:30:00+01:00"_s, u"2026-03-29T04:30:00+02:00"_s});
        row("a wall rule that looks elapsed", {"0/30 0/1 * * *", "Europe/Berlin", "2026-03-29T00:30:00Z", 3},
            {u"2026-03-29T01:30:00+01:00"_s, u"2026-03-29T03:00:00+02:00 merged"_s, u"2026-03-29T03:30:00+02:00"_s});
        row("seconds never decide", {"*/20 30 2 * * *", "Europe/Berlin", "2026-03-29T00:00:00Z", 2},
            {u"2026-03-29T03:00:00+02:00 moved"_s, u"2026-03-30T02:30:00+02:00"_s});
        row("the end of a gap is not in it", {"0 3 * * *", "Europe/Berlin", "2026-03-29T00:00:00Z", 1},
            {u"2026-03-29T03:00:00+02:00"_s});
        row("wall time in an overlap", {"30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z", 2},
            {u"2026-10-25T02:30:00+02:00"_s, u"2026-10-26T02:30:00+01:00"_s});
        row("fold: second", {"30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z", 2, "run", "second"},
            {u"2026-10-25T02:30:00+01:00 repeated"_s, u"2026-10-26T02:30:00+01:00"_s});
        row("fold: both", {"30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z", 3, "run", "both"},
            {u"2026-10-25T02:30:00+02:00"_s, u"2026-10-25T02:30:00+01:00 repeated"_s, u"2026-10-26T02:30:00+01:00"_s});
        row("asked inside the second pass", {"30 2 * * *", "Europe/Berlin", "2026-10-25T01:10:00Z", 1},
            {u"2026-10-26T02:30:00+01:00"_s});
        row("asked inside the first pass", {"30 2 * * *", "Europe/Berlin", "2026-10-25T00:10:00Z", 1, "run", "second"},
            {u"2026-10-25T02:30:00+01:00 repeated"_s});
        row("hour after the overlap", {"0 3 * * *", "Europe/Berlin", "2026-10-25T00:00:00Z", 1},
            {u"2026-10-25T03:00:00+01:00"_s});
        row("elapsed in an overlap", {"*/30 2 * * *", "Europe/Berlin", "2026-10-25T00:00:00Z", 5},
            {u"2026-10-25T02:00:00+02:00"_s, u"2026-10-25T02:30:00+02:00"_s, u"2026-10-25T02:00:00+01:00 repeated"_s,
                u"2026-10-25T02:30:00+01:00 repeated"_s, u"2026-10-26T02:00:00+01:00"_s});
        row("elapsed does not care about fold",
            {"0 * * * *", "Europe/Berlin", "2026-10-25T00:00:00Z", 3, "skip", "second"},
            {u"2026-10-25T02:00:00+02:00"_s, u"2026-10-25T02:00:00+01:00 repeated"_s, u"2026-10-25T03:00:00+01:00"_s});
        row("once a year in an overlap", {"30 2 25 10 *", "Europe/Berlin", "2026-10-01T00:00:00Z", 3, "run", "both"},
            {u"2026-10-25T02:30:00+02:00"_s, u"2026-10-25T02:30:00+01:00 repeated"_s, u"2027-10-25T02:30:00+02:00"_s});
        row("New York", {"30 2 * * *", "America/New_York", "2026-03-08T00:00:00Z", 2},
            {u"2026-03-08T03:00:00-04:00 moved"_s, u"2026-03-09T02:30:00-04:00"_s});
        row("New York, fall", {"30 1 * * *", "America/New_York", "2026-11-01T00:00:00Z", 2, "run", "both"},
            {u"2026-11-01T01:30:00-04:00"_s, u"2026-11-01T01:30:00-05:00 repeated"_s});
        row("London", {"15 1 * * *", "Europe/London", "2026-03-29T00:00:00Z", 2},
            {u"2026-03-29T02:00:00+01:00 moved"_s, u"2026-03-30T01:15:00+01:00"_s});
        row("Dublin, where winter is the odd time", {"30 1 * * *", "Europe/Dublin", "2026-10-25T00:00:00Z", 2},
            {u"2026-10-25T01:30:00+01:00"_s, u"2026-10-26T01:30:00+00:00"_s});
        row("half an hour, gap", {"15 2 * * *", "Australia/Lord_Howe", "2026-10-03T12:00:00Z", 2},
            {u"2026-10-04T02:30:00+11:00 moved"_s, u"2026-10-05T02:15:00+11:00"_s});
        row("half an hour, merged", {"15,30 2 * * *", "Australia/Lord_Howe", "2026-10-03T12:00:00Z", 1},
            {u"2026-10-04T02:30:00+11:00 merged"_s});
        row("half an hour, overlap", {"*/15 1 * * *", "Australia/Lord_Howe", "2026-04-04T14:00:00Z", 6},
            {u"2026-04-05T01:00:00+11:00"_s, u"2026-04-05T01:15:00+11:00"_s, u"2026-04-05T01:30:00+11:00"_s,
                u"2026-04-05T01:45:00+11:00"_s, u"2026-04-05T01:30:00+10:30 repeated"_s,
                u"2026-04-05T01:45:00+10:30 repeated"_s});
        row("gap at midnight", {"0 0 * * *", "America/Sao_Paulo", "2018-11-03T12:00:00Z", 2},
            {u"2018-11-04T01:00:00-02:00 moved"_s, u"2018-11-05T00:00:00-02:00"_s});
        row("gap at midnight on the first", {"30 0 4 11 *", "America/Sao_Paulo", "2018-01-01T00:00:00Z", 1},
            {u"2018-11-04T01:00:00-02:00 moved"_s});
        row("overlap at midnight", {"30 23 * * *", "America/Sao_Paulo", "2018-02-17T12:00:00Z", 3, "run", "both"},
            {u"2018-02-17T23:30:00-02:00"_s, u"2018-02-17T23:30:00-03:00 repeated"_s, u"2018-02-18T23:30:00-03:00"_s});
        row("Beirut", {"0 0 * * *", "Asia/Beirut", "2022-03-26T12:00:00Z", 1}, {u"2022-03-27T01:00:00+03:00 moved"_s});
        row("overlap that goes back over midnight",
            {"0 0 * * *", "America/St_Johns", "2005-10-29T12:00:00Z", 2, "run", "both"},
            {u"2005-10-30T00:00:00-02:30"_s, u"2005-10-30T00:00:00-03:30 repeated"_s});
        row("skipped civil day", {"0 12 * * *", "Pacific/Apia", "2011-12-29T20:00:00Z", 2},
            {u"2011-12-29T12:00:00-10:00"_s, u"2011-12-31T00:00:00+14:00 skipped"_s, u"2011-12-31T12:00:00+14:00"_s});
        row("skipped civil day, due at its end", {"0 0 * * *", "Pacific/Apia", "2011-12-29T09:00:00Z", 2},
            {u"2011-12-29T00:00:00-10:00"_s, u"2011-12-29T23:59:59.999-10:00 skipped"_s,
                u"2011-12-31T00:00:00+14:00"_s});
        row("skipped civil day, elapsed", {"0 */12 * * *", "Pacific/Apia", "2011-12-29T22:00:00Z", 2},
            {u"2011-12-29T12:00:00-10:00"_s, u"2011-12-31T00:00:00+14:00"_s});
        row("only on the skipped day", {"0 12 30 12 *", "Pacific/Apia", "2011-06-01T00:00:00Z", 1},
            {u"2011-12-31T00:00:00+14:00 skipped"_s, u"2012-12-30T12:00:00+14:00"_s});
        row("three hours are too many", {"0 3 * * *", "Antarctica/Casey", "2009-10-17T12:00:00Z", 1},
            {u"2009-10-18T05:00:00+11:00 skipped"_s, u"2009-10-19T03:00:00+11:00"_s});
        row("two hours are not", {"30 1 * * *", "Antarctica/Troll", "2026-03-28T12:00:00Z", 1},
            {u"2026-03-29T03:00:00+02:00 moved"_s});
        row("Ramadan begins", {"30 2 * * *", "Africa/Casablanca", "2026-02-14T12:00:00Z", 2},
            {u"2026-02-15T02:30:00+01:00"_s, u"2026-02-16T02:30:00+00:00"_s});
        row("Ramadan ends", {"30 2 * * *", "Africa/Casablanca", "2026-03-21T12:00:00Z", 2},
            {u"2026-03-22T03:00:00+01:00 moved"_s, u"2026-03-23T02:30:00+01:00"_s});
        row("after 2037", {"30 2 * * *", "Europe/Berlin", "2060-03-27T12:00:00Z", 2},
            {u"2060-03-28T03:00:00+02:00 moved"_s, u"2060-03-29T02:30:00+02:00"_s});
        row("2099", {"30 1 * * *", "America/New_York", "2099-10-31T12:00:00Z", 2, "run", "both"},
            {u"2099-11-01T01:30:00-04:00"_s, u"2099-11-01T01:30:00-05:00 repeated"_s});
        row("inclusive", {"0 0 * * *", "UTC", "2026-01-01T00:00:00Z", 1}, {u"2026-01-01T00:00:00+00:00"_s});
        row("inclusive, a moment later", {"0 0 * * *", "UTC", "2026-01-01T00:00:00.001Z", 1},
            {u"2026-01-02T00:00:00+00:00"_s});
        row("a fraction before", {"* * * * * *", "UTC", "2025-12-31T23:59:59.001Z", 1},
            {u"2026-01-01T00:00:00+00:00"_s});
        row("inclusive at a moved one", {"30 2 * * *", "Europe/Berlin", "2026-03-29T01:00:00Z", 1},
            {u"2026-03-29T03:00:00+02:00 moved"_s});
        row("just after a moved one", {"30 2 * * *", "Europe/Berlin", "2026-03-29T01:00:00.001Z", 1},
            {u"2026-03-30T02:30:00+02:00"_s});
        row("before 1970", {"0 0 1 1 *", "UTC", "1968-06-01T00:00:00Z", 2},
            {u"1969-01-01T00:00:00+00:00"_s, u"1970-01-01T00:00:00+00:00"_s});
        row("leap days round 2100", {"0 0 29 2 *", "UTC", "2096-01-01T00:00:00Z", 2},
            {u"2096-02-29T00:00:00+00:00"_s, u"2104-02-29T00:00:00+00:00"_s});
        row("30 February", {"0 0 30 2 *", "UTC", "2026-01-01T00:00:00Z", 10}, {});
    }
    void followsClockChanges()
    {
        QFETCH(Asked, question);
        QFETCH(QStringList, entries);
        QCOMPARE(asked(question), entries);
    }

    void givesReasons()
    {
        const auto reasons = [](const PreviewRequest &request) {
            const auto answer = preview(request);
            return answer->entries.front().reason;
        };
        const Instant spring = instant(u"2026-03-29T00:59:59.999Z"_s);
        QCOMPARE(reasons({.cron = u"30 2 * * *"_s, .zone = u"Europe/Berlin"_s, .from = spring}),
            u"2026-03-29 02:30 does not exist in Europe/Berlin, where the clock goes from 2026-03-29 02:00 to "
            u"2026-03-29 03:00; "
            "due at the first instant after"_s);
        QCOMPARE(reasons({.cron = u"0,30 2-3 * * *"_s, .zone = u"Europe/Berlin"_s, .from = spring}),
            u"2026-03-29 02:00 and 1 more do not exist in Europe/Berlin, where the clock goes from 2026-03-29 02:00 to "
            u"2026-03-29 03:00; "
            "covered by the one due right after"_s);
        QVERIFY(reasons({.cron = u"30 2 * * *"_s, .zone = u"Europe/Berlin"_s, .gap = u"skip"_s, .from = spring})
                    .endsWith(u"; the rule says gap: skip"));
        QCOMPARE(reasons({.cron = u"30 2 * * *"_s,
                     .zone = u"Europe/Berlin"_s,
                     .fold = u"second"_s,
                     .from = instant(u"2026-10-25T01:00:00Z"_s)}),
            u"2026-10-25 02:30 occurs twice in Europe/Berlin; this is the second pass"_s);
        QVERIFY(
            reasons({.cron = u"0 12 30 12 *"_s, .zone = u"Pacific/Apia"_s, .from = instant(u"2011-12-30T00:00:00Z"_s)})
                .endsWith(u"; a gap of 3 hours or more is not made up"));
        QVERIFY(reasons({.cron = u"0 0 * * *"_s, .from = spring}).isEmpty());
    }

    void previewRefusesWhatItDoesNotKnow()
    {
        QVERIFY(!preview({.cron = QString()}));
        QVERIFY(!preview({.cron = u"H * * * *"_s}));
        QVERIFY(preview({.cron = u"H * * * *"_s, .id = u"x"_s}));
        QVERIFY(!preview({.cron = u"* * * * *"_s, .zone = u"Mars/Olympus"_s}));
        QVERIFY(!preview({.cron = u"* * * * *"_s, .gap = u"maybe"_s}));
        QVERIFY(!preview({.cron = u"* * * * *"_s, .fold = u"third"_s}));
        const auto never = preview({.cron = u"0 0 30 2 *"_s});
        QVERIFY(never && never->neverFires && never->entries.empty());
        const auto bounded = preview({.cron = u"0 0 1 1 *"_s,
            .from = instant(u"2026-01-02T00:00:00Z"_s),
            .until = instant(u"2026-02-01T00:00:00Z"_s)});
        QVERIFY(bounded && !bounded->neverFires && bounded->entries.empty());
    }

    void listsSkippedOnesUpToTheEndAndNoFurther()
    {
        const Rule rule = made({.cron = u"30 2 * * *"_s, .gap = GapPolicy::Skip}, {}, "Europe/Berlin");
        const Instant from = instant(u"2026-03-28T02:00:00Z"_s);
        QCOMPARE(rule.list(from, instant(u"2026-03-29T12:00:00Z"_s), 5).size(), std::size_t(1));
        QCOMPARE(rule.list(from, instant(u"2026-03-29T01:00:00Z"_s), 5).size(), std::size_t(0)); // exclusive
        QCOMPARE(rule.list(instant(u"2026-03-28T00:00:00Z"_s), std::nullopt, 1).size(),
            std::size_t(1)); // no skipped one after it
        QCOMPARE(rule.list(from, std::nullopt, 0).size(), std::size_t(0));
    }

    void runsEvenPeriodsFromItsAnchor()
    {
        const Rule plain = made({.every = 15min});
        QCOMPARE(plain.next(instant(u"2026-01-01T00:00:01Z"_s))->at, instant(u"2026-01-01T00:15:00Z"_s));
        QCOMPARE(plain.next(instant(u"2026-01-01T00:15:00Z"_s))->at, instant(u"2026-01-01T00:15:00Z"_s));
        QCOMPARE(plain.previous(instant(u"2026-01-01T00:15:00Z"_s))->at, instant(u"2026-01-01T00:00:00Z"_s));
        QCOMPARE(plain.next(instant(u"1969-12-31T23:50:00Z"_s))->at, instant(u"1970-01-01T00:00:00Z"_s));
        QVERIFY(plain.isElapsed());

        const Rule anchored = made(
            {.every = 7h, .from = instant(u"2026-01-01T00:20:00Z"_s), .until = instant(u"2026-01-01T14:20:00Z"_s)});
        QCOMPARE(shown(anchored.list(Instant(), std::nullopt, 10), Zone::utc()),
            QStringList({u"2026-01-01T00:20:00+00:00"_s, u"2026-01-01T07:20:00+00:00"_s}));
        QVERIFY(!anchored.next(instant(u"2026-01-01T07:20:00.001Z"_s)));
        QVERIFY(!anchored.previous(instant(u"2026-01-01T00:20:00Z"_s)));
        QCOMPARE(anchored.previous(instant(u"2030-01-01T00:20:00Z"_s))->at, instant(u"2026-01-01T07:20:00Z"_s));
    }

    void runsOnceAtItsInstant()
    {
        const Rule rule = made({.at = instant(u"2026-05-01T10:00:00Z"_s)});
        QCOMPARE(rule.next(instant(u"2026-05-01T10:00:00Z"_s))->at, instant(u"2026-05-01T10:00:00Z"_s));
        QVERIFY(!rule.next(instant(u"2026-05-01T10:00:00.001Z"_s)));
        QCOMPARE(rule.previous(instant(u"2027-05-01T10:00:00Z"_s))->at, instant(u"2026-05-01T10:00:00Z"_s));
        QVERIFY(!rule.previous(instant(u"2026-05-01T10:00:00Z"_s)));
        QVERIFY(!rule.neverFires());
        QVERIFY(
            made({.at = instant(u"2026-05-01T10:00:00Z"_s), .from = instant(u"2027-01-01T00:00:00Z"_s)}).neverFires());
    }

    void runsSomeTimeAfterTheLastEnd()
    {
        const Instant ended = instant(u"2026-05-01T10:00:00Z"_s);
        const Rule rule = made({.after = 10min});
        QCOMPARE(*rule.nextAfterEnd(ended), ended + 10min);
        QVERIFY(!rule.hasInstants() && !rule.neverFires());
        QVERIFY(!rule.next(ended) && !rule.previous(ended));
        QVERIFY(rule.list(ended, std::nullopt, 3).empty());
        QCOMPARE(*made({.after = 10min, .from = ended + 1h}).nextAfterEnd(ended), ended + 1h);
        QVERIFY(!made({.after = 10min, .until = ended + 10min}).nextAfterEnd(ended));
        QVERIFY(!made({.every = 10min}).nextAfterEnd(ended));
    }

    void keepsWithinFromAndUntil()
    {
        const Rule rule = made({.cron = u"0 0 * * *"_s,
            .from = instant(u"2026-01-10T00:00:00Z"_s),
            .until = instant(u"2026-01-12T00:00:00Z"_s)});
        QCOMPARE(shown(rule.list(Instant(), std::nullopt, 10), Zone::utc()),
            QStringList({u"2026-01-10T00:00:00+00:00"_s, u"2026-01-11T00:00:00+00:00"_s}));
        QVERIFY(!rule.previous(instant(u"2026-01-10T00:00:00Z"_s)));
        QCOMPARE(rule.previous(instant(u"2026-06-01T00:00:00Z"_s))->at, instant(u"2026-01-11T00:00:00Z"_s));
    }

    void tellsWhenItNeverFires()
    {
        QVERIFY(made({.cron = u"0 0 30 2 *"_s}).neverFires());
        QVERIFY(!made({.cron = u"0 0 29 2 *"_s}).neverFires());
        QVERIFY(made({.cron = u"0 0 29 2 *"_s,
                         .from = instant(u"2025-01-01T00:00:00Z"_s),
                         .until = instant(u"2028-01-01T00:00:00Z"_s)})
                    .neverFires());
        QVERIFY(
            !made({.cron = u"0 0 1 1 *"_s, .until = instant(u"2001-01-01T00:00:00Z"_s)}).neverFires()); // it did fire
        QVERIFY(made({.cron = u"30 2 ? 3 0L"_s, .from = instant(u"2000-01-01T00:00:00Z"_s), .gap = GapPolicy::Skip}, {},
            "Europe/Berlin")
                    .neverFires());
    }

    void spreadsByJitterAlwaysTheSame()
    {
        const Rule rule = made({.cron = u"* * * * *"_s, .jitter = 2min});
        std::set<qint64> seen;
        for (int i = 0; i < 200; ++i) {
            const Instant at = Instant() + i * 1min;
            const Duration delay = rule.jitterAt(at);
            QVERIFY(delay >= 0s && delay < 2min);
            QCOMPARE(rule.jitterAt(at), delay);
            seen.insert(delay.count());
        }
        QVERIFY(seen.size() > 150);
        const auto other = Rule::make({.cron = u"* * * * *"_s, .jitter = 2min}, Zone::utc(), {}, u"other job"_s);
        QVERIFY(other->jitterAt(Instant()) != rule.jitterAt(Instant()));
        QCOMPARE(made({.cron = u"* * * * *"_s}).jitterAt(Instant()), Duration(0));
        // The occasion stays where it was.
        QCOMPARE(rule.next(Instant())->at, Instant());
    }

    void keysAreNamesOrStableHashes()
    {
        QCOMPARE(ruleKey({.cron = u"0 0 * * *"_s, .name = u"nightly"_s}), u"nightly"_s);
        const QString key = ruleKey({.cron = u"0 0 * * mon"_s});
        QCOMPARE(key, u"d3c0b10969fc"_s);
        QCOMPARE(ruleKey({.cron = u" 0  0 * * 1"_s}), key);
        QVERIFY(ruleKey({.cron = u"0 0 * * 2"_s}) != key);
        QVERIFY(ruleKey({.cron = u"0 0 * * 1"_s, .zone = u"UTC"_s}) != key);
        QVERIFY(ruleKey({.cron = u"0 0 * * 1"_s, .gap = GapPolicy::Skip}) != key);
        QVERIFY(ruleKey({.every = 1h}) != ruleKey({.after = 1h}));
        QCOMPARE(made({.cron = u"0 0 * * mon"_s}).key(), key);
        QCOMPARE(ruleKey({.cron = u"H * * * *"_s}), ruleKey({.cron = u"H(0-59) * * * *"_s}));
    }

    void refusesWhatContradictsItself_data()
    {
        QTest::addColumn<RuleSpec>("spec");
        QTest::addColumn<QString>("begins");
        const Instant noon = instant(u"2026-01-01T12:00:00Z"_s);
        QTest::newRow("nothing") << RuleSpec{} << u"a rule needs one of"_s;
        QTest::newRow("two") << RuleSpec{.cron = u"* * * * *"_s, .every = 1h} << u"a rule has one of"_s;
        QTest::newRow("cron") << RuleSpec{.cron = u"* * * *"_s} << u"cron '* * * *', column 8"_s;
        QTest::newRow("zone") << RuleSpec{.cron = u"* * * * *"_s, .zone = u"Nowhere"_s} << u"zone 'Nowhere'"_s;
        QTest::newRow("every 0") << RuleSpec{.every = 0s} << u"every: 0s is too short"_s;
        QTest::newRow("every 999ms") << RuleSpec{.every = 999ms} << u"every: 999ms is too short"_s;
        QTest::newRow("every for ever") << RuleSpec{.every = Duration::max()} << u"every: "_s;
        QTest::newRow("after -1s") << RuleSpec{.after = -1s} << u"after: "_s;
        QTest::newRow("until before from") << RuleSpec{.every = 1h, .from = noon, .until = noon} << u"until: "_s;
        QTest::newRow("calendar") << RuleSpec{.every = 1h, .calendar = u"none"_s} << u"calendar: there is no 'none'"_s;
        QTest::newRow("calendar of after") << RuleSpec{.after = 1h, .calendar = u"none"_s} << u"calendar: "_s;
        QTest::newRow("on_closed alone") << RuleSpec{.cron = u"* * * * *"_s, .onClosed = OnClosed::Next}
                                         << u"on_closed: "_s;
        QTest::newRow("on_closed of every")
            << RuleSpec{.every = 1h, .calendar = u"c"_s, .onClosed = OnClosed::Next} << u"on_closed: "_s;
        QTest::newRow("from the year 0") << RuleSpec{.every = 1h, .from = instant(u"0000-01-01T00:00:00Z"_s)}
                                         << u"from: "_s;
        QTest::newRow("until no year") << RuleSpec{.every = 1h, .until = Instant(std::numeric_limits<qint64>::max())}
                                       << u"until: "_s;
        QTest::newRow("jitter") << RuleSpec{.every = 1h, .jitter = -1s} << u"jitter: "_s;
    }
    void refusesWhatContradictsItself()
    {
        QFETCH(RuleSpec, spec);
        QFETCH(QString, begins);
        const auto rule = Rule::make(spec, Zone::utc(), {}, u"job"_s);
        QVERIFY(!rule);
        QCOMPARE(rule.error().kind, ErrorKind::Invalid);
        QVERIFY2(rule.error().message.startsWith(begins), qPrintable(rule.error().message));
    }

    void staysInItsBoundsForAnyInstant()
    {
        const Instant first(std::numeric_limits<qint64>::min()), last(std::numeric_limits<qint64>::max());
        for (const RuleSpec &spec : {RuleSpec{.cron = u"30 2 * * *"_s, .zone = u"Europe/Berlin"_s},
                 RuleSpec{.every = 7h}, RuleSpec{.at = instant(u"2026-01-01T00:00:00Z"_s)}}) {
            const Rule rule = made(spec);
            QVERIFY(rule.next(first) && !rule.next(last));
            QVERIFY(rule.previous(last) && !rule.previous(first));
            QVERIFY(rule.list(last, first, 5).empty());
            QVERIFY(!rule.list(first, last, 1).empty());
        }
    }

    void countsRepeatedPartsOnce()
    {
        QElapsedTimer timer;
        timer.start();
        QVERIFY(made({.cron = u"0 0 "_s + u"L-29,"_s.repeated(20'000) + u"30 2 ?"_s}).neverFires());
        QVERIFY2(timer.elapsed() < 30'000, qPrintable(u"%1 ms"_s.arg(timer.elapsed())));
    }

    void isShownInWords()
    {
        QCOMPARE(
            made({.cron = u"30 2 * * 1-5"_s, .gap = GapPolicy::Skip, .jitter = 2min}, {}, "Europe/Berlin").describe(),
            u"At 02:30, Monday to Friday (Europe/Berlin); skipped where a clock change leaves it out, up to 2m later"_s);
        QCOMPARE(made({.every = 15min}).describe(), u"Every 15m"_s);
        QCOMPARE(made({.after = 10min}).describe(), u"10m after the last run ended"_s);
        QCOMPARE(made({.at = instant(u"2026-05-01T10:00:00Z"_s), .zone = u"Europe/Berlin"_s}).describe(),
            u"Once, at 2026-05-01T12:00:00.000+02:00"_s);
    }

    void answersAnyQuestionQuickly_data()
    {
        QTest::addColumn<QString>("zone");
        for (const char *cron : {"* * * * *", "* * * * * *", "0 0 30 2 *", "0 0 29 2 *", "59 59 23 29 2 */5",
                 "30 2 ? 3 0L", "0 0 31 12 5#5", "0 0 L-28 2 1L", "0 0 */30 2 1"}) {
            QTest::addRow("%s", cron) << u"Europe/Berlin"_s;
            QTest::addRow("%s in Apia", cron) << u"Pacific/Apia"_s;
        }
    }
    void answersAnyQuestionQuickly()
    {
        QFETCH(QString, zone);
        const Rule rule = made({.cron = QString::fromUtf8(QTest::currentDataTag()).section(u" in "_s, 0, 0),
            .zone = zone,
            .gap = GapPolicy::Skip});
        QElapsedTimer timer;
        for (const QString &from : {u"1970-01-01T00:00:00Z"_s, u"2026-03-29T00:30:00Z"_s, u"2098-12-31T23:59:59Z"_s}) {
            timer.start();
            rule.next(instant(from));
            QVERIFY2(timer.elapsed() < 30'000, qPrintable(u"next took %1 ms"_s.arg(timer.elapsed())));
            timer.start();
            rule.previous(instant(from));
            QVERIFY2(timer.elapsed() < 30'000, qPrintable(u"previous took %1 ms"_s.arg(timer.elapsed())));
            timer.start();
            rule.list(instant(from), std::nullopt, 10);
            QVERIFY2(timer.elapsed() < 30'000, qPrintable(u"list took %1 ms"_s.arg(timer.elapsed())));
        }
    }

    void listsAYearOfMinutesQuickly()
    {
        const Rule rule = made({.cron = u"* * * * *"_s}, {}, "Europe/Berlin");
        QElapsedTimer timer;
        timer.start();
        const auto entries
            = rule.list(instant(u"2026-01-01T00:00:00Z"_s), instant(u"2027-01-01T00:00:00Z"_s), 1'000'000);
        QCOMPARE(entries.size(), std::size_t(365 * 24 * 60));
        QVERIFY2(timer.elapsed() < 30'000, qPrintable(u"%1 ms"_s.arg(timer.elapsed())));
    }
};

QTEST_APPLESS_MAIN(TestRule)
#include "tst_rule.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/time/zone.h"

#include <QTest>

using namespace belfry;
using namespace Qt::StringLiterals;

namespace {

Instant instant(const char *text)
{
    return *parseRfc3339(QString::fromLatin1(text));
}
// `2026-03-29 02:30` or with seconds.
LocalTime local(const char *text)
{
    const auto asUtc = parseRfc3339(QString::fromLatin1(text).replace(u' ', u'T') + u'Z');
    return LocalTime(asUtc->ms);
}
Zone zone(const char *name)
{
    return *Zone::make(QString::fromLatin1(name));
}
QString times(const Resolved &found)
{
    QStringList texts;
    if (found.count > 0)
        texts += toRfc3339(found.first);
    if (found.count > 1)
        texts += toRfc3339(found.second);
    return texts.join(u' ');
}

} // namespace

class TestZone : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void knowsDatabaseNamesOnly_data()
    {
        QTest::addColumn<bool>("known");
        for (const char *name : {"Europe/Berlin", "America/Indiana/Knox", "UTC", "Etc/GMT+5", "EST5EDT", "GB-Eire",
                 "Asia/Calcutta", "US/Pacific"})
            QTest::newRow(name) << true;
        for (const char *name : {"", "berlin", "Berlin", "europe/berlin", "Europe/Berlim", "Europe/Berlin ",
                 " Europe/Berlin", "UTC+3", "UTC+03:00", "CET-1CEST", "EST5", "Europe", "Europe/", "/Europe/Berlin",
                 "../Europe/Berlin", "/usr/share/zoneinfo/Europe/Berlin", "posix/Europe/Berlin", "right/Europe/Berlin",
                 "posixrules", "localtime", "Factory", "tzdata", "SECURITY", "abc", "Z", "utc", "Etc/GMT+99",
                 "Europe/Berlin\n", "CET-1CEST,M3.5.0,M10.5.0/3"})
            QTest::newRow(name) << false;
    }
    void knowsDatabaseNamesOnly()
    {
        QFETCH(bool, known);
        const auto made = Zone::make(QString::fromUtf8(QTest::currentDataTag()));
        QCOMPARE(made.has_value(), known);
        if (!made)
            QCOMPARE(made.error().kind, ErrorKind::Invalid);
    }

    void suggestsTheNearestName()
    {
        QVERIFY(Zone::make(u"Europe/Berlim").error().message.endsWith(u"did you mean Europe/Berlin?"));
        QVERIFY(Zone::make(u"berlin").error().message.endsWith(u"did you mean Europe/Berlin?"));
        QVERIFY(Zone::make(u"new york").error().message.endsWith(u"did you mean America/New_York?"));
        QVERIFY(Zone::make(u"Mars/Olympus").error().message.endsWith(u"write an IANA name such as Europe/Berlin"));
    }

    void findsTheFirstInstantOfADay()
    {
        const auto first = [](const char *zone, int year, int month, int day) {
            return toRfc3339(
                startOfDay(*Zone::make(QString::fromLatin1(zone)), dayNumberOf(QDate(year, month, day))));
        };
        QCOMPARE(first("Europe/Berlin", 2026, 3, 29), u"2026-03-28T23:00:00.000Z"_s);
        QCOMPARE(first("Europe/Berlin", 2026, 3, 30), u"2026-03-29T22:00:00.000Z"_s);
        QCOMPARE(first("America/Sao_Paulo", 2018, 11, 4), u"2018-11-04T03:00:00.000Z"_s); // begins at 01:00
        QCOMPARE(first("America/Havana", 2026, 11, 1), u"2026-11-01T04:00:00.000Z"_s); // 00:00 is there twice
    }

    void resolvesLocalTimes_data()
    {
        QTest::addColumn<QByteArray>("name");
        QTest::addColumn<QString>("instants");
        const auto row = [](const char *name, const char *time, const char *instants) {
            QTest::addRow("%s|%s", time, name) << QByteArray(name) << QString::fromLatin1(instants);
        };
        row("UTC", "2026-03-29 02:30:00", "2026-03-29T02:30:00.000Z");
        row("Europe/Berlin", "2026-03-29 01:59:59", "2026-03-29T00:59:59.000Z");
        row("Europe/Berlin", "2026-03-29 02:00:00", "");
        row("Europe/Berlin", "2026-03-29 02:59:59", "");
        row("Europe/Berlin", "2026-03-29 03:00:00", "2026-03-29T01:00:00.000Z");
        row("Europe/Berlin", "2026-10-25 01:59:59", "2026-10-24T23:59:59.000Z");
        row("Europe/Berlin", "2026-10-25 02:00:00", "2026-10-25T00:00:00.000Z 2026-10-25T01:00:00.000Z");
        row("Europe/Berlin", "2026-10-25 02:59:59", "2026-10-25T00:59:59.000Z 2026-10-25T01:59:59.000Z");
        row("Europe/Berlin", "2026-10-25 03:00:00", "2026-10-25T02:00:00.000Z");
        row("Europe/Berlin", "2099-03-29 02:30:00", "");
        row("Europe/Berlin", "2099-10-25 02:30:00", "2099-10-25T00:30:00.000Z 2099-10-25T01:30:00.000Z");
        row("America/New_York", "2038-03-14 02:30:00", "");
        row("Europe/Dublin", "2026-10-25 01:30:00", "2026-10-25T00:30:00.000Z 2026-10-25T01:30:00.000Z");
        row("Australia/Lord_Howe", "2026-10-04 02:15:00", "");
        row("Australia/Lord_Howe", "2026-10-04 02:30:00", "2026-10-03T15:30:00.000Z");
        row("Australia/Lord_Howe", "2026-04-05 01:45:00", "2026-04-04T14:45:00.000Z 2026-04-04T15:15:00.000Z");
        row("America/Sao_Paulo", "2018-11-04 00:30:00", "");
        row("America/Sao_Paulo", "2018-02-17 23:30:00", "2018-02-18T01:30:00.000Z 2018-02-18T02:30:00.000Z");
        row("Pacific/Apia", "2011-12-30 12:00:00", "");
        row("Pacific/Apia", "2011-12-29 23:59:59", "2011-12-30T09:59:59.000Z");
        row("Pacific/Apia", "2011-12-31 00:00:00", "2011-12-30T10:00:00.000Z");
        row("Africa/Casablanca", "2026-02-15 02:30:00", "2026-02-15T01:30:00.000Z 2026-02-15T02:30:00.000Z");
        row("Africa/Casablanca", "2026-03-22 02:30:00", "");
        row("Antarctica/Casey", "2010-03-05 01:30:00", "2010-03-04T14:30:00.000Z 2010-03-04T17:30:00.000Z");
        row("Antarctica/Casey", "2009-10-18 03:00:00", "");
    }
    void resolvesLocalTimes()
    {
        QFETCH(QByteArray, name);
        QFETCH(QString, instants);
        const QByteArray time = QByteArray(QTest::currentDataTag()).split('|').first();
        QCOMPARE(times(zone(name.constData()).resolve(local(time.constData()))), instants);
    }

    void tellsWhereAGapBeginsAndEnds_data()
    {
        QTest::addColumn<QByteArray>("time");
        QTest::addColumn<QString>("start");
        QTest::addColumn<QString>("end");
        QTest::addColumn<QString>("resumes");
        QTest::newRow("Europe/Berlin") << QByteArray("2026-03-29 02:30:00") << u"2026-03-29 02:00"_s
                                       << u"2026-03-29 03:00"_s << u"2026-03-29T01:00:00.000Z"_s;
        QTest::newRow("Australia/Lord_Howe") << QByteArray("2026-10-04 02:00:00") << u"2026-10-04 02:00"_s
                                             << u"2026-10-04 02:30"_s << u"2026-10-03T15:30:00.000Z"_s;
        QTest::newRow("Pacific/Apia") << QByteArray("2011-12-30 23:59:59") << u"2011-12-30 00:00"_s
                                      << u"2011-12-31 00:00"_s << u"2011-12-30T10:00:00.000Z"_s;
        QTest::newRow("Asia/Beirut") << QByteArray("2040-03-25 00:10:00") << u"2040-03-25 00:00"_s
                                     << u"2040-03-25 01:00"_s << u"2040-03-24T22:00:00.000Z"_s;
    }
    void tellsWhereAGapBeginsAndEnds()
    {
        QFETCH(QByteArray, time);
        QFETCH(QString, start);
        QFETCH(QString, end);
        QFETCH(QString, resumes);
        const Zone where = zone(QTest::currentDataTag());
        QCOMPARE(where.resolve(local(time.constData())).count, 0);
        const ZoneGap gap = where.gapAt(local(time.constData()));
        QCOMPARE(toText(gap.start), start);
        QCOMPARE(toText(gap.end), end);
        QCOMPARE(toRfc3339(gap.resumes), resumes);
    }

    void writesLocalTimesWithTheirOffset()
    {
        QCOMPARE(toRfc3339(instant("2026-03-29T01:00:00Z"), zone("Europe/Berlin")), u"2026-03-29T03:00:00.000+02:00"_s);
        QCOMPARE(toRfc3339(instant("2026-01-01T00:00:00.5Z"), zone("UTC")), u"2026-01-01T00:00:00.500+00:00"_s);
        QCOMPARE(
            toRfc3339(instant("2026-01-01T00:00:00Z"), zone("America/St_Johns")), u"2025-12-31T20:30:00.000-03:30"_s);
        QCOMPARE(toRfc3339(instant("2011-12-30T10:00:00Z"), zone("Pacific/Apia")), u"2011-12-31T00:00:00.000+14:00"_s);
    }

    // Up to 2037 Qt's own list is right; it is found again through offsets alone.
    void findsEveryChangeThatQtLists()
    {
        const Instant from = instant("1970-01-02T00:00:00Z"), until = instant("2037-12-01T00:00:00Z");
        for (const QByteArray &id : QTimeZone::availableTimeZoneIds()) {
            const auto made = Zone::make(QString::fromLatin1(id));
            if (!made)
                continue;
            std::vector<qint64> listed;
            const QTimeZone qt(id);
            int offset = qt.offsetFromUtc(QDateTime::fromMSecsSinceEpoch(from.ms, Qt::UTC));
            const auto end = QDateTime::fromMSecsSinceEpoch(until.ms, Qt::UTC);
            for (const auto &change : qt.transitions(QDateTime::fromMSecsSinceEpoch(from.ms + 1, Qt::UTC), end)) {
                if (change.offsetFromUtc != offset)
                    listed.push_back(change.atUtc.toMSecsSinceEpoch());
                offset = change.offsetFromUtc;
            }
            std::vector<qint64> found;
            Instant pos = from;
            while (const auto change = made->changeIn(pos, until)) {
                found.push_back(change->ms);
                pos = *change;
            }
            QVERIFY2(found == listed, id.constData());
        }
    }

    // Around every change of every fifth zone: the resolver against the offsets of all instants that could show the
    // time.
    void resolvesLikeASearchThroughAllInstants()
    {
        int changes = 0, index = 0;
        for (const QByteArray &id : QTimeZone::availableTimeZoneIds()) {
            const auto made = Zone::make(QString::fromLatin1(id));
            if (!made || index++ % 5 != 0)
                continue;
            for (const int year : {1972, 1986, 1994, 2011, 2018, 2026, 2037, 2038, 2060, 2099}) {
                Instant pos(dayNumberOf(QDate(year, 1, 1)) * msPerDay);
                const Instant end = pos + 366 * 24h;
                while (const auto change = made->changeIn(pos, end)) {
                    pos = *change;
                    ++changes;
                    std::multimap<qint64, Instant>
                        shown; // local -> instants, each half hour of five days and the offsets' quarters
                    for (Instant at = pos - 60h; at < pos + 60h; at = at + 15min)
                        shown.emplace(made->toLocal(at).ms, at);
                    for (qint64 ms = made->toLocal(pos - 30h).ms; ms < made->toLocal(pos + 30h).ms; ms += 15 * 60'000) {
                        const Resolved found = made->resolve(LocalTime(ms));
                        const auto [first, last] = shown.equal_range(ms);
                        QVERIFY2(found.count == std::distance(first, last),
                            qPrintable(QString::fromLatin1(id) + toText(LocalTime(ms))));
                        if (found.count > 0)
                            QCOMPARE(found.first, first->second);
                        if (found.count > 1)
                            QCOMPARE(found.second, std::next(first)->second);
                    }
                }
            }
        }
        QVERIFY(changes > 300);
    }

    void cutsTimeIntoPiecesThatMeet()
    {
        for (const char *name : {"Europe/Berlin", "Africa/Casablanca", "Pacific/Apia", "Asia/Kolkata", "UTC"}) {
            const Zone where = zone(name);
            Instant pos = instant("2010-06-01T00:00:00Z");
            const Instant end = instant("2013-06-01T00:00:00Z");
            while (pos < end) {
                const ZonePiece piece = where.pieceAt(pos);
                QVERIFY(piece.start <= pos && pos < piece.end);
                QCOMPARE(where.offsetAt(pos), piece.offset);
                QVERIFY(!where.changeIn(pos, piece.end - 1ms));
                if (piece.end < end) {
                    QCOMPARE(where.offsetAt(piece.end), piece.offsetAfter);
                    QCOMPARE(where.pieceAt(piece.end).offset, piece.offsetAfter);
                }
                if (piece.jumpAtStart() != 0s) {
                    QCOMPARE(where.offsetAt(piece.start - 1ms), piece.offsetBefore);
                    QCOMPARE(where.pieceAt(piece.start + 1ms).start, piece.start);
                }
                pos = piece.end;
            }
        }
    }
};

QTEST_APPLESS_MAIN(TestZone)
#include "tst_zone.moc"

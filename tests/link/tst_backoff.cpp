// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/link/backoff.h"

#include <QTest>

using namespace belfry;
using namespace Qt::StringLiterals;

class TestBackoff : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void staysBetweenHalfAndAllOfADoublingBound()
    {
        for (quint64 seed = 0; seed < 200; ++seed) {
            SeededRandom random(seed);
            Backoff backoff;
            for (const Duration bound : {250ms, 500ms, 1000ms, 2000ms, 4000ms, 5000ms, 5000ms}) {
                const Duration wait = backoff.next(random);
                QVERIFY2(wait >= bound / 2 && wait <= bound, qPrintable(formatDuration(wait)));
            }
        }
    }

    void startsSmallAgainAfterReset()
    {
        SeededRandom random(1);
        Backoff backoff;
        for (int i = 0; i < 10; ++i)
            std::ignore = backoff.next(random);
        backoff.reset();
        QVERIFY(backoff.next(random) <= 250ms);
    }

    void peersDoNotStayInStep()
    {
        std::set<Duration> waits;
        for (quint64 seed = 0; seed < 50; ++seed) {
            SeededRandom random(seed);
            Backoff backoff;
            waits.insert(backoff.next(random));
        }
        QVERIFY(waits.size() > 25);
    }

    void readsTheServersWish_data()
    {
        QTest::addColumn<QString>("reason");
        QTest::addColumn<qint64>("ms");
        QTest::newRow("asked") << withRetryAfter(u"too much"_s, 7s) << qint64(7000);
        QTest::newRow("rounded up") << withRetryAfter(u"too much"_s, 1500ms) << qint64(2000);
        QTest::newRow("bounded") << u"x; retry after 9999s"_s << qint64(3'600'000);
        QTest::newRow("none") << u"too much"_s << qint64(-1);
        QTest::newRow("not at the end") << u"; retry after 7s or so"_s << qint64(-1);
        QTest::newRow("too many digits") << u"; retry after 99999s"_s << qint64(-1);
        QTest::newRow("negative") << u"; retry after -1s"_s << qint64(-1);
    }
    void readsTheServersWish()
    {
        QFETCH(QString, reason);
        QFETCH(qint64, ms);
        QCOMPARE(retryAfterOf(reason).value_or(Duration(-1)).count(), ms);
    }
};

QTEST_APPLESS_MAIN(TestBackoff)
#include "tst_backoff.moc"

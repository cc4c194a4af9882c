// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/link/memorylink.h"
#include "shared/wire/limits.h"
#include "tests/patience.h"

#include <QSignalSpy>

using namespace belfry;
using namespace Qt::StringLiterals;

class TestMemoryLink : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void keepsOrderOverBothKinds()
    {
        auto [here, there] = MemoryLink::makePair();
        QStringList got;
        connect(there.get(), &Link::textReceived, this, [&](const QString &text) { got.append(text); });
        connect(there.get(), &Link::binaryReceived, this,
            [&](const QByteArray &bytes) { got.append(QString::fromLatin1(bytes)); });
        here->sendText(u"1"_s);
        here->sendBinary("2");
        here->sendText(u"3"_s);
        QVERIFY(got.isEmpty()); // only from the event loop
        QTRY_COMPARE(got, (QStringList{u"1"_s, u"2"_s, u"3"_s}));
        QCOMPARE(here->bytesWaiting(), 0);
    }

    void aCloseComesAfterWhatWasSent()
    {
        auto [here, there] = MemoryLink::makePair();
        QStringList got;
        connect(there.get(), &Link::textReceived, this, [&](const QString &text) { got.append(text); });
        connect(there.get(), &Link::closed, this,
            [&](int code, const QString &reason) { got.append(u"%1 %2"_s.arg(code).arg(reason)); });
        QSignalSpy own(here.get(), &Link::closed);
        here->sendText(u"last"_s);
        here->close(4401, u"go"_s);
        QCOMPARE(own.count(), 0);
        here->sendText(u"dropped"_s);
        QTRY_COMPARE(got, (QStringList{u"last"_s, u"4401 go"_s}));
        QCOMPARE(own.count(), 1);
    }

    void abortLosesWhatWasUnderWay()
    {
        auto [here, there] = MemoryLink::makePair();
        QSignalSpy texts(there.get(), &Link::textReceived);
        QSignalSpy closed(there.get(), &Link::closed);
        here->sendText(u"lost"_s);
        here->abort(1006, u"cut"_s);
        QTRY_COMPARE(closed.count(), 1);
        QCOMPARE(closed[0][0].toInt(), 1006);
        QCOMPARE(texts.count(), 0);
    }

    void aStalledReaderFillsTheSendersBacklogUntilItIsCutOff()
    {
        auto [here, there] = MemoryLink::makePair(100);
        QSignalSpy closed(here.get(), &Link::closed);
        there->setStalled(true);
        here->sendBinary(QByteArray(60, 'x'));
        QCOMPARE(here->bytesWaiting(), 60);
        QVERIFY(here->isOpen());
        here->sendBinary(QByteArray(60, 'x'));
        QVERIFY(!here->isOpen());
        QTRY_COMPARE(closed.count(), 1);
        QCOMPARE(closed[0][0].toInt(), wire::closeOverload);
    }

    void deletingOneEndClosesTheOther()
    {
        auto [here, there] = MemoryLink::makePair();
        QSignalSpy closed(there.get(), &Link::closed);
        here.reset();
        QTRY_COMPARE(closed.count(), 1);
        QCOMPARE(closed[0][0].toInt(), 1006);
    }
};

QTEST_GUILESS_MAIN(TestMemoryLink)
#include "tst_memorylink.moc"

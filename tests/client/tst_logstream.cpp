// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/client/logstream.h"

#include "shared/wire/limits.h"
#include "tests/client/fakebackend.h"

#include "shared/base/random.h"
#include "tests/patience.h"

using namespace belfry;
using namespace Qt::StringLiterals;

// A LogStream and a scripted backend over a real WebSocket on loopback.
class TestLogStream : public QObject
{
    Q_OBJECT

    std::unique_ptr<FakeBackend> m_backend;
    std::unique_ptr<Client> m_client;
    QByteArray m_bytes;
    qint64 m_first = -1; // offset of the first byte
    QStringList m_said;

    std::unique_ptr<LogStream> makeStream(const LogStream::Part &part)
    {
        auto stream = std::make_unique<LogStream>(m_client.get(), part);
        connect(stream.get(), &LogStream::received, this,
            [this](qint64 from, const QByteArray &bytes, const std::vector<wire::LogIndexEntry> &index) {
                if (m_first < 0)
                    m_first = from;
                QCOMPARE(from, m_first + m_bytes.size());
                m_bytes += bytes;
                qint64 next = from; // the index covers exactly the bytes
                for (const wire::LogIndexEntry &each : index) {
                    QCOMPARE(each.offset, next);
                    next += each.length;
                }
                QCOMPARE(next, from + bytes.size());
            });
        connect(stream.get(), &LogStream::gap, this, [this](qint64 from, qint64 to) {
            m_said += u"gap %1-%2"_s.arg(from).arg(to);
            m_bytes += QByteArray(to - from, '?');
        });
        connect(stream.get(), &LogStream::ended, this, [this](bool complete, const QString &reason) {
            m_said += complete ? u"complete"_s : u"ended "_s + reason;
        });
        connect(stream.get(), &LogStream::failed, this,
            [this](const Refusal &why) { m_said += u"failed "_s + why.message; });
        return stream;
    }
    bool hasRequest() const { return !m_backend->requests.empty(); }
    wire::LogOpen open(int watch, qint64 size)
    {
        QJsonValue id;
        const wire::LogOpen request = m_backend->take<wire::LogOpen>(&id);
        m_backend->answer(id, wire::LogOpenReply{watch, request.attempt.value_or(1), size, false});
        return request;
    }
    void end(int watch, bool complete, const QString &reason = {})
    {
        m_backend->notify(u"log.end"_s, wire::LogEnd{watch, 0, complete, reason});
    }

private Q_SLOTS:
    void init()
    {
        m_backend = std::make_unique<FakeBackend>();
        m_client = std::make_unique<Client>(Address{.url = m_backend->url(), .token = "t"});
        m_client->start();
        m_bytes.clear();
        m_first = -1;
        m_said.clear();
    }
    void cleanup()
    {
        m_client.reset();
        m_backend.reset();
    }

    void readsFromTheStartToTheEnd()
    {
        const auto stream = makeStream({.run = RunId(7)});
        QTRY_VERIFY(hasRequest());
        const wire::LogOpen request = open(1, 6);
        QCOMPARE(request.run, RunId(7));
        QCOMPARE(request.offset, 0);
        QVERIFY(!request.follow);
        QVERIFY(!request.attempt);
        m_backend->sendLog(1, RunId(7), 0, "abc");
        m_backend->sendLog(2, RunId(7), 0, "another's");
        m_backend->sendLog(1, RunId(7), 3, "def");
        end(1, true);
        QTRY_COMPARE(m_said, QStringList{u"complete"_s});
        QCOMPARE(m_bytes, QByteArray("abcdef"));
        QCOMPARE(stream->attempt(), 1);
        QTRY_COMPARE(m_backend->credit, 6);
    }

    void resumesAtTheExactByte()
    {
        const auto stream = makeStream({.run = RunId(7), .follow = true});
        QTRY_VERIFY(hasRequest());
        open(1, 0);
        m_backend->sendLog(1, RunId(7), 0, "0123456789");
        QTRY_COMPARE(m_bytes.size(), 10);
        m_backend->cut();
        QTRY_VERIFY(hasRequest());
        const wire::LogOpen again = open(8, 20);
        QCOMPARE(again.offset, 10);
        QCOMPARE(again.attempt, 1); // also when another attempt has begun meanwhile
        QVERIFY(again.follow);
        m_backend->sendLog(8, RunId(7), 10, "abc");
        m_backend->cut(); // this piece may have come, or not
        QTRY_VERIFY(hasRequest());
        const qint64 known = m_bytes.size();
        QCOMPARE(open(2, 20).offset, known);
        m_backend->sendLog(2, RunId(7), known, QByteArray("0123456789abcdefghij").sliced(known));
        end(2, true);
        QTRY_COMPARE(m_said, QStringList{u"complete"_s});
        QCOMPARE(m_bytes, QByteArray("0123456789abcdefghij"));
    }

    void aBackendThatForgetsAndRepeatsIsNoTrouble()
    {
        // Each turn the connection breaks somewhere, and the backend repeats from a little before.
        QByteArray whole;
        for (int i = 0; i < 400; ++i)
            whole += "line " + QByteArray::number(i) + '\n';
        const auto stream = makeStream({.run = RunId(7), .follow = true});
        SeededRandom random(20261124);
        for (int turn = 0; m_said.isEmpty(); ++turn) {
            QTRY_VERIFY_WITH_TIMEOUT(hasRequest(), 20'000);
            const qint64 offset = open(turn + 1, whole.size()).offset;
            QCOMPARE(offset, m_bytes.size());
            qint64 at = std::max<qint64>(0, offset - qint64(random.below(50)));
            for (int piece = 0; piece < 12 && at < whole.size(); ++piece) {
                const qint64 length = std::min<qint64>(1 + qint64(random.below(90)), whole.size() - at);
                m_backend->sendLog(turn + 1, RunId(7), at, whole.sliced(at, length));
                at += length;
                if (random.below(4) == 0)
                    at = std::max<qint64>(0, at - 7); // an overlap within a connection
            }
            if (at >= whole.size()) {
                end(turn + 1, true);
                QTRY_COMPARE(m_said.size(), 1);
            } else if (random.below(2) == 0) {
                m_backend->cut();
            } else {
                QTRY_VERIFY(m_bytes.size() > offset);
                m_backend->close(1001, u"restart"_s);
            }
        }
        QCOMPARE(m_said, QStringList{u"complete"_s});
        QCOMPARE(m_bytes, whole);
    }

    void asksAgainForWhatIsMissing()
    {
        const auto stream = makeStream({.run = RunId(7)});
        QTRY_VERIFY(hasRequest());
        open(1, 9);
        m_backend->sendLog(1, RunId(7), 0, "abc");
        m_backend->sendLog(1, RunId(7), 6, "ghi");
        QTRY_VERIFY(hasRequest());
        QCOMPARE(open(2, 9).offset, 3);
        m_backend->sendLog(2, RunId(7), 3, "defghi");
        end(2, true);
        QTRY_COMPARE(m_said, QStringList{u"complete"_s});
        QCOMPARE(m_bytes, QByteArray("abcdefghi"));
    }

    void tellsOfAGapThatStays()
    {
        const auto stream = makeStream({.run = RunId(7)});
        QTRY_VERIFY(hasRequest());
        open(1, 9);
        m_backend->sendLog(1, RunId(7), 0, "abc");
        m_backend->sendLog(1, RunId(7), 6, "ghi");
        QTRY_VERIFY(hasRequest());
        open(2, 9);
        m_backend->sendLog(2, RunId(7), 6, "ghi");
        end(2, false, u"the middle is gone"_s);
        QTRY_COMPARE(m_said, (QStringList{u"gap 3-6"_s, u"ended the middle is gone"_s}));
        QCOMPARE(m_bytes, QByteArray("abc???ghi"));
    }

    void countsFromTheEnd()
    {
        const auto stream = makeStream({.run = RunId(7), .offset = -4});
        QTRY_VERIFY(hasRequest());
        QCOMPARE(open(1, 10).offset, -4);
        QTRY_COMPARE(stream->offset(), 6);
        m_backend->cut();
        QTRY_VERIFY(hasRequest());
        QCOMPARE(open(1, 500).offset, 6); // not four bytes before another end
        m_backend->sendLog(1, RunId(7), 6, "6789");
        end(1, true);
        QTRY_COMPARE(m_bytes, QByteArray("6789"));
    }

    void aLogShorterThanItsTailIsAllThere()
    {
        const auto stream = makeStream({.run = RunId(7), .offset = -100});
        QTRY_VERIFY(hasRequest());
        open(1, 3);
        m_backend->sendLog(1, RunId(7), 0, "abc");
        end(1, true);
        QTRY_COMPARE(m_bytes, QByteArray("abc"));
        QCOMPARE(m_said, QStringList{u"complete"_s});
    }

    void givesCreditForWhatItTook()
    {
        const auto stream = makeStream({.run = RunId(7), .follow = true});
        QTRY_VERIFY(hasRequest());
        QCOMPARE(open(1, 0).credit, wire::logCredit);
        m_backend->sendLog(1, RunId(7), 0, QByteArray(50'000, 'x'));
        m_backend->sendLog(1, RunId(7), 50'000, QByteArray(14'000, 'x'));
        QTRY_COMPARE(m_backend->credit, 64'000);
    }

    void aPacedOneAsksForNoMoreThanWasTaken()
    {
        const auto stream = makeStream({.run = RunId(7), .follow = true, .paced = true});
        QTRY_VERIFY(hasRequest());
        open(1, 0);
        m_backend->sendLog(1, RunId(7), 0, QByteArray(50'000, 'x'));
        QTRY_COMPARE(m_bytes.size(), 50'000);
        stream->took(20'000);
        QTRY_COMPARE(m_backend->credit, 20'000);
        // What a broken connection brought is no debt of the next one.
        m_backend->cut();
        QTRY_VERIFY(hasRequest());
        open(2, 0);
        stream->took(30'000);
        m_backend->sendLog(2, RunId(7), 50'000, QByteArray(1000, 'x'));
        QTRY_COMPARE(m_bytes.size(), 51'000);
        stream->took(1000);
        QTRY_COMPARE(m_backend->credit, 21'000);
    }

    void saysWhenThereIsNone()
    {
        const auto stream = makeStream({.run = RunId(7)});
        QTRY_VERIFY(hasRequest());
        m_backend->refuse(m_backend->take().id, {ErrorKind::NotFound, u"no run 7"_s});
        QTRY_COMPARE(m_said, QStringList{u"failed no run 7"_s});
        m_backend->cut();
        QTRY_COMPARE(m_backend->connections, 2);
        QTRY_COMPARE(m_client->state(), Client::State::Ready);
        QVERIFY(!hasRequest()); // it was refused for good
    }

    void stopsWhatItDoesNotWantAnyMore()
    {
        m_backend->ignored.clear();
        auto stream = makeStream({.run = RunId(7), .follow = true});
        QTRY_VERIFY(hasRequest());
        open(5, 0);
        QTRY_VERIFY(stream->isOpen());
        stream.reset();
        QTRY_VERIFY(hasRequest());
        QCOMPARE(m_backend->take<wire::WatchClose>().watch, 5);
    }
};

QTEST_GUILESS_MAIN(TestLogStream)
#include "tst_logstream.moc"

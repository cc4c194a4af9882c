// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/cli/loglines.h"

#include <QTest>

using namespace belfry;

namespace {

// In pieces of so many bytes, each read of two bytes with a time of its own.
std::vector<LogBytes> cut(const QByteArray &text, qsizetype size)
{
    std::vector<LogBytes> pieces;
    for (qsizetype at = 0; at < text.size(); at += size) {
        LogBytes &piece = pieces.emplace_back();
        piece.bytes = text.sliced(at, std::min(size, text.size() - at));
        for (qsizetype from = 0; from < piece.bytes.size(); from += 2)
            piece.spans.push_back({std::min<qsizetype>(2, piece.bytes.size() - from), Instant(at + from)});
    }
    return pieces;
}

QByteArray through(LogLines &lines, const QByteArray &text, qsizetype size)
{
    QByteArray out;
    const auto add = [&out](const LogBytes &more) {
        qsizetype length = 0;
        for (const LogBytes::Span &each : more.spans)
            length += each.length;
        QCOMPARE(length, more.bytes.size());
        out += more.bytes;
    };
    for (const LogBytes &piece : cut(text, size))
        add(lines.take(piece));
    add(lines.finish());
    return out;
}

} // namespace

class TestLogLines : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void lets_data()
    {
        QTest::addColumn<QByteArray>("all");
        QTest::addColumn<QString>("pattern"); // null: none
        QTest::addColumn<int>("skip");
        QTest::addColumn<QByteArray>("kept");
        QTest::newRow("everything") << QByteArray("1\n2\n3") << QString() << 0 << QByteArray("1\n2\n3");
        QTest::newRow("the last two") << QByteArray("1\n2\n3\n") << QString() << 1 << QByteArray("2\n3\n");
        QTest::newRow("the unfinished one") << QByteArray("1\n2\n3") << QString() << 2 << QByteArray("3");
        QTest::newRow("none") << QByteArray("1\n2") << QString() << 9 << QByteArray();
        QTest::newRow("empty lines") << QByteArray("\n\n\n") << QString() << 1 << QByteArray("\n\n");
        QTest::newRow("matches") << QByteArray("good\nbad 1\ngood\nbad 2") << "bad" << 0 << QByteArray("bad 1\nbad 2");
        QTest::newRow("matches but one") << QByteArray("bad 1\ngood\nbad 2\n") << "bad" << 1 << QByteArray("bad 2\n");
        QTest::newRow("anchors") << QByteArray("ab\r\nxab\nab\n") << "^ab$" << 0 << QByteArray("ab\r\nab\n");
        QTest::newRow("no match") << QByteArray("a\nb\n") << "c" << 0 << QByteArray();
        QTest::newRow("empty line") << QByteArray("a\n\nb\n") << "^$" << 0 << QByteArray("\n");
        QTest::newRow("utf-8") << QByteArray("gr\xc3\xbc\xc3\x9f\nx\n") << QStringLiteral("üß") << 0
                               << QByteArray("gr\xc3\xbc\xc3\x9f\n");
        QTest::newRow("bytes that are no text") << QByteArray("\xff\x00\xfe"
                                                              "bad\ngood\n",
            12) << "bad" << 0
                                                << QByteArray("\xff\x00\xfe"
                                                              "bad\n",
                                                       7);
    }
    void lets()
    {
        QFETCH(QByteArray, all);
        QFETCH(QString, pattern);
        QFETCH(int, skip);
        for (const qsizetype size : {1, 2, 3, 7, 100}) {
            LogLines::Wish wish{.skip = skip};
            if (!pattern.isNull())
                wish.pattern = QRegularExpression(pattern);
            LogLines lines(wish);
            QTEST(through(lines, all, size), "kept");
        }
    }

    void counts()
    {
        for (const qsizetype size : {1, 5, 100}) {
            LogLines all({}), some({QRegularExpression("b")});
            through(all, "a\nb\nc b", size);
            through(some, "a\nb\nc b", size);
            QCOMPARE(all.lines(), 3);
            QCOMPARE(some.lines(), 2);
        }
    }

    // A line of any length is judged by its beginning, and held no further than that.
    void longLines()
    {
        const QByteArray shown = "yes" + QByteArray(3 * LogLines::longest, 'x') + '\n';
        const QByteArray hidden = "no" + QByteArray(3 * LogLines::longest, 'x') + "yes\n";
        LogLines lines({QRegularExpression("yes")});
        QCOMPARE(through(lines, shown + hidden + "yes\n", 64 << 10), shown + "yes\n");
        QCOMPARE(lines.lines(), 2);
        LogLines skipping({{}, 1});
        QCOMPARE(through(skipping, shown + hidden, 64 << 10), hidden);
    }
};

QTEST_APPLESS_MAIN(TestLogLines)
#include "tst_loglines.moc"

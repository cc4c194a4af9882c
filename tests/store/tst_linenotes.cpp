// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/store/linenotes.h"

#include <QElapsedTimer>
#include <QTest>

using namespace belfry;
using namespace belfry::store;
using namespace Qt::StringLiterals;

namespace {

constexpr Instant now(1'767'225'600'000);

AttemptNotes notesOf(const QByteArray &text, qsizetype step = 1 << 20)
{
    LineNotes lines;
    for (qsizetype at = 0; at < text.size(); at += step)
        lines.feed(1, QByteArrayView(text).sliced(at, std::min(step, text.size() - at)), now);
    return lines.notes();
}

AttemptNotes progress(double percent, const QString &message = {})
{
    return {.progress = percent, .message = message, .at = now};
}

} // namespace

class TestLineNotes : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void understands_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<AttemptNotes>("wanted");
        QTest::newRow("progress") << QByteArray("##belfry progress=42\n") << progress(42);
        QTest::newRow("with a fraction") << QByteArray("##belfry progress=99.5%\r\n") << progress(99.5);
        QTest::newRow("with words") << QByteArray("##belfry progress=5 msg=\"step 1 of \\\"20\\\" \\\\\"\n")
                                    << progress(5, u"step 1 of \"20\" \\"_s);
        QTest::newRow("with a word") << QByteArray("##belfry progress=5 msg=load\n") << progress(5, u"load"_s);
        QTest::newRow("the last counts") << QByteArray("##belfry progress=5 msg=a\nx\n##belfry progress=6\n")
                                         << progress(6);
        QTest::newRow("output") << QByteArray("##belfry output rows=12 of 13 = all\n##belfry output e=\n")
                                << AttemptNotes{.outputs = {{u"rows"_s, u"12 of 13 = all"_s}, {u"e"_s, QString()}}};
        QTest::newRow("metric") << QByteArray(
            "##belfry metric rows_per_s=1.5e3\n##belfry metric x=-1\n##belfry metric x=2\n")
                                << AttemptNotes{.metrics = {{u"rows_per_s"_s, 1500}, {u"x"_s, 2}}};
        QTest::newRow("errors") << QByteArray("##[error] a\n##[warning]b\n##[error]\n##[group]c\n##[endgroup]\n")
                                << AttemptNotes{.errors = 2, .warnings = 1};
        for (const char *malformed : {"##belfry progress=101\n", "##belfry progress=-1\n", "##belfry progress=nan\n",
                 "##belfry progress=\n", "##belfry progress=5 msg=\"open\n", "##belfry progress=5 words\n",
                 "##belfry progress=5 msg=\"a\" b\n", "##belfry output\n", "##belfry output =5\n",
                 "##belfry output 1a=5\n", "##belfry output a b=5\n", "##belfry metric a=b\n",
                 "##belfry metric a=inf\n", "##belfryprogress=5\n", " ##belfry progress=5\n", "x##belfry progress=5\n",
                 "##belfry progress=5", "##\n", "#\n", "\n\n", "##belfry progress=5 msg=a b\n"})
            QTest::newRow(QByteArray(malformed).replace('\n', "\\n").constData()) << QByteArray(malformed) << AttemptNotes();
    }
    void understands()
    {
        QFETCH(QByteArray, text);
        for (const qsizetype step : {1, 2, 3, 7, 1000})
            QTEST(notesOf("before\n" + text + "after", step), "wanted");
    }

    void keepsTheStreamsApart()
    {
        LineNotes lines;
        lines.feed(1, "##belfry pro", now);
        lines.feed(2, "noise without an end", now);
        lines.feed(1, "gress=7\n", now);
        QCOMPARE(lines.notes(), progress(7));
    }

    void recallsTheBeginningOfALine()
    {
        LineNotes lines(progress(3));
        lines.recall(1, "##belfry progress=5\n##belfry prog");
        QCOMPARE(lines.notes(), progress(3));
        lines.feed(1, "ress=6\n", now);
        QCOMPARE(lines.notes(), progress(6));
    }

    // Whatever a job says, what is kept of it is bounded, and it costs little.
    void isBounded()
    {
        QByteArray flood;
        for (int i = 0; i < 20'000; ++i)
            flood += "##belfry metric m" + QByteArray::number(i) + "=1\n##belfry output o" + QByteArray::number(i) + '='
                + QByteArray(100, 'x') + '\n';
        flood += "##belfry output big=" + QByteArray(LineNotes::longestLine, 'x') + "\n##belfry progress=1 msg=\""
            + QByteArray(1000, 'y') + "\"\n";
        const AttemptNotes notes = notesOf(flood, 64 << 10);
        QCOMPARE(notes.metrics.size(), LineNotes::maxMetrics);
        qsizetype size = 0;
        for (const auto &[name, value] : notes.outputs)
            size += name.size() + value.size();
        QVERIFY(size <= LineNotes::maxOutputs && size > LineNotes::maxOutputs - 200);
        QVERIFY(!notes.outputs.contains(u"big"_s));
        QCOMPARE(notes.message.size(), LineNotes::longestMessage);
        // An output that is there can still change.
        LineNotes lines(notes);
        lines.feed(1, "##belfry output o0=new\n", now);
        QCOMPARE(lines.notes().outputs.at(u"o0"_s), u"new"_s);
    }
};

QTEST_APPLESS_MAIN(TestLineNotes)
#include "tst_linenotes.moc"

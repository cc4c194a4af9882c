// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/logs/logend.h"

#include <QTest>

using namespace belfry;
using namespace Qt::StringLiterals;

namespace {

// `=` same, `~` alike, `!` differs; the lines of both.
QStringList told(const std::vector<LinePair> &pairs)
{
    QStringList lines;
    for (const LinePair &pair : pairs) {
        const QChar sign = pair.kind == LinePair::Kind::Same ? u'=' : pair.kind == LinePair::Kind::Alike ? u'~' : u'!';
        lines += sign + u' ' + pair.here.value_or(u"-"_s) + u" | "_s + pair.good.value_or(u"-"_s);
    }
    return lines;
}

} // namespace

class TestLogEnd : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theLastLinesOfBytes()
    {
        QCOMPARE(lastLines("", true, 5), QStringList());
        QCOMPARE(lastLines("a\nb\n", true, 5), (QStringList{u"a"_s, u"b"_s}));
        QCOMPARE(lastLines("a\nb", true, 5), (QStringList{u"a"_s, u"b"_s}));
        QCOMPARE(lastLines("tail\nb\nc\n", false, 5), (QStringList{u"b"_s, u"c"_s})); // the first is cut
        QCOMPARE(lastLines("tail", false, 5), QStringList());
        QCOMPARE(lastLines("a\nb\nc\n", true, 2), (QStringList{u"b"_s, u"c"_s}));
        QCOMPARE(lastLines("\x1b[31mred\x1b[0m\n10%\r20%\n", true, 5), (QStringList{u"red"_s, u"20%"_s}));
    }

    void linesAreAligned_data()
    {
        QTest::addColumn<QStringList>("here");
        QTest::addColumn<QStringList>("good");
        QTest::addColumn<QStringList>("told");
        const auto split = [](const QString &text) { return text.isEmpty() ? QStringList() : text.split(u','); };
        const auto row = [&](const char *name, const QString &here, const QString &good, const QStringList &expected) {
            QTest::newRow(name) << split(here) << split(good) << expected;
        };
        row("both empty", {}, {}, {});
        row("one empty", u"a"_s, {}, {u"! a | -"_s});
        row("the other empty", {}, u"a"_s, {u"! - | a"_s});
        row("same", u"a,b"_s, u"a,b"_s, {u"= a | a"_s, u"= b | b"_s});
        row("figures", u"took 12 s"_s, u"took 9 s"_s, {u"~ took 12 s | took 9 s"_s});
        row("another end", u"load,error: no space"_s, u"load,done"_s,
            {u"= load | load"_s, u"! error: no space | done"_s});
        row("one more line", u"a,x,b"_s, u"a,b"_s, {u"= a | a"_s, u"! x | -"_s, u"= b | b"_s});
        row("one line less", u"a,b"_s, u"a,x,b"_s, {u"= a | a"_s, u"! - | x"_s, u"= b | b"_s});
        row("several in a row", u"a,p,q,b"_s, u"a,x,b"_s, {u"= a | a"_s, u"! p | x"_s, u"! q | -"_s, u"= b | b"_s});
        row("twice", u"a,x,b,y"_s, u"a,b,z"_s, {u"= a | a"_s, u"! x | -"_s, u"= b | b"_s, u"! y | z"_s});
    }
    void linesAreAligned()
    {
        QFETCH(QStringList, here);
        QFETCH(QStringList, good);
        QTEST(::told(alignLines(here, good)), "told");
    }
};

QTEST_GUILESS_MAIN(TestLogEnd)
#include "tst_logend.moc"

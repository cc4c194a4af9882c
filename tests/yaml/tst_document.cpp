// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/yaml/document.h"
#include "shared/yaml/scalar.h"

#include <QElapsedTimer>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

using namespace belfry;
using namespace Qt::StringLiterals;

namespace {

QStringList problemsOf(const QByteArray &text, const YamlLimits &limits = {})
{
    QStringList lines;
    const YamlDocument document = YamlDocument::parse(u"a.yaml"_s, text, limits);
    for (const Problem &each : document.problems())
        lines += u"%1:%2 %3"_s.arg(each.line).arg(each.column).arg(each.message);
    return lines;
}

QByteArray jsonOf(const QByteArray &text)
{
    const YamlDocument document = YamlDocument::parse(u"a.yaml"_s, text);
    if (!document.problems().empty())
        return "problems";
    return QJsonDocument(QJsonObject{{u"v"_s, toJson(document.root())}}).toJson(QJsonDocument::Compact);
}

// Ten levels of ten aliases each: ten thousand million nodes, were it written out.
QByteArray aliasBomb()
{
    QByteArray text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
    for (int i = 1; i < 10; ++i) {
        const QByteArray alias = "*a" + QByteArray::number(i - 1);
        const QByteArray name = "a" + QByteArray::number(i);
        text += name + ": &" + name + " [" + QByteArrayList(10, alias).join(", ") + "]\n";
    }
    return text;
}

} // namespace

class TestDocument : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsScalarsByTheCoreRules_data();
    void readsScalarsByTheCoreRules();
    void refusesWithPlace_data();
    void refusesWithPlace();
    void reportsEverythingThatCanBeSeenAtOnce();
    void givesEachNodeItsPlace();
    void countsColumnsInCharacters();
    void findsPlacesInsideScalars_data();
    void findsPlacesInsideScalars();
    void copiesSmallAliases();
    void endsAnAliasBombAtOnce();
    void allowsTheDeepestNestingAndNoMore();
    void boundsNodesAndBytes();
    void readsTenThousandJobs();
    void survivesJunk();
};

void TestDocument::readsScalarsByTheCoreRules_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("json");
    const auto row = [](const char *text, const char *json) {
        QTest::newRow(text) << QByteArray(text) << QByteArray("{\"v\":") + json + "}";
    };
    row("true", "true");
    row("false", "false");
    row("True", "\"True\"");
    row("yes", "\"yes\"");
    row("no", "\"no\"");
    row("on", "\"on\"");
    row("off", "\"off\"");
    row("y", "\"y\"");
    row("012", "12");
    row("0o14", "12");
    row("0x1F", "31");
    row("0o18", "\"0o18\"");
    row("-5", "-5");
    row("+5", "5");
    row("1_000", "\"1_000\"");
    row("12:30:45", "\"12:30:45\"");
    row("1.50", "1.5");
    row("1e3", "1000");
    row(".5", "0.5");
    row("1.2.3", "\"1.2.3\"");
    row(".inf", "\".inf\"");
    row(".nan", "\".nan\"");
    row("2026-12-25", "\"2026-12-25\"");
    row("~", "null");
    row("null", "null");
    row("\"true\"", "\"true\"");
    row("'12'", "\"12\"");
    row("\"~\"", "\"~\"");
    row("9223372036854775807", "9223372036854775807");
    row("|\n  a\n  b\n", "\"a\\nb\\n\"");
    row("{\"a\":1,\"b\":[true,null]}", "{\"a\":1,\"b\":[true,null]}");
    row("'<<'", "\"<<\"");
}

void TestDocument::readsScalarsByTheCoreRules()
{
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, json);
    QCOMPARE(jsonOf(text), json);
}

void TestDocument::refusesWithPlace_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QStringList>("problems");
    const auto row = [](const char *name, const QByteArray &text, const QString &problem) {
        QTest::newRow(name) << text << QStringList{problem};
    };
    row("duplicate key", "a: 1\nb: 2\na: 3\n", u"3:1 the key 'a' is there twice, first at 1:1"_s);
    row("duplicate key in flow", "{x: 1, y: 2, x: 3}", u"1:14 the key 'x' is there twice, first at 1:2"_s);
    row("duplicate key, quoted", "a: 1\n\"a\": 2\n", u"2:1 the key 'a' is there twice, first at 1:1"_s);
    row("merge key", "b: &b {x: 1}\nc:\n  <<: *b\n", u"3:3 merge keys ('<<') are not allowed"_s);
    row("tag on a scalar", "a: !!str 5\n", u"1:4 tags are not allowed"_s);
    row("tag on a map", "a: !foo {b: 1}\n", u"1:4 tags are not allowed"_s);
    row("tag on a list", "a: !!set [1]\n", u"1:4 tags are not allowed"_s);
    row("bare tag", "a: ! b\n", u"1:4 tags are not allowed"_s);
    row("tag on nothing", "a: !!null\nb: 1\n", u"1:4 tags are not allowed"_s);
    row("python object", "a: !!python/object/apply:os.system ['true']\n", u"1:4 tags are not allowed"_s);
    row("second document", "a: 1\n---\nb: 2\n", u"2:1 a file holds one document"_s);
    row("unknown alias", "a: *nowhere\n",
        u"1:4 a text that starts with '*' must be quoted; unquoted, it names an anchor, and there is none like this"_s);
    row("cron without quotes", "a: */5 * * * *\n",
        u"1:4 a text that starts with '*' must be quoted; unquoted, it names an anchor, and there is none like this"_s);
    row("quote never closed", "a: \"b\nc: d\n", u"1:4 this quote is never closed"_s);
    row("apostrophe never closed", "a: 'b''\n", u"1:4 this quote is never closed"_s);
    row("quote closed by an escaped one only", "a: \"b\\\"\n", u"1:4 this quote is never closed"_s);
    row("alias inside itself", "a: &a [1, *a]\n", u"1:11 an alias must not stand inside what it names"_s);
    row("list as key", "? [a, b]\n: 1\n", u"1:3 a key must be a text"_s);
    row("no key", ": 1\n", u"1:1 a key is missing"_s);
    row("NUL by escape", "a: \"x\\0y\"\n", u"1:4 a text must not hold the character NUL"_s);
    row("NUL byte", QByteArray("a: x\0y\n", 7), u"1:5 the control character 0x00 is not allowed"_s);
    row("escape byte", "a: b\nc: \x1b[31m\n", u"2:4 the control character 0x1b is not allowed"_s);
    row("lone carriage return", "a: 1\rb: 2\n", u"1:5 the control character 0x0d is not allowed"_s);
    row("latin 1", "a: caf\xe9\n", u"1:7 the file is not UTF-8 here"_s);
    row("overlong slash", "a: \xc0\xaf\n", u"1:4 the file is not UTF-8 here"_s);
    row("surrogate in UTF-8", "a: \xed\xa0\x80\n", u"1:4 the file is not UTF-8 here"_s);
    row("beyond Unicode", "a: \xf4\x90\x80\x80\n", u"1:4 the file is not UTF-8 here"_s);
    row("cut sequence", "a: \xe2\x82", u"1:4 the file is not UTF-8 here"_s);
    row("UTF-16",
        QByteArray("\xff\xfe"
                   "a\0:\0 \0001\0",
            10),
        u"1:1 the file is not UTF-8 here"_s);
}

void TestDocument::refusesWithPlace()
{
    QFETCH(QByteArray, text);
    QFETCH(QStringList, problems);
    QCOMPARE(problemsOf(text), problems);
}

void TestDocument::reportsEverythingThatCanBeSeenAtOnce()
{
    const QByteArray text = "a: 1\na: 2\nb: !t x\nc:\n  <<: {d: 1}\n  e: 1\n  e: 2\nf: \"\\0\"\n";
    QCOMPARE(problemsOf(text),
        QStringList({u"2:1 the key 'a' is there twice, first at 1:1"_s, u"3:4 tags are not allowed"_s,
            u"5:3 merge keys ('<<') are not allowed"_s, u"7:3 the key 'e' is there twice, first at 6:3"_s,
            u"8:4 a text must not hold the character NUL"_s}));
}

void TestDocument::givesEachNodeItsPlace()
{
    const YamlDocument document = YamlDocument::parse(u"a.yaml"_s, QByteArray("# note\nkey:\n  - one\n  - {two: 2}\n"));
    QVERIFY(document.isComplete());
    const YamlEntry *key = document.root().find(u"key");
    QVERIFY(key);
    QCOMPARE(key->mark, (Mark{2, 1}));
    QCOMPARE(key->value.mark, (Mark{3, 3}));
    QCOMPARE(key->value.items[0].mark, (Mark{3, 5}));
    QCOMPARE(key->value.items[1].mark, (Mark{4, 5}));
    QCOMPARE(key->value.items[1].entries[0].mark, (Mark{4, 6}));
    QCOMPARE(key->value.items[1].entries[0].value.mark, (Mark{4, 11}));
    QCOMPARE(document.root().find(u"nothing"), nullptr);
}

void TestDocument::countsColumnsInCharacters()
{
    // Two, three and four bytes each; the last is two UTF-16 units.
    QCOMPARE(problemsOf("{\xc3\xa4: 1, \xe2\x82\xac: 2, \xf0\x9f\x94\x94: 3, \xc3\xa4: 4}"),
        QStringList{u"1:20 the key 'ä' is there twice, first at 1:2"_s});
    QCOMPARE(problemsOf("\xef\xbb\xbf"
                        "a: 1\na: 2\n"),
        QStringList{u"2:1 the key 'a' is there twice, first at 1:1"_s});
    QCOMPARE(
        problemsOf("a: 1\r\nb: {c: 1, c: 2}\r\n"), QStringList{u"2:11 the key 'c' is there twice, first at 2:5"_s});
    // Going back to an earlier line and on again.
    QCOMPARE(problemsOf("a: {x: 1}\n\nb: {x: 1, x: 2}\nc: {x: 1, x: 2}\n").size(), 2);
}

void TestDocument::findsPlacesInsideScalars_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<int>("offset");
    QTest::addColumn<int>("line");
    QTest::addColumn<int>("column");
    QTest::newRow("plain") << QByteArray("a: one two") << 4 << 1 << 8;
    QTest::newRow("double quotes") << QByteArray("a: \"one two\"") << 4 << 1 << 9;
    QTest::newRow("single quotes") << QByteArray("a: 'one two'") << 4 << 1 << 9;
    QTest::newRow("after a wide character") << QByteArray("\xc3\xa4: '\xf0\x9f\x94\x94 two'") << 3 << 1 << 7;
    QTest::newRow("behind an escape: the scalar") << QByteArray("a: \"o\\tne two\"") << 6 << 1 << 4;
    QTest::newRow("block, first line") << QByteArray("a: |\n  one two\n  three\n") << 4 << 2 << 7;
    QTest::newRow("block, second line") << QByteArray("a: |\n  one two\n  three\n") << 9 << 3 << 4;
    QTest::newRow("block with inner indentation") << QByteArray("a: |-\n    one\n      two\n") << 6 << 3 << 7;
}

void TestDocument::findsPlacesInsideScalars()
{
    QFETCH(QByteArray, text);
    QFETCH(int, offset);
    QFETCH(int, line);
    QFETCH(int, column);
    const YamlDocument document = YamlDocument::parse(u"a.yaml"_s, text);
    QVERIFY(document.isComplete());
    QCOMPARE(document.inside(document.root().entries[0].value, offset), (Mark{line, column}));
}

void TestDocument::copiesSmallAliases()
{
    QCOMPARE(jsonOf("a: &x {b: 1}\nc: *x\n"), QByteArray("{\"v\":{\"a\":{\"b\":1},\"c\":{\"b\":1}}}"));
}

void TestDocument::endsAnAliasBombAtOnce()
{
    QElapsedTimer timer;
    timer.start();
    const QStringList problems = problemsOf(aliasBomb());
    QCOMPARE(problems.size(), 1);
    QVERIFY2(problems[0].contains(u"aliases repeat more than"_s) || problems[0].contains(u"anchors name more than"_s),
        qPrintable(problems[0]));
    QVERIFY(timer.elapsed() < 30'000);

    // Depth by aliases: each names the one before, one level further in.
    QByteArray deep = "a0: &a0 [x]\n";
    for (int i = 1; i < 100; ++i)
        deep += "a" + QByteArray::number(i) + ": &a" + QByteArray::number(i) + " [*a" + QByteArray::number(i - 1)
            + "]\n";
    QCOMPARE(problemsOf(deep).size(), 1);
    QVERIFY(problemsOf(deep)[0].endsWith(u"nested deeper than 64 levels"_s));

    // Anchors around anchors would be copied once each.
    QByteArray nested;
    for (int i = 0; i < 60; ++i)
        nested += "&n" + QByteArray::number(i) + " [";
    nested += QByteArray("x,").repeated(20'000);
    nested += QByteArray("]").repeated(60);
    QCOMPARE(problemsOf(nested).size(), 1);
}

void TestDocument::allowsTheDeepestNestingAndNoMore()
{
    const auto nested = [](int depth) { return QByteArray("[").repeated(depth) + QByteArray("]").repeated(depth); };
    QCOMPARE(problemsOf(nested(64)), QStringList());
    QCOMPARE(problemsOf(nested(65)), QStringList{u"1:65 nested deeper than 64 levels"_s});
    QCOMPARE(problemsOf(QByteArray("[").repeated(1'000'000)).size(), 1);
    QCOMPARE(problemsOf(QByteArray("{a: ").repeated(300'000)).size(), 1);
    QCOMPARE(problemsOf(QByteArray("- ").repeated(300'000)).size(), 1);
}

void TestDocument::boundsNodesAndBytes()
{
    YamlLimits limits;
    limits.nodes = 5;
    QCOMPARE(problemsOf("[1, 2, 3, 4]", limits), QStringList());
    QCOMPARE(problemsOf("[1, 2, 3, 4, 5]", limits), QStringList{u"1:14 the file has more than 5 values"_s});
    limits.bytes = 10;
    QCOMPARE(problemsOf("a: 3456789", limits), QStringList());
    QCOMPARE(problemsOf("a: 34567890", limits), QStringList{u"1:1 the file has 11 B, the limit is 10 B"_s});
}

void TestDocument::readsTenThousandJobs()
{
    QByteArray text = "jobs:\n";
    for (int i = 0; i < 10'000; ++i)
        text += "  job-" + QByteArray::number(i) + ":\n    schedule: '" + QByteArray::number(i % 60)
            + " 2 * * *'\n    command: [./run.sh, --number, '" + QByteArray::number(i)
            + "']\n    timeout: 1h\n    retries: {max: 2, delay: 30s}\n";
    const YamlDocument document = YamlDocument::parse(u"a.yaml"_s, text);
    QCOMPARE(document.problems().size(), std::size_t(0));
    QCOMPARE(document.root().find(u"jobs")->value.entries.size(), std::size_t(10'000));
    QCOMPARE(document.root().find(u"jobs")->value.entries.back().mark, (Mark{2 + 9'999 * 5, 3}));
}

void TestDocument::survivesJunk()
{
    // A generator of our own: the same junk each time.
    quint32 state = 12345;
    const auto next = [&state] { return state = state * 1664525u + 1013904223u, state >> 16; };
    const QByteArray alphabet = "{}[]:-,&*!|>'\"%@`#?~<=ab12 \n\t\\x.";
    for (int round = 0; round < 20'000; ++round) {
        QByteArray text;
        const int size = int(next() % 60);
        for (int i = 0; i < size; ++i)
            text += round % 5 == 0 ? char(next()) : alphabet[int(next() % quint32(alphabet.size()))];
        const YamlDocument document = YamlDocument::parse(u"a.yaml"_s, text);
        QVERIFY2(document.isComplete() || !document.problems().empty(), text.toHex().constData());
        for (const Problem &each : document.problems())
            QVERIFY2(each.line >= 1 && each.column >= 1 && each.line <= text.count('\n') + 1, text.toHex().constData());
    }
}

QTEST_GUILESS_MAIN(TestDocument)
#include "tst_document.moc"

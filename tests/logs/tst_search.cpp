// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/logs/logsearch.h"
#include "console/logs/logtext.h"

#include "shared/base/random.h"
#include "tests/patience.h"

#include <QTemporaryDir>

using namespace belfry;
using namespace Qt::StringLiterals;

namespace {

std::vector<qint64> membersOf(const LineSet &set)
{
    std::vector<qint64> members;
    for (qint64 i = 0; i < set.count(); ++i)
        members.push_back(set.at(i));
    return members;
}

LineMatcher matcherOf(const SearchSpec &spec)
{
    const auto made = LineMatcher::make(spec);
    if (!made)
        qFatal("%s", qPrintable(made.error().message));
    return *made;
}

// As simple as can be: each line's text, by Qt's own functions.
std::vector<qint64> naive(LogText &text, const SearchSpec &spec)
{
    const Qt::CaseSensitivity sensitivity = spec.caseSensitive ? Qt::CaseSensitive : Qt::CaseInsensitive;
    const QRegularExpression regex(spec.pattern,
        spec.caseSensitive ? QRegularExpression::NoPatternOption : QRegularExpression::CaseInsensitiveOption);
    std::vector<qint64> hits;
    for (qint64 i = 0; i < text.lineCount(); ++i) {
        const QString line = text.whole(i, 1 << 30).text;
        const int stream = text.line(i).stamp.stream;
        const bool wanted = (stream != 1 && stream != 2) || (spec.streams & 1 << stream);
        if (wanted && (spec.regex ? regex.match(line).hasMatch() : line.contains(spec.pattern, sensitivity)))
            hits.push_back(i);
    }
    return hits;
}

} // namespace

class TestSearch : public QObject
{
    Q_OBJECT

    QTemporaryDir m_folder;
    int m_spools = 0;

    std::shared_ptr<LogSpool> spoolOf(const std::vector<std::pair<int, QByteArray>> &pieces)
    {
        const auto opened = LogSpool::open(m_folder.path(), QString::number(++m_spools));
        if (!opened)
            qFatal("%s", qPrintable(opened.error().message));
        for (const auto &[stream, bytes] : pieces)
            append(**opened, bytes, stream);
        return *opened;
    }
    static void append(LogSpool &spool, const QByteArray &bytes, int stream = 1)
    {
        const qint64 at = spool.logOffset();
        if (!spool.append(at, bytes, {{at, int(bytes.size()), stream, Instant(1)}}))
            qFatal("cannot append");
    }
    static std::vector<qint64> found(const std::shared_ptr<LogSpool> &spool, const SearchSpec &spec)
    {
        Beside beside;
        LogSearch search(spool, spec, matcherOf(spec), &beside);
        if (!QTest::qWaitFor([&] { return search.isDone(); }, patienceMs) || !search.fault().isEmpty())
            qFatal("the search does not end: %s", qPrintable(search.fault()));
        return membersOf(search.hits());
    }

private Q_SLOTS:
    void aSetOfLines()
    {
        SeededRandom random(3);
        for (const int density : {1, 2, 50, 5000}) {
            LineSet set;
            std::vector<qint64> all;
            for (qint64 line = 0; line < 300'000; ++line)
                if (random.below(quint32(density)) == 0)
                    all.push_back(line);
            set.add({all.begin(), all.begin() + std::ptrdiff_t(all.size() / 2)});
            set.add({all.begin() + std::ptrdiff_t(all.size() / 2), all.end()});
            QCOMPARE(set.count(), qint64(all.size()));
            for (int i = 0; i < 2000; ++i) {
                const auto line = qint64(random.below(310'000));
                const auto position = std::lower_bound(all.begin(), all.end(), line) - all.begin();
                QCOMPARE(set.position(line), qint64(position));
                QCOMPARE(set.at(position), position < qint64(all.size()) ? all[std::size_t(position)] : -1);
                QCOMPARE(set.contains(line), std::binary_search(all.begin(), all.end(), line));
            }
            const auto cut = qint64(random.below(300'000));
            set.cutFrom(cut);
            all.erase(std::lower_bound(all.begin(), all.end(), cut), all.end());
            QCOMPARE(set.count(), qint64(all.size()));
            QCOMPARE(set.at(set.count() - 1), all.empty() ? -1 : all.back());
        }
    }

    void agreesWithASimpleSearch()
    {
        static constexpr auto words
            = std::to_array<const char *>({"error", "Error", "ok", "ERR", "42", "x", " ", "\t", "\x1b[31m", "\x1b[0m",
                "\r", "über", "ÜBER", "\xff", "\xc3", "err\x1b[1mor", "\x07", "aaa", "-", "\x1b]0;t\x07"});
        const std::vector<SearchSpec> specs{{.pattern = u"error"_s}, {.pattern = u"error"_s, .caseSensitive = true},
            {.pattern = u"über"_s}, {.pattern = u"über"_s, .caseSensitive = true}, {.pattern = u"x"_s},
            {.pattern = u"err.r"_s, .regex = true}, {.pattern = u"^err"_s, .regex = true},
            {.pattern = u"or$"_s, .regex = true, .caseSensitive = true}, {.pattern = u"\\s+[^a]"_s, .regex = true},
            {.pattern = u"^$"_s, .regex = true}, {.pattern = u"(?<!\\s)x"_s, .regex = true},
            {.pattern = u"\\Aerr"_s, .regex = true}, {.pattern = u"\\s*+x"_s, .regex = true},
            {.pattern = u"x*"_s, .regex = true}, {.pattern = u"[^x]+$"_s, .regex = true},
            {.pattern = u"ok|\\d{2}$"_s, .regex = true, .streams = 1 << 2}, {.pattern = u"ok"_s, .streams = 1 << 1},
            {.pattern = u"\uFFFD"_s}, {.pattern = u"(a)\\1"_s, .regex = true}, {.pattern = u"\\bok\\b"_s, .regex = true}};
        SeededRandom random(99);
        for (int turn = 0; turn < 4; ++turn) {
            std::vector<std::pair<int, QByteArray>> pieces;
            for (int piece = 0; piece < 40; ++piece) {
                QByteArray bytes;
                for (int line = int(random.below(60)); line > 0; --line) {
                    for (int word = int(random.below(7)); word > 0; --word)
                        bytes += words[random.below(words.size())];
                    if (random.below(200) == 0)
                        bytes += QByteArray(90'000, 'z') + " ok";
                    bytes += '\n';
                }
                if (random.below(4) == 0)
                    bytes.chop(1); // a line that goes on in the other stream
                pieces.emplace_back(1 + int(random.below(2)), bytes);
            }
            const auto spool = spoolOf(pieces);
            LogText text(spool);
            for (const SearchSpec &spec : specs) {
                const auto hits = found(spool, spec);
                const auto expected = naive(text, spec);
                if (hits != expected)
                    for (std::size_t i = 0; i < std::max(hits.size(), expected.size()); ++i)
                        if (i >= hits.size() || i >= expected.size() || hits[i] != expected[i]) {
                            qInfo() << spec.pattern << i << hits.size() << expected.size()
                                    << (i < hits.size() ? text.whole(hits[i], 100).text : QString())
                                    << (i < expected.size() ? text.whole(expected[i], 100).text : QString());
                            break;
                        }
                QVERIFY(hits == expected);
            }
        }
    }

    void followsAGrowingLog()
    {
        const auto spool = spoolOf({{1, "hit\nmiss\nh"}});
        Beside beside;
        const SearchSpec spec{.pattern = u"hit"_s};
        LogSearch search(spool, spec, matcherOf(spec), &beside);
        QTRY_VERIFY(search.isDone());
        QCOMPARE(membersOf(search.hits()), (std::vector<qint64>{0}));
        append(*spool, "it\nhit");
        search.grow();
        QTRY_VERIFY(search.isDone() && search.hits().count() == 3);
        QCOMPARE(membersOf(search.hits()), (std::vector<qint64>{0, 2, 3}));
        append(*spool, "\nno\n");
        search.grow();
        QTRY_COMPARE(search.searched(), 5);
        QCOMPARE(membersOf(search.hits()), (std::vector<qint64>{0, 2, 3}));
    }

    void aLongLineIsSearchedAsAWhole()
    {
        QByteArray line(5 << 20, 'z');
        line.replace((3 << 20) - 3, 6, "needle");
        const auto spool = spoolOf({{1, "a\n" + line + "\nneedle\n"}});
        QCOMPARE(found(spool, {.pattern = u"needle"_s}), (std::vector<qint64>{1, 2}));
        QCOMPARE(found(spool, {.pattern = u"^z"_s, .regex = true}), (std::vector<qint64>{1}));
    }

    void anExpensivePatternEnds()
    {
        QByteArray lines;
        for (int i = 0; i < 20; ++i)
            lines += QByteArray(40, 'a') + "b\n";
        const auto spool = spoolOf({{1, lines + "aaa\n"}});
        Beside beside;
        const SearchSpec spec{.pattern = u"^(a+)+$"_s, .regex = true};
        LogSearch search(spool, spec, matcherOf(spec), &beside);
        QTRY_VERIFY(search.isDone());
        QCOMPARE(membersOf(search.hits()), (std::vector<qint64>{20}));
        QVERIFY(search.costly() >= 20);
    }

    void aBadPatternIsExplained()
    {
        const auto bad = LineMatcher::make({.pattern = u"a[b"_s, .regex = true});
        QVERIFY(!bad);
        QVERIFY2(bad.error().message.startsWith(u"character 4: "), qPrintable(bad.error().message));
    }

    void deletedInTheMiddleItEnds()
    {
        QByteArray lines;
        for (int i = 0; i < 200'000; ++i)
            lines += "some line " + QByteArray::number(i) + '\n';
        const auto spool = spoolOf({{1, lines}});
        Beside beside;
        const SearchSpec spec{.pattern = u"line .*(7|9)$"_s, .regex = true};
        for (int i = 0; i < 20; ++i) {
            auto search = std::make_unique<LogSearch>(spool, spec, matcherOf(spec), &beside);
            QTest::qWait(i % 5);
            search.reset();
        }
    }

    void marksWhereItWasFound()
    {
        const auto spans = matcherOf({.pattern = u"ab"_s}).spansIn(u"ABxab"_s);
        QCOMPARE(spans, (std::vector<LineMatcher::Span>{{0, 2}, {3, 2}}));
        QCOMPARE(matcherOf({.pattern = u"a+"_s, .regex = true}).spansIn(u"aab"_s), (std::vector<LineMatcher::Span>{{0, 2}}));
    }
};

QTEST_GUILESS_MAIN(TestSearch)
#include "tst_search.moc"

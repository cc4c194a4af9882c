// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/jobs/excerpt.h"
#include "shared/jobs/jobfile.h"

#include <QTest>

using namespace belfry;
using namespace Qt::StringLiterals;

class TestExcerpt : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void linesOfAJob_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("job");
        QTest::addColumn<int>("first");
        QTest::addColumn<int>("last");
        const QString two
            = u"project: p\njobs:\n\n  # one\n  # of two\n  a:\n    command: [x]\n\n  # the other\n  b:\n    command: [y]\n# end\n"_s;
        QTest::newRow("first, with its comment") << two << u"a"_s << 4 << 7;
        QTest::newRow("last, without what follows") << two << u"b"_s << 9 << 11;
        QTest::newRow("block text with comments and an empty line")
            << u"project: p\njobs:\n  a:\n    script: |\n      # first\n\n      x\n    # done\n    title: t\n"_s
            << u"a"_s << 3 << 9;
        QTest::newRow("one line") << u"project: p\njobs: {a: {command: [x]}, b: {command: [y]}}\n"_s << u"b"_s << 2
                                  << 2;
        QTest::newRow("flow over lines") << u"project: p\njobs: {\n  a: {\n    command: [x]\n  }\n}\n"_s << u"a"_s << 3
                                         << 4;
        QTest::newRow("no line break at the end") << u"project: p\njobs:\n  a:\n    command: [x]"_s << u"a"_s << 3 << 4;
    }
    void linesOfAJob()
    {
        QFETCH(QString, text);
        QFETCH(QString, job);
        QFETCH(int, first);
        QFETCH(int, last);
        const ParseResult parsed = parseJobFiles({{u"j.yaml"_s, text}});
        QVERIFY(parsed);
        const Excerpt excerpt = excerptAt(text, parsed->places.at(job).name);
        QCOMPARE(excerpt.first, first);
        QCOMPARE(excerpt.last, last);
        QCOMPARE(excerpt.text, text.split(u'\n').sliced(first - 1, last - first + 1).join(u'\n'));
    }
    void aPlaceOutsideHasNone()
    {
        QCOMPARE(excerptAt(u"a\nb"_s, {3, 1}).first, 0);
        QCOMPARE(excerptAt(u"a\nb"_s, {}).text, QString());
    }
};

QTEST_GUILESS_MAIN(TestExcerpt)
#include "tst_excerpt.moc"

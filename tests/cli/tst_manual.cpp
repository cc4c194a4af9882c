// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/cli/help.h"
#include "console/cli/manual.h"
#include "console/cli/verbs.h"

#include <QFile>
#include <QTest>

using namespace belfry;
using namespace Qt::StringLiterals;

namespace {

const QString startMark = u"<!-- computed: the rest of this file; BELFRY_UPDATE_DOCS=1 cli_tst_manual writes it -->\n"_s;

} // namespace

class TestManual : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyVerbHasAnExampleThatCallsIt()
    {
        for (const VerbSpec &verb : verbs()) {
            if (!verb.isSupported())
                continue;
            QVERIFY2(!verb.examples.empty(), qPrintable(verb.words));
            const bool calls = std::any_of(verb.examples.begin(), verb.examples.end(),
                [&](const Example &each) { return each.command.contains(u"belfry "_s + verb.words); });
            QVERIFY2(calls, qPrintable(verb.words));
            QVERIFY2(verbHelp(verb).contains(u"Examples:"_s), qPrintable(verb.words));
        }
    }

    void theManualPageHasAllVerbsAndNoStrayMacro()
    {
        const QString page = manPage();
        for (const VerbSpec &verb : verbs())
            if (verb.isSupported())
                QVERIFY2(page.contains(u".SS "_s + verb.words + u'\n'), qPrintable(verb.words));
        static const QStringList macros{
            u".TH"_s, u".SH"_s, u".SS"_s, u".TP"_s, u".B"_s, u".I"_s, u".PP"_s, u".nf"_s, u".fi"_s, u".RS"_s, u".RE"_s};
        for (const QString &line : page.split(u'\n'))
            if (line.startsWith(u'.') || line.startsWith(u'\''))
                QVERIFY2(macros.contains(line.section(u' ', 0, 0)), qPrintable(line));
    }

    void theDocumentSaysWhatTheTableSays()
    {
        QFile file(QStringLiteral(BELFRY_SOURCE_DIR) + u"/docs/cli.md"_s);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QString text = QString::fromUtf8(file.readAll());
        file.close();
        const qsizetype at = text.indexOf(startMark);
        QVERIFY2(at >= 0, "docs/cli.md has lost its mark");
        const QString wanted = text.left(at) + startMark + u'\n' + markdownVerbs();
        if (text == wanted)
            return;
        if (qEnvironmentVariableIsSet("BELFRY_UPDATE_DOCS")) {
            QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
            QCOMPARE(file.write(wanted.toUtf8()), wanted.toUtf8().size());
            return;
        }
        const QStringList is = text.split(u'\n');
        const QStringList should = wanted.split(u'\n');
        qsizetype line = 0;
        while (line < is.size() && line < should.size() && is[line] == should[line])
            ++line;
        QFAIL(qPrintable(
            u"docs/cli.md is out of date at line %1: has `%2`, should have `%3`; run this test with BELFRY_UPDATE_DOCS=1"_s
                .arg(line + 1)
                .arg(is.value(line), should.value(line))));
    }
};

QTEST_GUILESS_MAIN(TestManual)
#include "tst_manual.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/englishplurals.h"

#include <QCoreApplication>
#include <QDirIterator>
#include <QRegularExpression>
#include <QTest>

using namespace belfry;
using namespace Qt::StringLiterals;

class TestPlurals : public QObject
{
    Q_OBJECT

    EnglishPlurals m_english;

    static QString said(const char *text, int n) { return QCoreApplication::translate("any", text, nullptr, n); }

private Q_SLOTS:
    void initTestCase() { QVERIFY(QCoreApplication::installTranslator(&m_english)); }

    void oneAndMany()
    {
        QCOMPARE(said("%n job(s)", 1), u"1 job"_s);
        QCOMPARE(said("%n job(s)", 0), u"0 jobs"_s);
        QCOMPARE(said("%n job(s)", 11), u"11 jobs"_s);
        QCOMPARE(said("%n run(s) are held.", 1), u"1 run is held."_s);
        QCOMPARE(said("%n run(s) are held.", 2), u"2 runs are held."_s);
        QCOMPARE(said("%n run(s) were made.", 1), u"1 run was made."_s);
        QCOMPARE(said("%n run(s) have priority %1.", 1), u"1 run has priority %1."_s);
        QCOMPARE(said("and %n more", 1), u"and 1 more"_s);
        QCOMPARE(QCoreApplication::translate("any", "Kill (s)"), u"Kill (s)"_s); // no number, no form
    }

    // What is counted in the sources reads well in both forms.
    void eachTextOfTheSourcesHasBothForms()
    {
        static const QRegularExpression counted(u"tr\\(\\s*\"((?:[^\"\\\\]|\\\\.)*%n(?:[^\"\\\\]|\\\\.)*)\""_s);
        int found = 0;
        QDirIterator files(
            QStringLiteral(BELFRY_SOURCE_DIR) + u"/console"_s, {u"*.cpp"_s}, QDir::Files, QDirIterator::Subdirectories);
        while (files.hasNext()) {
            QFile file(files.next());
            QVERIFY(file.open(QIODevice::ReadOnly));
            auto matches = counted.globalMatch(QString::fromUtf8(file.readAll()));
            while (matches.hasNext()) {
                const QByteArray text = matches.next().captured(1).toUtf8();
                for (const int n : {1, 2}) {
                    const QString shown = said(text.constData(), n);
                    QVERIFY2(!shown.contains(u"(s)") && !shown.contains(u"%n"), qPrintable(shown));
                    QVERIFY2(
                        n != 1 || !shown.contains(QRegularExpression(u"\\b(are|were|have)\\b"_s)), qPrintable(shown));
                }
                ++found;
            }
        }
        QVERIFY2(found > 20, "the texts are not found any more");
    }
};

QTEST_GUILESS_MAIN(TestPlurals)
#include "tst_plurals.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/expr/interpolation.h"

#include <QTest>

using namespace belfry;
using namespace Qt::StringLiterals;

namespace {

NameValues values()
{
    const Instant at = *parseRfc3339(u"2026-03-29T01:05:09.250Z");
    return {{{u"date"_s, u"2026-01-31"_s}, {u"mode"_s, u"${{ occasion }}; rm -rf /"_s}, {u"dry-run"_s, u"true"_s}},
        occasionNames(at, *Zone::make(u"Europe/Berlin"))};
}

} // namespace

class TestInterpolation : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void evaluates_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("result");
        const auto row
            = [](const QString &text, const QString &result) { QTest::newRow(qPrintable(text)) << text << result; };
        row(u""_s, u""_s);
        row(u"plain $x ${y} {{ z }} }}"_s, u"plain $x ${y} {{ z }} }}"_s);
        row(u"${{ params.date }}"_s, u"2026-01-31"_s);
        row(u"${{params.date}}"_s, u"2026-01-31"_s);
        row(u"${{\tparams.date  }}"_s, u"2026-01-31"_s);
        row(u"--from=${{ params.date }}T${{ occasion.time }}!"_s, u"--from=2026-01-31T03:05:09!"_s);
        row(u"${{ params.dry-run }}"_s, u"true"_s);
        row(u"${{ params.absent }}"_s, u""_s);
        // A value is never read again.
        row(u"${{ params.mode }}"_s, u"${{ occasion }}; rm -rf /"_s);
        row(u"${{ '${{' }} x }}"_s, u"${{ x }}"_s);
        row(u"${{ 'it''s' }}"_s, u"it's"_s);
        // The clock of Berlin jumped at 01:00Z.
        row(u"${{ occasion }}"_s, u"2026-03-29T03:05:09+02:00"_s);
        row(u"${{ occasion.date }}"_s, u"2026-03-29"_s);
        row(u"${{ occasion.utc }}"_s, u"2026-03-29T01:05:09Z"_s);
        row(u"${{ occasion.unix }}"_s, u"1774746309"_s);
        row(u"${{ occasion.year }}/${{ occasion.month }}/${{ occasion.day }}"_s, u"2026/03/29"_s);
        row(u"${{ occasion.hour }}:${{ occasion.minute }}:${{ occasion.second }}"_s, u"03:05:09"_s);
        row(u"${{ occasion.weekday }}"_s, u"sun"_s);
    }
    void evaluates()
    {
        QFETCH(QString, text);
        QFETCH(QString, result);
        const auto found = Interpolation::evaluate(text, values());
        QVERIFY2(found, qPrintable(found ? QString() : found.error().message));
        QCOMPARE(*found, result);
        QCOMPARE(Interpolation::faults(text, {QStringList{u"date"_s, u"mode"_s, u"dry-run"_s, u"absent"_s}}),
            std::vector<ExprFault>());
    }

    void namesAndValuesAgree()
    {
        QStringList names;
        for (const auto &[name, value] : values().occasion)
            names += name;
        QStringList listed = occasionNameList();
        listed.sort();
        names.sort();
        QCOMPARE(names, listed);
    }

    void refusesWithPlace_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QStringList>("faults");
        const auto row
            = [](const QString &text, const QStringList &faults) { QTest::newRow(qPrintable(text)) << text << faults; };
        row(u"${{ params.dat }}"_s, {u"4 the job has no parameter 'dat' | did you mean 'date'?"_s});
        row(u"${{ params.zzzzzzz }}"_s, {u"4 the job has no parameter 'zzzzzzz' | known are: date, mode"_s});
        row(u"a ${{ param.date }} ${{ ocasion.date }}"_s,
            {u"6 the name 'param.date' is unknown | did you mean 'params.date'?"_s,
                u"24 the name 'ocasion.date' is unknown | did you mean 'occasion.date'?"_s});
        row(u"${{ occasion.millenium }}"_s,
            {u"4 the name 'occasion.millenium' is unknown | did you mean 'occasion.minute'?"_s});
        row(u"${{ }}"_s, {u"4 a name is missing | write one such as params.date"_s});
        row(u"x ${{ params.date"_s, {u"2 this '${{' is not closed | end it with '}}'"_s});
        row(u"${{ params.date }"_s, {u"0 this '${{' is not closed | end it with '}}'"_s});
        row(u"${{ params.date + 1 }}"_s, {u"16 expected '}}' here | an expression is one name, such as params.date"_s});
        row(u"${{ ${{ params.date }} }}"_s,
            {u"4 expected '}}' here | an expression is one name, such as params.date"_s});
        row(u"${{ 'open }}"_s, {u"4 this quote is not closed"_s});
        row(u"${{ .date }}"_s, {u"4 '.date' is not a name | write one such as params.date"_s});
        row(u"${{ params..date }}"_s, {u"4 'params..date' is not a name | write one such as params.date"_s});
        row(u"${{ matrix.region }}"_s,
            {u"4 'matrix.region' is known only in the steps of a pipeline; pipelines are not supported yet"_s});
        row(u"${{ steps.load.outputs.rows }}"_s,
            {u"4 'steps.load.outputs.rows' is known only in the steps of a pipeline; pipelines are not supported yet"_s});
        row(u"${{ secrets.x }}"_s, {u"4 secrets are not supported yet"_s});
    }
    void refusesWithPlace()
    {
        QFETCH(QString, text);
        QFETCH(QStringList, faults);
        QStringList found;
        for (const ExprFault &each : Interpolation::faults(text, {QStringList{u"date"_s, u"mode"_s}}))
            found += u"%1 %2%3"_s.arg(each.offset)
                         .arg(each.message, each.hint.isEmpty() ? QString() : u" | "_s + each.hint);
        QCOMPARE(found, faults);
    }

    void refusesParametersWhereTheyHaveNoMeaning()
    {
        const auto faults = Interpolation::faults(u"${{ params.date }}", {std::nullopt});
        QCOMPARE(faults.size(), std::size_t(1));
        QCOMPARE(faults[0].message, u"parameters cannot be used here"_s);
    }

    void evaluationFailsForWhatWasNeverChecked()
    {
        QVERIFY(!Interpolation::evaluate(u"${{ nothing }}", values()));
        QVERIFY(!Interpolation::evaluate(u"${{ params.date", values()));
    }
};

QTEST_GUILESS_MAIN(TestInterpolation)
#include "tst_interpolation.moc"

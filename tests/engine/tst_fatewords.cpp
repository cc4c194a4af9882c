// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/engine/fatewords.h"

#include "backend/engine/explainrun.h"
#include "shared/time/occurrence.h"
#include "tests/engine/bench.h"

#include <QDirIterator>
#include <QFile>
#include <QRegularExpression>
#include <QTest>

using namespace belfry;
using namespace belfry::engine;
using namespace Qt::StringLiterals;

namespace {

QString read(const QString &file)
{
    QFile source(QStringLiteral(BELFRY_SOURCE_DIR "/") + file);
    return source.open(QIODevice::ReadOnly) ? QString::fromUtf8(source.readAll()) : QString();
}

// Every pair of fate and reason constant that the engine writes into the ledger, as it stands in its sources.
std::set<std::pair<QString, QString>> pairsInSources()
{
    std::set<std::pair<QString, QString>> pairs;
    static const QRegularExpression pair(uR"((?:Fate|Settled)::(\w+), (?:\.reason = )?(?:engine::)?reason::(\w+))"_s);
    QDirIterator files(QStringLiteral(BELFRY_SOURCE_DIR "/backend/engine"), {u"*.cpp"_s});
    while (files.hasNext()) {
        const QString name = files.next().section(u'/', -1);
        if (name == u"fatewords.cpp"_s)
            continue;
        for (auto match = pair.globalMatch(read(u"backend/engine/"_s + name)); match.hasNext();) {
            const auto found = match.next();
            pairs.emplace(found.captured(1), found.captured(2));
        }
    }
    return pairs;
}

std::map<QString, QString> reasonConstants()
{
    std::map<QString, QString> codes;
    static const QRegularExpression constant(uR"rx(constexpr QStringView (\w+) = u"(\w+)")rx"_s);
    for (auto match = constant.globalMatch(read(u"backend/engine/ledger.h"_s)); match.hasNext();) {
        const auto found = match.next();
        codes[found.captured(1)] = found.captured(2);
    }
    return codes;
}

Run runNumber(qint64 id, RunState state)
{
    Run run{.id = RunId(id), .jobName = u"p/x"_s, .state = state, .cause = Cause::Schedule};
    run.occasion = clockAt("12:00");
    run.queuedAt = clockAt("12:00");
    return run;
}

QString inWords(Fate fate, const QString &reason, const JobDefinition &definition, const std::optional<Run> &run = {},
    const std::vector<Run> &earlier = {})
{
    Occasion row{.jobName = u"p/x"_s, .rule = u"r"_s, .at = clockAt("12:00"), .fate = fate, .reason = reason};
    if (run)
        row.run = run->id;
    const Words words(u"UTC", clockAt("13:00"));
    return fateInWords(row, &definition, run ? &*run : nullptr, earlier, words);
}

} // namespace

class TestFateWords : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyVerdictOfTheEngineHasItsSentence();
    void everySentenceStandsWithoutFacts();
    void theDocumentListsThemAll();
    void theSeedCase();
    void numbersComeFromTheDefinition();
    void spansAndTimes();
};

void TestFateWords::everyVerdictOfTheEngineHasItsSentence()
{
    const auto codes = reasonConstants();
    QVERIFY(codes.size() >= 10);
    const auto pairs = pairsInSources();
    QVERIFY(pairs.size() >= 8);
    for (const auto &[fateName, constant] : pairs) {
        const auto fate = enumOf<Fate>(fateName.toLower());
        QVERIFY2(fate, qPrintable(fateName));
        QVERIFY2(codes.count(constant) != 0, qPrintable(constant));
        QVERIFY2(fateSentence(*fate, codes.at(constant)), qPrintable(fateName + u' ' + codes.at(constant)));
    }
    for (const SkipCause cause : {SkipCause::Gap, SkipCause::Calendar})
        QVERIFY(fateSentence(Fate::Skipped, skipCauseName(cause)));
    for (const auto &[constant, code] : codes) { // none is left over
        const auto &all = fateSentences();
        QVERIFY2(std::any_of(all.begin(), all.end(), [&](const FateSentence &each) { return each.reason == code; }),
            qPrintable(code));
    }
}

void TestFateWords::everySentenceStandsWithoutFacts()
{
    const Words words(u"UTC", clockAt("13:00"));
    std::set<std::pair<Fate, QString>> seen;
    for (const FateSentence &each : fateSentences()) {
        QVERIFY(seen.emplace(each.fate, each.reason.toString()).second);
        const Occasion row{.at = clockAt("12:00"), .fate = each.fate, .reason = each.reason.toString()};
        const QString text = fateInWords(row, nullptr, nullptr, {}, words);
        QVERIFY2(text.startsWith(u"it "_s) || text.startsWith(u"a run "_s), qPrintable(text));
        QVERIFY2(!text.contains(u'{') && !text.contains(u"  "_s) && !text.endsWith(u'.'), qPrintable(text));
    }
    const Occasion unknown{.at = clockAt("12:00"), .fate = Fate::Missed, .reason = u"of_a_newer_version"_s};
    QCOMPARE(fateInWords(unknown, nullptr, nullptr, {}, words), u"it is missed (of_a_newer_version)"_s);
}

void TestFateWords::theDocumentListsThemAll()
{
    const QString document = read(u"docs/why.md"_s);
    QStringList documented;
    static const QRegularExpression line(
        uR"(^\| `(\w+)` \| (?:`(\w+)`)? *\| (.*) \|$)"_s, QRegularExpression::MultilineOption);
    for (auto match = line.globalMatch(document); match.hasNext();) {
        const auto found = match.next();
        documented += found.captured(1) + u'|' + found.captured(2) + u'|' + found.captured(3);
    }
    QStringList written;
    for (const FateSentence &each : fateSentences())
        written += nameOf(each.fate) + u'|' + each.reason.toString() + u'|' + each.text.toString();
    QCOMPARE(documented, written);
    for (const auto &kind : enumNames(static_cast<const wire::BlockerKind *>(nullptr)))
        QVERIFY2(document.contains(u"- `%1`"_s.arg(QLatin1StringView(kind.name))), kind.name);
}

void TestFateWords::theSeedCase()
{
    Run third = runNumber(3, RunState::Succeeded);
    third.occasion = third.queuedAt = clockAt("11:30");
    third.endedAt = clockAt("12:04");
    Run fourth = runNumber(4, RunState::Running);
    fourth.startedAt = clockAt("12:04");
    fourth.agent = u"a1"_s;
    QCOMPARE(inWords(Fate::Ran, {}, jobNamed(u"x"_s), fourth, {third}),
        u"run 4 started for it and lives on agent a1; it started 4m after it was due, because run 3 of the job had "
        "not ended before 12:04:00Z"_s);
    const Words words(u"UTC", clockAt("12:10"));
    const Attempt attempt{.run = RunId(4), .attempt = 1, .agent = u"a1"_s, .startedAt = clockAt("12:04")};
    QCOMPARE(runSentence({.run = fourth, .attempts = {attempt}, .earlier = {third}}, words),
        u"Run 4 of p/x, due at 12:00:00Z, is running on agent a1 since 12:04:00Z (6m ago). It started 4m after it was "
        "due, because run 3 of the job had not ended before 12:04:00Z."_s);
}

void TestFateWords::numbersComeFromTheDefinition()
{
    JobDefinition job = jobEvery(u"x"_s, 30min);
    job.startBy = 90s;
    job.catchUp.window = 2h;
    job.catchUp.max = 7;
    job.schedule[0].rule.calendar = u"workdays"_s;
    QCOMPARE(inWords(Fate::Expired, u"start_by"_s, job),
        u"it expired, because it could not start within its start_by (1m30s)"_s);
    QVERIFY(inWords(Fate::Missed, u"outside_window"_s, job).endsWith(u"catch_up window (2h)"_s));
    QVERIFY(inWords(Fate::Missed, u"over_max"_s, job).endsWith(u"catch_up max (7) takes"_s));
    QCOMPARE(
        inWords(Fate::Skipped, u"calendar"_s, job), u"it was skipped, because calendar workdays closes that day"_s);
    job.overlap = OverlapPolicy::Skip;
    QVERIFY(inWords(Fate::Skipped, u"overlap"_s, job).contains(u"overlap is skip"_s));
    Run covering = runNumber(9, RunState::Succeeded);
    covering.endedAt = clockAt("12:30");
    QCOMPARE(inWords(Fate::Merged, u"overlap"_s, job, covering),
        u"it was merged into run 9, which succeeded at 12:30:00Z: as many runs with the same parameters as max_queued "
        "(1) allows were waiting, and the last of them covers it too"_s);
}

void TestFateWords::spansAndTimes()
{
    QCOMPARE(Words::span(40ms), u"40ms"_s);
    QCOMPARE(Words::span(812ms), u"0.8s"_s);
    QCOMPARE(Words::span(4s), u"4s"_s);
    QCOMPARE(Words::span(4min + 400ms), u"4m"_s);
    QCOMPARE(Words::runs({RunId(3)}), u"run 3"_s);
    QCOMPARE(Words::runs({RunId(1), RunId(2), RunId(3), RunId(4), RunId(5), RunId(6), RunId(7)}),
        u"runs 1, 2, 3, 4, 5 and 2 more"_s);
    const Words words(u"Europe/Berlin", clockAt("23:30"));
    QCOMPARE(words.time(clockAt("22:30")), u"2026-01-05 23:30:00+01:00"_s);
    QCOMPARE(words.time(clockAt("23:10:00.250")), u"00:10:00+01:00"_s);
    QCOMPARE(words.fullTime(clockAt("23:10:00.250")), u"2026-01-06 00:10:00.250+01:00"_s);
    QCOMPARE(Words(u"Nowhere/At_All", clockAt("12:00")).time(clockAt("11:00")), u"11:00:00Z"_s);
}

QTEST_APPLESS_MAIN(TestFateWords)
#include "tst_fatewords.moc"

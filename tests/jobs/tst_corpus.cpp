// SPDX-License-Identifier: GPL-3.0-or-later
// Files of tests/data/jobs with what Belfry must say about them, and the schema for editors, judged by another
// validator.
#include "shared/jobs/lint.h"
#include "shared/jobs/unsupported.h"
#include "shared/yaml/document.h"
#include "tests/jobs/jobsbench.h"

#include <QDirIterator>
#include <QFile>
#include <QJsonDocument>
#include <QRegularExpression>
#include <QTest>

#include <valijson/adapters/qtjson_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>

using namespace belfry;
using namespace Qt::StringLiterals;

namespace {

// One `=== name` of a corpus.
struct Case {
    QString name;
    bool schemaRefuses = false;
    QStringList lines; // `line:column message`, of which the message may be the beginning
    QString text;
};

std::vector<Case> casesOf(const QString &file)
{
    std::vector<Case> cases;
    for (const QString &line : jobsData(file).split(u'\n')) {
        if (line.startsWith(u"=== "_s)) {
            Case next{.name = line.mid(4)};
            next.schemaRefuses = next.name.endsWith(u" [schema]"_s);
            cases.push_back(next);
        } else if (cases.empty()) {
            continue;
        } else if (line.startsWith(u"--- "_s) && cases.back().text.isEmpty()) {
            cases.back().lines += line.mid(4);
        } else {
            cases.back().text += line + u'\n';
        }
    }
    for (Case &each : cases)
        while (each.text.endsWith(u"\n\n"_s) || each.text == u"\n"_s)
            each.text.chop(1);
    return cases;
}

// Until it is carried out, a key is refused; what is not meant to come soon is never looked over here.
bool isSupportedByNow(const QString &line)
{
    static const QStringList coming{u"overlap"_s, u"max_queued"_s, u"max_running"_s, u"start_by"_s, u"placement"_s,
        u"limits"_s, u"priority"_s, u"on_lost"_s, u"lost_after"_s, u"policy"_s, u"window"_s, u"max"_s,
        u"late_tolerance"_s};
    const QString key = line.section(u'\'', 1, 1).section(u':', 0, 0);
    const QString table = line.startsWith(u"2:"_s)                                           ? u"file"_s
        : QStringList{u"policy"_s, u"window"_s, u"max"_s, u"late_tolerance"_s}.contains(key) ? u"catch_up"_s
                                                                                             : u"job"_s;
    return line.endsWith(u": not supported yet"_s) && coming.contains(key) && isSupported(table, key);
}

void compareLines(const QStringList &found, const QStringList &expected)
{
    const QString shown = u"found\n%1\nexpected\n%2"_s.arg(found.join(u'\n'), expected.join(u'\n'));
    QVERIFY2(found.size() == expected.size(), qPrintable(shown));
    for (qsizetype i = 0; i < found.size(); ++i)
        QVERIFY2(found[i].startsWith(expected[i]), qPrintable(shown));
}

class SchemaJudge
{
public:
    SchemaJudge()
    {
        const QJsonValue schema = jobsSchema();
        valijson::SchemaParser().populateSchema(valijson::adapters::QtJsonAdapter(schema), m_schema);
    }
    bool accepts(const QJsonValue &value)
    {
        return valijson::Validator().validate(m_schema, valijson::adapters::QtJsonAdapter(value), nullptr);
    }

private:
    valijson::Schema m_schema;
};

QJsonValue jsonOf(const QString &text)
{
    return toJson(YamlDocument::parse(u"a.yaml"_s, text).root());
}

} // namespace

class TestCorpus : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void refusesWithEachPlaceAndNoOther_data() { addCases(u"bad.txt"_s, 150); }
    void refusesWithEachPlaceAndNoOther()
    {
        QFETCH(QString, text);
        QFETCH(QStringList, lines);
        if (lines.size() == 1 && isSupportedByNow(lines[0]))
            QSKIP("it is supported by now");
        compareLines(problemsOf(text), lines);
    }

    // What needs no look at time and no second key, the schema refuses too; all else it must take.
    void schemaAgrees_data() { addCases(u"bad.txt"_s, 150); }
    void schemaAgrees()
    {
        QFETCH(QString, text);
        QFETCH(QStringList, lines);
        QFETCH(bool, schemaRefuses);
        if (lines.size() == 1 && isSupportedByNow(lines[0]))
            QSKIP("it is supported by now");
        const auto document = YamlDocument::parse(u"a.yaml"_s, text);
        if (!document.problems().empty() || document.root().isNull())
            return; // not even a tree
        QCOMPARE(!m_schema.accepts(toJson(document.root())), schemaRefuses);
    }

    void schemaTakesEveryGoodFile()
    {
        QStringList files{QStringLiteral(BELFRY_SOURCE_DIR "/tests/data/jobs/good.yaml")};
        QDirIterator examples(QStringLiteral(BELFRY_SOURCE_DIR "/resources/examples"), {u"*.yaml"_s}, QDir::Files);
        while (examples.hasNext())
            files += examples.next();
        QVERIFY(files.size() > 4);
        for (const QString &name : files) {
            QFile file(name);
            QVERIFY(file.open(QIODevice::ReadOnly));
            const QString text = QString::fromUtf8(file.readAll());
            QVERIFY2(problemsOf(text).isEmpty(), qPrintable(name + u'\n' + problemsOf(text).join(u'\n')));
            QVERIFY2(m_schema.accepts(jsonOf(text)), qPrintable(name));
        }
    }

    void theDocumentationsExamplesAreGood()
    {
        const QString text = documentation();
        static const QRegularExpression block(u"^```yaml\n(.*?)^```$"_s,
            QRegularExpression::MultilineOption | QRegularExpression::DotMatchesEverythingOption);
        int found = 0;
        for (auto each = block.globalMatch(text); each.hasNext(); ++found) {
            const QString example = each.next().captured(1);
            QVERIFY2(problemsOf(example).isEmpty(), qPrintable(example + problemsOf(example).join(u'\n')));
            QVERIFY2(m_schema.accepts(jsonOf(example)), qPrintable(example));
            const auto warnings = lintProject(projectOf(example), *parseRfc3339(u"2026-01-15T12:00:00Z"));
            QVERIFY2(warnings.empty(), qPrintable(example + linesOf(warnings).join(u'\n')));
        }
        QVERIFY(found >= 5);
    }

    void theDocumentationNamesEveryKey()
    {
        const QString text = documentation();
        QStringList missing;
        for (const QString &key : keysOf(jobsSchema()))
            if (!text.contains(u'`' + key + u'`'))
                missing += key;
        QVERIFY2(missing.isEmpty(), qPrintable(missing.join(u' ')));
    }

    void schemaIsDraft7AndTellsDefaults()
    {
        const QJsonObject schema = jobsSchema();
        QCOMPARE(schema[u"$schema"_s].toString(), u"http://json-schema.org/draft-07/schema#"_s);
        const QJsonObject job
            = schema[u"properties"_s].toObject()[u"jobs"_s].toObject()[u"additionalProperties"_s].toObject();
        const QJsonObject keys = job[u"properties"_s].toObject();
        QCOMPARE(keys[u"enabled"_s].toObject()[u"default"_s], QJsonValue(true));
        QVERIFY(!keys[u"timeout"_s].toObject()[u"description"_s].toString().isEmpty());
        QVERIFY(QJsonDocument(schema).toJson().size() < 200'000);
    }

    // Each file says on its first line where its twelve mistakes are.
    void twelveMistakesHaveTwelvePlaces_data()
    {
        QTest::addColumn<QString>("text");
        QDirIterator files(QStringLiteral(BELFRY_SOURCE_DIR "/tests/data/jobs/twelve"), {u"*.yaml"_s}, QDir::Files);
        int found = 0;
        while (files.hasNext()) {
            QFile file(files.next());
            QVERIFY(file.open(QIODevice::ReadOnly));
            QTest::newRow(qPrintable(files.fileName())) << QString::fromUtf8(file.readAll());
            ++found;
        }
        QVERIFY(found >= 5);
    }
    void twelveMistakesHaveTwelvePlaces()
    {
        QFETCH(QString, text);
        const QStringList wanted = text.section(u'\n', 0, 0).mid(2).split(u' ');
        QCOMPARE(wanted.size(), 12);
        QStringList places;
        const QStringList lines = problemsOf(text);
        for (const QString &line : lines)
            places += line.section(u' ', 0, 0);
        QVERIFY2(places == wanted, qPrintable(u"found\n"_s + lines.join(u'\n') + u"\nwanted "_s + wanted.join(u' ')));
    }

    void warnsWithPlace_data() { addCases(u"lint.txt"_s, 12); }
    void warnsWithPlace()
    {
        QFETCH(QString, text);
        QFETCH(QStringList, lines);
        const auto warnings = lintProject(projectOf(text), *parseRfc3339(u"2026-01-15T12:00:00Z"));
        for (const Problem &each : warnings)
            QVERIFY(each.severity == Severity::Warning);
        compareLines(linesOf(warnings), lines);
    }

    void warnsWhereNoAgentMatches()
    {
        const ParsedProject project = projectOf(u"project: p\njobs:\n  a:\n    command: [x]\n    agent: linux && gpu\n"
                                                "  b:\n    command: [x]\n  c:\n    command: [x]\n    agent: linux\n"_s);
        QCOMPARE(linesOf(lintAgents(project, {{{u"linux"_s, QString()}}}), true),
            QStringList{u"5:12 no agent matches 'linux && gpu'; none has 'gpu'"_s});
        QCOMPARE(
            lintAgents(project, {{{u"linux"_s, QString()}}, {{u"linux"_s, QString()}, {u"gpu"_s, QString()}}}).size(),
            std::size_t(0));
        QCOMPARE(lintAgents(project, {}).size(), std::size_t(3));
    }

private:
    static QString documentation()
    {
        QFile file(QStringLiteral(BELFRY_SOURCE_DIR "/docs/jobs.md"));
        return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()) : QString();
    }

    // The names of properties anywhere in a schema.
    static QStringList keysOf(const QJsonValue &schema)
    {
        QStringList keys;
        for (const QJsonValue &each : schema.toArray())
            keys += keysOf(each);
        const QJsonObject object = schema.toObject();
        const QJsonObject properties = object[u"properties"_s].toObject();
        keys += properties.keys();
        for (const QJsonValue &each : properties)
            keys += keysOf(each);
        for (auto each = object.begin(); each != object.end(); ++each)
            if (each.key() != u"properties"_s)
                keys += keysOf(each.value());
        return keys;
    }

    static void addCases(const QString &file, std::size_t least)
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QStringList>("lines");
        QTest::addColumn<bool>("schemaRefuses");
        const auto cases = casesOf(file);
        QVERIFY(cases.size() >= least);
        for (const Case &each : cases)
            QTest::newRow(qPrintable(each.name)) << each.text << each.lines << each.schemaRefuses;
    }

    SchemaJudge m_schema;
};

QTEST_GUILESS_MAIN(TestCorpus)
#include "tst_corpus.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/yaml/mapreader.h"

#include <QTest>

using namespace belfry;
using namespace Qt::StringLiterals;

namespace {

struct Config {
    QString listen = u"127.0.0.1:7410"_s;
    bool fsync = true;
    int slots = 4;
    double ratio = 0.5;
    Duration grace = 10s;
    qint64 cap = 100;
    QString level = u"info"_s;
    QStringList origins;
    std::map<QString, QString> labels;
    std::optional<QString> name;
    QString certificate;
};

QStringList read(const QByteArray &text, Config &config)
{
    const YamlDocument document = YamlDocument::parse(u"c.yaml"_s, text);
    std::vector<Problem> problems = document.problems();
    MapReader reader(document, problems);
    reader.take("listen", config.listen);
    reader.take("fsync", config.fsync);
    reader.take("slots", config.slots, 1, 1000);
    reader.take("ratio", config.ratio, 0, 1);
    reader.take("grace", config.grace, 1s, 1h);
    reader.takeSize("cap", config.cap, 1024, 1 << 30);
    reader.takeChoice("level", config.level, {u"debug"_s, u"info"_s});
    reader.take("origins", config.origins);
    reader.take("labels", config.labels);
    reader.take("name", config.name);
    MapReader tls = reader.section("tls");
    tls.take("certificate", config.certificate);
    tls.finish();
    reader.finish();
    QStringList lines;
    for (const Problem &each : problems)
        lines += u"%1:%2 %3%4"_s.arg(each.line)
                     .arg(each.column)
                     .arg(each.message, each.hint.isEmpty() ? QString() : u" | "_s + each.hint);
    return lines;
}

} // namespace

class TestMapReader : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void takesEveryType()
    {
        Config config;
        QCOMPARE(read("listen: 0.0.0.0:1\nfsync: false\nslots: 0x10\nratio: 1\ngrace: 2m\ncap: 2MiB\nlevel: debug\n"
                      "origins: [a, 'b c']\nlabels: {gpu: 1, site: on}\nname: 12\ntls: {certificate: /c.pem}\nx-note: "
                      "[1, 2]\n",
                     config),
            QStringList());
        QCOMPARE(config.listen, u"0.0.0.0:1"_s);
        QCOMPARE(config.fsync, false);
        QCOMPARE(config.slots, 16);
        QCOMPARE(config.ratio, 1.0);
        QCOMPARE(config.grace, Duration(120'000));
        QCOMPARE(config.cap, 2 << 20);
        QCOMPARE(config.level, u"debug"_s);
        QCOMPARE(config.origins, QStringList({u"a"_s, u"b c"_s}));
        QCOMPARE(config.labels, (std::map<QString, QString>{{u"gpu"_s, u"1"_s}, {u"site"_s, u"on"_s}}));
        QCOMPARE(config.name, u"12"_s);
        QCOMPARE(config.certificate, u"/c.pem"_s);
    }

    void keepsDefaultsOfAbsentKeys()
    {
        Config config;
        QCOMPARE(read("", config), QStringList());
        QCOMPARE(read("# only a comment\n", config), QStringList());
        QCOMPARE(config.slots, 4);
        QCOMPARE(config.name, std::optional<QString>());
    }

    void notesEverythingThatIsWrong()
    {
        Config config;
        QCOMPARE(read("listen: [1]\nfsync: yes\nslots: 0\nratio: '0.5'\ngrace: 90\ncap: 5\nlevel: inf\norigins: "
                      "a\nlabels: [x]\n"
                      "name: {a: b}\ntls: 5\nlisten_on: x\nzzzzzzzz: 1\n",
                     config),
            QStringList({u"1:9 expected a text, found a list"_s,
                u"2:8 expected true or false, found the text 'yes'; write true"_s,
                u"3:8 0 is out of range, 1 to 1000"_s,
                u"4:8 expected a number, found the text '0.5'; leave out the quotes"_s,
                u"5:8 '90' is not a duration: a unit is missing; the units are w, d, h, m, s and ms"_s,
                u"6:6 5 is out of range, 1 KiB to 1 GiB"_s,
                u"7:8 expected debug or info, found the text 'inf'; did you mean 'info'?"_s,
                u"8:10 expected a list, found the text 'a'"_s, u"9:9 expected a map, found a list"_s,
                u"10:7 expected a text, found a map"_s, u"11:6 expected a map, found the number '5'"_s,
                u"12:1 the key 'listen_on' is unknown | did you mean 'listen'?"_s,
                u"13:1 the key 'zzzzzzzz' is unknown | known are: listen, fsync, slots, ratio, grace, cap, level, origins, labels, name, tls"_s}));
        QCOMPARE(config.slots, 4);
        QCOMPARE(config.grace, Duration(10'000));
        QCOMPARE(config.fsync, true);
    }

    void refusesARootThatIsNoMap()
    {
        Config config;
        QCOMPARE(read("- a\n", config), QStringList{u"1:1 expected a map, found a list"_s});
    }

    void printsProblemsWithCaret()
    {
        const QString source = u"a: 1\n\tbäd: €x\n"_s;
        QCOMPARE(formatProblem({Severity::Error, u"c.yaml"_s, 2, 8, u"wrong"_s, u"put it right"_s}, source),
            u"c.yaml:2:8: error: wrong; put it right\n     bäd: €x\n           ^"_s);
        QCOMPARE(formatProblem({Severity::Warning, u"c.yaml"_s, 0, 0, u"hm"_s, {}}, source), u"c.yaml: warning: hm"_s);
        QCOMPARE(
            formatProblem({Severity::Error, u"c.yaml"_s, 99, 1, u"far"_s, {}}, source), u"c.yaml:99:1: error: far"_s);
        QCOMPARE(formatProblem({Severity::Error, u"a\x1b[2Jb"_s, 1, 1, u"x"_s, {}}, QString()),
            u"a\ufffd[2Jb:1:1: error: x"_s);
        const QString wide = u"x"_s.repeated(1000) + u"HERE"_s + u"y"_s.repeated(1000);
        const QStringList lines = formatProblem({Severity::Error, u"w"_s, 1, 1001, u"m"_s, {}}, wide).split(u'\n');
        QCOMPARE(lines.size(), 3);
        QCOMPARE(lines[1].mid(lines[2].indexOf(u'^'), 4), u"HERE"_s);
        QVERIFY(lines[1].size() < 200);
    }
};

QTEST_GUILESS_MAIN(TestMapReader)
#include "tst_mapreader.moc"

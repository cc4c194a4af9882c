// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/codec/codec.h"

#include <QTest>

using namespace belfry;
using namespace Qt::StringLiterals;

namespace {

enum class Colour { Red, Green };
constexpr auto enumNames(const Colour *) { return names<Colour>({{Colour::Red, "red"}, {Colour::Green, "green"}}); }

struct Inner {
    int small = 7;
    bool operator==(const Inner &) const = default;
};
constexpr auto describe(const Inner *) { return fields(required(1, "small", &Inner::small)); }

struct Sample {
    bool flag = false;
    qint64 big = 0;
    double ratio = 0;
    QString text;
    QByteArray bytes;
    Instant at;
    Duration span {0};
    RunId run;
    Colour colour = Colour::Red;
    std::optional<int> maybe;
    std::vector<Inner> list;
    std::map<QString, QString> map;
    bool operator==(const Sample &) const = default;
};
constexpr auto describe(const Sample *)
{
    return fields(field(1, "flag", &Sample::flag), field(2, "big", &Sample::big), field(3, "ratio", &Sample::ratio),
        field(4, "text", &Sample::text), field(5, "bytes", &Sample::bytes), field(6, "at", &Sample::at), field(7, "span", &Sample::span),
        field(8, "run", &Sample::run), field(9, "colour", &Sample::colour), field(10, "maybe", &Sample::maybe),
        field(11, "list", &Sample::list), field(12, "map", &Sample::map));
}

Sample sample()
{
    return {true, (qint64(1) << 62) + 1, 0.25, u"grüße\n"_s, QByteArray("\0\xff", 2), Instant(1'767'225'600'123), 90min, RunId(9'007'199'254'740'993),
        Colour::Green, 3, {{1}, {-2}}, {{u"k"_s, u"v"_s}}};
}

} // namespace

class TestCodec : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void survivesBothForms()
    {
        QCOMPARE(*fromJson<Sample>(toJson(sample())), sample());
        QCOMPARE(*fromCbor<Sample>(toCbor(sample(), Keys::Numbers), {Keys::Numbers}), sample());
        QByteArray streamed;
        QCborStreamWriter writer(&streamed);
        Codec<Sample>::write(writer, sample());
        QCOMPARE(*fromCbor<Sample>(QCborValue::fromCbor(streamed), {Keys::Numbers}), sample());
    }

    void writesForPeople()
    {
        const QJsonObject json = toJson(sample());
        QCOMPARE(json[u"at"].toString(), u"2026-01-01T00:00:00.123Z"_s);
        QCOMPARE(json[u"span"].toString(), u"1h30m"_s);
        QCOMPARE(json[u"colour"].toString(), u"green"_s);
        QCOMPARE(toJson(Sample {})[u"maybe"], QJsonValue(QJsonValue::Null));
    }

    void keepsDefaultsForAbsentFields() { QCOMPARE(*fromJson<Sample>(QJsonObject()), Sample {}); }

    void namesTheWrongField_data()
    {
        QTest::addColumn<QJsonObject>("json");
        QTest::addColumn<QString>("says");
        QTest::newRow("type") << QJsonObject {{u"flag"_s, u"yes"_s}} << u"flag: expected true or false, found a text"_s;
        QTest::newRow("inside a list") << QJsonObject {{u"list"_s, QJsonArray {QJsonObject {{u"small"_s, 1}}, QJsonObject()}}}
                                       << u"list: [1]: small: is missing"_s;
        QTest::newRow("range") << QJsonObject {{u"maybe"_s, 3e10}} << u"maybe: 30000000000 is out of range, -2147483648 to 2147483647"_s;
        QTest::newRow("fraction") << QJsonObject {{u"maybe"_s, 1.5}} << u"maybe: expected an integer, found a number"_s;
        QTest::newRow("enum") << QJsonObject {{u"colour"_s, u"blue"_s}} << u"colour: 'blue' is none of red or green"_s;
        QTest::newRow("time") << QJsonObject {{u"at"_s, 5}} << u"at: expected an RFC 3339 time, found an integer"_s;
        QTest::newRow("unknown") << QJsonObject {{u"colur"_s, u"red"_s}} << u"'colur' is unknown; did you mean 'colour'?"_s;
    }
    void namesTheWrongField()
    {
        QFETCH(QJsonObject, json);
        QFETCH(QString, says);
        const auto result = fromJson<Sample>(json, Unknown::Refuse);
        QVERIFY(!result);
        QCOMPARE(result.error().kind, ErrorKind::Invalid);
        QCOMPARE(result.error().message, says);
    }

    void ignoresUnknownFieldsWhereVersionsMix() { QVERIFY(fromJson<Sample>(QJsonObject {{u"colur"_s, 1}})); }

    void computesItsSchema()
    {
        const QJsonObject schema = Codec<Sample>::schema();
        QCOMPARE(schema[u"type"].toString(), u"object"_s);
        const QJsonObject properties = schema[u"properties"].toObject();
        QCOMPARE(properties.size(), 12);
        QCOMPARE(properties[u"list"].toObject()[u"items"].toObject()[u"required"].toArray(), QJsonArray {u"small"_s});
        QCOMPARE(properties[u"colour"].toObject()[u"enum"].toArray(), (QJsonArray {u"red"_s, u"green"_s}));
    }
};

QTEST_APPLESS_MAIN(TestCodec)
#include "tst_codec.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/theme.h"

#include <QApplication>
#include <QDirIterator>
#include <QRegularExpression>
#include <QSvgRenderer>
#include <QTest>

#include <cmath>
#include <numbers>

using namespace belfry;
using namespace Qt::StringLiterals;

namespace {

constexpr double contrastOfText = 4.5; // WCAG 2.1, 1.4.3
constexpr double distanceOfClasses = 12;

using Three = std::array<double, 3>;
using Matrix = std::array<Three, 3>;

double linear(double channel)
{
    return channel <= 0.04045 ? channel / 12.92 : std::pow((channel + 0.055) / 1.055, 2.4);
}

Three linearRgb(const QColor &color)
{
    return {linear(color.redF()), linear(color.greenF()), linear(color.blueF())};
}

double contrast(const QColor &a, const QColor &b)
{
    const auto luminance = [](const QColor &color) {
        const Three rgb = linearRgb(color);
        return 0.2126 * rgb[0] + 0.7152 * rgb[1] + 0.0722 * rgb[2];
    };
    const double light = std::max(luminance(a), luminance(b));
    const double dark = std::min(luminance(a), luminance(b));
    return (light + 0.05) / (dark + 0.05);
}

Three times(const Matrix &matrix, const Three &value)
{
    Three result{};
    for (std::size_t i = 0; i < 3; ++i)
        for (std::size_t k = 0; k < 3; ++k)
            result[i] += matrix[i][k] * value[k];
    return result;
}

// Machado, Oliveira, Fernandes 2009, severity 1.0: what people without one kind of cone see, in linear RGB.
const std::map<QString, Matrix> &visions()
{
    static const std::map<QString, Matrix> all{{u"normal"_s, {{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}}},
        {u"protanopia"_s,
            {{{0.152286, 1.052583, -0.204868}, {0.114503, 0.786281, 0.099216}, {-0.003882, -0.048116, 1.051998}}}},
        {u"deuteranopia"_s,
            {{{0.367322, 0.860646, -0.227968}, {0.280085, 0.672501, 0.047413}, {-0.011820, 0.042940, 0.968881}}}},
        {u"tritanopia"_s,
            {{{1.255528, -0.076749, -0.178779}, {-0.078411, 0.930809, 0.147602}, {0.004733, 0.691367, 0.303900}}}}};
    return all;
}

Three lab(Three rgb)
{
    for (double &each : rgb)
        each = std::clamp(each, 0.0, 1.0);
    const Matrix toXyz{
        {{0.4124564, 0.3575761, 0.1804375}, {0.2126729, 0.7151522, 0.0721750}, {0.0193339, 0.1191920, 0.9503041}}};
    const Three white{0.95047, 1.0, 1.08883};
    Three xyz = times(toXyz, rgb);
    for (std::size_t i = 0; i < 3; ++i) {
        const double t = xyz[i] / white[i];
        xyz[i] = t > 216.0 / 24389 ? std::cbrt(t) : (24389.0 / 27 * t + 16) / 116;
    }
    return {116 * xyz[1] - 16, 500 * (xyz[0] - xyz[1]), 200 * (xyz[1] - xyz[2])};
}

// CIEDE2000 (Sharma, Wu, Dalal 2005).
double ciede2000(const Three &a, const Three &b)
{
    const auto degrees = [](double radians) { return radians * 180 / std::numbers::pi; };
    const auto radians = [](double angle) { return angle * std::numbers::pi / 180; };
    const auto pow7 = [](double value) { return std::pow(value, 7); };
    const double chroma = (std::hypot(a[1], a[2]) + std::hypot(b[1], b[2])) / 2;
    const double g = 0.5 * (1 - std::sqrt(pow7(chroma) / (pow7(chroma) + pow7(25))));
    const double a1 = (1 + g) * a[1], a2 = (1 + g) * b[1];
    const double c1 = std::hypot(a1, a[2]), c2 = std::hypot(a2, b[2]);
    const auto hue = [&](double x, double y) {
        const double angle = x == 0 && y == 0 ? 0 : degrees(std::atan2(y, x));
        return angle < 0 ? angle + 360 : angle;
    };
    const double h1 = hue(a1, a[2]), h2 = hue(a2, b[2]);
    const double dl = b[0] - a[0], dc = c2 - c1;
    double dh = c1 * c2 == 0 ? 0 : h2 - h1;
    if (dh > 180)
        dh -= 360;
    else if (dh < -180)
        dh += 360;
    const double dH = 2 * std::sqrt(c1 * c2) * std::sin(radians(dh / 2));
    const double l = (a[0] + b[0]) / 2, c = (c1 + c2) / 2;
    double h = h1 + h2;
    if (c1 * c2 != 0)
        h = std::abs(h1 - h2) <= 180 ? h / 2 : h < 360 ? (h + 360) / 2 : (h - 360) / 2;
    const double t = 1 - 0.17 * std::cos(radians(h - 30)) + 0.24 * std::cos(radians(2 * h))
        + 0.32 * std::cos(radians(3 * h + 6)) - 0.2 * std::cos(radians(4 * h - 63));
    const double sl = 1 + 0.015 * std::pow(l - 50, 2) / std::sqrt(20 + std::pow(l - 50, 2));
    const double sc = 1 + 0.045 * c, sh = 1 + 0.015 * c * t;
    const double turn = -std::sin(radians(2 * 30 * std::exp(-std::pow((h - 275) / 25, 2)))) * 2
        * std::sqrt(pow7(c) / (pow7(c) + pow7(25)));
    return std::sqrt(std::pow(dl / sl, 2) + std::pow(dc / sc, 2) + std::pow(dH / sh, 2) + turn * (dc / sc) * (dH / sh));
}

} // namespace

class TestTheme : public QObject
{
    Q_OBJECT

    static void addSchemes()
    {
        QTest::addColumn<int>("scheme");
        for (const auto &[scheme, name] : enumNames(static_cast<const Scheme *>(nullptr)))
            QTest::newRow(name) << int(scheme);
    }

private Q_SLOTS:
    void theDistanceFormulaIsRight()
    {
        // From the published test data.
        QVERIFY(std::abs(ciede2000({50, 2.6772, -79.7751}, {50, 0, -82.7485}) - 2.0425) < 0.0001);
        QVERIFY(std::abs(ciede2000({60.2574, -34.0099, 36.2677}, {60.4626, -34.1751, 39.4387}) - 1.2644) < 0.0001);
        QVERIFY(std::abs(ciede2000({2.0776, 0.0795, -1.1350}, {0.9033, -0.0636, -0.5514}) - 0.9082) < 0.0001);
    }

    void statesAreToldApartByEverybody_data() { addSchemes(); }
    void statesAreToldApartByEverybody()
    {
        QFETCH(int, scheme);
        Theme theme;
        theme.setScheme(Scheme(scheme));
        for (const auto &[vision, matrix] : visions())
            for (const auto &[one, oneName] : enumNames(static_cast<const Look *>(nullptr)))
                for (const auto &[other, otherName] : enumNames(static_cast<const Look *>(nullptr))) {
                    if (one >= other)
                        continue;
                    const double distance = ciede2000(lab(times(matrix, linearRgb(theme.color(one)))),
                        lab(times(matrix, linearRgb(theme.color(other)))));
                    QVERIFY2(distance >= distanceOfClasses,
                        qPrintable(
                            u"%1 and %2, %3: %4"_s.arg(QLatin1StringView(oneName), QLatin1StringView(otherName), vision)
                                .arg(distance)));
                }
    }

    void everyTextCanBeRead_data() { addSchemes(); }
    void everyTextCanBeRead()
    {
        QFETCH(int, scheme);
        Theme theme;
        theme.setScheme(Scheme(scheme));
        std::vector<std::pair<QString, QString>> pairs{{u"selectionText"_s, u"selection"_s},
            {u"accentText"_s, u"accent"_s}, {u"noticeText"_s, u"notice"_s}, {u"alarmText"_s, u"alarm"_s},
            {u"demoText"_s, u"demo"_s}, {u"text"_s, u"navigation"_s}, {u"text"_s, u"hover"_s},
            {u"text"_s, u"faultField"_s}, {u"text"_s, u"goodField"_s}, {u"surface"_s, u"failed"_s}};
        for (const QString &ground : {u"window"_s, u"surface"_s, u"alternate"_s, u"raised"_s})
            for (const QString &ink : {u"text"_s, u"muted"_s})
                pairs.emplace_back(ink, ground);
        for (const auto &[look, name] : enumNames(static_cast<const Look *>(nullptr)))
            pairs.emplace_back(QString::fromLatin1(name), u"surface"_s);
        for (const auto &[ink, ground] : pairs) {
            const double found = contrast(theme.color(ink), theme.color(ground));
            QVERIFY2(found >= contrastOfText - 0.05, qPrintable(u"%1 on %2: %3"_s.arg(ink, ground).arg(found)));
        }
    }

    void theSchemesNameTheSameColours()
    {
        Theme theme;
        const QStringList names = theme.colorNames();
        for (const auto &[scheme, name] : enumNames(static_cast<const Scheme *>(nullptr))) {
            theme.setScheme(scheme);
            QCOMPARE(theme.colorNames(), names);
            for (const QString &each : names)
                QVERIFY2(theme.color(each).isValid(), qPrintable(each));
            QVERIFY(!theme.styleSheet().contains(u'@'));
        }
    }

    void noColourIsNamedElsewhere()
    {
        static const QRegularExpression hard(
            u"#[0-9a-fA-F]{3}([0-9a-fA-F]{3})?\\b(?!:)|\\brgba?\\(|QColor\\((\"|u\"|[0-9])|Qt::(red|green|blue|black|white|gray|yellow|cyan|magenta)\\b"_s);
        const QString root = QStringLiteral(BELFRY_SOURCE_DIR);
        QStringList wrong;
        for (const QString &folder : {u"/console/views"_s, u"/console/desktop"_s, u"/console/models"_s}) {
            QDirIterator files(root + folder, {u"*.cpp"_s, u"*.h"_s}, QDir::Files, QDirIterator::Subdirectories);
            while (files.hasNext()) {
                QFile file(files.next());
                QVERIFY(file.open(QIODevice::ReadOnly));
                int number = 0;
                for (const QString &line : QString::fromUtf8(file.readAll()).split(u'\n')) {
                    ++number;
                    if (hard.match(line).hasMatch())
                        wrong += u"%1:%2: %3"_s.arg(file.fileName()).arg(number).arg(line.trimmed());
                }
            }
        }
        QFile style(root + u"/resources/style.qss"_s);
        QVERIFY(style.open(QIODevice::ReadOnly));
        static const QRegularExpression inStyle(u":[^;]*(#[0-9a-fA-F]{3}|rgba?\\()"_s);
        if (inStyle.match(QString::fromUtf8(style.readAll())).hasMatch())
            wrong += u"style.qss"_s;
        QVERIFY2(wrong.isEmpty(), qPrintable(wrong.join(u'\n')));
    }

    void everyIconCanBeDrawnInAnyColour()
    {
        Theme theme;
        QDirIterator icons(u":/look/icons"_s, {u"*.svg"_s});
        int count = 0;
        while (icons.hasNext()) {
            const QString path = icons.next();
            QFile file(path);
            QVERIFY(file.open(QIODevice::ReadOnly));
            const QByteArray svg = file.readAll();
            QVERIFY2(svg.contains("currentColor"), qPrintable(path));
            QVERIFY2(QSvgRenderer(svg).isValid(), qPrintable(path));
            const QPixmap drawn = theme.pixmap(QFileInfo(path).completeBaseName(), theme.color(Look::Failed), 16, 2);
            QCOMPARE(drawn.size(), QSize(32, 32));
            QVERIFY2(drawn.toImage() != QPixmap(drawn.size()).toImage(), qPrintable(path));
            ++count;
        }
        QVERIFY(count > 40);
    }
};

QTEST_MAIN(TestTheme)
#include "tst_theme.moc"

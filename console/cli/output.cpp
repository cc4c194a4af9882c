// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/cli/output.h"

#include <QJsonDocument>

#include <cstdio>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

QByteArray document(const QJsonValue &value, QJsonDocument::JsonFormat format)
{
    const QJsonDocument json = value.isArray() ? QJsonDocument(value.toArray()) : QJsonDocument(value.toObject());
    return json.toJson(format);
}

// Hidden characters stand inside texts only (JSON's own layout has none but line breaks), where \u is their other
// spelling.
QByteArray terminalSafe(const QByteArray &json)
{
    const QString text = QString::fromUtf8(json);
    QString out;
    out.reserve(text.size());
    for (const char32_t next : text.toUcs4()) {
        if (next == U'\n' || !isHidden(next)) {
            out += QChar::fromUcs4(next);
            continue;
        }
        const auto units = QChar::fromUcs4(next); // the view does not keep it
        for (const QChar unit : QStringView(units))
            out += u"\\u%1"_s.arg(uint(unit.unicode()), 4, 16, QChar(u'0'));
    }
    return out.toUtf8();
}

QString csvCell(const QJsonValue &value)
{
    if (value.isNull() || value.isUndefined())
        return {};
    if (value.isBool())
        return value.toBool() ? u"true"_s : u"false"_s;
    if (value.isDouble())
        return value.toVariant().toString();
    if (!value.isString())
        return QString::fromUtf8(document(value, QJsonDocument::Compact));
    const QString text = value.toString();
    return !text.isEmpty() && QStringView(u"=+-@\t\r").contains(text.front()) ? u'\'' + text : text;
}

QString csvQuoted(QString text)
{
    const bool plain = std::none_of(text.begin(), text.end(),
        [](QChar each) { return each == u',' || each == u'"' || each == u'\n' || each == u'\r'; });
    return plain ? text : u'"' + text.replace(u'"', u"\"\""_s) + u'"';
}

} // namespace

QByteArray jsonText(const QJsonValue &value)
{
    QByteArray text = terminalSafe(document(value, QJsonDocument::Indented));
    return text.endsWith('\n') ? text : text + '\n';
}

QByteArray jsonLine(const QJsonObject &object)
{
    return terminalSafe(document(object, QJsonDocument::Compact)) + '\n';
}

QByteArray csvText(const QList<QJsonObject> &objects, const QStringList &keys)
{
    QString text = keys.join(u',') + u"\r\n"_s;
    for (const QJsonObject &object : objects) {
        QStringList cells;
        for (const QString &key : keys)
            cells += csvQuoted(csvCell(object.value(key)));
        text += cells.join(u',') + u"\r\n"_s;
    }
    return text.toUtf8();
}

void Output::rows(const QList<QJsonObject> &objects, const QStringList &keys)
{
    if (m_format == Format::Csv) {
        write(csvText(objects, keys));
        return;
    }
    if (m_format == Format::Jsonl) {
        for (const QJsonObject &each : objects)
            write(jsonLine(each));
        return;
    }
    QJsonArray array;
    for (const QJsonObject &each : objects)
        array += each;
    write(jsonText(array));
}

void Output::sheet(const Sheet &sheet)
{
    if (m_format == Format::Json)
        write(jsonText(sheet.json));
    else if (m_format == Format::Name)
        write((visible(sheet.name) + u'\n').toUtf8());
    else if (!isForPeople())
        rows({sheet.json}, sheet.keys);
    else
        write((sheetText(sheet.lines, m_style) + sheet.below).toUtf8());
}

void Output::say(const QString &text)
{
    if (isForPeople())
        write((text + u'\n').toUtf8());
}

void Output::write(const QByteArray &bytes)
{
    if (std::fwrite(bytes.constData(), 1, std::size_t(bytes.size()), stdout) != std::size_t(bytes.size()))
        m_broken = true;
}

void Output::note(const QString &text)
{
    complain(u"belfry: "_s + visible(text) + u'\n');
}

void Output::complain(const QString &text)
{
    std::fflush(stdout); // what was printed before comes before
    const QByteArray bytes = text.toUtf8();
    std::fwrite(bytes.constData(), 1, std::size_t(bytes.size()), stderr); // there is nowhere to tell of a failure
}

bool Output::flush()
{
    if (std::fflush(stdout) != 0)
        m_broken = true;
    return !m_broken;
}

} // namespace belfry

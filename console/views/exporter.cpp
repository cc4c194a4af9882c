// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/exporter.h"

#include "console/models/roles.h"
#include "console/views/desk.h"

#include <QAbstractItemModel>
#include <QFileDialog>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSaveFile>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

QString csvCell(QString text)
{
    const bool formula = !text.isEmpty() && QStringView(u"=+-@\t\r").contains(text[0]);
    bool number = false;
    text.toDouble(&number);
    if (formula && !number)
        text.prepend(u'\'');
    if (text.contains(u',') || text.contains(u'"') || text.contains(u'\n') || text.contains(u'\r'))
        text = u'"' + text.replace(u'"', u"\"\""_s) + u'"';
    return text;
}

} // namespace

QByteArray rowsAsCsv(const QAbstractItemModel &model)
{
    QString text;
    const auto line = [&](auto cell) {
        QStringList cells;
        for (int column = 0; column < model.columnCount(); ++column)
            cells += csvCell(cell(column));
        text += cells.join(u',') + u"\r\n"_s;
    };
    line([&](int column) { return model.headerData(column, Qt::Horizontal).toString(); });
    for (int row = 0; row < model.rowCount(); ++row)
        line([&](int column) { return model.index(row, column).data().toString(); });
    return text.toUtf8();
}

QByteArray rowsAsJson(const QAbstractItemModel &model)
{
    QJsonArray rows;
    for (int row = 0; row < model.rowCount(); ++row) {
        QJsonObject object;
        for (int column = 0; column < model.columnCount(); ++column)
            object[model.headerData(column, Qt::Horizontal, KeyRole).toString()]
                = model.index(row, column).data().toString();
        rows += object;
    }
    return QJsonDocument(rows).toJson();
}

Status exportTo(const QString &path, const QAbstractItemModel &model)
{
    const QByteArray text = path.endsWith(".json"_L1) ? rowsAsJson(model) : rowsAsCsv(model);
    QSaveFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size() || !file.commit())
        return fail(ErrorKind::Unavailable, u"cannot write %1: %2"_s.arg(path, file.errorString()));
    return {};
}

void askExport(Desk *desk, const QString &name)
{
    const QAbstractItemModel *rows = desk->navigator->page()->listed();
    if (!rows) {
        desk->navigator->notice(Page::tr("There is no list here; open one of the views."), true);
        return;
    }
    const QString path = QFileDialog::getSaveFileName(
        desk->navigator->window(), Page::tr("Export rows"), name + u".csv"_s, Page::tr("CSV (*.csv);;JSON (*.json)"));
    if (path.isEmpty())
        return;
    const Status written = exportTo(path, *rows);
    const QString done = Page::tr("%n row(s) written to %1", nullptr, rows->rowCount()).arg(path);
    desk->navigator->notice(written ? done : written.error().message, !written);
}

} // namespace belfry

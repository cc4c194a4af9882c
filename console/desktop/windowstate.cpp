// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/desktop/windowstate.h"

#include "console/models/statefile.h"
#include "shared/base/files.h"

#include <QFile>
#include <QJsonDocument>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

constexpr qint64 largest = 1 << 20;

} // namespace

QString windowStatePath()
{
    return stateFile(u"console.json"_s);
}

WindowState loadWindowState(const QString &path)
{
    QFile file(path);
    if (!file.exists())
        return {};
    Result<WindowState> state = fail(ErrorKind::Invalid, file.errorString());
    if (file.open(QIODevice::ReadOnly)) {
        QJsonParseError error;
        const QJsonDocument document = QJsonDocument::fromJson(file.read(largest), &error);
        state = error.error == QJsonParseError::NoError
            ? fromJson<WindowState>(document.object())
            : Result<WindowState>(fail(ErrorKind::Invalid, error.errorString()));
    }
    if (state && state->version == WindowState::currentVersion)
        return *state;
    const QString aside = path + u".bad"_s;
    QFile::remove(aside);
    QFile::rename(path, aside);
    qWarning("%s cannot be used and was put aside as %s: %s", qPrintable(path), qPrintable(aside),
        state ? "it is of another version" : qPrintable(state.error().message));
    return {};
}

Status saveWindowState(const QString &path, const WindowState &state)
{
    return replacePrivateFile(path, QJsonDocument(toJson(state)).toJson());
}

} // namespace belfry

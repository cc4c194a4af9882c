// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/desktop/windowstate.h"

#include <QDir>
#include <QFileInfo>
#include <QJsonDocument>
#include <QSaveFile>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

constexpr qint64 largest = 1 << 20;

} // namespace

QString windowStatePath()
{
    const QString state = qEnvironmentVariable("XDG_STATE_HOME");
    return (QDir::isAbsolutePath(state) ? state : QDir::homePath() + u"/.local/state"_s) + u"/belfry/console.json"_s;
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
    const QString folder = QFileInfo(path).path();
    if (!QDir().mkpath(folder))
        return fail(ErrorKind::Unavailable, u"cannot make the folder %1"_s.arg(folder));
    QSaveFile file(path);
    const QByteArray text = QJsonDocument(toJson(state)).toJson();
    if (!file.open(QIODevice::WriteOnly) || !file.setPermissions(QFile::ReadOwner | QFile::WriteOwner)
        || file.write(text) != text.size() || !file.commit())
        return fail(ErrorKind::Unavailable, u"cannot write %1: %2"_s.arg(path, file.errorString()));
    return {};
}

} // namespace belfry

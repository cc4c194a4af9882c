// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/base/log.h"

#include "shared/base/clock.h"

#include <cstdio>

namespace belfry {

namespace {

struct Level {
    int priority; // sd-daemon(3)
    const char *word;
};

Level levelOf(QtMsgType type)
{
    switch (type) {
    case QtDebugMsg:
        return {7, "debug"};
    case QtInfoMsg:
        return {6, "info"};
    case QtWarningMsg:
        return {4, "warning"};
    case QtCriticalMsg:
        return {3, "error"};
    case QtFatalMsg:
        return {2, "fatal"};
    }
    return {5, "notice"};
}

// A message from outside must not be able to forge a second line or steer the terminal.
QByteArray escaped(const QString &message)
{
    QByteArray line;
    for (const char c : message.toUtf8()) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte >= 0x20 && byte != 0x7f)
            line += c;
        else
            line += "\\x" + QByteArray::number(byte, 16).rightJustified(2, '0');
    }
    return line;
}

void handle(QtMsgType type, const QMessageLogContext &context, const QString &message)
{
    static const bool journal = qEnvironmentVariableIsSet("JOURNAL_STREAM");
    const Level level = levelOf(type);
    QByteArray line = journal ? "<" + QByteArray::number(level.priority) + ">"
                              : toRfc3339(SystemClock().now()).toLatin1() + ' ' + level.word + ' ';
    if (context.category && qstrcmp(context.category, "default") != 0)
        line += QByteArray(context.category) + ": ";
    line += escaped(message) + '\n';
    std::fwrite(line.constData(), 1, std::size_t(line.size()), stderr);
}

} // namespace

void installLogging() { qInstallMessageHandler(handle); }

} // namespace belfry

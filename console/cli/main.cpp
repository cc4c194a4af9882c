// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/cli/program.h"

#include <QCoreApplication>

int main(int argc, char **argv)
{
    QCoreApplication app(argc, argv);
    QCoreApplication::setApplicationName(QStringLiteral("belfry"));
    return belfry::runProgram(QCoreApplication::arguments().sliced(1));
}

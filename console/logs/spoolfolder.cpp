// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/logs/logspool.h"
#include "console/logs/spoolfile.h"

#include <QDir>
#include <QStandardPaths>

namespace belfry {

using namespace Qt::StringLiterals;

QString spoolFolder()
{
    return QStandardPaths::writableLocation(QStandardPaths::GenericCacheLocation) + u"/belfry/logs"_s;
}

void pruneSpools(const QString &folder, qint64 limit)
{
    const QDir dir(folder);
    qint64 kept = 0;
    for (const QFileInfo &log : dir.entryInfoList({u"*.log"_s}, QDir::Files, QDir::Time)) { // newest first
        const QString path = folder + u'/' + log.completeBaseName();
        kept += log.size() + QFileInfo(path + u".idx"_s).size();
        if (kept <= limit)
            continue;
        SpoolFile inUse;
        if (const Result<bool> own = inUse.open(log.filePath()); !own || !*own)
            continue;
        // First what says that it is complete.
        for (const QString &end : {u".json"_s, u".idx"_s, u".log"_s})
            QFile::remove(path + end);
    }
}

} // namespace belfry

// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/jobs/folder.h"

#include "shared/base/instant.h"
#include "shared/yaml/document.h"

#include <QDirIterator>
#include <QFile>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

class Loader
{
public:
    void load(const QString &path)
    {
        const QFileInfo info(path);
        if (!info.exists())
            refuse(path, u"there is no such file or folder"_s);
        else if (info.isDir())
            loadFolder(path);
        else
            loadFile(path);
    }

    LoadedFiles finish()
    {
        sortProblems(m_problems);
        if (!m_problems.empty())
            return tl::unexpected(std::move(m_problems));
        return std::move(m_files);
    }

private:
    void loadFolder(const QString &path)
    {
        QStringList found;
        QDirIterator walk(path, {u"*.yaml"_s, u"*.yml"_s}, QDir::Files, QDirIterator::Subdirectories);
        while (walk.hasNext())
            found += walk.next();
        found.sort();
        for (const QString &each : found)
            loadFile(each);
        if (found.isEmpty())
            refuse(path, u"there is no *.yaml or *.yml in this folder"_s);
    }

    void loadFile(const QString &path)
    {
        QFile file(path);
        const qsizetype most = YamlLimits().bytes;
        if (!file.open(QIODevice::ReadOnly))
            return refuse(path, u"cannot be read: %1"_s.arg(file.errorString()));
        // One byte more tells a file at the limit from one beyond it; size() says nothing about a pipe.
        const QByteArray bytes = file.read(most + 1);
        if (file.error() != QFile::NoError)
            return refuse(path, u"cannot be read: %1"_s.arg(file.errorString()));
        if (bytes.size() > most)
            return refuse(path, u"the file is larger than %1"_s.arg(formatSize(most)));
        const auto problems = checkCharacters(path, bytes);
        m_problems.insert(m_problems.end(), problems.begin(), problems.end());
        m_files.insert_or_assign(path, QString::fromUtf8(bytes));
    }

    void refuse(const QString &path, const QString &message)
    {
        m_problems.push_back({Severity::Error, path, 0, 0, message, {}});
    }

    std::map<QString, QString> m_files;
    std::vector<Problem> m_problems;
};

} // namespace

LoadedFiles loadJobFiles(const QStringList &paths)
{
    Loader loader;
    for (const QString &path : paths)
        loader.load(path);
    return loader.finish();
}

} // namespace belfry

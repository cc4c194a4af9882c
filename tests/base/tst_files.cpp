// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/base/files.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <sys/stat.h>
#include <unistd.h>

using namespace belfry;
using namespace Qt::StringLiterals;

namespace {

int modeOf(const QString &path)
{
    struct stat about {};
    return ::stat(QFile::encodeName(path).constData(), &about) == 0 ? int(about.st_mode & 0777) : -1;
}

QByteArray contentOf(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray("<none>");
}

} // namespace

class TestFiles : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aNewFileIsItsOwnersAlone()
    {
        QTemporaryDir folder;
        const QString file = folder.filePath(u"a"_s);
        const mode_t before = ::umask(0);
        QVERIFY(writeNewPrivateFile(file, "secret\n"));
        ::umask(before);
        QCOMPARE(modeOf(file), 0600);
        QCOMPARE(contentOf(file), "secret\n");
        QCOMPARE(writeNewPrivateFile(file, "other").error().kind, ErrorKind::Conflict);
        QCOMPARE(contentOf(file), "secret\n");
    }

    void itFollowsNoLink()
    {
        QTemporaryDir folder;
        const QString target = folder.filePath(u"target"_s);
        QVERIFY(QFile::link(target, folder.filePath(u"link"_s)));
        QCOMPARE(writeNewPrivateFile(folder.filePath(u"link"_s), "x").error().kind, ErrorKind::Conflict);
        QVERIFY(!QFile::exists(target));
    }

    void replacesAWholeFileAndLeavesNothingBeside()
    {
        QTemporaryDir folder;
        const QString file = folder.filePath(u"deep/er/config.yaml"_s);
        QVERIFY(replacePrivateFile(file, "one"));
        QVERIFY(replacePrivateFile(file, "two"));
        QCOMPARE(contentOf(file), "two");
        QCOMPARE(modeOf(file), 0600);
        QCOMPARE(modeOf(folder.filePath(u"deep/er"_s)), 0700);
        QCOMPARE(QDir(folder.filePath(u"deep/er"_s)).entryList(QDir::Files | QDir::Hidden), QStringList{u"config.yaml"_s});
    }

    void saysWhatIsWrong()
    {
        QTemporaryDir folder;
        const Status failed = writeNewPrivateFile(folder.filePath(u"none/a"_s), "x");
        QVERIFY(!failed);
        QVERIFY(failed.error().message.contains(u"none/a"_s));
        QVERIFY(QDir(folder.path()).mkdir(u"is-a-folder"_s));
        QVERIFY(!replacePrivateFile(folder.filePath(u"is-a-folder"_s), "x"));
        QCOMPARE(QDir(folder.path()).entryList(QDir::AllEntries | QDir::NoDotAndDotDot), QStringList{u"is-a-folder"_s});
    }
};

QTEST_GUILESS_MAIN(TestFiles)
#include "tst_files.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/store/examination.h"
#include "tests/store/storefixture.h"

#include <QDir>
#include <QFile>

#include <sys/stat.h>

using namespace belfry;
using namespace belfry::store;
using namespace Qt::StringLiterals;

namespace {

const Instant later(1'800'000'000'000);

Examination examineStore(StoreFixture &fixture)
{
    const auto found = examine(fixture->folder(), later);
    return found ? *found : Examination{.damage = {found.error().message}};
}

void commitEnded(StoreFixture &fixture, int run, qint64 written)
{
    Attempt ended = attempt(run, 1, RunState::Succeeded);
    ended.endedAt = later - 2h;
    ended.logWritten = written;
    QVERIFY(fixture.commit({SaveJob{job(1)}, SaveRun{belfry::run(run)}, SaveAttempt{ended}}));
}

} // namespace

class TestExamination : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aNewStoreIsWell()
    {
        StoreFixture fixture(Store::Mode::Threaded);
        const Examination found = examineStore(fixture);
        QCOMPARE(found.damage, QStringList());
        QVERIFY(found.databaseBytes > 0 && found.freeBytes > 0 && found.totalBytes >= found.freeBytes);
        QVERIFY(found.schema > 0 && found.reserve && !found.sqlite.isEmpty());
        for (const Counted &each : {found.filesWithoutAttempt, found.attemptsWithoutFile, found.heldByAgents, found.open})
            QCOMPARE(each.first, QStringList());
    }

    void orphansOfBothKinds()
    {
        StoreFixture fixture;
        for (const int run : {1, 2, 2001}) {
            commitEnded(fixture, run, 5);
            QVERIFY(fixture.append(block({RunId(run), 1}, 0, {"five\n"})));
        }
        fixture.reopen(); // what is stored is remembered
        QCOMPARE(examineStore(fixture).attemptsWithoutFile.count, 0);
        QVERIFY(QFile::remove(fixture.path(u"logs/2/2001-1.log"_s)));
        QVERIFY(QFile::copy(fixture.path(u"logs/0/1-1.log"_s), fixture.path(u"logs/0/77-3.log"_s)));
        QVERIFY(QFile::copy(fixture.path(u"logs/0/1-1.log"_s), fixture.path(u"logs/0/core"_s)));
        const Examination found = examineStore(fixture);
        QCOMPARE(found.attemptsWithoutFile.first, QStringList{u"2001-1"_s});
        QStringList names;
        for (const QString &each : found.filesWithoutAttempt.first)
            names += QFileInfo(each).fileName();
        names.sort();
        QCOMPARE(names, (QStringList{u"77-3.log"_s, u"core"_s}));
    }

    void whatAgentsStillHold()
    {
        StoreFixture fixture;
        commitEnded(fixture, 1, 100);
        QVERIFY(fixture.append(block({RunId(1), 1}, 0, {"five\n"})));
        fixture.reopen();
        const Examination found = examineStore(fixture);
        QCOMPARE(found.heldByAgents.count, 1);
        QCOMPARE(found.heldBytes, 95);
    }

    void filesThatOthersCanRead()
    {
        StoreFixture fixture;
        QCOMPARE(::chmod(QFile::encodeName(fixture.path(u"belfry.db"_s)).constData(), 0644), 0);
        // SQLite gives its companions the rights of the database.
        QVERIFY(examineStore(fixture).open.first.contains(QDir(fixture.path()).absoluteFilePath(u"belfry.db"_s)));
    }

    void damageIsToldAndNothingElseFails()
    {
        StoreFixture fixture;
        for (int i = 1; i < 400; ++i)
            QVERIFY(fixture.commit({SaveJob{job(i, u"job%1"_s.arg(i))}, SaveRun{run(i, i)}}));
        fixture.reopen();
        QFile file(fixture.path(u"belfry.db"_s));
        QVERIFY(file.open(QIODevice::ReadWrite));
        const qint64 pages = file.size() / 4096;
        for (qint64 page = 3; page < pages; page += 2) {
            file.seek(page * 4096);
            file.write(QByteArray(4096, '\x5a'));
        }
        file.close();
        const Examination found = examineStore(fixture);
        QVERIFY(!found.damage.isEmpty());
        QVERIFY(found.databaseBytes > 0);
    }
};

QTEST_GUILESS_MAIN(TestExamination)
#include "tst_examination.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/store/datafolder.h"
#include "backend/store/examination.h"
#include "backend/store/schema.h"
#include "backend/store/sql.h"
#include "tests/store/storefixture.h"

#include <QDirIterator>
#include <QElapsedTimer>
#include <QProcess>

#include <sys/stat.h>

using namespace belfry;
using namespace belfry::store;
using namespace Qt::StringLiterals;

namespace {

void overwrite(const QString &path, qint64 offset, const QByteArray &bytes)
{
    QFile file(path);
    QVERIFY(file.open(QIODevice::ReadWrite));
    QVERIFY(file.seek(offset));
    QCOMPARE(file.write(bytes), bytes.size());
}

// All that defines the schema, in one text.
QString schemaOf(const QString &file)
{
    Database database(file, Database::Access::ReadOnly);
    Statement all(database, u"SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM sqlite_master ORDER BY 1"_s);
    QString text;
    for (Statement::Rows rows = all.select(); rows.next();) {
        QString line;
        rows.into(line);
        text += line + u'\n';
    }
    return text;
}

} // namespace

class TestStoreOpen : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void raisesTheEpochAtEachOpening()
    {
        StoreFixture store;
        const qint64 first = store->epoch();
        store.reopen();
        QCOMPARE(store->epoch(), first + 1);
        QCOMPARE(store->snapshot()->epoch, first + 1);
    }

    void neverGivesAnEpochAgainAfterARestoredBackup()
    {
        StoreFixture store;
        store.close();
        QVERIFY(QFile::copy(store.path(u"belfry.db"_s), store.path(u"old"_s)));
        store.reopen();
        store.reopen();
        const qint64 epoch = store->epoch();
        store.close();
        QVERIFY(QFile::remove(store.path(u"belfry.db"_s)));
        QVERIFY(QFile::rename(store.path(u"old"_s), store.path(u"belfry.db"_s)));
        store.reopen();
        QCOMPARE(store->epoch(), epoch + 1);
    }

    void neverGivesARunNumberAgainThatALogBears()
    {
        StoreFixture store;
        QVERIFY(store.commit({SaveJob{job(1)}, SaveRun{run(2500)}, SaveAttempt{attempt(2500)}}));
        QVERIFY(store.append(block({RunId(2500), 1}, 0, {"x"})));
        store.close();
        {
            Database database(store.path(u"belfry.db"_s), Database::Access::ReadWrite);
            database.run(u"DELETE FROM attempts"_s);
            database.run(u"DELETE FROM runs"_s);
        }
        store.reopen();
        QCOMPARE(store->snapshot()->lastRun, RunId(2500));
    }

    void keepsEverythingFromOthers()
    {
        StoreFixture store;
        QVERIFY(store.commit({SaveJob{job(1)}, SaveRun{run(1)}, SaveAttempt{attempt(1)}}));
        QVERIFY(store.append(block({RunId(1), 1}, 0, {"x"})));
        int seen = 0;
        for (QDirIterator it(
                 store.path(), QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot, QDirIterator::Subdirectories);
             it.hasNext(); ++seen) {
            struct stat about;
            QCOMPARE(::stat(QFile::encodeName(it.next()).constData(), &about), 0);
            QVERIFY2((about.st_mode & 077) == 0, qPrintable(it.filePath()));
        }
        QVERIFY(seen >= 7);
        struct stat folder;
        QCOMPARE(::stat(QFile::encodeName(store.path()).constData(), &folder), 0);
        QCOMPARE(folder.st_mode & 0777, 0700u);
    }

    void refusesAFolderThatOthersCanWrite()
    {
        StoreFixture store;
        store.close();
        QCOMPARE(::chmod(QFile::encodeName(store.path()).constData(), 0770), 0);
        const auto opened = Store::open(store.path(), Store::Mode::Inline);
        QVERIFY(!opened);
        QCOMPARE(opened.error().failure, OpenFailure::Other);
        QVERIFY2(
            opened.error().message.contains(u"can be written by other users"_s), qPrintable(opened.error().message));
    }

    void refusesASecondBackendAndNamesTheFirst()
    {
        StoreFixture store;
        QVERIFY(store.commit({SaveJob{job(1)}}));
        // Without its note, too: the folder itself is locked.
        for (const bool removed : {false, true}) {
            if (removed)
                QVERIFY(QFile::remove(store.path(u"belfry.lock"_s)));
            const auto second = Store::open(store.path(), Store::Mode::Inline);
            QVERIFY(!second);
            QCOMPARE(second.error().failure, OpenFailure::InUse);
            QCOMPARE(second.error().exitCode(), 3);
            QVERIFY2(second.error().message.contains(
                         removed ? u"in use"_s : u"in use by process %1"_s.arg(QCoreApplication::applicationPid())),
                qPrintable(second.error().message));
        }
        QVERIFY(store.commit({SaveJob{job(2, u"two"_s)}}));
    }

    void refusesANewerSchema()
    {
        StoreFixture store;
        store.close();
        {
            Database database(store.path(u"belfry.db"_s), Database::Access::ReadWrite);
            database.run(u"INSERT INTO migrations (version, name) VALUES (9999, 'from the future')"_s);
        }
        const auto opened = Store::open(store.path(), Store::Mode::Inline);
        QVERIFY(!opened);
        QCOMPARE(opened.error().failure, OpenFailure::Newer);
        QCOMPARE(opened.error().exitCode(), 3);
        QVERIFY2(opened.error().message.contains(u"schema 9999"_s), qPrintable(opened.error().message));
    }

    void refusesDamage_data()
    {
        QTest::addColumn<std::function<void(const QString &)>>("harm");
        QTest::addColumn<QString>("says");
        using Harm = std::function<void(const QString &)>;
        QTest::newRow("empty") << Harm([](const QString &path) { QVERIFY(QFile::resize(path, 0)); }) << u"is empty"_s;
        QTest::newRow("another file") << Harm([](const QString &path) { overwrite(path, 0, "#!/bin/sh and more"); })
                                      << u"is not a database of Belfry"_s;
        QTest::newRow("a short file") << Harm([](const QString &path) { QVERIFY(QFile::resize(path, 7)); })
                                      << u"is not a database of Belfry"_s;
        QTest::newRow("another program's") << Harm([](const QString &path) {
            QVERIFY(QFile::remove(path));
            Database database(path, Database::Access::ReadWrite);
            database.run(u"CREATE TABLE t (a)"_s);
        }) << u"another program"_s;
        QTest::newRow("truncated") << Harm([](const QString &path) {
            QVERIFY(QFile::resize(path, QFileInfo(path).size() / 4096 / 2 * 4096));
        }) << u"damaged"_s;
        QTest::newRow("a page of garbage") << Harm([](const QString &path) {
            overwrite(path, QFileInfo(path).size() / 4096 / 2 * 4096, QByteArray(4096, '\x5a'));
        }) << u"damaged"_s;
        QTest::newRow("a head of garbage")
            << Harm([](const QString &path) { overwrite(path, 16, QByteArray(4000, '\x5a')); }) << u"belfry.db"_s;
        QTest::newRow("missing") << Harm([](const QString &path) { QVERIFY(QFile::remove(path)); }) << u"is missing"_s;
    }
    void refusesDamage()
    {
        QFETCH(std::function<void(const QString &)>, harm);
        QFETCH(QString, says);
        StoreFixture store;
        WriteBatch batch{SaveJob{job(1)}};
        for (int id = 1; id <= 2000; ++id)
            batch.push_back(SaveRun{run(id)});
        QVERIFY(store.commit(batch));
        store.close();
        harm(store.path(u"belfry.db"_s));
        if (QTest::currentTestFailed())
            return;
        for (int time = 1; time <= 2; ++time) { // refusing changes nothing
            const auto opened = Store::open(store.path(), Store::Mode::Inline);
            QVERIFY(!opened);
            QCOMPARE(opened.error().failure, OpenFailure::Damaged);
            QCOMPARE(opened.error().exitCode(), 4);
            QVERIFY2(opened.error().message.contains(says), qPrintable(opened.error().message));
        }
    }

    // A long history is looked at after the start.
    void findsDamageOfALongHistoryBesideTheWork()
    {
        QTemporaryDir folder;
        const QString path = folder.path() + u"/belfry.db"_s;
        {
            const auto opened = Store::open(folder.path(), Store::Mode::Inline);
            QVERIFY(opened);
            WriteBatch batch{SaveJob{job(1)}};
            for (int id = 1; id <= 5000; ++id)
                batch.push_back(SaveRun{run(id)});
            std::optional<Status> answer;
            (*opened)->commit(batch, this, [&](Status given) { answer = std::move(given); });
            QVERIFY(answer && *answer);
        }
        const qint64 pages = QFileInfo(path).size() / 4096;
        for (qint64 page = pages - 40; page < pages; ++page)
            overwrite(path, page * 4096, QByteArray(4096, '\x5a'));
        QCOMPARE(Store::open(folder.path(), Store::Mode::Threaded).error().failure, OpenFailure::Damaged);
        const auto opened
            = Store::open(folder.path(), Store::Settings{.mode = Store::Mode::Threaded, .checkedAtOnce = 0});
        QVERIFY2(opened, qPrintable(opened ? QString() : opened.error().message));
        QVERIFY(!(*opened)->isChecked());
        const QString damage = damageOf((*opened)->folder());
        QVERIFY2(damage.contains(u"Restore"_s), qPrintable(damage));
        (*opened)->noteDamage(damage);
        QVERIFY((*opened)->troubles().contains(u"integrity"_s));
    }

    void startsAnewAfterADraftThatWasNeverFinished()
    {
        QTemporaryDir folder;
        for (const QString &name : {u"/belfry.db.new"_s, u"/belfry.db.new-journal"_s}) {
            QFile draft(folder.path() + name);
            QVERIFY(draft.open(QIODevice::WriteOnly));
            draft.write("half");
        }
        const auto opened = Store::open(folder.path(), Store::Mode::Inline);
        QVERIFY2(opened, qPrintable(opened ? QString() : opened.error().message));
        QVERIFY(!QFile::exists(folder.path() + u"/belfry.db.new"_s));
    }

    void appliesEachMigrationOnce()
    {
        StoreFixture store;
        store.reopen();
        store.reopen();
        store.close();
        Database database(store.path(u"belfry.db"_s), Database::Access::ReadOnly);
        QCOMPARE(database.value(u"SELECT count(*) FROM migrations"_s).toInt(), int(migrations().size()));
        QCOMPARE(schemaVersion(database), migrations().back().version);
    }

    // A database of any earlier version, brought up to date, is the same as one made now.
    void freshEqualsMigrated()
    {
        const std::vector<Migration> all = migrations();
        StoreFixture fresh;
        fresh.close();
        for (std::size_t from = 1; from <= all.size(); ++from) {
            QTemporaryDir folder;
            {
                Database old(folder.path() + u"/belfry.db"_s, Database::Access::ReadWrite);
                old.run(u"PRAGMA application_id = %1"_s.arg(applicationId));
                migrate(old, {all.begin(), all.begin() + qsizetype(from)});
            }
            {
                const auto opened = Store::open(folder.path(), Store::Mode::Inline);
                QVERIFY2(opened, qPrintable(opened ? QString() : opened.error().message));
            }
            QCOMPARE(schemaOf(folder.path() + u"/belfry.db"_s), schemaOf(fresh.path(u"belfry.db"_s)));
            const bool copied = QFile::exists(folder.path() + u"/belfry.db.schema%1"_s.arg(all[from - 1].version));
            QCOMPARE(copied, from < all.size());
        }
    }

    // Versions from before 0003 learn which release ended them.
    void oldVersionsLearnTheirEnd()
    {
        QTemporaryDir folder;
        Database database(folder.path() + u"/belfry.db"_s, Database::Access::ReadWrite);
        const std::vector<Migration> all = migrations();
        migrate(database, {all.begin(), all.begin() + 2});
        for (const int number : {1, 2, 3})
            database.run(u"INSERT INTO releases VALUES ('p', %1, 0, 'ann', '')"_s.arg(number));
        const auto insert = [&](int job, int version, int release, bool removed) {
            database.run(u"INSERT OR REPLACE INTO jobs (id, uid, project, name, version, release, since, removed) "
                         "VALUES (%1, 'p/%1', 'p', '%1', %2, %3, 0, %4)"_s.arg(job)
                             .arg(version)
                             .arg(release)
                             .arg(int(removed)));
            database.run(u"INSERT INTO definitions VALUES (%1, %2, %3, 0, x'00')"_s.arg(job).arg(version).arg(release));
        };
        insert(1, 1, 1, false);
        insert(1, 2, 3, false);
        insert(2, 1, 2, true);
        migrate(database, all);
        const auto untilOf = [&](int job, int version) {
            return database.value(
                u"SELECT until_release FROM definitions WHERE job = %1 AND version = %2"_s.arg(job).arg(version));
        };
        QCOMPARE(untilOf(1, 1).toInt(), 3);
        QVERIFY(untilOf(1, 2).isNull());
        QCOMPARE(untilOf(2, 1).toInt(), 3);
        QCOMPARE(database.value(u"SELECT restores FROM releases WHERE number = 2"_s).toInt(), 0);
    }

    void appliesAMigrationWholeOrNotAtAll()
    {
        QTemporaryDir folder;
        std::vector<Migration> all = migrations();
        Database database(folder.path() + u"/belfry.db"_s, Database::Access::ReadWrite);
        migrate(database, all);
        const int before = schemaVersion(database);
        const QString schema = schemaOf(database.file());
        all.push_back({before + 1, u"bad"_s, {u"CREATE TABLE half (a)"_s, u"CREATE TABLE half (a)"_s}});
        const auto failed = perform([&] { migrate(database, all); });
        QVERIFY(!failed);
        QCOMPARE(schemaVersion(database), before);
        QCOMPARE(schemaOf(database.file()), schema);
    }

    void waitsForAnotherProcessThatHoldsItLocked()
    {
        StoreFixture store(Store::Mode::Threaded);
        QVERIFY(store.commit({SaveJob{job(1)}}));
        Database other(store.path(u"belfry.db"_s), Database::Access::ReadWrite);
        other.run(u"BEGIN EXCLUSIVE"_s);
        std::optional<Status> answer;
        store->commit({SaveRun{run(1)}}, this, [&](Status given) { answer = std::move(given); });
        // SQLite alone would give up after 5 s; then the operator is told and the wait goes on.
        QVERIFY(store.waitFor([&] { return store->troubles().contains(u"lock"_s); }));
        QVERIFY(!answer);
        QVERIFY2(store.ask(ListRuns{}), "reads go on");
        other.run(u"ROLLBACK"_s);
        QVERIFY(store.waitFor([&] { return answer.has_value(); }));
        QVERIFY(*answer);
        QVERIFY(store.ask(FindRun{RunId(1)}));
        QVERIFY(store.waitFor([&] { return store->troubles().empty(); }));
    }

    void findsDamageWhenItReads()
    {
        StoreFixture store;
        WriteBatch batch{SaveJob{job(1)}};
        for (int id = 1; id <= 20'000; ++id)
            batch.push_back(SaveRun{run(id)});
        QVERIFY(store.commit(batch));
        store.reopen();
        const QString path = store.path(u"belfry.db"_s);
        const qint64 pages = QFileInfo(path).size() / 4096;
        for (qint64 page = 20; page < pages; ++page)
            overwrite(path, page * 4096, QByteArray(4096, '\x5a'));
        const auto found = store.ask(ListRuns{.limit = 1000});
        QVERIFY(!found);
        QCOMPARE(found.error().kind, ErrorKind::Unavailable);
        QVERIFY2(found.error().message.contains(u"restore"_s), qPrintable(found.error().message));
        QVERIFY(store->troubles().contains(u"database"_s));
    }

    void saysThatTheDiskIsFull()
    {
        QTemporaryDir folder;
        const QString mount = folder.path();
        if (QProcess::execute(u"mount"_s, {u"-t"_s, u"tmpfs"_s, u"-o"_s, u"size=8m"_s, u"tmpfs"_s, mount}) != 0)
            QSKIP("a tmpfs cannot be mounted here (needs root); the full database is tested by its page limit instead");
        const auto unmount = qScopeGuard([&] { QProcess::execute(u"umount"_s, {mount}); });
        fillTheDisk(mount);
    }

private:
    void fillTheDisk(const QString &mount)
    {
        const auto opened = Store::open(mount + u"/data"_s, Store::Mode::Inline);
        QVERIFY2(opened, qPrintable(opened ? QString() : opened.error().message));
        Store &store = **opened;
        Status last;
        const auto note = [&](Status given) { last = std::move(given); };
        store.commit({SaveJob{job(1)}}, this, note);
        int id = 0;
        bool reserveUsed = false;
        while (last && id < 100'000) {
            Run large = run(++id);
            large.reason = QString(20'000, u'x');
            store.commit({SaveRun{large}}, this, note);
            reserveUsed = reserveUsed || store.troubles()[u"disk"_s].contains(u"reserve is freed"_s);
        }
        QVERIFY(reserveUsed);
        QCOMPARE(last.error().kind, ErrorKind::Unavailable);
        QVERIFY(!QFile::exists(mount + u"/data/reserve"_s));
        std::optional<bool> readable;
        store.ask(FindRun{RunId(id - 1)}, this, [&](const Result<RunWithAttempts> &found) { readable = bool(found); });
        QVERIFY2(readable == true, "what was answered is there, and reads go on");

        // With room again a probe succeeds, and writing goes on.
        QCOMPARE(QProcess::execute(u"mount"_s, {u"-o"_s, u"remount,size=32m"_s, mount}), 0);
        store.probe(this, note);
        QVERIFY2(last, qPrintable(last ? QString() : last.error().message));
        store.commit({SaveRun{run(id + 1)}}, this, note);
        QVERIFY(last);
    }
};

QTEST_GUILESS_MAIN(TestStoreOpen)
#include "tst_storeopen.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/store/storefixture.h"

#include <QSignalSpy>
#include <QThread>

using namespace belfry;
using namespace belfry::store;
using namespace Qt::StringLiterals;

class TestStore : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { qRegisterMetaType<AttemptKey>(); }

    void everyWriteComesBack_data() { modes(); }
    void everyWriteComesBack()
    {
        QFETCH(Store::Mode, mode);
        StoreFixture store(mode);
        Job first = filled<Job>(100);
        first.id = JobId(1);
        first.removed = false;
        Run open = filled<Run>(200);
        open.id = RunId(7);
        open.job = first.id;
        open.version = first.version;
        open.state = RunState::Running;
        Attempt live = filled<Attempt>(300);
        live.run = open.id;
        live.state = RunState::Assigned;
        live.logStored = 0;
        Occasion pending = filled<Occasion>(400);
        pending.job = first.id;
        pending.fate = Fate::Pending;
        Agent agent = filled<Agent>(500);
        agent.used = 0;
        // The list of members fails to compile when one is added, so that none is forgotten here and in the table.
        RuleMark mark{
            first.id, u"rule"_s, Instant(1), Instant(2), Instant(3), Instant(4), {Instant(5), Instant(6)}, true};
        const auto &[markJob, markRule, markSince, markUntil, leapFrom, leapTo, leapRan, reopened] = mark;
        QVERIFY(markJob && !markRule.isEmpty() && markSince < markUntil && leapFrom < leapTo && leapRan.size() == 2
            && reopened);
        const TriggerKey key{u"p"_s, u"key"_s, QByteArray("\0hash", 5), open.id, Instant(9)};
        const Release release{.project = u"p"_s,
            .number = 3,
            .at = Instant(4),
            .by = u"me"_s,
            .message = u"why"_s,
            .restores = 1,
            .added = 5,
            .changed = 6,
            .removed = 7,
            .unchanged = 8,
            .limits = {{u"pool"_s, {.units = 3}}, {u"rate"_s, {.rate = 10, .per = 60s}}},
            .files = {{u"a.yaml"_s, u"text\n"_s}, {u"b.yaml"_s, u""_s}}};

        QVERIFY(store.commit({SaveRelease{release}, SaveJob{first}, SaveRuleMark{mark}, SaveRun{open},
            SaveAttempt{live}, SaveOccasion{pending}, SaveAgent{agent}, SaveTriggerKey{key}}));

        const auto check = [&] {
            const Snapshot snapshot = *store->snapshot();
            QCOMPARE(snapshot.epoch, store->epoch());
            QCOMPARE(snapshot.lastRun, open.id);
            QCOMPARE(snapshot.lastJob, first.id);
            QCOMPARE(snapshot.releases, (std::map<QString, qint64>{{u"p"_s, 3}}));
            QCOMPARE(snapshot.jobs, std::vector{first});
            QVERIFY(snapshot.definitions.empty());
            QCOMPARE(snapshot.openRuns, std::vector{open});
            QCOMPARE(snapshot.openAttempts, std::vector{live});
            QCOMPARE(snapshot.pending, std::vector{pending});
            QCOMPARE(snapshot.marks, std::vector{mark});
            QCOMPARE(snapshot.agents, std::vector{agent});
            QCOMPARE(snapshot.keys, std::vector{key});
        };
        check();
        const qint64 epoch = store->epoch();
        store.reopen();
        QCOMPARE(store->epoch(), epoch + 1);
        check();

        const auto found = store.ask(FindRun{open.id});
        QVERIFY(found);
        QCOMPARE(found->run, open);
        QCOMPARE(found->attempts, std::vector{live});
        QCOMPARE(*store.ask(FindRelease{u"p"_s, 3}), release);
        QCOMPARE(*store.ask(FindDefinition{first.id, first.version}), first.definition);
        QCOMPARE(*store.ask(ListOccasions{}), std::vector{pending});
    }

    void aSaveReplacesTheWholeRow()
    {
        StoreFixture store;
        QVERIFY(store.commit({SaveJob{job(1)}, SaveRun{run(1)}, SaveAttempt{attempt(1)}}));
        Run changed = filled<Run>(50);
        changed.id = RunId(1);
        changed.job = JobId(1);
        changed.queuedAt = run(1).queuedAt;
        Attempt ended = filled<Attempt>(90);
        ended.run = RunId(1);
        ended.attempt = 1;
        ended.logStored = 0;
        QVERIFY(store.commit({SaveRun{changed}, SaveAttempt{ended}}));
        QCOMPARE(store.ask(FindRun{RunId(1)})->run, changed);
        QCOMPARE(store.ask(FindRun{RunId(1)})->attempts, std::vector{ended});
        // And back to the row of defaults: what was set is cleared.
        QVERIFY(store.commit({SaveRun{run(1)}, SaveAttempt{attempt(1)}}));
        QCOMPARE(store.ask(FindRun{RunId(1)})->run, run(1));
        QCOMPARE(store.ask(FindRun{RunId(1)})->attempts, std::vector{attempt(1)});
    }

    void keepsOneRowAnOccasion()
    {
        StoreFixture store;
        Occasion occasion{.job = JobId(1), .jobName = u"p/job"_s, .rule = u"r"_s, .at = Instant(60'000), .version = 1};
        Occasion other = occasion;
        other.rule = u"s"_s;
        QVERIFY(store.commit({SaveJob{job(1)}, SaveOccasion{occasion}, SaveOccasion{other}}));
        occasion.fate = Fate::Ran;
        occasion.run = RunId(3);
        QVERIFY(store.commit({SaveOccasion{occasion}, SaveOccasion{occasion}}));
        QCOMPARE(*store.ask(ListOccasions{}), (std::vector{occasion, other}));
        QCOMPARE(store->snapshot()->pending, std::vector{other});
    }

    void removesWhatItIsToldTo()
    {
        StoreFixture store;
        const TriggerKey early{u"p"_s, u"early"_s, "h", RunId(1), Instant(10)};
        const TriggerKey late{u"p"_s, u"late"_s, "h", RunId(2), Instant(20)};
        const RuleMark mark{.job = JobId(1), .rule = u"r"_s};
        QVERIFY(store.commit({SaveJob{job(1)}, SaveAgent{{.name = u"a"_s}}, SaveAgent{{.name = u"b"_s}},
            SaveRuleMark{mark}, SaveTriggerKey{early}, SaveTriggerKey{late}}));
        QVERIFY(store.commit({RemoveAgent{u"a"_s}, RemoveRuleMark{JobId(1), u"r"_s}, RemoveTriggerKeys{Instant(20)}}));
        const Snapshot snapshot = *store->snapshot();
        QCOMPARE(snapshot.agents, (std::vector<Agent>{{.name = u"b"_s}}));
        QVERIFY(snapshot.marks.empty());
        QCOMPARE(snapshot.keys, std::vector{late});
    }

    void reopensOccasionsWithoutARun()
    {
        StoreFixture store;
        const auto at = [](qint64 ms, Fate fate, std::optional<RunId> ran = {}) {
            return Occasion{
                .job = JobId(1), .jobName = u"p/job"_s, .rule = u"r"_s, .at = Instant(ms), .fate = fate, .run = ran};
        };
        const Occasion before = at(9, Fate::Missed), ran = at(10, Fate::Ran, RunId(1)), after = at(20, Fate::Missed);
        QVERIFY(store.commit({SaveJob{job(1)}, SaveOccasion{before}, SaveOccasion{ran}, SaveOccasion{after},
            SaveOccasion{at(11, Fate::Missed)}, SaveOccasion{at(12, Fate::Skipped)}}));
        QVERIFY(store.commit({ReopenOccasions{JobId(1), u"other"_s, Instant(0), Instant(99)}}));
        QCOMPARE(store.ask(ListOccasions{})->size(), 5u);
        QVERIFY(store.commit({ReopenOccasions{JobId(1), u"r"_s, Instant(10), Instant(20)}}));
        QCOMPARE(*store.ask(ListOccasions{}), (std::vector{before, ran, after}));
    }

    void remembersTheLastEndsOfEachJob()
    {
        StoreFixture store;
        const auto ended = [](int id, int ofJob, RunState state, qint64 at) {
            Run made = run(id, ofJob, state);
            made.endedAt = Instant(at);
            return SaveRun{made};
        };
        QVERIFY(store.commit({SaveJob{job(1)}, SaveJob{job(2, u"two"_s)}, SaveJob{job(3, u"three"_s)}}));
        QVERIFY(store.commit({ended(1, 1, RunState::Succeeded, 100), ended(2, 1, RunState::Failed, 200),
            ended(3, 2, RunState::Lost, 300), SaveRun{run(4, 3)}}));
        // An older run that ends later does not count, a newer one does, and saving a job keeps both.
        QVERIFY(store.commit({ended(5, 1, RunState::Succeeded, 500), SaveJob{job(1)}}));
        QVERIFY(store.commit({ended(4, 1, RunState::Succeeded, 900)}));
        const Snapshot snapshot = *store->snapshot();
        QCOMPARE(snapshot.lastEnded, (std::map<JobId, Instant>{{JobId(1), Instant(500)}, {JobId(2), Instant(300)}}));
        QCOMPARE(snapshot.lastSuccess, (std::map<JobId, Instant>{{JobId(1), Instant(500)}}));
    }

    void keepsTheDefinitionsThatOpenRunsPin()
    {
        StoreFixture store;
        Job old = job(1);
        Job renewed = old;
        renewed.version = 2;
        renewed.definition.title = u"new"_s;
        QVERIFY(store.commit({SaveJob{old}, SaveRun{run(1)}, SaveRun{run(2, 1, RunState::Failed)}, SaveJob{renewed}}));
        const Snapshot snapshot = *store->snapshot();
        QCOMPARE(snapshot.jobs, std::vector{renewed});
        QCOMPARE(
            snapshot.definitions, (std::map<std::pair<JobId, int>, JobDefinition>{{{JobId(1), 1}, old.definition}}));
    }

    void listsTheVersionsOfAJob()
    {
        StoreFixture store;
        Job first = job(1), second = first;
        first.release = 1;
        first.removedIn = 0;
        second.version = 2;
        second.release = 2;
        second.removedIn = 0;
        second.since = Instant(7);
        second.definition.name = u"renamed"_s;
        QVERIFY(store.commit({SaveRelease{{.project = u"p"_s, .number = 1, .by = u"ann"_s, .message = u"one"_s}},
            SaveJob{first}, SaveRelease{{.project = u"p"_s, .number = 2, .by = u"bob"_s}}, SaveJob{second}}));
        const JobVersion one{1, 1, Instant(1), u"ann"_s, u"one"_s, 2, first.definition};
        JobVersion two{2, 2, Instant(7), u"bob"_s, {}, {}, second.definition};
        QCOMPARE(*store.ask(ListJobVersions{JobId(1)}), (std::vector{two, one}));
        QCOMPARE(*store.ask(ListJobVersions{.job = JobId(1), .limit = 1}), std::vector{two});
        QCOMPARE(*store.ask(ListJobVersions{.job = JobId(1), .after = 2}), std::vector{one});
        second.removed = true;
        second.removedIn = 3;
        QVERIFY(store.commit({SaveRelease{{.project = u"p"_s, .number = 3}}, SaveJob{second}}));
        two.endedIn = 3;
        QCOMPARE(*store.ask(ListJobVersions{JobId(1)}), (std::vector{two, one}));
        QCOMPARE(store->snapshot()->jobs.front().removedIn, 3);
        const auto releases = *store.ask(ListReleases{u"p"_s});
        QCOMPARE(releases.size(), 3u);
        QCOMPARE(releases[1].by, u"bob"_s);
        QCOMPARE(store.ask(ListReleases{.project = u"p"_s, .after = 2})->size(), 1u);
    }

    void knowsWhatEachReleaseHeld()
    {
        StoreFixture store;
        const auto made = [](qint64 id, int version, qint64 release) {
            Job each = job(id);
            each.uid = u"uid%1"_s.arg(id);
            each.version = version;
            each.release = release;
            each.removed = false;
            each.removedIn = 0;
            each.definition.name = u"j%1"_s.arg(id);
            each.definition.title = u"v%1"_s.arg(version);
            return each;
        };
        Job gone = made(2, 1, 1);
        QVERIFY(store.commit({SaveRelease{{.project = u"p"_s, .number = 1}}, SaveJob{made(1, 1, 1)}, SaveJob{gone}}));
        gone.removed = true;
        gone.removedIn = 2;
        QVERIFY(store.commit({SaveRelease{{.project = u"p"_s, .number = 2}}, SaveJob{made(1, 2, 2)}, SaveJob{gone}}));
        QVERIFY(store.commit({SaveRelease{{.project = u"p"_s, .number = 3}}, SaveJob{made(2, 2, 3)}}));
        const auto held = [&](qint64 number) {
            QStringList lines;
            const auto found = store.ask(FindReleasedJobs{u"p"_s, number});
            for (const auto &[id, definition] : found->jobs)
                lines += definition.name + u' ' + definition.title;
            return lines;
        };
        QCOMPARE(held(1), (QStringList{u"j1 v1"_s, u"j2 v1"_s}));
        QCOMPARE(held(2), (QStringList{u"j1 v2"_s}));
        QCOMPARE(held(3), (QStringList{u"j1 v2"_s, u"j2 v2"_s}));
        QCOMPARE(store.ask(FindReleasedJobs{u"p"_s, 4}).error(),
            (Error{ErrorKind::NotFound, u"project p has no release 4"_s}));
    }

    void saysWhatIsNotThere()
    {
        StoreFixture store;
        QCOMPARE(store.ask(FindRun{RunId(9)}).error(), (Error{ErrorKind::NotFound, u"there is no run 9"_s}));
        QCOMPARE(store.ask(FindRelease{u"p"_s, 1}).error().kind, ErrorKind::NotFound);
        QCOMPARE(store.ask(FindDefinition{JobId(1), 1}).error().kind, ErrorKind::NotFound);
        QCOMPARE(store.ask(FindToken{u"x"_s}).error().kind, ErrorKind::NotFound);
        QVERIFY(store.ask(ListRuns{})->runs.empty());
    }

    void knowsWhoseAttemptsTheyAre()
    {
        StoreFixture store;
        QVERIFY(store.commit(
            {SaveJob{job(1)}, SaveRun{run(1)}, SaveAttempt{attempt(1)}, SaveAttempt{attempt(1, 2, RunState::Failed)}}));
        const AttemptKey one{RunId(1), 1}, two{RunId(1), 2}, absent{RunId(2), 1};
        QCOMPARE(*store.ask(FindStoredAttempts{u"a1"_s, {{two, 1}, {one, 1}, {one, 2}, {absent, 1}}}),
            (std::vector<StoredAttempt>{{two, true, true, 0}, {one, true, false, 0}, {one}, {absent}}));
        QCOMPARE(*store.ask(FindStoredAttempts{u"a2"_s, {{one, 1}}}), (std::vector<StoredAttempt>{{one}}));
    }

    void keepsTokens()
    {
        StoreFixture store(Store::Mode::Threaded);
        const AccessToken admin{u"t1"_s, u"ann"_s, u"admin"_s, QByteArray("\0\1", 2), Instant(1), Instant(99), {}};
        std::vector<Status> answers;
        const auto note = [&](Status given) { answers.push_back(std::move(given)); };
        store->saveToken(admin, this, note);
        store->saveToken({.id = u"t0"_s, .hash = "h", .created = Instant(0)}, this, note);
        store->revokeToken(u"t1"_s, Instant(5), this, note);
        store->revokeToken(u"t1"_s, Instant(6), this, note);
        store->revokeToken(u"none"_s, Instant(6), this, note);
        QVERIFY(store.waitFor([&] { return answers.size() == 5; }));
        QVERIFY(answers[0] && answers[1] && answers[2] && answers[3]);
        QCOMPARE(answers[4].error(), (Error{ErrorKind::NotFound, u"there is no token none"_s}));
        AccessToken revoked = admin;
        revoked.revoked = Instant(5);
        QCOMPARE(*store.ask(FindToken{u"t1"_s}), revoked);
        QCOMPARE(store.ask(ListTokens{})->size(), 2u);
        QCOMPARE(store.ask(ListTokens{})->front().id, u"t0"_s);
    }

    void answersInOrderAndReadsWhatWasAnswered()
    {
        StoreFixture store(Store::Mode::Threaded);
        QVERIFY(store.commit({SaveJob{job(1)}}));
        std::vector<int> answered;
        int seen = 0;
        for (int id = 1; id <= 300; ++id)
            store->commit({SaveRun{run(id)}}, this, [&, id](Status done) {
                QVERIFY(done);
                QCOMPARE(QThread::currentThread(), thread());
                answered.push_back(id);
                store->ask(FindRun{RunId(id)}, this, [&, id](Result<RunWithAttempts> found) {
                    QVERIFY2(found, "a read after the answer sees the commit");
                    QCOMPARE(found->run.id, RunId(id));
                    ++seen;
                });
            });
        QVERIFY(store.waitFor([&] { return seen == 300; }));
        QCOMPARE(answered.size(), 300u);
        QVERIFY(std::ranges::is_sorted(answered));
    }

    void asksAboutAttemptsAfterEveryPostedCommit()
    {
        StoreFixture store(Store::Mode::Threaded);
        QVERIFY(store.commit({SaveJob{job(1)}}));
        WriteBatch large;
        for (int id = 1; id <= 2000; ++id)
            large.push_back(SaveRun{run(id)});
        large.push_back(SaveAttempt{attempt(2000)});
        bool committed = false;
        std::optional<bool> known;
        store->commit(large, this, [&](Status) { committed = true; });
        store->ask(
            FindStoredAttempts{u"a1"_s, {{{RunId(2000), 1}, 1}}}, this, [&](Result<std::vector<StoredAttempt>> found) {
                QVERIFY(committed);
                known = found->front().known;
            });
        QVERIFY(store.waitFor([&] { return known.has_value(); }));
        QVERIFY(*known);
        // The snapshot, too, waits for what was posted.
        store->commit({SaveRun{run(2001)}}, this, [](Status) {});
        QCOMPARE(store->snapshot()->lastRun, RunId(2001));
    }

    void forgetsTheCallbacksOfTheDead()
    {
        StoreFixture store(Store::Mode::Threaded);
        bool called = false;
        {
            QObject context;
            store->commit({SaveJob{job(1)}}, &context, [&](Status) { called = true; });
        }
        QVERIFY(store.commit({SaveJob{job(2, u"two"_s)}}));
        QVERIFY(!called);
        QCOMPARE(store->snapshot()->jobs.size(), 2u);
    }

    void writesWhatWasPostedBeforeItGoes()
    {
        StoreFixture store(Store::Mode::Threaded);
        for (int id = 1; id <= 50; ++id)
            store->commit({SaveJob{job(id)}}, nullptr, [](Status) {});
        store.reopen();
        QCOMPARE(store->snapshot()->jobs.size(), 50u);
    }

    void failsAGroupAsAWholeAndTakesNothingUntilAProbe()
    {
        StoreFixture store;
        const QSignalSpy health(&store.store(), &Store::healthChanged);
        QVERIFY(store.commit({SaveJob{job(1)}}));
        // The second row breaks a foreign key; the first must not be there either.
        const Status failed = store.commit({SaveRun{run(1)}, SaveRun{run(2, 77)}});
        QCOMPARE(failed.error().kind, ErrorKind::Unavailable);
        QVERIFY2(failed.error().message.contains(u"FOREIGN KEY"_s), qPrintable(failed.error().message));
        QCOMPARE(store.ask(FindRun{RunId(1)}).error().kind, ErrorKind::NotFound);
        QVERIFY(store->troubles().contains(u"database"_s));

        const Status refused = store.commit({SaveRun{run(1)}});
        QVERIFY2(
            refused.error().message.contains(u"until the store works again"_s), qPrintable(refused.error().message));
        QVERIFY(store.ask(ListRuns{})->runs.empty());

        QVERIFY(store.probe());
        QVERIFY(store->troubles().empty());
        QCOMPARE(health.size(), 2);
        QVERIFY(store.commit({SaveRun{run(1)}}));
        QVERIFY(store.ask(FindRun{RunId(1)}));
    }

    void givesTheReserveWhenItIsFullAndSaysSo()
    {
        StoreFixture store(Store::Mode::Inline, 1 << 20);
        const QSignalSpy health(&store.store(), &Store::healthChanged);
        QVERIFY(store.commit({SaveJob{job(1)}}));
        QVERIFY(QFile::exists(store.path(u"reserve"_s)));
        int id = 0;
        const auto fillUp = [&] {
            for (Status done; done;) {
                WriteBatch batch;
                for (int i = 0; i < 500; ++i) {
                    Run large = run(++id);
                    large.reason = QString(2000, u'x');
                    batch.push_back(SaveRun{large});
                }
                if (id > 500'000)
                    return Status();
                done = store.commit(batch);
                if (!done || (store->troubles().contains(u"disk"_s) && health.size() == 1))
                    return done;
            }
            return Status();
        };
        QVERIFY2(fillUp(), "the batch that met the full disk is written into the reserve");
        QVERIFY(store->troubles().at(u"disk"_s).contains(u"reserve is freed"_s));
        QVERIFY(!QFile::exists(store.path(u"reserve"_s)));
        const int written = id;
        QVERIFY(store.ask(FindRun{RunId(written)}));

        Status full;
        while (full && id < 500'000)
            full = fillUp();
        QCOMPARE(full.error().kind, ErrorKind::Unavailable);
        QVERIFY2(full.error().message.contains(u"full"_s), qPrintable(full.error().message));
        QVERIFY2(store.ask(FindRun{RunId(written)}), "reads go on");
        QCOMPARE(store.ask(FindRun{RunId(id)}).error().kind, ErrorKind::NotFound);
    }

    void makesABackupThatOpens()
    {
        StoreFixture store(Store::Mode::Threaded);
        QVERIFY(store.commit({SaveJob{job(1)}, SaveRun{run(1)}}));
        QTemporaryDir other;
        const QString file = other.path() + u"/copy/belfry.db"_s;
        QVERIFY(QDir().mkpath(other.path() + u"/copy"_s));
        std::vector<Status> answers;
        const auto note = [&](Status given) { answers.push_back(std::move(given)); };
        store->backup(file, this, note);
        store->backup(file, this, note);
        QVERIFY(store.waitFor([&] { return answers.size() == 2; }));
        QVERIFY2(answers[0], qPrintable(answers[0] ? QString() : answers[0].error().message));
        QCOMPARE(answers[1].error().kind, ErrorKind::Conflict);
        QCOMPARE(QFile::permissions(file) & (QFile::ReadGroup | QFile::ReadOther), QFile::Permissions());

        auto restored = Store::open(other.path() + u"/copy"_s, Store::Mode::Inline);
        QVERIFY2(restored, qPrintable(restored ? QString() : restored.error().message));
        QCOMPARE((*restored)->snapshot()->openRuns, std::vector{run(1)});
    }

private:
    static void modes()
    {
        QTest::addColumn<Store::Mode>("mode");
        QTest::newRow("threaded") << Store::Mode::Threaded;
        QTest::newRow("inline") << Store::Mode::Inline;
    }
};

QTEST_GUILESS_MAIN(TestStore)
#include "tst_store.moc"

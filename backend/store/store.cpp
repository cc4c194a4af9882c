// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/store/store.h"

#include "backend/store/housekeeper.h"
#include "backend/store/logwriter.h"
#include "backend/store/reader.h"
#include "backend/store/schema.h"
#include "backend/store/storelane.h"
#include "shared/base/clock.h"

#include <QPointer>

#include <QTimer>

#include <any>

#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

using namespace Qt::StringLiterals;
using namespace belfry::store;

namespace belfry {

int OpenError::exitCode() const
{
    switch (failure) {
    case OpenFailure::InUse:
    case OpenFailure::Newer:
        return 3;
    case OpenFailure::Damaged:
        return 4;
    case OpenFailure::Other:
        break;
    }
    return 1;
}

namespace {

// What the lanes tell the Store.
struct Answer {
    quint64 id = 0;
    std::any value; // Result<R> of what was asked
};
struct Health {
    QString check;
    QString reason;
};
struct LogGrew {
    AttemptKey key;
    qint64 size = 0;
};
struct LogsSynced {
    std::vector<LogNote> notes;
};
struct LogsPacked {
    quint64 id = 0; // whose wish it was
    std::vector<NoteLogPacked> notes;
};
struct RunsExpired {
    quint64 id = 0;
    std::vector<RunId> runs;
};
using News = std::variant<Answer, Health, LogGrew, LogsSynced, LogsPacked, RunsExpired>;

// What the lanes are given. Without a change it only marks a place in the order of the commits.
struct WriteItem {
    quint64 id = 0;
    std::optional<Change> change;
    QSemaphore *passed = nullptr; // released when the place is reached; its owner waits for that
};
template <class Worker> struct WorkItem {
    quint64 id = 0; // 0: the answer interests nobody
    std::function<std::any(Worker &)> work;
};

constexpr Duration packDelay = 1s; // so that a log which goes on for a moment is not looked at over and over
constexpr Duration purgeDelay = 30s;
constexpr Duration purgePause = 20ms;
constexpr Duration wholePass = 1h; // age alone makes runs go

void beNice()
{
    // Of this thread: Linux has a priority for each.
    ::setpriority(PRIO_PROCESS, id_t(::syscall(SYS_gettid)), 10);
}

template <class Q> constexpr bool afterPostedCommits = requires
{
    Q::afterPostedCommits;
};

} // namespace

struct Store::Private {
    Store *store = nullptr;
    Settings settings;
    std::unique_ptr<DataFolder> folder;
    qint64 epoch = 0;
    bool opened = false;
    bool checked = true;
    std::map<QString, QString> troubles;
    quint64 lastId = 0;
    std::map<quint64, std::function<void(std::any)>> waiting;

    QMutex newsMutex;
    std::vector<News> news; // under the mutex
    bool called = false; // under the mutex: takeNews() is on its way

    // Each is used in the thread of its lane alone.
    std::unique_ptr<Writer> writer;
    std::unique_ptr<Reader> reader;
    std::unique_ptr<LogWriter> logs;
    std::unique_ptr<Housekeeper> housekeeper;
    std::unique_ptr<QTimer> packTimer; // none: nothing is packed or purged unless it is asked for
    std::unique_ptr<QTimer> purgeTimer;
    std::set<JobId> touchedJobs; // a run of theirs has ended since the last look
    Duration lookedAtAll{0};
    std::vector<LogNote> lastSynced; // left by the log lane when it ends
    Lane<WriteItem> writes;
    Lane<WorkItem<Reader>> reads;
    Lane<WorkItem<LogWriter>> logWork;
    Lane<WorkItem<Housekeeper>> housework;
    Lane<WorkItem<const DataFolder>> backups; // started at the first one

    tl::expected<void, OpenError> start();
    void startBackups();
    void stop();
    void tell(News item);
    void takeNews();
    void take(const News &item);
    std::optional<Duration> handleWrites(std::vector<WriteItem> all);
    std::optional<Duration> handleLogs(const std::vector<WorkItem<LogWriter>> &all);
    void noteLogsStored(const std::vector<LogNote> &notes);
    void noteLogsPacked(const LogsPacked &packed);
    void forgetRuns(const RunsExpired &expired);
    void askToPack(quint64 id, Instant now);
    void askToPurge(quint64 id, Instant now);
    void keepHouse();
    void packAll();
    void purgeAll();
    void noteEnds(const WriteBatch &batch);
    template <class R> quint64 wait(QObject *context, StoreCallback<R> done);
    void write(Change change, QObject *context, StoreCallback<void> done);
};

template <class R> quint64 Store::Private::wait(QObject *context, StoreCallback<R> done)
{
    waiting.emplace(++lastId,
        [guard = QPointer<QObject>(context), always = context == nullptr, done = std::move(done)](std::any value) {
            if (always || guard)
                done(std::any_cast<Result<R>>(std::move(value)));
        });
    return lastId;
}

void Store::Private::tell(News item)
{
    if (settings.mode == Mode::Inline) {
        take(item);
        return;
    }
    const QMutexLocker lock(&newsMutex);
    news.push_back(std::move(item));
    if (!std::exchange(called, true))
        QMetaObject::invokeMethod(
            store, [this] { takeNews(); }, Qt::QueuedConnection);
}

void Store::Private::takeNews()
{
    std::vector<News> all;
    {
        const QMutexLocker lock(&newsMutex);
        called = false;
        all.swap(news);
    }
    for (const News &item : all)
        take(item);
}

void Store::Private::take(const News &item)
{
    if (const auto *answer = std::get_if<Answer>(&item)) {
        if (auto found = waiting.extract(answer->id))
            found.mapped()(answer->value);
    } else if (const auto *health = std::get_if<Health>(&item)) {
        QString &known = troubles[health->check];
        if (std::exchange(known, health->reason) != health->reason)
            Q_EMIT store->healthChanged(health->check, health->reason);
        std::erase_if(troubles, [](const auto &each) { return each.second.isEmpty(); });
    } else if (const auto *grew = std::get_if<LogGrew>(&item)) {
        Q_EMIT store->logReceived(grew->key, grew->size);
    } else if (const auto *synced = std::get_if<LogsSynced>(&item)) {
        noteLogsStored(synced->notes);
    } else if (const auto *packed = std::get_if<LogsPacked>(&item)) {
        noteLogsPacked(*packed);
    } else if (const auto *expired = std::get_if<RunsExpired>(&item)) {
        forgetRuns(*expired);
    }
}

void Store::Private::noteLogsStored(const std::vector<LogNote> &notes)
{
    write(NoteLogsStored{notes}, store, [this, notes](const Status &done) {
        if (!done)
            return; // the log lane asks again
        for (const LogNote &note : notes) {
            Q_EMIT store->logDurable(note.key, note.size);
            if (note.notes)
                Q_EMIT store->notesChanged(note.key, *note.notes);
        }
        logWork.post({0, [notes](LogWriter &worker) {
                          worker.remembered(notes);
                          return std::any();
                      }});
        if (packTimer && !packTimer->isActive())
            packTimer->start(packDelay);
    });
}

void Store::Private::askToPack(quint64 id, Instant now)
{
    housework.post({0, [this, id, now](Housekeeper &worker) {
                        auto packed = worker.pack(now);
                        if (!packed)
                            tell(Answer{id, Result<int>(fail(packed.error()))});
                        else if (packed->empty())
                            tell(Answer{id, Result<int>(0)});
                        else
                            tell(LogsPacked{id, std::move(*packed)});
                        return std::any();
                    }});
}

// The old form goes when the new one counts, and not before the writer has let go of it.
void Store::Private::noteLogsPacked(const LogsPacked &packed)
{
    for (const NoteLogPacked &note : packed.notes) {
        const bool last = &note == &packed.notes.back();
        write(note, store,
            [this, key = note.key, last, id = packed.id, count = int(packed.notes.size())](const Status &done) {
                if (done) {
                    const quint64 forgotten = wait<void>(store, [this, key](const Status &) {
                        housework.post({0, [key](Housekeeper &worker) {
                                            worker.dropFiles(key);
                                            return std::any();
                                        }});
                    });
                    logWork.post({forgotten, [key](LogWriter &worker) -> std::any {
                                      worker.forget(key);
                                      return Status();
                                  }});
                }
                if (last)
                    take(Answer{id, done ? Result<int>(count) : Result<int>(fail(done.error()))});
            });
    }
}

void Store::Private::askToPurge(quint64 id, Instant now)
{
    housework.post({0, [this, id, now](Housekeeper &worker) {
                        auto runs = worker.purge(now, purgeSlice);
                        if (!runs)
                            tell(Answer{id, Result<int>(fail(runs.error()))});
                        else if (runs->empty())
                            tell(Answer{id, Result<int>(0)});
                        else
                            tell(RunsExpired{id, std::move(*runs)});
                        return std::any();
                    }});
}

void Store::Private::forgetRuns(const RunsExpired &expired)
{
    write(
        PurgeRuns{expired.runs}, store, [this, id = expired.id, count = int(expired.runs.size())](const Status &done) {
            take(Answer{id, done ? Result<int>(count) : Result<int>(fail(done.error()))});
        });
}

void Store::Private::keepHouse()
{
    packTimer = std::make_unique<QTimer>();
    packTimer->setSingleShot(true);
    QObject::connect(packTimer.get(), &QTimer::timeout, store, [this] { packAll(); });
    packTimer->start(packDelay);
    purgeTimer = std::make_unique<QTimer>();
    purgeTimer->setSingleShot(true);
    QObject::connect(purgeTimer.get(), &QTimer::timeout, store, [this] { purgeAll(); });
    purgeTimer->start(purgeDelay);
    housework.post({0, [](Housekeeper &worker) {
                        worker.sweep();
                        worker.lookAtAll();
                        return std::any();
                    }});
    lookedAtAll = SystemClock().monotonic();
}

void Store::Private::packAll()
{
    askToPack(wait<int>(store,
                  [this](const Result<int> &packed) {
                      if (packed && *packed > 0)
                          packAll();
                  }),
        SystemClock().now());
}

void Store::Private::purgeAll()
{
    const Duration now = SystemClock().monotonic();
    const bool all = now - lookedAtAll >= wholePass;
    if (all)
        lookedAtAll = now;
    housework.post({0, [all, jobs = std::exchange(touchedJobs, {})](Housekeeper &worker) {
                        worker.look(jobs);
                        if (all)
                            worker.lookAtAll();
                        return std::any();
                    }});
    askToPurge(wait<int>(store,
                   [this](const Result<int> &purged) {
                       // Others are to have their turns between two slices.
                       purgeTimer->start(purged && *purged > 0 ? purgePause : purgeDelay);
                   }),
        SystemClock().now());
}

// What a commit that was asked for may have made ready to be packed or forgotten.
void Store::Private::noteEnds(const WriteBatch &batch)
{
    if (!packTimer)
        return;
    for (const Write &write : batch) {
        if (const auto *attempt = std::get_if<SaveAttempt>(&write)) {
            if (isFinal(attempt->attempt.state) && !packTimer->isActive())
                packTimer->start(packDelay);
        } else if (const auto *run = std::get_if<SaveRun>(&write)) {
            if (isFinal(run->run.state))
                touchedJobs.insert(run->run.job);
        }
    }
}

std::optional<Duration> Store::Private::handleWrites(std::vector<WriteItem> all)
{
    for (auto from = all.begin(); from != all.end();) {
        const auto to = std::find_if(from, all.end(), [](const WriteItem &item) { return !item.change; });
        std::vector<Change> group;
        for (auto each = from; each != to; ++each)
            group.push_back(std::move(*each->change));
        const std::vector<Status> answers = writer->commit(group);
        for (const Status &answer : answers)
            tell(Answer{(from++)->id, answer});
        if (to == all.end())
            break;
        if (to->passed)
            to->passed->release();
        else
            tell(Answer{to->id, Status()});
        from = to + 1;
    }
    return std::nullopt;
}

std::optional<Duration> Store::Private::handleLogs(const std::vector<WorkItem<LogWriter>> &all)
{
    for (const auto &item : all)
        if (std::any value = item.work(*logs); item.id != 0)
            tell(Answer{item.id, std::move(value)});
    const auto left = [this]() -> std::optional<Duration> {
        if (const auto due = logs->due())
            return std::max(*due - SystemClock().monotonic(), Duration(0));
        return std::nullopt;
    };
    // Inline there is nobody to come back later: the empty call is that.
    const bool syncNow = settings.mode == Mode::Inline ? all.empty() : left() == Duration(0);
    if (syncNow)
        if (std::vector<LogNote> notes = logs->sync(); !notes.empty())
            tell(LogsSynced{std::move(notes)});
    return left();
}

tl::expected<void, OpenError> Store::Private::start()
{
    const auto prepared = prepareDatabase(*folder, settings.checkedAtOnce);
    if (!prepared)
        return tl::unexpected<OpenError>(prepared.error());
    epoch = prepared->epoch;
    checked = prepared->isChecked;

    const HealthSink health = [this](const QString &check, const QString &reason) { tell(Health{check, reason}); };
    std::optional<SqlError> failed;
    const auto prepare = [&](auto make) {
        return [&failed, make] {
            if (const auto made = perform(make); !made && !failed)
                failed = made.error();
        };
    };
    writes.start(settings.mode, u"belfry-store"_s,
        {prepare([&] { writer = std::make_unique<Writer>(*folder, settings.maxDatabase, health); }),
            [this](std::vector<WriteItem> all) { return handleWrites(std::move(all)); },
            [this] {
                if (writer)
                    writer->checkpoint();
                writer.reset();
            }});
    reads.start(settings.mode, u"belfry-reader"_s,
        {prepare([&] { reader = std::make_unique<Reader>(*folder, health); }),
            [this](const std::vector<WorkItem<Reader>> &all) -> std::optional<Duration> {
                for (const auto &item : all)
                    if (std::any value = item.work(*reader); item.id != 0)
                        tell(Answer{item.id, std::move(value)});
                return std::nullopt;
            },
            [this] { reader.reset(); }});
    logWork.start(settings.mode, u"belfry-logs"_s,
        {prepare([&] { logs = std::make_unique<LogWriter>(*folder, health); }),
            [this](const std::vector<WorkItem<LogWriter>> &all) { return handleLogs(all); },
            [this] {
                if (logs)
                    lastSynced = logs->sync();
                logs.reset();
            }});
    housework.start(settings.mode, u"belfry-housekeeper"_s,
        {prepare([&] {
             if (settings.mode == Mode::Threaded)
                 beNice();
             housekeeper = std::make_unique<Housekeeper>(*folder);
         }),
            [this](const std::vector<WorkItem<Housekeeper>> &all) -> std::optional<Duration> {
                for (const auto &item : all)
                    if (std::any value = item.work(*housekeeper); item.id != 0)
                        tell(Answer{item.id, std::move(value)});
                return std::nullopt;
            },
            [this] { housekeeper.reset(); }});
    if (failed)
        return tl::unexpected<OpenError>(OpenError{OpenFailure::Other, failed->message});
    if (const Status noted = folder->noteOpened(epoch); !noted)
        return tl::unexpected<OpenError>(OpenError{OpenFailure::Other, noted.error().message});
    opened = true;
    takeNews();
    if (settings.mode == Mode::Threaded && settings.housekeeping)
        keepHouse();
    return {};
}

void Store::Private::startBackups()
{
    if (backups.isRunning())
        return;
    backups.start(settings.mode, u"belfry-backup"_s,
        {[] {},
            [this](const std::vector<WorkItem<const DataFolder>> &all) -> std::optional<Duration> {
                for (const auto &item : all)
                    tell(Answer{item.id, item.work(*folder)});
                return std::nullopt;
            },
            [] {}});
}

void Store::Private::stop()
{
    packTimer.reset();
    purgeTimer.reset();
    backups.stop();
    housework.stop();
    logWork.stop();
    if (!lastSynced.empty())
        writes.post({0, NoteLogsStored{lastSynced}});
    reads.stop();
    writes.stop();
}

Store::Store(std::unique_ptr<Private> state)
    : d(std::move(state))
{
    d->store = this;
}

Store::~Store()
{
    d->stop();
    if (!d->opened)
        return;
    if (const Status noted = d->folder->noteClosed(); !noted)
        qWarning().noquote() << noted.error().message;
}

Store::OpenResult Store::open(const QString &folder, Mode mode)
{
    return open(folder, Settings{.mode = mode});
}

Store::OpenResult Store::open(const QString &path, const Settings &settings)
{
    auto state = std::make_unique<Private>();
    state->settings = settings;
    auto folder = DataFolder::take(path);
    if (!folder)
        return tl::unexpected<OpenError>(folder.error());
    state->folder = std::move(*folder);
    std::unique_ptr<Store> store(new Store(std::move(state)));
    if (const auto started = store->d->start(); !started)
        return tl::unexpected<OpenError>(started.error());
    return store;
}

qint64 Store::epoch() const
{
    return d->epoch;
}
QString Store::folder() const
{
    return d->folder->path();
}
bool Store::isChecked() const
{
    return d->checked;
}
void Store::noteDamage(const QString &reason)
{
    d->take(Health{u"integrity"_s, reason});
}
std::map<QString, QString> Store::troubles() const
{
    return d->troubles;
}

Result<Snapshot> Store::snapshot()
{
    QSemaphore passed;
    d->writes.post({.passed = &passed});
    passed.acquire();
    Result<Snapshot> snapshot;
    d->reads.post({0, [&](Reader &reader) {
                       snapshot = reader.answer(LoadSnapshot());
                       passed.release();
                       return std::any();
                   }});
    passed.acquire();
    return snapshot;
}

void Store::Private::write(Change change, QObject *context, StoreCallback<void> done)
{
    writes.post({wait<void>(context, std::move(done)), std::move(change)});
}

void Store::packLogs(Instant now, QObject *context, StoreCallback<int> done)
{
    d->askToPack(d->wait<int>(context, std::move(done)), now);
}

void Store::purge(Instant now, QObject *context, StoreCallback<int> done)
{
    d->housework.post({0, [](Housekeeper &worker) {
                           if (!worker.inPass())
                               worker.lookAtAll();
                           return std::any();
                       }});
    d->askToPurge(d->wait<int>(context, std::move(done)), now);
}

void Store::commit(WriteBatch batch, QObject *context, StoreCallback<void> done)
{
    d->noteEnds(batch);
    d->write(std::move(batch), context, std::move(done));
}

void Store::probe(QObject *context, StoreCallback<void> done)
{
    d->write(Probe(), context, std::move(done));
}

void Store::saveToken(AccessToken token, QObject *context, StoreCallback<void> done)
{
    d->write(SaveToken{std::move(token)}, context, std::move(done));
}

void Store::revokeToken(QString id, Instant at, QObject *context, StoreCallback<void> done)
{
    d->write(RevokeToken{std::move(id), at}, context, std::move(done));
}

void Store::noteTokenUse(QString id, Instant at, QObject *context, StoreCallback<void> done)
{
    d->write(NoteTokenUse{std::move(id), at}, context, std::move(done));
}

template <class Q> void Store::ask(Q query, QObject *context, StoreCallback<typename Q::Reply> done)
{
    const quint64 id = d->wait<typename Q::Reply>(context, std::move(done));
    WorkItem<Reader> item{id, [query = std::move(query)](Reader &reader) -> std::any { return reader.answer(query); }};
    if constexpr (!afterPostedCommits<Q>) {
        d->reads.post(std::move(item));
    } else {
        const quint64 place
            = d->wait<void>(this, [this, item = std::move(item)](const Status &) { d->reads.post(item); });
        d->writes.post({.id = place});
    }
}

template void Store::ask(FindRun, QObject *, StoreCallback<FindRun::Reply>);
template void Store::ask(FindNotes, QObject *, StoreCallback<FindNotes::Reply>);
template void Store::ask(ListRuns, QObject *, StoreCallback<ListRuns::Reply>);
template void Store::ask(FindStoredAttempts, QObject *, StoreCallback<FindStoredAttempts::Reply>);
template void Store::ask(ListOccasions, QObject *, StoreCallback<ListOccasions::Reply>);
template void Store::ask(FindOccasionsAround, QObject *, StoreCallback<FindOccasionsAround::Reply>);
template void Store::ask(ListAttention, QObject *, StoreCallback<ListAttention::Reply>);
template void Store::ask(CountAttention, QObject *, StoreCallback<CountAttention::Reply>);
template void Store::ask(CountRunsOfDays, QObject *, StoreCallback<CountRunsOfDays::Reply>);
template void Store::ask(CountMissedOfDays, QObject *, StoreCallback<CountMissedOfDays::Reply>);
template void Store::ask(FindOccasions, QObject *, StoreCallback<FindOccasions::Reply>);
template void Store::ask(ListReleases, QObject *, StoreCallback<ListReleases::Reply>);
template void Store::ask(FindRelease, QObject *, StoreCallback<FindRelease::Reply>);
template void Store::ask(FindReleasedJobs, QObject *, StoreCallback<FindReleasedJobs::Reply>);
template void Store::ask(FindDefinition, QObject *, StoreCallback<FindDefinition::Reply>);
template void Store::ask(LoadJobRecord, QObject *, StoreCallback<LoadJobRecord::Reply>);
template void Store::ask(ListJobVersions, QObject *, StoreCallback<ListJobVersions::Reply>);
template void Store::ask(ListLastRuns, QObject *, StoreCallback<ListLastRuns::Reply>);
template void Store::ask(ReadLog, QObject *, StoreCallback<ReadLog::Reply>);
template void Store::ask(FindLogSize, QObject *, StoreCallback<FindLogSize::Reply>);
template void Store::ask(FindToken, QObject *, StoreCallback<FindToken::Reply>);
template void Store::ask(ListTokens, QObject *, StoreCallback<ListTokens::Reply>);

void Store::appendLog(LogBlock block, QObject *context, StoreCallback<LogPosition> done)
{
    const quint64 id = d->wait<LogPosition>(context, std::move(done));
    Private *state = d.get();
    d->logWork.post({id, [state, block = std::move(block)](LogWriter &writer) -> std::any {
                         const Result<LogPosition> position = writer.append(block);
                         if (position && !position->gap)
                             state->tell(LogGrew{block.key, position->received});
                         return position;
                     }});
}

void Store::backup(QString file, QObject *context, StoreCallback<void> done)
{
    const quint64 id = d->wait<void>(context, std::move(done));
    d->startBackups();
    d->backups.post(
        {id, [file = std::move(file)](const DataFolder &folder) -> std::any { return backUp(folder, file); }});
}

} // namespace belfry

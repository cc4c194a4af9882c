// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/store/storefixture.h"

#include <QProcess>
#include <QRandomGenerator>
#include <QTimer>

#include <cstdio>

using namespace belfry;
using namespace belfry::store;
using namespace Qt::StringLiterals;

namespace {

constexpr AttemptKey logged{RunId(1'000'000), 1};

QByteArray logLine(qint64 offset)
{
    return QByteArray::number(offset).rightJustified(15, '.') + '\n';
}

void say(const char *word, qint64 number)
{
    std::printf("%s %lld\n", word, static_cast<long long>(number));
    std::fflush(stdout);
}

// The process that is killed: commits batch after batch, each of three rows, and says which were answered; appends to
// a log and says up to where it is durable.
class Victim : public QObject
{
public:
    explicit Victim(const QString &folder)
    {
        auto opened = Store::open(folder);
        if (!opened)
            qFatal("%s", qPrintable(opened.error().message));
        m_store = std::move(*opened);
        connect(m_store.get(), &Store::logDurable, this, [](AttemptKey, qint64 size) { say("durable", size); });
        const Snapshot snapshot = *m_store->snapshot();
        if (snapshot.jobs.empty())
            m_store->commit(
                {SaveJob{job(1)}, SaveRun{run(int(logged.run.value))}, SaveAttempt{attempt(int(logged.run.value))}},
                this, [this](const Status &) { begin(1); });
        else
            begin(int(m_store->snapshot()->pending.size()) + 1);
    }

private:
    void begin(int next)
    {
        m_next = next;
        for (int i = 0; i < 4; ++i)
            commitNext();
        m_store->ask(FindStoredAttempts{u"a1"_s, {{logged, 1}}}, this,
            [this](const Result<std::vector<StoredAttempt>> &found) { appendNext(found->front().logDurable); });
    }
    void commitNext()
    {
        const int number = m_next++;
        const Occasion occasion{
            .job = JobId(1), .jobName = u"p/job"_s, .rule = u"r"_s, .at = Instant(number), .version = 1};
        m_store->commit({SaveRun{run(number)}, SaveAttempt{attempt(number)}, SaveOccasion{occasion}}, this,
            [this, number](const Status &done) {
                if (!done)
                    qFatal("%s", qPrintable(done.error().message));
                say("committed", number);
                commitNext();
            });
    }
    void appendNext(qint64 offset)
    {
        m_store->appendLog(block(logged, offset, {logLine(offset)}), this, [this](const Result<LogPosition> &position) {
            if (!position || position->gap)
                qFatal("the log does not go on where it was durable");
            appendNext(position->received);
        });
    }

    std::unique_ptr<Store> m_store;
    int m_next = 1;
};

struct Said {
    qint64 committed = 0; // the last batch that was answered
    qint64 durable = 0;
};

} // namespace

class TestStoreCrash : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    // The note must be followed by a whole line, or the kill cut it.
    void keepsWhatItAnsweredWhenItIsKilled_data()
    {
        QTest::addColumn<QString>("crashAt");
        QTest::newRow("at any time") << QString();
        for (const int n : {1, 2, 3, 20})
            for (const QString &point :
                {u"store-before-commit"_s, u"store-after-commit"_s, u"log-before-index"_s, u"log-after-sync"_s})
                QTest::addRow("%s, pass %d", qPrintable(point), n) << u"%1:%2"_s.arg(point).arg(n);
    }
    void keepsWhatItAnsweredWhenItIsKilled()
    {
        QFETCH(QString, crashAt);
        QTemporaryDir folder;
        const QString data = folder.path() + u"/data"_s;
        const int times = crashAt.isEmpty() ? 8 : 2;
        Said last;
        for (int time = 0; time < times; ++time) {
            const Said said = runAndKill(data, crashAt);
            if (QTest::currentTestFailed())
                return;
            last = {std::max(last.committed, said.committed), std::max(last.durable, said.durable)};
            check(data, last);
            if (QTest::currentTestFailed())
                return;
        }
        if (crashAt.isEmpty())
            QVERIFY(last.committed > 100);
    }

private:
    static Said runAndKill(const QString &data, const QString &crashAt)
    {
        QProcess victim;
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        if (!crashAt.isEmpty())
            environment.insert(u"BELFRY_CRASH_AT"_s, crashAt);
        victim.setProcessEnvironment(environment);
        QByteArray output;
        connect(
            &victim, &QProcess::readyReadStandardOutput, &victim, [&] { output += victim.readAllStandardOutput(); });
        QTimer killer;
        killer.setSingleShot(true);
        connect(&killer, &QTimer::timeout, &victim, &QProcess::kill);
        victim.setProcessChannelMode(QProcess::ForwardedErrorChannel);
        victim.start(QCoreApplication::applicationFilePath(), {u"victim"_s, data});
        if (crashAt.isEmpty()) { // some time after it has begun to answer
            connect(&victim, &QProcess::readyReadStandardOutput, &killer, [&] {
                if (!killer.isActive())
                    killer.start(QRandomGenerator::global()->bounded(700));
            });
        }
        const bool ended = StoreFixture::waitFor([&] { return victim.state() == QProcess::NotRunning; });
        if (!ended) {
            victim.kill();
            victim.waitForFinished();
        }
        QTest::qVerify(ended, "the victim was killed", "", __FILE__, __LINE__);
        QTest::qCompare(victim.exitStatus(), QProcess::CrashExit, "status", "crash", __FILE__, __LINE__);
        output += victim.readAllStandardOutput();
        output.truncate(output.lastIndexOf('\n') + 1);
        Said said;
        for (const QByteArray &line : output.split('\n')) {
            const qint64 number = line.mid(line.indexOf(' ') + 1).toLongLong();
            if (line.startsWith("committed"))
                said.committed = std::max(said.committed, number);
            else if (line.startsWith("durable"))
                said.durable = std::max(said.durable, number);
        }
        return said;
    }

    static void check(const QString &data, const Said &said)
    {
        auto opened = Store::open(data, Store::Mode::Inline);
        QVERIFY2(opened, qPrintable(opened ? QString() : opened.error().message));
        Store &store = **opened;
        const Result<Snapshot> snapshot = store.snapshot();
        QVERIFY(snapshot);
        std::set<qint64> runs, attempts, occasions;
        for (const Run &each : snapshot->openRuns)
            if (each.id != logged.run)
                runs.insert(each.id.value);
        for (const Attempt &each : snapshot->openAttempts)
            if (each.run != logged.run)
                attempts.insert(each.run.value);
        for (const Occasion &each : snapshot->pending)
            occasions.insert(each.at.ms);
        QVERIFY2(runs == attempts && runs == occasions, "no batch is there by half");
        QVERIFY2(
            runs.empty() || *runs.rbegin() == qint64(runs.size()), "batches are there in their order, without a hole");
        QVERIFY2(qint64(runs.size()) >= said.committed, "what was answered is there");
        if (snapshot->jobs.empty())
            return;

        std::optional<Result<std::vector<StoredAttempt>>> stored;
        store.ask(FindStoredAttempts{u"a1"_s, {{logged, 1}}}, nullptr, [&](auto found) { stored = std::move(found); });
        const qint64 durable = (*stored)->front().logDurable;
        QVERIFY2(durable >= said.durable, "what was said to be durable is remembered");
        // The log goes on from there, and all before it is right.
        std::optional<Result<LogPosition>> position;
        store.appendLog(
            block(logged, durable, {logLine(durable)}), nullptr, [&](auto given) { position = std::move(given); });
        QVERIFY(*position && !(*position)->gap);
        QByteArray expected;
        while (expected.size() < durable + 16)
            expected += logLine(expected.size());
        std::optional<Result<LogPiece>> piece;
        store.ask(ReadLog{logged, 0, 1 << 20}, nullptr, [&](auto found) { piece = std::move(found); });
        QVERIFY(*piece);
        QCOMPARE((*piece)->bytes, expected.left((*piece)->bytes.size()));
        QVERIFY((*piece)->bytes.size() == expected.size() || (*piece)->index.size() == 8192);
    }
};

int main(int argc, char **argv)
{
    QCoreApplication app(argc, argv);
    if (argc == 3 && qstrcmp(argv[1], "victim") == 0) {
        const Victim victim(QString::fromLocal8Bit(argv[2]));
        return QCoreApplication::exec();
    }
    TestStoreCrash test;
    return QTest::qExec(&test, argc, argv);
}
#include "tst_storecrash.moc"

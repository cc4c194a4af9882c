// SPDX-License-Identifier: GPL-3.0-or-later
// bench-store: what SQLite can do with the store's own settings, and a history of any size.
#include "backend/store/sql.h"
#include "tests/bench/fill.h"
#include "tests/bench/report.h"

#include <QCoreApplication>

#include <cstdio>

using namespace belfry;
using namespace belfry::bench;
using namespace Qt::StringLiterals;

namespace {

// One row of a table with two indexes a commit, each synced before the next one begins.
void commitOneByOne(const QString &folder, int ms)
{
    store::Database database(folder + u"/commits.db"_s, store::Database::Access::ReadWrite);
    database.value(u"PRAGMA journal_mode = WAL"_s);
    database.run(u"PRAGMA wal_autocheckpoint = 4000"_s);
    database.run(u"CREATE TABLE t (id INTEGER PRIMARY KEY, job INTEGER, state TEXT, at INTEGER, text TEXT)"_s);
    database.run(u"CREATE INDEX by_job ON t (job, id)"_s);
    database.run(u"CREATE INDEX by_state ON t (state, id)"_s);
    store::Statement insert(database, u"INSERT INTO t (job, state, at, text) VALUES (?, ?, ?, ?)"_s);
    const QString text(200, u'x');
    std::vector<qint64> times;
    const qint64 from = monotonicUs();
    for (qint64 now = from; now - from < ms * 1000;) {
        store::Transaction transaction(database, store::Transaction::Kind::Write);
        insert.run(qint64(times.size() % 100), u"queued"_s, now, text);
        transaction.commit();
        const qint64 after = monotonicUs();
        times.push_back(after - now);
        now = after;
    }
    print({{u"count"_s, qint64(times.size())}, {u"us"_s, monotonicUs() - from}, {u"times"_s, toJson(times)}});
}

} // namespace

int main(int argc, char **argv)
{
    const QCoreApplication app(argc, argv);
    const QString what = app.arguments().value(1);
    const Options options(app.arguments().mid(2));
    if (what == u"commits") {
        const auto done
            = store::perform([&] { commitOneByOne(options.text(u"folder"_s), options.number(u"ms"_s, 1000)); });
        if (!done)
            bench::fail(done.error().message);
    } else if (what == u"fill") {
        fillHistory(options.text(u"folder"_s), options.number(u"runs"_s, 1'000'000), options.number(u"detail"_s, 1));
    } else {
        std::fputs(
            "usage: bench-store commits --folder DIR [--ms N] | fill --folder DATA [--runs N] [--detail N]\n", stderr);
        return 2;
    }
    return 0;
}

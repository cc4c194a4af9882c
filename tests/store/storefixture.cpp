// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/store/storefixture.h"

using namespace Qt::StringLiterals;

namespace belfry {

StoreFixture::StoreFixture(Store::Mode mode, qint64 maxDatabase)
    : m_settings{.mode = mode, .maxDatabase = maxDatabase, .housekeeping = false}
{
    reopen();
}

void StoreFixture::reopen()
{
    m_store.reset();
    auto opened = Store::open(path(), m_settings);
    if (!opened)
        qFatal("%s", qPrintable(opened.error().message));
    m_store = std::move(*opened);
}

bool StoreFixture::waitFor(const std::function<bool()> &condition)
{
    return QTest::qWaitFor(condition, 30'000);
}

Status StoreFixture::commit(WriteBatch batch)
{
    std::optional<Status> answer;
    m_store->commit(std::move(batch), m_store.get(), [&](Status given) { answer = std::move(given); });
    waitFor([&] { return answer.has_value(); });
    return answer.value_or(fail(ErrorKind::Internal, u"no answer came"_s));
}

Status StoreFixture::probe()
{
    std::optional<Status> answer;
    m_store->probe(m_store.get(), [&](Status given) { answer = std::move(given); });
    waitFor([&] { return answer.has_value(); });
    return answer.value_or(fail(ErrorKind::Internal, u"no answer came"_s));
}

Result<LogPosition> StoreFixture::append(LogBlock block)
{
    std::optional<Result<LogPosition>> answer;
    m_store->appendLog(std::move(block), m_store.get(), [&](Result<LogPosition> given) { answer = std::move(given); });
    waitFor([&] { return answer.has_value(); });
    return answer.value_or(fail(ErrorKind::Internal, u"no answer came"_s));
}

Job job(int id, const QString &name)
{
    Job made{.id = JobId(id), .uid = u"p/"_s + name, .since = Instant(1)};
    made.definition.project = u"p"_s;
    made.definition.name = name;
    made.definition.command = {u"true"_s};
    return made;
}

Run run(int id, int job, RunState state)
{
    return {.id = RunId(id),
        .job = JobId(job),
        .jobName = u"p/job"_s,
        .version = 1,
        .state = state,
        .queuedAt = Instant(1000 * id)};
}

Attempt attempt(int run, int number, RunState state)
{
    return {.run = RunId(run),
        .attempt = number,
        .agent = u"a1"_s,
        .bootId = u"boot"_s,
        .epoch = 1,
        .state = state,
        .assignedAt = Instant(5)};
}

LogBlock block(AttemptKey key, qint64 offset, const QList<QByteArray> &lines)
{
    LogBlock made{.key = key, .offset = offset};
    for (const QByteArray &line : lines) {
        made.index.push_back({offset, int(line.size()), 1 + int(made.index.size() % 2), Instant(offset + 1)});
        made.bytes += line;
        offset += line.size();
    }
    return made;
}

} // namespace belfry

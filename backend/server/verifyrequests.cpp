// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/engine/engine.h"
#include "backend/engine/verify.h"
#include "backend/server/requests.h"

namespace belfry::requests {

using namespace Qt::StringLiterals;

namespace {

constexpr std::size_t mostDifferences = 1000;
constexpr Duration usualSpan = 24h;

struct JobName {
    JobId id;
    QString name;
    QString uid;
};

// One job after the other, so that no answer of the store holds the whole ledger.
class Verification : public std::enable_shared_from_this<Verification>
{
public:
    Verification(ClientSession &session, std::vector<JobName> jobs, Instant from, Instant until,
        Respond<wire::VerifyReply> respond)
        : m_session(session)
        , m_jobs(std::move(jobs))
        , m_respond(std::move(respond))
    {
        m_reply.from = from;
        m_reply.until = until;
    }

    void step()
    {
        if (m_next == m_jobs.size()) {
            m_respond(m_reply);
            return;
        }
        const JobName &job = m_jobs[m_next++];
        m_session.parts().core.store().ask(store::LoadJobRecord{job.id, m_reply.from, m_reply.until}, &m_session,
            [self = shared_from_this(), &job](
                Result<store::LoadJobRecord::Record> record) { self->take(job, std::move(record)); });
    }

private:
    void take(const JobName &job, Result<store::LoadJobRecord::Record> record)
    {
        if (!record) {
            m_respond(fail(record.error()));
            return;
        }
        if (!record->complete) {
            m_respond(fail(ErrorKind::Invalid,
                u"job %1 has more than %2 rows in this time: choose a shorter one with from and until"_s.arg(job.name)
                    .arg(store::LoadJobRecord::most)));
            return;
        }
        engine::JobRecord input{.name = job.name,
            .uid = job.uid,
            .versions = {},
            .marks = std::move(record->marks),
            .rows = std::move(record->rows)};
        for (store::DefinitionInForce &each : record->versions)
            input.versions.push_back({each.version, each.since, each.until, std::move(each.definition)});
        engine::verify(input, m_reply.from, m_reply.until, mostDifferences, m_reply);
        step();
    }

    ClientSession &m_session;
    std::vector<JobName> m_jobs;
    std::size_t m_next = 0;
    wire::VerifyReply m_reply;
    Respond<wire::VerifyReply> m_respond;
};

} // namespace

void handle(ClientSession &session, const wire::LedgerVerify &request, const Respond<wire::VerifyReply> &respond)
{
    const auto engine = engineOf(session);
    if (!engine) {
        respond(fail(engine.error()));
        return;
    }
    const Instant until = request.until.value_or(session.parts().core.clock().now());
    const Instant from = request.from.value_or(until - usualSpan);
    if (from >= until) {
        respond(fail(ErrorKind::Invalid, u"from: it must be before until (%1)"_s.arg(toRfc3339(until))));
        return;
    }
    std::vector<JobName> jobs;
    for (const auto &[id, job] : (*engine)->jobs())
        jobs.push_back({id, job.definition.fullName(), job.uid});
    std::make_shared<Verification>(session, std::move(jobs), from, until, respond)->step();
}

} // namespace belfry::requests

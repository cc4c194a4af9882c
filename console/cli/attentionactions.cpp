// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/cli/actions.h"
#include "console/cli/bulk.h"
#include "console/cli/looks.h"

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

constexpr int largestPage = 1000;

struct AttentionPages {
    wire::AttentionList request;
    qint64 wanted = 0;
    std::vector<wire::AttentionRow> rows;
};

void askPage(Session &session, const std::shared_ptr<AttentionPages> &pages)
{
    pages->request.limit = int(std::min<qint64>(largestPage, pages->wanted - qint64(pages->rows.size())));
    session.ask(pages->request, [&session, pages](const wire::AttentionReply &reply) {
        pages->rows.insert(pages->rows.end(), reply.rows.begin(), reply.rows.end());
        if (reply.next && qint64(pages->rows.size()) < pages->wanted) {
            pages->request.after = *reply.next;
            askPage(session, pages);
            return;
        }
        session.output().list(pages->rows, attentionLook({session.now(), session.zone()}));
        if (reply.next)
            session.output().note(u"only the newest %1; there are more, see --limit"_s.arg(pages->rows.size()));
        session.finish(exitDone);
    });
}

std::vector<wire::Concern> readConcerns(const Session &session)
{
    std::vector<wire::Concern> concerns;
    for (const QString &word : session.arguments().values(u"concern"_s))
        if (const auto concern = enumOf<wire::Concern>(word)) // the verb table allows no other
            concerns.push_back(*concern);
    return concerns;
}

// Runs by number, occasions as `attention -o name` prints them: job@time.
struct Targets {
    std::vector<BulkRow> rows;
    std::map<QString, std::pair<QString, Instant>> occasions; // by target
};

std::optional<Targets> readTargets(Session &session)
{
    Targets targets;
    for (const QString &text : session.arguments().positional()) {
        const qsizetype sign = text.indexOf(u'@');
        if (sign < 0) {
            const auto run = session.run(text);
            if (!run)
                return std::nullopt;
            targets.rows.push_back({.target = QString::number(run->value), .run = *run, .error = {}});
            continue;
        }
        const Result<Instant> at = parseTimeArgument(text.sliced(sign + 1), session.now(), session.zone());
        if (!at) {
            session.failUsage(u"%1: %2"_s.arg(text, at.error().message));
            return std::nullopt;
        }
        targets.rows.push_back({.target = text, .run = {}, .error = {}});
        targets.occasions[text] = {text.left(sign), *at};
    }
    return targets;
}

template <class Request> Request requestFor(const BulkRow &row, const Targets &targets)
{
    Request request;
    request.run = row.run;
    if (const auto found = targets.occasions.find(row.target); found != targets.occasions.end()) {
        request.job = found->second.first;
        request.at = found->second.second;
    }
    return request;
}

QString subject(const BulkRow &row)
{
    return row.run ? u"run "_s + row.target : row.target;
}

} // namespace

void startAttention(Session &session)
{
    const auto pages = std::make_shared<AttentionPages>();
    const auto limit = session.number(u"limit"_s, 100, 1, 1'000'000);
    pages->request.job = session.arguments().value(u"job"_s);
    pages->request.project = session.arguments().value(u"project"_s);
    pages->request.concerns = readConcerns(session);
    if (!limit || !session.time(u"since"_s, pages->request.since))
        return;
    pages->wanted = *limit;
    askPage(session, pages);
}

void startAck(Session &session)
{
    const auto targets = readTargets(session);
    if (!targets)
        return;
    const QString note = session.arguments().value(u"note"_s);
    askEach(
        session, targets->rows,
        [targets = *targets, note](const BulkRow &row) {
            auto request = requestFor<wire::AttentionAcknowledge>(row, targets);
            request.note = note;
            return request;
        },
        [](const BulkRow &row) { return subject(row) + u" is acknowledged"_s; });
}

void startUnack(Session &session)
{
    const auto targets = readTargets(session);
    if (!targets)
        return;
    askEach(
        session, targets->rows,
        [targets = *targets](const BulkRow &row) { return requestFor<wire::AttentionReopen>(row, targets); },
        [](const BulkRow &row) { return subject(row) + u" asks for attention again"_s; });
}

} // namespace belfry

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/cli/session.h"
#include "console/cli/waitcode.h"

#include <functional>

namespace belfry {

// What became of one target of a verb that takes several.
struct BulkRow {
    QString target; // as it was given
    std::optional<RunId> run;
    bool done = false;
    QString error;
    int exitCode = exitDone; // not shown
};
constexpr auto describe(const BulkRow *)
{
    return fields(required(1, "target", &BulkRow::target), field(2, "run", &BulkRow::run),
        required(3, "done", &BulkRow::done), required(4, "error", &BulkRow::error));
}

// Prints what became of each and ends the session: with the error's own code where there is one target, else with 8
// when one of them failed. `doneText` says what was done to a target.
void finishBulk(
    Session &session, const std::vector<BulkRow> &rows, const std::function<QString(const BulkRow &)> &doneText);

// Asks the backend about each target, some at a time. `request(row)` makes the request.
template <class Request> class EachAsked
{
public:
    using DoneText = std::function<QString(const BulkRow &)>;

    EachAsked(
        Session &session, std::vector<BulkRow> rows, std::function<Request(const BulkRow &)> request, DoneText text)
        : m_session(session)
        , m_rows(std::move(rows))
        , m_request(std::move(request))
        , m_text(std::move(text))
        , m_left(m_rows.size())
    { }

    static void start(const std::shared_ptr<EachAsked> &all)
    {
        if (!all->m_session.client())
            return;
        for (std::size_t i = 0; i < atOnce; ++i)
            askNext(all);
    }

private:
    static constexpr std::size_t atOnce = 32; // far below what the backend serves a client at once

    static void askNext(const std::shared_ptr<EachAsked> &all)
    {
        if (all->m_next == all->m_rows.size())
            return;
        const std::size_t at = all->m_next++;
        all->m_session.client()->ask(
            all->m_request(all->m_rows[at]), &all->m_session, [all, at](const Answer<typename Request::Reply> &answer) {
                BulkRow &row = all->m_rows[at];
                row.done = answer.has_value();
                if (!answer) {
                    row.error = answer.error().message;
                    row.exitCode = exitCodeOf(answer.error().kind);
                }
                if (--all->m_left == 0)
                    finishBulk(all->m_session, all->m_rows, all->m_text);
                else
                    askNext(all);
            });
    }

    Session &m_session;
    std::vector<BulkRow> m_rows;
    std::function<Request(const BulkRow &)> m_request;
    DoneText m_text;
    std::size_t m_next = 0;
    std::size_t m_left = 0;
};

template <class MakeRequest>
void askEach(Session &session, std::vector<BulkRow> targets, MakeRequest request,
    std::function<QString(const BulkRow &)> doneText)
{
    using Request = decltype(request(targets.front()));
    EachAsked<Request>::start(
        std::make_shared<EachAsked<Request>>(session, std::move(targets), std::move(request), std::move(doneText)));
}

// The runs that a verb was given; nullopt and a finished session for a word that is no number.
std::optional<std::vector<BulkRow>> runTargets(Session &session);

} // namespace belfry

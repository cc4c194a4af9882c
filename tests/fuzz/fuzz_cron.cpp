// SPDX-License-Identifier: GPL-3.0-or-later
// Any text as a cron expression: it is refused with a place inside it, or it answers with instants that fit each other.
#include "shared/time/rule.h"

#include <array>
#include <cstdlib>

using namespace belfry;
using namespace Qt::StringLiterals;

namespace {

void check(bool holds, const char *what, const QString &text)
{
    if (holds)
        return;
    std::fprintf(stderr, "%s: '%s'\n", what, qPrintable(text));
    std::abort();
}

void checkRule(const QString &text, const QString &zone)
{
    const Instant start(1'774'742'400'000); // 2026-03-29T00:00:00Z
    const auto rule = Rule::make({.cron = text, .zone = zone}, Zone::utc(), {}, u"job"_s);
    check(rule.has_value(), "a good text makes no rule", text);
    check(!rule->describe().isEmpty(), "no words", text);
    const auto first = rule->next(start);
    check(!first || !rule->neverFires(), "it fires and never fires", text);
    if (!first)
        return;
    check(first->at >= start, "next before its start", text);
    check(rule->next(first->at)->at == first->at, "next of an answer is another", text);
    check(rule->previous(first->at + 1ms)->at == first->at, "previous is not the inverse of next", text);
    const auto before = rule->previous(start);
    check(!before || before->at < start, "previous after its start", text);
    const auto listed = rule->list(start, std::nullopt, 3);
    check(std::any_of(listed.begin(), listed.end(), [&](const Occurrence &o) { return o.at == first->at; }),
        "not listed", text);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    static constexpr std::array zones{"Europe/Berlin"_L1, "Australia/Lord_Howe"_L1, "Pacific/Apia"_L1, "UTC"_L1};
    const QString text
        = QString::fromUtf8(reinterpret_cast<const char *>(data), qsizetype(std::min<std::size_t>(size, 4096)));
    const QString zone = zones[size % zones.size()];
    if (const auto fault = Cron::fault(text, u"job")) {
        check(fault->column >= 1 && fault->column <= text.size() + 1, "place outside of the text", text);
        check(!fault->reason.isEmpty(), "no reason", text);
        check(!Cron::parse(text, u"job").has_value(), "refused and accepted", text);
        return 0;
    }
    checkRule(text, zone);
    return 0;
}

// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/time/preview.h"

#include "shared/time/rule.h"

namespace belfry {

using namespace Qt::StringLiterals;

Result<Preview> preview(const PreviewRequest &request)
{
    RuleSpec spec{.cron = request.cron, .zone = request.zone};
    // An empty text is a fault of the expression here, not a rule of another kind.
    if (const auto cron = Cron::parse(request.cron, request.id); !cron)
        return fail(cron.error());
    if (!request.gap.isEmpty()) {
        const auto gap = gapPolicyOf(request.gap);
        if (!gap)
            return fail(ErrorKind::Invalid, u"gap: '%1' is unknown; write run or skip"_s.arg(request.gap.left(32)));
        spec.gap = *gap;
    }
    if (!request.fold.isEmpty()) {
        const auto fold = foldPolicyOf(request.fold);
        if (!fold)
            return fail(
                ErrorKind::Invalid, u"fold: '%1' is unknown; write first, second or both"_s.arg(request.fold.left(32)));
        spec.fold = *fold;
    }
    const auto rule = Rule::make(spec, Zone::utc(), {}, request.id);
    if (!rule)
        return fail(rule.error());
    Preview result{.key = rule->key(), .description = rule->describe()};
    result.entries = rule->list(request.from, request.until, request.count);
    result.neverFires = result.entries.empty() && rule->neverFires();
    return result;
}

} // namespace belfry

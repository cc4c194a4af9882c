// SPDX-License-Identifier: GPL-3.0-or-later
// Any bytes as a job file, as a label expression and as a text with ${{ }}: what is refused has places inside the text,
// what is taken can be told.
#include "shared/expr/interpolation.h"
#include "shared/expr/labelexpr.h"
#include "shared/jobs/lint.h"

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

void checkFile(const QString &text)
{
    const std::map<QString, QString> files{{u"a.yaml"_s, text}};
    const auto parsed = parseJobFiles(files);
    const int lines = int(text.count(u'\n')) + 1;
    if (!parsed) {
        check(hasErrors(parsed.error()), "refused without an error", text);
        for (const Problem &each : parsed.error()) {
            check(each.line >= 1 && each.line <= lines && each.column >= 1, "place outside of the text", text);
            check(!each.message.isEmpty(), "no message", text);
        }
        check(!formatProblems(parsed.error(), files).isEmpty(), "nothing to show", text);
        return;
    }
    check(isName(parsed->project), "a project without a name", text);
    for (const Problem &each : lintProject(*parsed, Instant(1'774'742'400'000)))
        check(each.severity == Severity::Warning && each.line >= 1 && each.line <= lines, "a bad warning", text);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QString text
        = QString::fromUtf8(reinterpret_cast<const char *>(data), qsizetype(std::min<std::size_t>(size, 16384)));
    checkFile(text);
    if (const auto fault = LabelExpr::fault(text))
        check(fault->offset >= 0 && fault->offset <= text.size(), "place outside of the expression", text);
    else
        check(LabelExpr::parse(text).has_value(), "neither refused nor taken", text);
    for (const ExprFault &fault : Interpolation::faults(text, {std::nullopt}))
        check(fault.offset >= 0 && fault.offset <= text.size(), "place outside of the words", text);
    return 0;
}

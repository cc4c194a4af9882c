// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/expr/interpolation.h"

namespace belfry {

// The value in its canonical spelling (int 007 -> 7, number 1.50 -> 1.5, duration 90s -> 1m30s), or Invalid with what
// is expected: the type, choices, min, max, pattern. At most 64 KiB; what a pattern judges at most 4 KiB, and a pattern
// that needs too many steps for a value refuses it.
Result<QString> checkParamValue(const ParamDefinition &definition, const QString &value);

// What is wrong with a definition itself, in the keys that it names: "min", "max", "pattern", "choices", "default". A
// default with ${{ }} is judged only when it is evaluated.
struct ParamFault {
    QString key;
    QString message;
    QString hint;
};
std::vector<ParamFault> checkParamDefinition(const ParamDefinition &definition);

// The parameters of a run: `given` (literal texts), then defaults (in which `occasion` may be named), each checked.
// Invalid, with all problems in one message, for unknown names, bad values and required parameters that have none. A
// parameter that is not required and has no value is absent.
Result<Params> paramsOfRun(
    const std::vector<ParamDefinition> &definitions, const Params &given, const std::map<QString, QString> &occasion);

// The same for a rule's occasion, whose values may name `occasion` too.
Result<Params> paramsOfOccasion(
    const std::vector<ParamDefinition> &definitions, const Params &ofRule, const std::map<QString, QString> &occasion);

} // namespace belfry

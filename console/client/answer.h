// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/result.h"
#include "shared/yaml/problem.h"

#include <vector>

namespace belfry {

// Why a request was not done: the kind comes from the answer's `data.code`, `problems` from `data.problems` (of files
// that job.apply refused). A request that never reached the backend is Unavailable.
struct Refusal : Error {
    std::vector<Problem> problems;

    bool operator==(const Refusal &) const = default;
};

// What a request is answered with. Converts to Result<T> where the problems do not matter.
template <class T> class [[nodiscard]] Answer : public tl::expected<T, Refusal>
{
public:
    using tl::expected<T, Refusal>::expected;
};

inline tl::unexpected<Refusal> refuse(ErrorKind kind, QString message)
{
    return tl::unexpected<Refusal>(Refusal{{kind, std::move(message)}, {}});
}

} // namespace belfry

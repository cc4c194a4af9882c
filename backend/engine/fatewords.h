// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backend/engine/words.h"
#include "shared/model/job.h"
#include "shared/model/occasion.h"

#include <map>

namespace belfry::engine {

// The sentence of an occasion's fate and reason code: `{name}` stands for a number that the ledger or the definition
// then in force holds. docs/why.md lists them all.
struct FateSentence {
    Fate fate;
    QStringView reason;
    QStringView text;
};
const std::vector<FateSentence> &fateSentences();
// Null: nobody has written one.
const FateSentence *fateSentence(Fate fate, QStringView reason);

// What an occasion came to, without capital and full stop. `definition` is the version that owed it, where the store
// still has it; `run` the one that the row names, where it still has that.
QString fateInWords(const Occasion &row, const JobDefinition *definition, const Run *run,
    const std::vector<Run> &earlier, const Words &words);

} // namespace belfry::engine

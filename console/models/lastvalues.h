// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/result.h"
#include "shared/codec/describe.h"
#include "shared/model/job.h"

namespace belfry {

struct LastValue { // of one job of one backend
    QString backend;
    QString job;
    Params params;
};
constexpr auto describe(const LastValue *)
{
    return fields(required(1, "backend", &LastValue::backend), required(2, "job", &LastValue::job),
        field(3, "params", &LastValue::params));
}
struct LastValueFile {
    std::vector<LastValue> entries; // the newest last
};
constexpr auto describe(const LastValueFile *)
{
    return fields(field(1, "entries", &LastValueFile::entries));
}

// What a person gave to a job's form last, kept over restarts of the console in a file of the user's own (0600).
class LastValues
{
public:
    static constexpr std::size_t mostJobs = 500; // the one that was used least lately is forgotten

    // A file that is not there or cannot be used is as an empty one; `path` empty: nothing is kept.
    explicit LastValues(QString path);
    static QString defaultPath(); // below $XDG_STATE_HOME

    // Empty where there are none.
    Params of(const QString &backend, const QString &job) const;
    // Parameters as they were given; an error says which file could not be written.
    Status remember(const QString &backend, const QString &job, const Params &params);

private:
    QString m_path;
    LastValueFile m_content;
};

} // namespace belfry

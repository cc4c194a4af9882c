// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace belfry::supervisor {

// Brings results to the disk behind the loop's back, in batches: a sync may take as long as the disk likes. Best
// effort: a result that power loss takes away is one of a process that has ended with the host anyway.
class Syncer
{
public:
    Syncer() = default;
    ~Syncer(); // syncs what is left
    void add(std::string path);

private:
    void run();

    std::mutex m_mutex;
    std::condition_variable m_wake;
    std::vector<std::string> m_paths;
    bool m_ending = false;
    std::thread m_thread; // made with the first path
};

} // namespace belfry::supervisor

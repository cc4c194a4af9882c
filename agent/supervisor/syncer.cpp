// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/supervisor/syncer.h"

#include "shared/spool/files.h"

#include <chrono>

#include <fcntl.h>
#include <unistd.h>

namespace belfry::supervisor {

namespace {

// Most short runs are delivered and deleted within it, and need no sync at all.
constexpr std::chrono::milliseconds batchTime{500};

void syncResult(const std::string &path)
{
    const spool::Fd file(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
    if (!file)
        return; // delivered and deleted meanwhile
    ::fsync(file.get());
    const spool::Fd folder(::open(path.substr(0, path.rfind('/')).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (folder)
        ::fsync(folder.get());
}

} // namespace

Syncer::~Syncer()
{
    {
        const std::lock_guard lock(m_mutex);
        m_ending = true;
    }
    m_wake.notify_one();
    if (m_thread.joinable())
        m_thread.join();
}

void Syncer::add(std::string path)
{
    const std::lock_guard lock(m_mutex);
    m_paths.push_back(std::move(path));
    if (!m_thread.joinable())
        m_thread = std::thread([this] { run(); });
    else if (m_paths.size() == 1)
        m_wake.notify_one();
}

void Syncer::run()
{
    std::unique_lock lock(m_mutex);
    for (;;) {
        m_wake.wait(lock, [this] { return m_ending || !m_paths.empty(); });
        m_wake.wait_for(lock, batchTime, [this] { return m_ending; });
        std::vector<std::string> batch;
        batch.swap(m_paths);
        if (batch.empty())
            return;
        lock.unlock();
        for (const std::string &path : batch)
            syncResult(path);
        lock.lock();
    }
}

} // namespace belfry::supervisor

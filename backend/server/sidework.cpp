// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/server/sidework.h"

namespace belfry {

namespace {

// The backend has to end within 5 s.
constexpr int longestFarewell = 1500; // ms

std::atomic<bool> anyLeft = false;

} // namespace

SideWork::SideWork()
    : m_room(std::make_unique<Room>())
{
    m_room->pool.setMaxThreadCount(1);
}

SideWork::~SideWork()
{
    m_room->stopping = true;
    m_room->pool.clear();
    if (m_room->pool.waitForDone(longestFarewell))
        return;
    anyLeft = true;
    static_cast<void>(m_room.release()); // the work that is left goes on in it
}

bool SideWork::isAnyLeft()
{
    return anyLeft;
}

void SideWork::start(std::function<std::function<void()>()> work)
{
    m_room->pool.start([room = m_room.get(), work = std::move(work)] {
        // The guards inside are looked at in the other thread alone.
        QMetaObject::invokeMethod(&room->here, work(), Qt::QueuedConnection);
    });
}

} // namespace belfry

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/process/supervisors.h"
#include "shared/spool/files.h"

#include <string>
#include <variant>
#include <vector>

namespace belfry {

// Here, and not where the agent could see it: the model has an AttemptKey of its own.
using spool::AttemptKey;

// Half made by an agent that was killed meanwhile: nothing can have been started.
struct HalfMade { };
using FolderContent = std::variant<SpoolEntry, HalfMade, spool::Failure>;

// The agent's files: `<data>/spool/<run>-<attempt>/...`. Short local file operations only.
class SpoolFolder
{
public:
    explicit SpoolFolder(std::string dataFolder)
        : m_data(std::move(dataFolder))
    { }

    // Makes what is missing and takes the lock of the data folder for as long as this object lives.
    Status open();
    const std::string &dataFolder() const { return m_data; }
    std::string pathOf(AttemptKey key) const;

    // Folder and order, the order last. Nothing is left behind on an error.
    Status write(const spool::Order &order, const QByteArray &script);
    Status writeCancelNote(AttemptKey key, const spool::CancelNote &note);
    FolderContent read(AttemptKey key) const;
    std::vector<std::string> names() const; // whatever there is in the spool, sorted
    // Out of the way, for a person to look at. The new path; the old one if it cannot be moved.
    std::string quarantine(const std::string &name);
    // Gone from the spool at once; what it holds is deleted piece by piece, see Trash.
    Status remove(AttemptKey key);

    std::vector<std::string> socketNames() const;
    void removeSocket(const std::string &name);
    std::string trashPath() const { return m_data + "/trash"; }

private:
    Status makeFolder(const std::string &path) const;

    std::string m_data;
    spool::Fd m_lock, m_spool, m_sockets;
};

// Deletes up to `budget` files and folders below the folder, not itself. True when nothing is left or nothing more can
// be done.
bool deleteSome(const std::string &folder, int budget);

Error toError(const spool::Failure &failure);

} // namespace belfry

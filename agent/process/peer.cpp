// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/process/peer.h"

#include <array>
#include <cerrno>
#include <cstdio>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

constexpr int launchPatienceMs = 30'000;
// A supervisor reads all the time; one that does not is stopped or hung, and gets nothing more.
constexpr std::size_t maxBacklog = 4u << 20;

} // namespace

Peer::Peer(std::string id, std::string dataFolder, QObject *parent)
    : QObject(parent)
    , m_id(std::move(id))
    , m_data(std::move(dataFolder))
{
    m_patience.setSingleShot(true);
    connect(&m_patience, &QTimer::timeout, this, [this] { lose(u"it is not ready after 30 s"_s); });
}

Peer::~Peer()
{
    // The launcher ends by itself in a moment; killed or not, the supervisor is another process already.
    if (m_process)
        m_process->disconnect(this);
}

void Peer::launch(const QString &program, int slots)
{
    launchedHere = true;
    m_process = new QProcess(this);
    m_process->setStandardInputFile(QProcess::nullDevice());
    m_process->setStandardOutputFile(QProcess::nullDevice());
    connect(m_process, &QProcess::finished, this,
        [this](int code, QProcess::ExitStatus how) { launched(how == QProcess::NormalExit ? code : -1); });
    connect(m_process, &QProcess::errorOccurred, this, [this](QProcess::ProcessError error) {
        if (error == QProcess::FailedToStart)
            lose(m_process->errorString());
    });
    m_patience.start(launchPatienceMs);
    m_process->start(program,
        {u"--data"_s, QString::fromStdString(m_data), u"--id"_s, QString::fromStdString(m_id), u"--slots"_s,
            QString::number(slots)});
}

void Peer::launched(int exitCode)
{
    m_patience.stop();
    if (exitCode != 0)
        lose(QString::fromUtf8(m_process->readAllStandardError()).trimmed());
    else if (connectNow())
        Q_EMIT connected();
    else
        lose(u"it does not listen"_s);
}

bool Peer::connectNow()
{
    // By way of /proc/self/fd the path fits into an address however deep the data folder is.
    const auto folder = spool::openFolder(m_data + '/' + spool::name::sockets);
    spool::Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!folder || !socket)
        return false;
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::snprintf(address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d/%s", folder->get(), m_id.c_str());
    if (::connect(socket.get(), reinterpret_cast<const sockaddr *>(&address), sizeof address) != 0)
        return false;
    ucred owner{};
    socklen_t size = sizeof owner;
    if (::getsockopt(socket.get(), SOL_SOCKET, SO_PEERCRED, &owner, &size) != 0 || owner.uid != ::geteuid())
        return false;
    m_socket = std::move(socket);
    m_readable = std::make_unique<QSocketNotifier>(m_socket.get(), QSocketNotifier::Read);
    m_writable = std::make_unique<QSocketNotifier>(m_socket.get(), QSocketNotifier::Write);
    m_writable->setEnabled(false);
    connect(m_readable.get(), &QSocketNotifier::activated, this, &Peer::receive);
    connect(m_writable.get(), &QSocketNotifier::activated, this, &Peer::flush);
    return true;
}

void Peer::send(const spool::Message &message)
{
    m_out += encode(message);
    flush();
}

void Peer::flush()
{
    while (!m_out.empty() && m_socket) {
        const ssize_t n = ::send(m_socket.get(), m_out.data(), m_out.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
        if (n > 0)
            m_out.erase(0, std::size_t(n));
        else if (errno != EINTR)
            break; // full, or broken: then reading says so in a moment
    }
    if (m_out.size() > maxBacklog)
        QTimer::singleShot(0, this, [this] { lose(u"it does not read its messages"_s); });
    if (m_writable)
        m_writable->setEnabled(!m_out.empty());
}

void Peer::receive()
{
    static std::array<char, 65536> buffer;
    const ssize_t n = ::recv(m_socket.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n <= 0) {
        lose(u"its connection has ended"_s);
        return;
    }
    m_reader.append({buffer.data(), std::size_t(n)});
    while (!m_lost) {
        const auto message = m_reader.next();
        if (!message) {
            lose(QString::fromStdString(message.failure().text()));
            return;
        }
        if (!message->has_value())
            return;
        Q_EMIT received(**message);
    }
}

void Peer::lose(const QString &why)
{
    if (m_lost)
        return;
    m_lost = true;
    m_patience.stop();
    // Deleted later: this may be called from one of them.
    for (auto *notifier : {&m_readable, &m_writable})
        if (*notifier) {
            (*notifier)->setEnabled(false);
            notifier->release()->deleteLater();
        }
    m_socket.reset();
    Q_EMIT lost(why);
}

} // namespace belfry

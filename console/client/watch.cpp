// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/client/watch.h"

namespace belfry {

using namespace Qt::StringLiterals;

Watch::Watch(Client *client, wire::Topic topic, const wire::WatchFilter &filter, QObject *parent)
    : Subscription(client, parent)
    , m_topic(topic)
    , m_filter(filter)
{
    start();
}

Watch::~Watch()
{
    close();
}

void Watch::close()
{
    if (client() && m_watch != 0 && client()->state() == Client::State::Ready)
        client()->ask(wire::WatchClose{m_watch}, client(), [](const Answer<wire::Nothing> &) {});
    m_watch = 0;
}

void Watch::open()
{
    m_watch = 0;
    const int opening = ++m_opening;
    client()->ask(
        wire::WatchOpen{m_topic, m_filter, m_point}, this, [this, opening](const Answer<wire::WatchOpenReply> &answer) {
            if (opening == m_opening)
                onOpened(answer);
        });
}

void Watch::interrupted()
{
    m_watch = 0;
    ++m_opening;
}

void Watch::lost(const Refusal &why)
{
    interrupted();
    Q_EMIT failed(why);
}

void Watch::onOpened(const Answer<wire::WatchOpenReply> &answer)
{
    if (!answer) {
        lost(answer.error());
        return;
    }
    m_watch = answer->watch;
    if (answer->resumed && m_point && m_point->epoch == answer->epoch)
        return; // the changes after m_point follow
    m_point = wire::WatchPoint{answer->epoch, answer->n};
    Q_EMIT reset(answer->snapshot, answer->partial);
}

void Watch::onNotification(const QString &method, const QJsonValue &params)
{
    if (m_watch == 0 || method != "watch.changed"_L1 || params[u"watch"].toInt() != m_watch)
        return;
    const auto change = fromJson<wire::WatchChanged>(params);
    if (!change || change->n != m_point->n + 1) {
        // Something is missing: what is known no longer is all there is to know.
        close();
        m_point.reset();
        open();
        return;
    }
    m_point->n = change->n;
    Q_EMIT changed(change->row, change->removed);
}

} // namespace belfry

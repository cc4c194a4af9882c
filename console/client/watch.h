// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/client/subscription.h"

namespace belfry {

// The rows of a topic, kept up to date: first all of them, then each change in order. After a reconnect the missing
// changes follow, or, where the backend cannot tell them any more, all rows again.
class Watch final : public Subscription
{
    Q_OBJECT

public:
    Watch(Client *client, wire::Topic topic, const wire::WatchFilter &filter, QObject *parent = nullptr);
    ~Watch() override;

Q_SIGNALS:
    // These rows and no others; with `partial` there are more, which have to be paged through.
    void reset(const std::vector<QJsonValue> &rows, bool partial);
    // A row is new or different; with `removed` it is gone, and `row` holds its identity only.
    void changed(const QJsonValue &row, bool removed);
    // The backend refused it, or the client has failed: nothing more comes.
    void failed(const belfry::Refusal &why);

protected:
    void open() override;
    void interrupted() override;
    void lost(const Refusal &why) override;
    void onNotification(const QString &method, const QJsonValue &params) override;

private:
    void onOpened(const Answer<wire::WatchOpenReply> &answer);
    void close();

    wire::Topic m_topic;
    wire::WatchFilter m_filter;
    std::optional<wire::WatchPoint> m_point; // up to where the rows are known
    int m_watch = 0; // 0: not open
    int m_opening = 0; // counts open(): an answer to an older one is dropped
};

} // namespace belfry

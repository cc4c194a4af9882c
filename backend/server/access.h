// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backend/store/store.h"
#include "shared/base/clock.h"
#include "shared/model/role.h"

#include <QHostAddress>
#include <QTimer>

namespace belfry {

// Who a connection speaks for.
struct Identity {
    QString token; // id of its token
    QString name; // what `by` says
    Role role = Role::Viewer;
    bool operator==(const Identity &) const = default;
};

// A token that was just made. The secret is `bft_<id>_<256 bits>` and known nowhere else.
struct NewToken {
    store::AccessToken row;
    QByteArray secret;
};
// Without a name it is called by its role and id.
NewToken makeToken(const QString &name, Role role, Instant now, std::optional<Instant> expires = {});

// The tokens of this backend, all of them in memory (the store is their home and this process its only writer), and the
// judgement of who presents which.
class Access final : public QObject
{
    Q_OBJECT

public:
    Access(Store &store, const Clock &clock, QObject *parent = nullptr);

    // Reads the tokens; makes `admin.token` and `agent.token` (0600) in `folder` where the file is missing and no valid
    // token of that role is left: at the first start, and after the last one has expired. A token file that is there
    // while its row is not (a new database) is taken over as it is.
    void load(const QString &folder, std::function<void(Status)> done);

    // Denied, always with the same words, for a token that is unknown, wrong, revoked or expired.
    Result<Identity> identify(QByteArrayView secret) const;
    // Whether a connection that was made with the token may go on.
    bool isValid(const QString &tokenId) const;

    void add(const store::AccessToken &row, QObject *context, std::function<void(Status)> done);
    // NotFound for an unknown one, Conflict for the last valid token of an admin.
    void revoke(const QString &tokenId, QObject *context, std::function<void(Status)> done);
    std::vector<store::AccessToken> tokens() const; // by creation, then id
    const store::AccessToken *token(const QString &tokenId) const;
    // A connection was made with it.
    void noteUse(const QString &tokenId);

    // How long an answer to a wrong token of this source is held back: nothing for the first 5 in a minute.
    Duration noteFailure(const QHostAddress &source);

Q_SIGNALS:
    // Revoked or expired: its connections are to be closed. Within 5 s of it.
    void gone(const QString &tokenId);

private:
    struct Failures {
        int count = 0;
        Duration since{0}; // monotonic
    };

    void ensureFiles(const QString &folder, std::function<void(Status)> done);
    Status ensureFile(const QString &file, const QString &name, Role role, std::vector<store::AccessToken> &missing);
    void watchExpiry();
    void dropExpired();
    bool anyOther(Role role, const QString &tokenId) const; // a valid one beside that

    Store &m_store;
    const Clock &m_clock;
    std::map<QString, store::AccessToken> m_tokens; // by id
    std::set<QString> m_told; // gone() was said
    std::set<QString> m_leaving; // their revocation is being saved
    std::map<QString, Instant> m_keptUse; // last use that went to the store
    std::map<QString, Failures> m_failures; // by source address
    QTimer m_expiry;
};

} // namespace belfry

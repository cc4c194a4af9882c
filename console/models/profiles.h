// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/client/address.h"

#include <QObject>

namespace belfry {

// A backend that the user has given a name: a context of config.yaml, and the colour that it has in the console.
struct Profile {
    QString name;
    QString url;
    QString tokenFile; // `~/` is the home folder; empty: none
    bool insecure = false; // ws:// to another host
    QString color = {}; // one of profileColors(); empty: none
    bool operator==(const Profile &) const = default;
};
QStringList profileColors();

// The backends that the user has given names: the contexts of config.yaml, which `belfry context` shows too. The file
// is read anew before each change, so that nothing that was written there meanwhile is lost. Colours are the console's
// own matter and in a file of its own.
class Profiles final : public QObject
{
    Q_OBJECT

public:
    explicit Profiles(const Environment &environment, QObject *parent = nullptr);

    QString file() const;
    QString colorFile() const;
    // Reads the file; Invalid with the place for one that is wrong, and there are no profiles then.
    Status load();
    const std::vector<Profile> &all() const { return m_all; }
    const Profile *find(const QString &name) const;

    // What a backend is asked with, as `belfry --context NAME` would; without a name, as `belfry` would.
    Result<Address> addressOf(const QString &name) const;
    // A profile that is not saved yet; `token`: as it was pasted, instead of that of the file.
    Result<Address> addressOf(const Profile &profile, const QByteArray &token) const;

    // Why there cannot be a profile like this in the place of `own` (empty: a new one); empty when there can.
    QString faultOf(const Profile &profile, const QByteArray &token, const QString &own) const;
    // Adds it, or puts it in the place of `own`. A pasted token goes to a file of its own (0600).
    Status save(const Profile &profile, const QByteArray &token, const QString &own = {});
    // Its token file stays.
    Status remove(const QString &name);
    Status insert(std::size_t place, const Profile &profile);
    std::size_t placeOf(const QString &name) const;
    // Where a pasted token would be written.
    QString tokenFileOf(const QString &name) const;

Q_SIGNALS:
    void changed();

private:
    Status write();
    std::map<QString, QString> readColors() const;

    Environment m_environment;
    QString m_current; // as `belfry context use` left it
    std::vector<Profile> m_all;
};

// Address::urlSource of made-up data.
constexpr auto demoSource = QLatin1StringView("--demo");
// Of an address that a profile gave; empty: of another one.
QString profileName(const Address &address);
// Visible in a header: what a token consists of.
bool looksLikeToken(const QByteArray &text);

} // namespace belfry

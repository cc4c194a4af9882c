// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/profiles.h"

#include "shared/base/files.h"
#include "shared/link/connector.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonDocument>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

constexpr qint64 largestColorFile = 1 << 16; // bytes
constexpr auto contextSource = "context "_L1; // of Address::urlSource

} // namespace

QStringList profileColors()
{
    return {u"red"_s, u"yellow"_s, u"green"_s, u"cyan"_s, u"blue"_s, u"violet"_s, u"grey"_s};
}

Profiles::Profiles(const Environment &environment, QObject *parent)
    : QObject(parent)
    , m_environment(environment)
{ }

QString Profiles::file() const
{
    return configFile(m_environment);
}

QString Profiles::colorFile() const
{
    const QString state = m_environment.value(u"XDG_STATE_HOME"_s);
    const QString home = m_environment.value(u"HOME"_s, u"/nonexistent"_s);
    return (QDir::isAbsolutePath(state) ? state : home + u"/.local/state"_s) + u"/belfry/colors.json"_s;
}

// Never more than a convenience: what cannot be read counts as none.
std::map<QString, QString> Profiles::readColors() const
{
    std::map<QString, QString> colors;
    QFile file(colorFile());
    if (!file.open(QIODevice::ReadOnly))
        return colors;
    const QJsonObject object = QJsonDocument::fromJson(file.read(largestColorFile)).object();
    for (auto each = object.begin(); each != object.end(); ++each)
        if (const QString color = each.value().toString(); profileColors().contains(color))
            colors[each.key()] = color;
    return colors;
}

Status Profiles::load()
{
    const auto contexts = readContexts(file());
    m_all.clear();
    m_current = contexts ? contexts->current : QString();
    if (contexts) {
        std::map<QString, QString> colors = readColors();
        for (const Context &each : contexts->all)
            m_all.push_back({each.name, each.url, each.tokenFile, each.insecure, colors[each.name]});
    }
    Q_EMIT changed();
    return contexts ? Status() : fail(contexts.error());
}

const Profile *Profiles::find(const QString &name) const
{
    const std::size_t place = placeOf(name);
    return place < m_all.size() ? &m_all[place] : nullptr;
}

Result<Address> Profiles::addressOf(const QString &name) const
{
    return findAddress({.url = {}, .tokenFile = {}, .context = name}, m_environment);
}

Result<Address> Profiles::addressOf(const Profile &profile, const QByteArray &token) const
{
    const auto url = backendUrl(profile.url, profile.insecure);
    if (!url)
        return fail(url.error());
    Address address{.url = *url, .urlSource = contextSource + profile.name};
    if (!token.isEmpty()) {
        address.token = token;
    } else if (!profile.tokenFile.isEmpty()) {
        const QString home = m_environment.value(u"HOME"_s, u"/nonexistent"_s);
        address.tokenFiles
            = {profile.tokenFile.startsWith("~/"_L1) ? home + profile.tokenFile.sliced(1) : profile.tokenFile};
        address.tokenFileRequired = true;
    } else if (address.isLocal()) {
        return findAddress({.url = profile.url, .tokenFile = {}, .context = {}}, m_environment);
    }
    return address;
}

QString Profiles::faultOf(const Profile &profile, const QByteArray &token, const QString &own) const
{
    if (profile.name.isEmpty())
        return tr("A backend needs a name.");
    if (!isContextName(profile.name))
        return tr("A name has letters, digits, and the signs . _ - alone.");
    if (profile.name != own && find(profile.name))
        return tr("There is a backend of that name.");
    if (profile.url.isEmpty())
        return tr("An address is needed, like wss://belfry.example:7410.");
    if (const auto url = backendUrl(profile.url, profile.insecure); !url)
        return url.error().message;
    if (!token.isEmpty() && !looksLikeToken(token))
        return tr("A token is one word without spaces.");
    return {};
}

Status Profiles::save(const Profile &given, const QByteArray &token, const QString &own)
{
    if (const Status read = load(); !read)
        return read;
    if (const QString fault = faultOf(given, token, own); !fault.isEmpty())
        return fail(ErrorKind::Invalid, fault);
    Profile profile = given;
    if (!token.isEmpty()) {
        profile.tokenFile = tokenFileOf(profile.name);
        if (const Status written = replacePrivateFile(profile.tokenFile, token + '\n'); !written)
            return written;
    }
    const std::size_t place = placeOf(own.isEmpty() ? profile.name : own);
    if (place < m_all.size())
        m_all[place] = profile;
    else
        m_all.push_back(profile);
    if (m_current.isEmpty() || m_current == own)
        m_current = profile.name;
    return write();
}

Status Profiles::remove(const QString &name)
{
    if (const Status read = load(); !read)
        return read;
    std::erase_if(m_all, [&](const Profile &each) { return each.name == name; });
    if (m_current == name)
        m_current.clear();
    return write();
}

Status Profiles::insert(std::size_t place, const Profile &profile)
{
    if (const Status read = load(); !read)
        return read;
    if (find(profile.name))
        return fail(ErrorKind::Conflict, tr("There is a backend of that name."));
    m_all.insert(m_all.begin() + std::ptrdiff_t(std::min(place, m_all.size())), profile);
    return write();
}

std::size_t Profiles::placeOf(const QString &name) const
{
    const auto found = std::find_if(m_all.begin(), m_all.end(), [&](const Profile &each) { return each.name == name; });
    return std::size_t(found - m_all.begin());
}

QString Profiles::tokenFileOf(const QString &name) const
{
    return QFileInfo(file()).path() + u'/' + name + u".token"_s;
}

Status Profiles::write()
{
    Contexts contexts{.current = m_current};
    QJsonObject colors;
    for (const Profile &each : m_all) {
        contexts.all.push_back({each.name, each.url, each.tokenFile, each.insecure});
        if (!each.color.isEmpty())
            colors[each.name] = each.color;
    }
    Status written = writeContexts(file(), contexts);
    if (written)
        written = replacePrivateFile(colorFile(), QJsonDocument(colors).toJson());
    Q_EMIT changed();
    return written;
}

QString profileName(const Address &address)
{
    return address.urlSource.startsWith(contextSource) ? address.urlSource.sliced(contextSource.size()) : QString();
}

bool looksLikeToken(const QByteArray &text)
{
    return !text.isEmpty()
        && std::all_of(text.begin(), text.end(), [](char each) { return each > 0x20 && each < 0x7f; });
}

} // namespace belfry

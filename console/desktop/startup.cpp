// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/desktop/startup.h"

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

Result<Address> addressFor(const AddressFlags &flags, const std::optional<ConsoleLink> &link,
    const Environment &environment, const QString &systemData)
{
    const auto address = findAddress(flags, environment, systemData);
    if (!address || !link)
        return address;
    const QString place = link->place;
    if (address->url.authority() == place || address->urlSource == u"context "_s + place)
        return address;
    if (!flags.url.isEmpty() || !flags.context.isEmpty())
        return fail(ErrorKind::Denied, u"the link is for '%1', not for %2"_s.arg(place, address->url.toString()));
    AddressFlags named = flags;
    named.context = place;
    const auto found = findAddress(named, environment, systemData);
    if (!found)
        return fail(ErrorKind::Denied, u"the link is for '%1', which no context of config.yaml names"_s.arg(place));
    return found;
}

// The local backend is taken where nothing else is said, and it is not there: its token would be.
bool isNowhere(const Address &address)
{
    if (!address.urlSource.startsWith("the local backend"_L1) || address.tokenFileRequired)
        return false;
    const auto token = address.bearer();
    return token && token->isEmpty();
}

} // namespace

Start startFor(const AddressFlags &flags, const std::optional<ConsoleLink> &link, const Environment &environment,
    const QString &systemData)
{
    if (const auto contexts = readContexts(configFile(environment)); !contexts)
        return {Start::Kind::BadFile, {}, contexts.error().message};
    const auto address = addressFor(flags, link, environment, systemData);
    if (!address)
        return {Start::Kind::Refused, {}, address.error().message};
    return {isNowhere(*address) ? Start::Kind::First : Start::Kind::Open, *address, {}};
}

} // namespace belfry

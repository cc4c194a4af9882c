// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/desktop/link.h"

#include <QRegularExpression>

namespace belfry {

using namespace Qt::StringLiterals;

Result<ConsoleLink> parseLink(const QString &text)
{
    static const QRegularExpression form(
        u"^belfry://([A-Za-z0-9_.:\\[\\]-]{1,256})(?:/(?:run/([0-9]{1,18})|job/([a-z0-9][a-z0-9_-]{0,63}/[a-z0-9][a-z0-9_-]{0,63}))?)?$"_s);
    const QRegularExpressionMatch match = form.match(text);
    if (!match.hasMatch())
        return fail(ErrorKind::Invalid,
            u"'%1' is no link; known are belfry://CONTEXT/run/123 and belfry://CONTEXT/job/project/name"_s.arg(
                text.left(100)));
    ConsoleLink link{.place = match.captured(1), .job = match.captured(3)};
    if (const qint64 run = match.captured(2).toLongLong(); run > 0)
        link.run = RunId(run);
    return link;
}

QString linkText(const ConsoleLink &link)
{
    const QString place = u"belfry://"_s + link.place;
    return link.run          ? place + u"/run/"_s + QString::number(link.run->value)
        : link.job.isEmpty() ? place
                             : place + u"/job/"_s + link.job;
}

} // namespace belfry

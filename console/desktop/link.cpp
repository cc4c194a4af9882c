// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/desktop/link.h"

#include <QRegularExpression>

namespace belfry {

using namespace Qt::StringLiterals;

Result<ConsoleLink> parseLink(const QString &text)
{
    static const QRegularExpression form(
        u"^belfry://([A-Za-z0-9_.:\\[\\]-]{1,256})(?:/(?:run/([0-9]{1,18})(?:\\?(?:attempt=([0-9]{1,6})&)?line=([0-9]{1,12}))?|job/([a-z0-9][a-z0-9_-]{0,63}/[a-z0-9][a-z0-9_-]{0,63}))?)?$"_s);
    const QRegularExpressionMatch match = form.match(text);
    if (!match.hasMatch())
        return fail(ErrorKind::Invalid,
            u"'%1' is no link; known are belfry://CONTEXT/run/123 and belfry://CONTEXT/job/project/name"_s.arg(
                text.left(100)));
    ConsoleLink link{.place = match.captured(1), .job = match.captured(5)};
    if (const qint64 run = match.captured(2).toLongLong(); run > 0)
        link.run = RunId(run);
    link.attempt = match.captured(3).toInt();
    link.line = match.captured(4).toLongLong();
    return link;
}

QString linkText(const ConsoleLink &link)
{
    const QString place = u"belfry://"_s + link.place;
    const QString attempt = link.attempt > 0 ? u"attempt=%1&"_s.arg(link.attempt) : QString();
    const QString line = link.line > 0 ? u"?%1line=%2"_s.arg(attempt).arg(link.line) : QString();
    return link.run          ? place + u"/run/"_s + QString::number(link.run->value) + line
        : link.job.isEmpty() ? place
                             : place + u"/job/"_s + link.job;
}

} // namespace belfry

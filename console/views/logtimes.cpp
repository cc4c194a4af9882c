// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/logpanel.h"

#include <QComboBox>
#include <QInputDialog>

// Times of lines: how they are shown, and the way to one.
namespace belfry {

using namespace Qt::StringLiterals;

namespace {

// The first such time since the attempt started, give or take a minute.
Instant timeAfter(Instant start, QTime time, const Zone &zone)
{
    constexpr Duration slack = std::chrono::minutes(1);
    const LocalTime first = zone.toLocal(start) - slack;
    LocalTime wanted = LocalTime::at(first.day(), QTime(0, 0).secsTo(time));
    if (wanted < first)
        wanted = LocalTime(wanted.ms + msPerDay);
    const Resolved found = zone.resolve(wanted);
    return found.count > 0 ? found.first : zone.gapAt(wanted).resumes;
}

} // namespace

void LogPanel::fillStamps()
{
    m_stampKinds->setObjectName(u"logStamps"_s);
    m_stampKinds->setAccessibleName(tr("Times of lines"));
    m_stampKinds->addItem(tr("no times"), int(Stamps::None));
    m_stampKinds->addItem(tr("since start"), int(Stamps::Relative));
    m_stampKinds->addItem(tr("local"), int(Stamps::Local));
    m_stampKinds->addItem(tr("UTC"), int(Stamps::Utc));
    m_stampKinds->addItem(tr("job's zone"), int(Stamps::Job));
    connect(m_stampKinds, &QComboBox::currentIndexChanged, this, &LogPanel::setStamps);
}

Zone LogPanel::zoneOfStamps() const
{
    switch (Stamps(m_stampKinds->currentData().toInt())) {
    case Stamps::Local:
        return m_desk->times->zoneIn(Times::Mode::Local, m_job);
    case Stamps::Utc:
        return m_desk->times->zoneIn(Times::Mode::Utc, m_job);
    case Stamps::Job:
        return m_desk->times->zoneIn(Times::Mode::Job, m_job);
    case Stamps::None:
    case Stamps::Relative:
        break;
    }
    return m_desk->times->zoneOf(m_job);
}

void LogPanel::setStamps()
{
    const auto chosen = Stamps(m_stampKinds->currentData().toInt());
    const LogStamps stamps{.kind = chosen == Stamps::None ? LogStamps::Kind::None
            : chosen == Stamps::Relative                  ? LogStamps::Kind::Relative
                                                          : LogStamps::Kind::Clock,
        .origin = origin(),
        .zone = zoneOfStamps()};
    m_view->setStamps(stamps);
    m_hits->setStamps(stamps);
    m_stampKinds->setToolTip(stamps.kind == LogStamps::Kind::Clock
            ? tr("When the agent received each line, in %1").arg(stamps.zone.name())
            : tr("When the agent received each line"));
}

void LogPanel::followSwitch()
{
    const auto chosen = Stamps(m_stampKinds->currentData().toInt());
    if (chosen == Stamps::None || chosen == Stamps::Relative)
        return;
    const Times::Mode mode = m_desk->times->mode();
    const Stamps wanted = mode == Times::Mode::Local ? Stamps::Local
        : mode == Times::Mode::Utc                   ? Stamps::Utc
                                                     : Stamps::Job;
    m_stampKinds->setCurrentIndex(m_stampKinds->findData(int(wanted)));
}

Instant LogPanel::origin() const
{
    if (m_fetch && m_fetch->detail())
        for (const wire::AttemptRow &each : m_fetch->detail()->attemptRows)
            if (each.attempt == m_fetch->attempt())
                return each.startedAt.value_or(each.assignedAt);
    return {};
}

void LogPanel::goTo()
{
    bool good = false;
    const QString typed = QInputDialog::getText(m_desk->navigator->window(), tr("Go to line or time"),
        tr("Line number, or a time of %1 like 14:03 or 14:03:05:").arg(zoneOfStamps().name()), QLineEdit::Normal, {},
        &good);
    if (good)
        goToTyped(typed.trimmed());
}

void LogPanel::goToTyped(const QString &text)
{
    bool isNumber = false;
    if (const qint64 line = text.toLongLong(&isNumber); isNumber && line > 0) {
        m_view->goToLine(line - 1);
    } else if (QTime time = QTime::fromString(text, u"H:mm:ss"_s);
               time.isValid() || (time = QTime::fromString(text, u"H:mm"_s)).isValid()) {
        m_view->goToLine(m_text->lineAtTime(timeAfter(origin(), time, zoneOfStamps())));
    } else {
        m_desk->navigator->notice(tr("'%1' is no line number and no time like 14:03:05.").arg(text.left(40)), true);
        return;
    }
    m_view->setFocus(Qt::OtherFocusReason);
}

} // namespace belfry

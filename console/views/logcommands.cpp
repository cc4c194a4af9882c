// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/logfinder.h"
#include "console/views/logpanel.h"

#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QDateTime>
#include <QFileDialog>
#include <QInputDialog>
#include <QSaveFile>

// What can be done with the log that is shown.
namespace belfry {

using namespace Qt::StringLiterals;

namespace {

constexpr qint64 savePiece = 4 << 20;

// The job's bytes as they are, without the notes about what is missing.
Status writeRaw(const LogSpool &spool, const QString &path)
{
    QSaveFile file(path);
    if (!file.open(QIODevice::WriteOnly))
        return fail(ErrorKind::Unavailable, u"%1: %2"_s.arg(path, file.errorString()));
    Status status;
    spool.forEachStretch(0, spool.size(), [&](qint64 from, qint64 until, LogSpool::Stamp stamp) {
        for (qint64 at = from; status && stamp.stream != LogSpool::Note && at < until; at += savePiece) {
            const auto bytes = spool.read(at, std::min(savePiece, until - at));
            if (!bytes)
                status = fail(bytes.error());
            else if (file.write(*bytes) != bytes->size())
                status = fail(ErrorKind::Unavailable, u"%1: %2"_s.arg(path, file.errorString()));
        }
        return status.has_value();
    });
    if (status && !file.commit())
        status = fail(ErrorKind::Unavailable, u"%1: %2"_s.arg(path, file.errorString()));
    return status;
}

} // namespace

void LogPanel::addCommands()
{
    const QString group = tr("Log");
    Commands *commands = m_desk->commands;
    const auto focused = [this](auto act) {
        return [this, act] {
            act();
            m_view->setFocus(Qt::OtherFocusReason);
        };
    };
    QAction *follow = commands->add({u"log.follow"_s, group, tr("Follow"), u"follow"_s, Qt::Key_F,
                                        tr("Stays at the end of the log; also End. Scrolling up stops it.")},
        [this] { m_view->setFollowing(!m_view->isFollowing()); });
    follow->setCheckable(true);
    commands->add({u"log.find"_s, group, tr("Find"), u"search"_s, Qt::CTRL | Qt::Key_F,
                      tr("In the whole log, as text or as a regular expression.")},
        [this] { m_finder->focusLine(); });
    commands->add({u"log.next"_s, group, tr("Next line found"), {}, Qt::Key_F3},
        [this] { m_finder->goOn(true, m_view->currentLine()); });
    commands->add({u"log.previous"_s, group, tr("Previous line found"), {}, Qt::SHIFT | Qt::Key_F3},
        [this] { m_finder->goOn(false, m_view->currentLine()); });
    commands->add({u"log.hits"_s, group, tr("Only lines found"), u"filter"_s, Qt::CTRL | Qt::SHIFT | Qt::Key_F,
                      tr("A pane with the lines that were found; each leads to its place.")},
        [this] { showHits(m_hits->isHidden()); });
    commands->add({u"log.error"_s, group, tr("Next error"), {}, Qt::Key_F8,
                      tr("The next line that speaks of an error, exception, traceback or failure.")},
        [this] { m_finder->goToError(true, m_view->currentLine()); });
    commands->add({u"log.errorBefore"_s, group, tr("Previous error"), {}, Qt::SHIFT | Qt::Key_F8},
        [this] { m_finder->goToError(false, m_view->currentLine()); });
    commands->add({u"log.first"_s, group, tr("First line"), {}, Qt::Key_G}, focused([this] { m_view->goToLine(0); }));
    commands->add({u"log.last"_s, group, tr("Last line"), {}, Qt::SHIFT | Qt::Key_G},
        focused([this] { m_view->goToLine(std::numeric_limits<int>::max()); }));
    commands->add({u"log.goto"_s, group, tr("Go to line or time"), {}, Qt::CTRL | Qt::Key_G}, [this] { goTo(); });
    commands->add({u"log.times"_s, group, tr("Next kind of times"), u"clock"_s, {},
                      tr("None, since the start, local, UTC: when the agent received each line.")},
        [this] { m_stamps->setCurrentIndex((m_stamps->currentIndex() + 1) % m_stamps->count()); });
    commands->add({u"log.larger"_s, group, tr("Larger text"), {}, Qt::CTRL | Qt::Key_Plus},
        [this] { m_view->setZoom(m_view->zoom() + 1); });
    commands->add({u"log.smaller"_s, group, tr("Smaller text"), {}, Qt::CTRL | Qt::Key_Minus},
        [this] { m_view->setZoom(m_view->zoom() - 1); });
    commands->add(
        {u"log.normal"_s, group, tr("Text as usual"), {}, Qt::CTRL | Qt::Key_0}, [this] { m_view->setZoom(0); });
    commands->add(
        {u"log.save"_s, group, tr("Save log"), u"save"_s, {}, tr("The bytes that the job wrote, as they are.")},
        [this] { save(); });
    commands->add({u"log.link"_s, group, tr("Copy link to line"), u"copy"_s, {},
                      tr("A belfry:// link that opens this log at the current line.")},
        [this] { copyLink(); });
    for (const QString &id :
        {u"log.follow"_s, u"log.find"_s, u"log.error"_s, u"log.goto"_s, u"log.save"_s, u"log.link"_s})
        m_view->addAction(commands->action(id));
}

void LogPanel::allowCommands()
{
    const QString none = m_text && m_text->lineCount() > 0 ? QString() : tr("No log is shown.");
    for (const QAction *action : m_desk->commands->all())
        if (const QString id = action->objectName(); id.startsWith("log."_L1))
            m_desk->commands->allow(id, none);
}

void LogPanel::goTo()
{
    bool good = false;
    const QString typed = QInputDialog::getText(m_desk->navigator->window(), tr("Go to line or time"),
        tr("Line number, or a local time like 14:03 or 14:03:05:"), QLineEdit::Normal, {}, &good);
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
        // The first such time since the attempt started.
        QDateTime at = QDateTime::fromMSecsSinceEpoch(origin().ms, Qt::LocalTime);
        const QDateTime start = at;
        at.setTime(time);
        if (at < start.addSecs(-60))
            at = at.addDays(1);
        m_view->goToLine(m_text->lineAtTime(Instant(at.toMSecsSinceEpoch())));
    } else {
        m_desk->navigator->notice(tr("'%1' is no line number and no time like 14:03:05.").arg(text.left(40)), true);
        return;
    }
    m_view->setFocus(Qt::OtherFocusReason);
}

void LogPanel::save()
{
    const QString name = u"%1-%2.log"_s.arg(m_job.section(u'/', -1)).arg(m_run.value);
    const QString path = QFileDialog::getSaveFileName(m_desk->navigator->window(), tr("Save log"), name);
    if (path.isEmpty())
        return;
    m_searching.run(
        this, [spool = m_fetch->spool(), path] { return writeRaw(*spool, path); },
        [this, path](const Status &status) {
            if (status)
                m_desk->navigator->notice(tr("The log was written to %1").arg(path), false);
            else
                m_desk->navigator->notice(status.error().message, true);
        });
}

void LogPanel::copyLink()
{
    const Address &address = m_desk->session->address();
    const QString context = u"context "_s;
    const QString place
        = address.urlSource.startsWith(context) ? address.urlSource.mid(context.size()) : address.url.authority();
    QApplication::clipboard()->setText(u"belfry://%1/run/%2?attempt=%3&line=%4"_s.arg(place)
                                           .arg(m_run.value)
                                           .arg(attempt())
                                           .arg(m_view->currentLine() + 1));
    m_desk->navigator->notice(tr("The link to line %1 is on the clipboard.").arg(m_view->currentLine() + 1), false);
}

} // namespace belfry

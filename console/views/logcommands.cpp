// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/logs/savelog.h"
#include "console/views/logfinder.h"
#include "console/views/logpanel.h"

#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QFileDialog>

// What can be done with the log that is shown.
namespace belfry {

using namespace Qt::StringLiterals;

void LogPanel::addCommands()
{
    addReadingCommands();
    addFoldCommands();
    addCopyCommands();
    for (const QString &id :
        {u"log.follow"_s, u"log.find"_s, u"log.error"_s, u"log.goto"_s, u"log.fold"_s, u"log.foldAll"_s,
            u"log.unfoldAll"_s, u"log.save"_s, u"log.copyAnsi"_s, u"log.copyMarkdown"_s, u"log.link"_s})
        m_view->addAction(m_desk->commands->action(id));
}

void LogPanel::addReadingCommands()
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
                      tr("None, since the start, local, UTC, in the job's zone: when the agent received each line.")},
        [this] { m_stampKinds->setCurrentIndex((m_stampKinds->currentIndex() + 1) % m_stampKinds->count()); });
    commands->add({u"log.larger"_s, group, tr("Larger text"), {}, Qt::CTRL | Qt::Key_Plus},
        [this] { m_view->setZoom(m_view->zoom() + 1); });
    commands->add({u"log.smaller"_s, group, tr("Smaller text"), {}, Qt::CTRL | Qt::Key_Minus},
        [this] { m_view->setZoom(m_view->zoom() - 1); });
    commands->add(
        {u"log.normal"_s, group, tr("Text as usual"), {}, Qt::CTRL | Qt::Key_0}, [this] { m_view->setZoom(0); });
}

void LogPanel::addFoldCommands()
{
    const QString group = tr("Log");
    Commands *commands = m_desk->commands;
    commands->add(
        {u"log.fold"_s, group, tr("Fold or unfold group"), {}, {},
            tr("The lines of a ##[group]; also Enter, Left and Right on its first line, or a click beside it.")},
        [this] {
            if (const auto of = m_view->currentGroup())
                m_view->toggleGroup(*of);
        });
    commands->add({u"log.foldAll"_s, group, tr("Fold all groups"), {}, {},
                      tr("Also those to come, once they have ended; what is under way stays in sight.")},
        [this] { m_view->foldAll(true); });
    commands->add({u"log.unfoldAll"_s, group, tr("Unfold all groups")}, [this] { m_view->foldAll(false); });
}

void LogPanel::addCopyCommands()
{
    const QString group = tr("Log");
    Commands *commands = m_desk->commands;
    commands->add({u"log.copy"_s, group, tr("Copy lines"), u"copy"_s, {},
                      tr("The selection or the current line as plain text; in the log also Ctrl+C.")},
        [this] { copyAs(LogCopy::Form::Plain); });
    commands->add({u"log.copyAnsi"_s, group, tr("Copy lines with colours"), u"copy"_s, {},
                      tr("With the sequences that colour text in a terminal, and no others.")},
        [this] { copyAs(LogCopy::Form::Ansi); });
    commands->add({u"log.copyMarkdown"_s, group, tr("Copy lines as Markdown"), u"copy"_s, {},
                      tr("A link to the lines, and the lines as a block of code.")},
        [this] { copyMarkdown(); });
    commands->add({u"log.save"_s, group, tr("Save log"), u"save"_s, {},
                      tr("The bytes that the job wrote, as they are, or packed where the name ends with .zst.")},
        [this] { save(); });
    commands->add({u"log.link"_s, group, tr("Copy link to line"), u"copy"_s, {},
                      tr("A belfry:// link that opens this log at the current line.")},
        [this] { copyLink(); });
}

void LogPanel::allowCommands()
{
    const QString none = m_text && m_text->lineCount() > 0 ? QString() : tr("No log is shown.");
    for (const QAction *action : m_desk->commands->all())
        if (const QString id = action->objectName(); id.startsWith("log."_L1))
            m_desk->commands->allow(id, none);
    if (none.isEmpty())
        allowFolding();
}

void LogPanel::allowFolding()
{
    const LogFolds *folds = m_view->rows().folds();
    if (!m_text || m_text->lineCount() == 0)
        return; // that is the reason
    const QString whyNot = !folds ? tr("Lines of one stream are not folded: show both.")
        : !folds->hasGroups()     ? tr("The log has no groups: lines from ##[group] to ##[endgroup].")
                                  : QString();
    m_desk->commands->allow(u"log.foldAll"_s, whyNot);
    m_desk->commands->allow(u"log.unfoldAll"_s, whyNot);
    m_desk->commands->allow(
        u"log.fold"_s, !whyNot.isEmpty() || m_view->currentGroup() ? whyNot : tr("The current line is in no group."));
}

void LogPanel::save()
{
    const QString name = u"%1-%2.log"_s.arg(m_job.section(u'/', -1)).arg(m_run.value);
    const QString packed = tr("Packed log (*.zst)");
    QString filter;
    QString path = QFileDialog::getSaveFileName(m_desk->navigator->window(), tr("Save log"), name,
        tr("Log (*.log)") + u";;"_s + packed + u";;"_s + tr("All files (*)"), &filter);
    if (path.isEmpty())
        return;
    if (filter == packed && !path.endsWith(".zst"_L1))
        path += u".zst"_s;
    m_searching.run(
        this, [spool = m_fetch->spool(), path] { return saveLog(*spool, path); },
        [this, path](const Status &status) {
            if (status)
                m_desk->navigator->notice(tr("The log was written to %1").arg(path), false);
            else
                m_desk->navigator->notice(status.error().message, true);
        });
}

QString LogPanel::linkTo(qint64 line) const
{
    const Address &address = m_desk->session->address();
    const QString context = u"context "_s;
    const QString place
        = address.urlSource.startsWith(context) ? address.urlSource.mid(context.size()) : address.url.authority();
    return u"belfry://%1/run/%2?attempt=%3&line=%4"_s.arg(place).arg(m_run.value).arg(attempt()).arg(line + 1);
}

void LogPanel::copyLink()
{
    QApplication::clipboard()->setText(linkTo(m_view->currentLine()));
    m_desk->navigator->notice(tr("The link to line %1 is on the clipboard.").arg(m_view->currentLine() + 1), false);
}

void LogPanel::copyAs(LogCopy::Form form)
{
    const LogCopy copy = (m_hits->hasFocus() ? m_hits : m_view)->copied(form);
    QApplication::clipboard()->setText(copy.text);
    tellCopied(copy.isCut);
}

void LogPanel::copyMarkdown()
{
    const LogCopy copy = (m_hits->hasFocus() ? m_hits : m_view)->copied(LogCopy::Form::Plain);
    const QString run = u"%1 #%2"_s.arg(m_job).arg(m_run.value).trimmed();
    const QString title = copy.firstLine == copy.lastLine
        ? tr("%1, line %2").arg(run).arg(copy.firstLine + 1)
        : tr("%1, lines %2 to %3").arg(run).arg(copy.firstLine + 1).arg(copy.lastLine + 1);
    QApplication::clipboard()->setText(toMarkdown(title, linkTo(copy.firstLine), copy.text));
    tellCopied(copy.isCut);
}

void LogPanel::tellCopied(bool cut)
{
    if (cut)
        m_desk->navigator->notice(tr("Only the first 16 Mi characters were copied; save the log to have all."), true);
}

} // namespace belfry

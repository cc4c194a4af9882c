// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/filterline.h"

#include <QAbstractItemView>
#include <QBoxLayout>
#include <QCompleter>
#include <QLabel>
#include <QLineEdit>
#include <QStringListModel>
#include <QStyle>

namespace belfry {

using namespace Qt::StringLiterals;

FilterLine::FilterLine(Desk *desk, FilterKind kind, QWidget *parent)
    : QWidget(parent)
    , m_desk(desk)
    , m_kind(kind)
    , m_line(new QLineEdit(this))
    , m_fault(new QLabel(this))
    , m_completer(new QCompleter(this))
    , m_words(new QStringListModel(this))
{
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(3);
    layout->addWidget(m_line);
    layout->addWidget(m_fault);
    m_line->setObjectName(u"filter"_s);
    m_line->setAccessibleName(tr("Filter"));
    m_line->setClearButtonEnabled(true);
    m_line->addAction(desk->theme->icon(u"filter"_s), QLineEdit::LeadingPosition);
    m_line->setPlaceholderText(kind == FilterKind::Runs
            ? tr("Filter, e.g.  state:failed job:etl-* since:24h duration:>10m    ( / )")
            : tr("Filter, e.g.  project:sales tag:team=fin -state:succeeded    ( / )"));
    m_fault->setProperty("kind", u"fault"_s);
    m_fault->setWordWrap(true);
    m_fault->hide();
    m_completer->setModel(m_words);
    m_completer->setWidget(m_line);
    m_completer->setCompletionMode(QCompleter::UnfilteredPopupCompletion);
    m_pause.setSingleShot(true);
    m_pause.setInterval(300);
    connect(m_completer, qOverload<const QString &>(&QCompleter::activated), this, &FilterLine::complete);
    connect(m_line, &QLineEdit::textEdited, this, [this] {
        const QStringList words = m_line->text().isEmpty() ? QStringList() : [this] {
            QStringList jobs, agents;
            for (const wire::JobRow &job : m_desk->jobs->rows())
                jobs += job.job;
            for (const Agent &agent : m_desk->agents->rows())
                agents += agent.name;
            return filterCompletions(m_kind, m_line->text(), m_line->cursorPosition(), jobs, agents);
        }();
        m_words->setStringList(words.mid(0, 50));
        if (words.isEmpty())
            m_completer->popup()->hide();
        else
            m_completer->complete();
    });
    connect(m_line, &QLineEdit::textChanged, this, &FilterLine::onEdited);
    connect(m_line, &QLineEdit::returnPressed, this, &FilterLine::accept);
    connect(&m_pause, &QTimer::timeout, this, &FilterLine::accept);
}

QString FilterLine::text() const
{
    return m_line->text();
}

void FilterLine::setText(const QString &text)
{
    m_line->setText(text);
    accept();
}

void FilterLine::focusLine()
{
    m_line->setFocus(Qt::ShortcutFocusReason);
    m_line->selectAll();
}

void FilterLine::onEdited()
{
    const QString fault = filterFault(m_kind, m_line->text());
    const QString judgement = m_line->text().trimmed().isEmpty() ? QString() : fault.isEmpty() ? u"good"_s : u"bad"_s;
    m_line->setProperty("judgement", judgement);
    m_line->style()->unpolish(m_line);
    m_line->style()->polish(m_line);
    m_fault->setText(fault);
    m_fault->setVisible(!fault.isEmpty());
    m_pause.start();
}

void FilterLine::accept()
{
    m_pause.stop();
    const QString text = m_line->text().trimmed();
    if (filterFault(m_kind, text).isEmpty() && std::exchange(m_accepted, text) != text)
        Q_EMIT accepted(text);
}

void FilterLine::complete(const QString &word)
{
    const qsizetype cursor = m_line->cursorPosition();
    const qsizetype start = wordStart(m_line->text(), cursor);
    QString text = m_line->text();
    text.replace(start, cursor - start, word.endsWith(u':') ? word : word + u' ');
    m_line->setText(text);
    m_line->setCursorPosition(int(start + word.size() + (word.endsWith(u':') ? 0 : 1)));
}

} // namespace belfry

// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/parts.h"

#include <QDialog>
#include <QDialogButtonBox>
#include <QGridLayout>
#include <QLineEdit>
#include <QPushButton>

namespace belfry {

using namespace Qt::StringLiterals;

QLabel *makeLabel(const QString &text, const QString &kind, QWidget *parent)
{
    auto *label = new QLabel(text, parent);
    label->setProperty("kind", kind);
    return label;
}

QToolButton *makeButton(QAction *action, QWidget *parent)
{
    auto *button = new QToolButton(parent);
    button->setDefaultAction(action);
    button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    button->setProperty("kind", u"action"_s);
    button->setAccessibleName(action->text());
    return button;
}

QFrame *makeCard(const QString &heading, QWidget *content, QWidget *parent)
{
    auto *card = new QFrame(parent);
    card->setObjectName(u"card"_s);
    auto *layout = new QVBoxLayout(card);
    layout->setContentsMargins(14, 10, 14, 14);
    layout->setSpacing(8);
    layout->addWidget(makeLabel(heading, u"heading"_s));
    layout->addWidget(content, 1);
    return card;
}

StateLabel::StateLabel(Desk *desk, QWidget *parent)
    : QWidget(parent)
    , m_desk(desk)
    , m_icon(new QLabel(this))
    , m_text(new QLabel(this))
{
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(6);
    layout->addWidget(m_icon);
    layout->addWidget(m_text, 1);
    m_text->setWordWrap(true);
    connect(desk->theme, &Theme::changed, this, &StateLabel::redraw);
    connect(desk->session, &Session::phaseChanged, this, &StateLabel::redraw);
}

void StateLabel::setLook(const StateLook &look, const QString &text)
{
    m_look = look;
    m_text->setText(text);
    setToolTip(look.meaning);
    setAccessibleName(text);
    redraw();
}

void StateLabel::redraw()
{
    const QColor ink
        = m_desk->session->isReady() ? m_desk->theme->color(m_look.look) : m_desk->theme->color(u"muted"_s);
    if (!m_look.icon.isEmpty())
        m_icon->setPixmap(m_desk->theme->pixmap(m_look.icon, ink, 16, devicePixelRatioF()));
    m_text->setStyleSheet(u"color: %1; font-weight: 600;"_s.arg(ink.name()));
}

Facts::Facts(QWidget *parent)
    : QWidget(parent)
    , m_form(new QGridLayout(this))
{
    m_form->setContentsMargins(0, 0, 0, 0);
    m_form->setHorizontalSpacing(14);
    m_form->setVerticalSpacing(5);
    m_form->setColumnStretch(1, 1);
}

void Facts::set(const std::vector<Fact> &facts)
{
    std::size_t line = 0;
    for (const Fact &fact : facts) {
        if (fact.value.isEmpty())
            continue;
        if (line == m_lines.size()) {
            auto *value = new QLabel(this);
            value->setWordWrap(true);
            value->setTextFormat(Qt::PlainText);
            value->setTextInteractionFlags(Qt::TextSelectableByMouse);
            m_lines.emplace_back(makeLabel({}, u"muted"_s, this), value);
            const int row = m_form->rowCount();
            m_form->addWidget(m_lines.back().first, row, 0, Qt::AlignTop);
            m_form->addWidget(value, row, 1, Qt::AlignTop);
        }
        const auto &[name, value] = m_lines[line++];
        name->setText(fact.name);
        value->setText(fact.value);
        value->setToolTip(fact.tip);
        value->setAccessibleName(fact.name);
        name->show();
        value->show();
    }
    for (; line < m_lines.size(); ++line) {
        m_lines[line].first->hide();
        m_lines[line].second->hide();
        m_lines[line].first->clear();
        m_lines[line].second->clear();
    }
}

std::vector<Facts::Fact> factsOf(const wire::RunRow &run, const Times &times)
{
    const auto time = [&](const QString &name, const std::optional<Instant> &at) {
        return at ? Facts::Fact{name, u"%1  (%2)"_s.arg(times.text(*at, run.jobName), agoText(*at, times.now())),
                   times.everyZone(*at, run.jobName)}
                  : Facts::Fact{};
    };
    const auto said
        = [&](const QString &name, const std::optional<Instant> &at, const QString &by, const QString &text) {
              Facts::Fact fact = time(name, at);
              if (at && !by.isEmpty())
                  fact.value += u'\n' + Facts::tr("by %1").arg(by);
              if (at && !text.isEmpty())
                  fact.value += u": "_s + text;
              return fact;
          };
    const QString cause
        = run.by.isEmpty() ? causeWords(run.cause) : Facts::tr("%1, by %2").arg(causeWords(run.cause), run.by);
    const QString took = run.startedAt ? spanText(run.endedAt.value_or(times.now()) - *run.startedAt) : QString();
    return {{Facts::tr("Cause"), cause}, {Facts::tr("Because"), run.triggerReason},
        time(Facts::tr("Occasion"), run.occasion), time(Facts::tr("Queued"), run.queuedAt),
        time(Facts::tr("Started"), run.startedAt), time(Facts::tr("Ended"), run.endedAt),
        {isFinal(run.state) ? Facts::tr("Took") : Facts::tr("Running for"), took}, {Facts::tr("Agent"), run.agent},
        {Facts::tr("Exit"), exitWords(run.exitCode, run.signal)}, {Facts::tr("Reason"), run.reason},
        {Facts::tr("Attempts"), run.attempts > 0 ? QString::number(run.attempts) : QString()},
        {Facts::tr("Priority"),
            run.priorityBy.isEmpty() ? QString::number(run.priority)
                                     : Facts::tr("%1, set by %2").arg(run.priority).arg(run.priorityBy)},
        said(Facts::tr("Held"), run.heldSince, run.heldBy, run.holdReason),
        said(Facts::tr("Acknowledged"), run.acknowledgedAt, run.acknowledgedBy, run.acknowledgeNote),
        {Facts::tr("Definition"), Facts::tr("version %1").arg(run.version)},
        {Facts::tr("Again of"), run.rerunOf ? u"#%1"_s.arg(run.rerunOf->value) : QString()},
        {Facts::tr("Cancelled by"), run.cancelledBy},
        {Facts::tr("Parameters"), paramWords(run.params).replace(u' ', u'\n')}};
}

void confirm(QWidget *parent, const Question &question, std::function<void(const QString &reason)> then)
{
    auto *dialog = new QDialog(parent);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setObjectName(u"confirm"_s);
    dialog->setWindowTitle(question.title);
    dialog->setMinimumWidth(460);
    auto *layout = new QVBoxLayout(dialog);
    layout->setContentsMargins(20, 18, 20, 16);
    layout->setSpacing(12);
    QLabel *title = makeLabel(question.title, u"title"_s);
    title->setWordWrap(true);
    layout->addWidget(title);
    auto *text = new QLabel(question.text);
    text->setTextFormat(Qt::PlainText);
    text->setWordWrap(true);
    layout->addWidget(text);
    auto *reason = new QLineEdit;
    reason->setObjectName(u"reason"_s);
    reason->setAccessibleName(QObject::tr("Reason"));
    reason->setPlaceholderText(!question.reasonHint.isEmpty() ? question.reasonHint
            : question.needsReason                            ? QObject::tr("Reason (needed)")
                                                              : QObject::tr("Reason (kept with the run)"));
    reason->setVisible(question.asksReason);
    layout->addWidget(reason);
    auto *buttons = new QDialogButtonBox;
    QPushButton *go = buttons->addButton(question.action, QDialogButtonBox::AcceptRole);
    QPushButton *leave = buttons->addButton(QObject::tr("Cancel"), QDialogButtonBox::RejectRole);
    go->setObjectName(u"go"_s);
    go->setProperty("kind", question.dangerous ? u"danger"_s : u"primary"_s);
    go->setAutoDefault(false);
    leave->setDefault(true);
    layout->addWidget(buttons);
    if (question.needsReason) {
        go->setEnabled(false);
        go->setToolTip(QObject::tr("It needs a reason."));
        QObject::connect(reason, &QLineEdit::textChanged, go,
            [go](const QString &each) { go->setEnabled(!each.trimmed().isEmpty()); });
    }
    QObject::connect(buttons, &QDialogButtonBox::rejected, dialog, &QDialog::reject);
    QObject::connect(buttons, &QDialogButtonBox::accepted, dialog, [dialog, reason, then = std::move(then)] {
        then(reason->text().trimmed());
        dialog->accept();
    });
    dialog->open();
}

} // namespace belfry

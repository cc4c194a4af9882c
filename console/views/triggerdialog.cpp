// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/triggerdialog.h"

#include "console/views/parts.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDialogButtonBox>
#include <QFormLayout>
#include <QLineEdit>
#include <QPushButton>
#include <QScrollArea>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

QString expectation(const ParamDefinition &field)
{
    QStringList parts;
    switch (field.type) {
    case ParamType::Date:
        parts += u"YYYY-MM-DD"_s;
        break;
    case ParamType::Span:
        parts += TriggerDialog::tr("such as 90s, 15m, 2h30m, 7d");
        break;
    case ParamType::Int:
    case ParamType::Number:
        parts += nameOf(field.type);
        break;
    case ParamType::String:
    case ParamType::Bool:
        break;
    }
    if (field.min && field.max)
        parts += TriggerDialog::tr("%1 to %2").arg(*field.min, *field.max);
    else if (field.min)
        parts += TriggerDialog::tr("at least %1").arg(*field.min);
    else if (field.max)
        parts += TriggerDialog::tr("at most %1").arg(*field.max);
    if (!field.pattern.isEmpty())
        parts += TriggerDialog::tr("matches %1").arg(field.pattern);
    return parts.join(u", "_s);
}

} // namespace

TriggerDialog::TriggerDialog(Desk *desk, const Job &job, const Params &params, QWidget *parent, bool remembered)
    : QDialog(parent)
    , m_desk(desk)
    , m_form(job)
    , m_reason(new QLineEdit)
    , m_force(new QCheckBox(tr("Run although the job is paused"), this))
    , m_command(new QLineEdit)
    , m_trouble(makeLabel({}, u"fault"_s))
    , m_go(new QPushButton(tr("Run")))
    , m_dryRun(new QPushButton(tr("Dry run")))
    , m_preview(new QLabel)
{
    const JobDefinition &definition = job.definition;
    setObjectName(u"trigger"_s);
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Run %1").arg(definition.fullName()));
    setMinimumWidth(600);
    m_form.setAll(params);

    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(22, 18, 22, 16);
    layout->setSpacing(12);
    layout->addWidget(makeLabel(tr("Run %1").arg(definition.fullName()), u"title"_s));
    if (!definition.title.isEmpty())
        layout->addWidget(makeLabel(definition.title, u"muted"_s));

    if (remembered) {
        auto *line = new QHBoxLayout;
        line->addWidget(makeLabel(tr("Filled in as you ran it last."), u"muted"_s), 1);
        auto *defaults = new QPushButton(tr("Defaults"));
        defaults->setObjectName(u"defaults"_s);
        defaults->setAutoDefault(false);
        defaults->setToolTip(tr("Empties the form: what is not given is the job's default."));
        connect(defaults, &QPushButton::clicked, this, &TriggerDialog::reset);
        line->addWidget(defaults);
        layout->addLayout(line);
    }
    auto *form = new QFormLayout;
    form->setVerticalSpacing(8);
    form->setHorizontalSpacing(16);
    form->setLabelAlignment(Qt::AlignLeft);
    for (const ParamDefinition &each : m_form.fields()) {
        const bool needed = each.required && !each.defaultValue;
        form->addRow(new QLabel(needed ? each.name + u" *"_s : each.name), makeField(each));
    }
    if (m_form.fields().empty())
        form->addRow(makeLabel(tr("The job has no parameters."), u"muted"_s));
    m_reason->setObjectName(u"reason"_s);
    m_reason->setAccessibleName(tr("Reason"));
    m_reason->setPlaceholderText(tr("Why it is run; kept with the run"));
    form->addRow(new QLabel(tr("Reason")), m_reason);
    m_force->setObjectName(u"force"_s);
    m_force->setVisible(job.pausedSince.has_value());
    if (job.pausedSince)
        form->addRow(QString(), m_force);
    auto *inner = new QWidget;
    inner->setLayout(form);
    form->setContentsMargins(0, 0, 8, 0);
    auto *scroll = new QScrollArea;
    scroll->setWidgetResizable(true);
    scroll->setWidget(inner);
    scroll->setFocusPolicy(Qt::NoFocus);
    scroll->setMinimumHeight(std::min(420, inner->sizeHint().height() + 8));
    layout->addWidget(scroll, 1);

    const QString where
        = definition.agent.isEmpty() ? tr("on any agent") : tr("on an agent with %1").arg(definition.agent);
    const QString limit = definition.timeout ? tr(", for at most %1").arg(spanText(*definition.timeout)) : QString();
    layout->addWidget(
        makeLabel(tr("Runs %1%2, with priority %3.").arg(where, limit).arg(definition.priority), u"muted"_s));
    m_command->setReadOnly(true);
    m_command->setFont(Theme::fixedFont());
    m_command->setAccessibleName(tr("The same as a command"));
    m_command->setToolTip(tr("The same as a command"));
    layout->addWidget(m_command);
    m_trouble->setWordWrap(true);
    m_trouble->hide();
    layout->addWidget(m_trouble);
    m_preview->setObjectName(u"preview"_s);
    m_preview->setTextFormat(Qt::PlainText);
    m_preview->setWordWrap(true);
    m_preview->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_preview->hide();
    layout->addWidget(m_preview);

    auto *buttons = new QDialogButtonBox;
    m_go->setObjectName(u"go"_s);
    m_go->setProperty("kind", u"primary"_s);
    m_go->setDefault(true);
    m_dryRun->setObjectName(u"dryRun"_s);
    m_dryRun->setAutoDefault(false);
    connect(m_dryRun, &QPushButton::clicked, this, &TriggerDialog::preview);
    buttons->addButton(m_dryRun, QDialogButtonBox::ActionRole);
    buttons->addButton(m_go, QDialogButtonBox::AcceptRole);
    buttons->addButton(tr("Cancel"), QDialogButtonBox::RejectRole)->setAutoDefault(false);
    layout->addWidget(buttons);
    connect(buttons, &QDialogButtonBox::accepted, this, &TriggerDialog::send);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(m_reason, &QLineEdit::textChanged, this, &TriggerDialog::judge);
    connect(m_force, &QCheckBox::toggled, this, &TriggerDialog::judge);
    connect(desk->session, &Session::phaseChanged, this, &TriggerDialog::judge);
    judge();
}

QWidget *TriggerDialog::makeField(const ParamDefinition &definition)
{
    auto *box = new QWidget;
    auto *layout = new QVBoxLayout(box);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(2);
    const QString name = definition.name;
    const QString byDefault = definition.defaultValue.value_or(QString());
    QStringList choices = definition.choices;
    if (definition.type == ParamType::Bool)
        choices = {u"true"_s, u"false"_s};
    QWidget *editor = nullptr;
    if (!choices.isEmpty()) {
        auto *combo = new QComboBox;
        const bool literal = choices.contains(byDefault);
        if (!literal)
            combo->addItem(byDefault.isEmpty() ? tr("(not given)") : tr("%1 (default)").arg(byDefault), QString());
        for (const QString &each : choices)
            combo->addItem(
                each == byDefault ? tr("%1 (default)").arg(each) : each, each == byDefault ? QString() : each);
        const QString given = m_form.given(name);
        combo->setCurrentIndex(std::max(0, combo->findData(given.isEmpty() && !literal ? QString() : given)));
        connect(combo, &QComboBox::currentIndexChanged, this, [this, combo, name] {
            m_form.set(name, combo->currentData().toString());
            judge();
        });
        editor = combo;
    } else {
        auto *line = new QLineEdit(m_form.given(name));
        line->setPlaceholderText(byDefault.isEmpty() ? expectation(definition) : tr("default: %1").arg(byDefault));
        connect(line, &QLineEdit::textChanged, this, [this, name](const QString &text) {
            m_form.set(name, text);
            judge();
        });
        editor = line;
    }
    editor->setObjectName(u"param-"_s + name);
    editor->setAccessibleName(name);
    layout->addWidget(editor);
    QStringList help;
    for (const QString &each : {definition.help, choices.isEmpty() ? expectation(definition) : QString()})
        if (!each.isEmpty())
            help += each;
    if (!help.isEmpty()) {
        QLabel *label = makeLabel(help.join(u"; "_s), u"muted"_s);
        label->setWordWrap(true);
        layout->addWidget(label);
        editor->setAccessibleDescription(label->text());
    }
    QLabel *fault = makeLabel({}, u"fault"_s);
    fault->setWordWrap(true);
    layout->addWidget(fault);
    m_faults.emplace_back(definition, fault);
    return box;
}

void TriggerDialog::judge()
{
    ++m_previewing;
    m_preview->hide();
    for (const auto &[definition, label] : m_faults) {
        const QString fault = m_form.fault(definition);
        label->setText(fault);
        label->setVisible(!fault.isEmpty());
    }
    m_command->setText(m_form.commandLine(m_reason->text().trimmed(), m_force->isChecked()));
    m_command->setCursorPosition(0);
    const QString may = m_desk->session->whyNot(Role::Operator);
    const bool held = m_force->isVisibleTo(this) && !m_force->isChecked();
    const QString why = !may.isEmpty() ? may
        : !m_form.isGood()             ? tr("A parameter is not right yet.")
        : held                         ? tr("The job is paused.")
                                       : QString();
    m_go->setEnabled(why.isEmpty());
    m_go->setToolTip(why.isEmpty() ? tr("A run cannot be undone; it can be cancelled.") : why);
    const QString see = m_desk->session->whyNot(Role::Viewer);
    const QString whyNotDry = !see.isEmpty() ? see : m_form.isGood() ? QString() : tr("A parameter is not right yet.");
    m_dryRun->setEnabled(whyNotDry.isEmpty());
    m_dryRun->setToolTip(whyNotDry.isEmpty() ? tr("Says where and when it would start; starts nothing.") : whyNotDry);
}

void TriggerDialog::reset()
{
    auto *empty = new TriggerDialog(m_desk, m_form.job(), {}, parentWidget());
    reject();
    empty->open();
}

void TriggerDialog::preview()
{
    const wire::RunTrigger trigger = m_form.request(m_reason->text().trimmed(), m_force->isChecked());
    const wire::RunPreview question{trigger.job, trigger.params, trigger.reason, trigger.force};
    m_desk->session->client()->ask(
        question, this, [this, asked = ++m_previewing](const Answer<wire::PreviewReply> &answer) {
            if (asked != m_previewing)
                return;
            if (answer)
                showPreview(*answer);
            else
                m_preview->setText(answer.error().message);
            m_preview->show();
        });
}

void TriggerDialog::showPreview(const wire::PreviewReply &preview)
{
    constexpr std::size_t agentsShown = 8;
    QStringList lines{preview.sentence};
    for (const wire::AgentAnswer &each : preview.agents) {
        if (lines.size() > qsizetype(agentsShown)) {
            lines += tr("and %n more agent(s)", nullptr, int(preview.agents.size() - agentsShown));
            break;
        }
        lines += each.takes ? tr("%1 would take it").arg(each.agent) : tr("%1: no, %2").arg(each.agent, each.why);
    }
    if (preview.agents.empty())
        lines += tr("No agent is known.");
    m_preview->setText(lines.join(u'\n'));
}

void TriggerDialog::remember()
{
    const Status kept = m_desk->lastValues->remember(
        m_desk->session->address().url.toString(), m_form.job().definition.fullName(), m_form.givenValues());
    if (!kept)
        qWarning("the form's values are not remembered: %s", qUtf8Printable(kept.error().message));
}

void TriggerDialog::send()
{
    m_go->setEnabled(false);
    m_desk->session->client()->ask(m_form.request(m_reason->text().trimmed(), m_force->isChecked()), this,
        [this](const Answer<wire::TriggerReply> &answer) {
            if (!answer) {
                m_trouble->setText(answer.error().message);
                m_trouble->show();
                judge();
                return;
            }
            remember();
            m_desk->navigator->notice(
                tr("Run #%1 of %2 was made.").arg(answer->run.value).arg(m_form.job().definition.fullName()));
            m_desk->troubles->startedHere(answer->run);
            m_desk->navigator->openRun(answer->run);
            accept();
        });
}

} // namespace belfry

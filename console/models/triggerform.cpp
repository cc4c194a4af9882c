// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/triggerform.h"

#include <QCoreApplication>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(belfry::TriggerForm)
};

} // namespace

QString shellWord(const QString &text)
{
    const auto plain
        = [](QChar c) { return c.unicode() < 128 && (c.isLetterOrNumber() || QStringView(u"_-./=:@%+,").contains(c)); };
    if (!text.isEmpty() && std::all_of(text.begin(), text.end(), plain))
        return text;
    return u'\'' + QString(text).replace(u'\'', u"'\\''"_s) + u'\'';
}

TriggerForm::TriggerForm(const Job &job)
    : m_job(job)
{ }

void TriggerForm::set(const QString &name, const QString &text)
{
    if (text.isEmpty())
        m_given.erase(name);
    else
        m_given[name] = text;
}

QString TriggerForm::given(const QString &name) const
{
    const auto found = m_given.find(name);
    return found == m_given.end() ? QString() : found->second;
}

void TriggerForm::setAll(const Params &params)
{
    m_given.clear();
    for (const ParamDefinition &field : fields())
        if (const auto found = params.find(field.name);
            found != params.end() && found->second != field.defaultValue.value_or(QString()))
            m_given.insert(*found);
}

QString TriggerForm::fault(const ParamDefinition &field) const
{
    const auto found = m_given.find(field.name);
    if (found == m_given.end())
        return field.required && !field.defaultValue ? Words::tr("This parameter needs a value.") : QString();
    const auto value = checkParamValue(field, found->second);
    return value ? QString() : value.error().message;
}

bool TriggerForm::isGood() const
{
    return std::all_of(
        fields().begin(), fields().end(), [this](const ParamDefinition &field) { return fault(field).isEmpty(); });
}

wire::RunTrigger TriggerForm::request(const QString &reason, bool force) const
{
    wire::RunTrigger trigger{.job = m_job.definition.fullName(), .reason = reason, .force = force};
    for (const ParamDefinition &field : fields())
        if (const auto found = m_given.find(field.name); found != m_given.end())
            trigger.params[field.name] = checkParamValue(field, found->second).value_or(found->second);
    return trigger;
}

QString TriggerForm::commandLine(const QString &reason, bool force) const
{
    QString line = u"belfry run "_s + m_job.definition.fullName();
    for (const auto &[name, text] : m_given)
        line += u" -p "_s + shellWord(name + u'=' + text);
    if (!reason.isEmpty())
        line += u" --reason "_s + shellWord(reason);
    return force ? line + u" --force"_s : line;
}

} // namespace belfry

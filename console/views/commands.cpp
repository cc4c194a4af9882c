// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/commands.h"

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

QString tipOf(const QAction *action)
{
    QString tip = action->text().remove(u'&');
    if (!action->shortcut().isEmpty())
        tip += u"  ("_s + action->shortcut().toString(QKeySequence::NativeText) + u')';
    for (const char *part : {"hint", "whyNot"})
        if (const QString text = action->property(part).toString(); !text.isEmpty())
            tip += u'\n' + text;
    return tip;
}

} // namespace

Commands::Commands(const Theme *theme, QObject *parent)
    : QObject(parent)
    , m_theme(theme)
{ }

QAction *Commands::add(const Spec &spec, std::function<void()> act)
{
    auto *action = new QAction(spec.text, this);
    action->setObjectName(spec.id);
    action->setProperty("group", spec.group);
    action->setProperty("hint", spec.hint);
    if (!spec.icon.isEmpty())
        action->setIcon(m_theme->icon(spec.icon));
    action->setShortcut(spec.key);
    action->setToolTip(tipOf(action));
    connect(action, &QAction::triggered, this, [act = std::move(act)] { act(); });
    m_all.push_back(action);
    return action;
}

QAction *Commands::action(const QString &id) const
{
    const auto found
        = std::find_if(m_all.begin(), m_all.end(), [&](QAction *each) { return each->objectName() == id; });
    if (found == m_all.end())
        qFatal("there is no command '%s'", qPrintable(id));
    return *found;
}

QStringList Commands::groups() const
{
    QStringList groups;
    for (const QAction *each : m_all)
        if (!groups.contains(group(each)))
            groups += group(each);
    return groups;
}

void Commands::allow(const QString &id, const QString &whyNot)
{
    QAction *each = action(id);
    each->setProperty("whyNot", whyNot);
    each->setEnabled(whyNot.isEmpty());
    each->setToolTip(tipOf(each));
}

} // namespace belfry

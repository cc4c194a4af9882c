// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/palette.h"

#include "console/models/fuzzy.h"
#include "console/views/parts.h"

#include <QDialogButtonBox>
#include <QGridLayout>
#include <QKeyEvent>
#include <QLineEdit>
#include <QListWidget>
#include <QScrollArea>
#include <QTimer>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

constexpr std::size_t mostShown = 40;

class EntryDelegate final : public QStyledItemDelegate
{
public:
    explicit EntryDelegate(const Theme *theme, QObject *parent)
        : QStyledItemDelegate(parent)
        , m_theme(theme)
    { }
    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override
    {
        QStyledItemDelegate::paint(painter, option, index);
        painter->setPen(m_theme->color(option.state & QStyle::State_Selected ? u"selectionText"_s : u"muted"_s));
        painter->setFont(option.font);
        painter->drawText(option.rect.adjusted(0, 0, -12, 0), int(Qt::AlignRight | Qt::AlignVCenter),
            index.data(Qt::UserRole + 1).toString());
    }
    QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override
    {
        return {QStyledItemDelegate::sizeHint(option, index).width(), option.fontMetrics.height() + 14};
    }

private:
    const Theme *m_theme;
};

} // namespace

PaletteDialog::PaletteDialog(Desk *desk, Actions *actions, QWidget *parent)
    : QDialog(parent, Qt::Dialog | Qt::FramelessWindowHint)
    , m_desk(desk)
    , m_actions(actions)
    , m_line(new QLineEdit)
    , m_list(new QListWidget)
{
    setObjectName(u"palette"_s);
    setAccessibleName(tr("Command palette"));
    setAttribute(Qt::WA_DeleteOnClose);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(10, 10, 10, 10);
    layout->addWidget(m_line);
    layout->addWidget(m_list, 1);
    m_line->setObjectName(u"paletteLine"_s);
    m_line->setAccessibleName(tr("Search"));
    m_line->setPlaceholderText(tr("Command, job, #run, agent, view"));
    m_line->installEventFilter(this);
    m_list->setObjectName(u"paletteList"_s);
    m_list->setAccessibleName(tr("What was found"));
    m_list->setItemDelegate(new EntryDelegate(desk->theme, m_list));
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setFocusPolicy(Qt::NoFocus);
    resize(640, 440);
    if (parent)
        move(parent->mapToGlobal(QPoint((parent->width() - width()) / 2, 70)));
    connect(m_line, &QLineEdit::textChanged, this, &PaletteDialog::search);
    connect(m_list, &QListWidget::itemClicked, this, &PaletteDialog::choose);
    collect();
    search();
}

void PaletteDialog::collect()
{
    for (QAction *action : m_desk->commands->all()) {
        const QString key = action->shortcut().toString(QKeySequence::NativeText);
        m_entries.push_back({action->text().remove(u'&'), key.isEmpty() ? Commands::group(action) : key, {},
            Commands::whyNot(action), [action] { action->trigger(); }});
    }
    for (const SavedView &view : m_desk->savedViews->all())
        m_entries.push_back({view.name, tr("saved view"), view.icon, {},
            [this, name = view.name] { m_desk->navigator->openSaved(name); }});
    for (const Profile &profile : m_desk->profiles->all())
        m_entries.push_back({tr("Switch to %1").arg(profile.name), tr("backend"), u"connection"_s, {},
            [this, name = profile.name] { m_desk->navigator->openProfile(name); }});
    const QString may = m_desk->session->whyNot(Role::Operator);
    for (const wire::JobRow &job : m_desk->jobs->rows()) {
        m_entries.push_back(
            {tr("Run %1").arg(job.job), tr("run job"), u"run"_s, may, [this, job] { m_actions->trigger(job.job); }});
        m_entries.push_back(
            {job.job, tr("open job"), u"job"_s, {}, [this, job] { m_desk->navigator->openJob(job.job); }});
    }
    for (const wire::RunRow &run : m_desk->liveRuns->rows())
        m_entries.push_back({u"#%1 %2"_s.arg(run.id.value).arg(run.jobName), lookOf(run).word, lookOf(run).icon, {},
            [this, run] { m_desk->navigator->openRun(run.id); }});
    for (const Agent &agent : m_desk->agents->rows())
        m_entries.push_back({agent.name, tr("agent"), u"agents"_s, {},
            [this, agent] { m_desk->navigator->openView(u"history"_s, u"agent:"_s + agent.name); }});
}

void PaletteDialog::search()
{
    QString text = m_line->text().trimmed();
    std::vector<std::pair<int, const Entry *>> found;
    for (const Entry &entry : m_entries)
        if (const int score = fuzzyScore(text, entry.text); score > 0)
            found.emplace_back(score - (entry.whyNot.isEmpty() ? 0 : 400), &entry);
    std::stable_sort(found.begin(), found.end(), [](const auto &a, const auto &b) { return a.first > b.first; });
    m_list->clear();
    // A number is a run, whether it is live or not.
    if (text.startsWith(u'#'))
        text.remove(0, 1);
    bool isNumber = false;
    const qint64 number = text.toLongLong(&isNumber);
    if (isNumber && number > 0) {
        auto *item = new QListWidgetItem(m_desk->theme->icon(u"open"_s), tr("Open run #%1").arg(number), m_list);
        item->setData(Qt::UserRole + 2, number);
    }
    for (std::size_t i = 0; i < std::min(mostShown, found.size()); ++i) {
        const Entry &entry = *found[i].second;
        auto *item = new QListWidgetItem(entry.text, m_list);
        item->setIcon(m_desk->theme->icon(entry.icon.isEmpty() ? u"keys"_s : entry.icon));
        item->setData(Qt::UserRole, int(&entry - m_entries.data()));
        item->setData(Qt::UserRole + 1, entry.detail);
        item->setToolTip(entry.whyNot);
        if (!entry.whyNot.isEmpty())
            item->setFlags(item->flags() & ~Qt::ItemIsEnabled);
    }
    for (int row = 0; row < m_list->count(); ++row)
        if (m_list->item(row)->flags() & Qt::ItemIsEnabled) {
            m_list->setCurrentRow(row);
            break;
        }
}

void PaletteDialog::choose()
{
    const QListWidgetItem *item = m_list->currentItem();
    if (!item || !(item->flags() & Qt::ItemIsEnabled))
        return;
    // What is chosen may open a dialog of its own: this one goes first.
    std::function<void()> act;
    if (const qint64 number = item->data(Qt::UserRole + 2).toLongLong(); number > 0)
        act = [desk = m_desk, number] { desk->navigator->openRun(RunId(number)); };
    else
        act = m_entries[std::size_t(item->data(Qt::UserRole).toInt())].act;
    accept();
    act();
}

bool PaletteDialog::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() != QEvent::KeyPress)
        return QDialog::eventFilter(watched, event);
    const int key = static_cast<QKeyEvent *>(event)->key();
    const int step = key == Qt::Key_Down ? 1 : key == Qt::Key_Up ? -1 : 0;
    if (step != 0) {
        int row = m_list->currentRow() + step;
        while (row >= 0 && row < m_list->count() && !(m_list->item(row)->flags() & Qt::ItemIsEnabled))
            row += step;
        if (row >= 0 && row < m_list->count())
            m_list->setCurrentRow(row);
        return true;
    }
    if (key == Qt::Key_Return || key == Qt::Key_Enter) {
        choose();
        return true;
    }
    return QDialog::eventFilter(watched, event);
}

KeySheet::KeySheet(const Commands &commands, QWidget *parent)
    : QDialog(parent)
{
    setObjectName(u"keys"_s);
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Keys"));
    resize(860, 560);
    auto *inner = new QWidget;
    auto *grid = new QGridLayout(inner);
    grid->setHorizontalSpacing(24);
    grid->setVerticalSpacing(5);
    int rows[2] = {0, 0};
    for (const QString &group : commands.groups()) {
        const int side = rows[0] <= rows[1] ? 0 : 1;
        grid->addWidget(makeLabel(group, u"heading"_s), rows[side]++, side * 2, 1, 2);
        for (const QAction *action : commands.all()) {
            if (Commands::group(action) != group || action->shortcut().isEmpty())
                continue;
            grid->addWidget(
                makeLabel(action->shortcut().toString(QKeySequence::NativeText), u"code"_s), rows[side], side * 2);
            grid->addWidget(makeLabel(action->text().remove(u'&'), u"muted"_s), rows[side]++, side * 2 + 1);
        }
        grid->setRowMinimumHeight(rows[side]++, 10);
    }
    grid->setRowStretch(std::max(rows[0], rows[1]), 1);
    grid->setColumnStretch(1, 1);
    grid->setColumnStretch(3, 1);
    auto *scroll = new QScrollArea;
    scroll->setWidgetResizable(true);
    scroll->setWidget(inner);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(20, 16, 20, 14);
    layout->addWidget(makeLabel(tr("Keys"), u"title"_s));
    layout->addWidget(makeLabel(tr("Letters work wherever no text is being typed."), u"muted"_s));
    layout->addWidget(scroll, 1);
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Close);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    layout->addWidget(buttons);
}

} // namespace belfry

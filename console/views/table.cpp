// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/table.h"

#include <QContextMenuEvent>
#include <QHeaderView>
#include <QMenu>
#include <QPainter>
#include <QSortFilterProxyModel>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

constexpr int iconSize = 16;
constexpr int cellMargin = 8;

// In characters of the font; the last column takes what is left.
int widthOf(const QString &id)
{
    static const std::map<QString, int> widths{{u"run"_s, 8}, {u"job"_s, 28}, {u"title"_s, 30}, {u"state"_s, 17},
        {u"last"_s, 15}, {u"progress"_s, 30}, {u"took"_s, 12}, {u"started"_s, 18}, {u"ended"_s, 18}, {u"queued"_s, 18},
        {u"next"_s, 18}, {u"at"_s, 18}, {u"away"_s, 13}, {u"agent"_s, 16}, {u"cause"_s, 21}, {u"exit"_s, 10},
        {u"tries"_s, 6}, {u"reason"_s, 26}, {u"schedule"_s, 30}, {u"slots"_s, 20}, {u"seen"_s, 14}, {u"skew"_s, 10},
        {u"version"_s, 9}, {u"kills"_s, 10}, {u"zone"_s, 16}};
    const auto found = widths.find(id);
    return found == widths.end() ? 20 : found->second;
}

} // namespace

CellDelegate::CellDelegate(const Desk *desk, QObject *parent)
    : QStyledItemDelegate(parent)
    , m_desk(desk)
{ }

void CellDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    QStyleOptionViewItem cell = option;
    initStyleOption(&cell, index);
    const QString text = std::exchange(cell.text, {});
    cell.state &= ~QStyle::State_HasFocus;
    cell.widget->style()->drawControl(QStyle::CE_ItemViewItem, &cell, painter, cell.widget);

    const Theme &theme = *m_desk->theme;
    const bool selected = cell.state & QStyle::State_Selected;
    const bool stale = !m_desk->session->isReady();
    QColor ink = theme.color(selected ? u"selectionText"_s : stale ? u"muted"_s : u"text"_s);
    QRect rect = cell.rect.adjusted(cellMargin, 0, -cellMargin, 0);
    if (const QVariant progress = index.data(ProgressRole); progress.isValid()) {
        paintBar(painter, rect, progress.value<Progress>(), selected);
        return;
    }
    if (const QString icon = index.data(IconRole).toString(); !icon.isEmpty()) {
        const QColor own = stale ? theme.color(u"muted"_s) : theme.color(Look(index.data(LookRole).toInt()));
        const QPoint at(rect.left(), rect.center().y() - iconSize / 2 + 1);
        painter->drawPixmap(
            at, theme.pixmap(icon, selected ? ink : own, iconSize, painter->device()->devicePixelRatioF()));
        rect.setLeft(rect.left() + iconSize + 6);
        ink = selected ? ink : own;
    }
    const bool figure = index.data(NumericRole).toBool();
    painter->setPen(ink);
    painter->setFont(cell.font);
    painter->drawText(rect, int((figure ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter | Qt::TextSingleLine),
        cell.fontMetrics.elidedText(text, Qt::ElideRight, rect.width()));
}

void CellDelegate::paintBar(QPainter *painter, const QRect &rect, const Progress &progress, bool selected) const
{
    const Theme &theme = *m_desk->theme;
    const bool stale = !m_desk->session->isReady();
    const QColor ink = theme.color(selected ? u"selectionText"_s : stale ? u"muted"_s : u"text"_s);
    const QFontMetrics metrics(painter->font());
    const int barWidth = std::min(90, rect.width() / 2);
    QRectF bar(rect.left(), rect.center().y() - 3.5, barWidth, 8);
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(Qt::NoPen);
    painter->setBrush(theme.color(selected ? u"strongBorder"_s : u"track"_s));
    painter->drawRoundedRect(bar, 4, 4);
    const bool late = progress.kind == Progress::Kind::Late;
    const QColor fill = stale ? theme.color(u"muted"_s) : late ? theme.color(Look::Warning) : theme.color(u"accent"_s);
    painter->setBrush(selected ? ink : fill);
    if (progress.kind == Progress::Kind::Busy) { // three blocks: it moves, and nobody knows how far it is
        for (int i = 0; i < 3; ++i)
            painter->drawRoundedRect(
                QRectF(bar.left() + barWidth * (0.14 + 0.28 * i), bar.top(), barWidth * 0.16, bar.height()), 3, 3);
    } else if (progress.fraction > 0) {
        QRectF part = bar;
        part.setWidth(std::max(8.0, bar.width() * progress.fraction));
        painter->drawRoundedRect(part, 4, 4);
    }
    painter->restore();
    painter->setPen(late && !selected && !stale ? theme.color(Look::Warning) : ink);
    const QRect words(rect.left() + barWidth + 8, rect.top(), rect.width() - barWidth - 8, rect.height());
    painter->drawText(
        words, int(Qt::AlignLeft | Qt::AlignVCenter), metrics.elidedText(progress.text, Qt::ElideRight, words.width()));
}

Table::Table(Desk *desk, const QString &name, QWidget *parent)
    : QTableView(parent)
    , m_desk(desk)
{
    setObjectName(name);
    setAccessibleName(name);
    setItemDelegate(new CellDelegate(desk, this));
    setSelectionBehavior(SelectRows);
    setSelectionMode(SingleSelection);
    setShowGrid(false);
    setWordWrap(false);
    setCornerButtonEnabled(false);
    setTabKeyNavigation(false);
    setHorizontalScrollMode(ScrollPerPixel);
    setVerticalScrollMode(ScrollPerPixel);
    verticalHeader()->hide();
    verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    verticalHeader()->setDefaultSectionSize(fontMetrics().height() + 12);
    horizontalHeader()->setHighlightSections(false);
    horizontalHeader()->setStretchLastSection(true);
    horizontalHeader()->setSectionsMovable(true);
    horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    connect(this, &QTableView::activated, this,
        [this](const QModelIndex &index) { Q_EMIT rowActivated(sourceRow(index)); });
    connect(desk->session, &Session::phaseChanged, this, [this] { viewport()->update(); });
    connect(desk->theme, &Theme::changed, this, [this] { viewport()->update(); });
}

void Table::setSorted(QAbstractItemModel *model, const QString &column, Qt::SortOrder order)
{
    m_proxy = new QSortFilterProxyModel(this);
    m_proxy->setSortRole(SortRole);
    m_proxy->setFilterRole(KeyRole);
    m_proxy->setSourceModel(model);
    setModel(m_proxy);
    setSortingEnabled(true);
    for (int i = 0; i < model->columnCount(); ++i)
        if (model->headerData(i, Qt::Horizontal, KeyRole) == column)
            sortByColumn(i, order);
    arrangeColumns();
}

void Table::setPlain(QAbstractItemModel *model)
{
    setModel(model);
    arrangeColumns();
}

void Table::arrangeColumns()
{
    for (int i = 0; i < model()->columnCount(); ++i) {
        const QString id = model()->headerData(i, Qt::Horizontal, KeyRole).toString();
        horizontalHeader()->resizeSection(i, widthOf(id) * fontMetrics().averageCharWidth() + 2 * cellMargin);
    }
}

void Table::showColumns(const QStringList &ids)
{
    for (int i = 0; i < model()->columnCount(); ++i)
        setColumnHidden(i, !ids.contains(model()->headerData(i, Qt::Horizontal, KeyRole).toString()));
}

int Table::sourceRow(const QModelIndex &index) const
{
    return !index.isValid() ? -1 : m_proxy ? m_proxy->mapToSource(index).row() : index.row();
}

int Table::currentRow() const
{
    return sourceRow(currentIndex());
}

void Table::selectRow(const QString &key)
{
    for (int row = 0; model() && row < model()->rowCount(); ++row)
        if (model()->index(row, 0).data(KeyRole).toString() == key) {
            QTableView::selectRow(row);
            return;
        }
}

void Table::currentChanged(const QModelIndex &current, const QModelIndex &previous)
{
    QTableView::currentChanged(current, previous);
    if (current.row() != previous.row() || current.isValid() != previous.isValid())
        Q_EMIT currentRowChanged(sourceRow(current));
}

void Table::setEmptyText(const QString &text, bool isFault)
{
    m_emptyText = text;
    m_fault = isFault;
    setAccessibleDescription(text);
    viewport()->update();
}

void Table::paintEvent(QPaintEvent *event)
{
    QTableView::paintEvent(event);
    if (!model() || model()->rowCount() > 0)
        return;
    QPainter painter(viewport());
    painter.setPen(m_fault ? m_desk->theme->color(Look::Failed) : m_desk->theme->color(u"muted"_s));
    const QString text = m_emptyText.isEmpty() ? tr("Loading ...") : m_emptyText;
    painter.drawText(viewport()->rect().adjusted(16, 8, -16, -8), int(Qt::AlignCenter | Qt::TextWordWrap), text);
}

void Table::contextMenuEvent(QContextMenuEvent *event)
{
    const Subject &subject = m_desk->selection->subject();
    const QString group = subject.run ? u"run."_s : subject.job ? u"job."_s : subject.agent ? u"agent."_s : QString();
    if (group.isEmpty() || !currentIndex().isValid())
        return;
    QMenu menu(this);
    menu.setToolTipsVisible(true);
    for (QAction *action : m_desk->commands->all())
        if (action->objectName().startsWith(group) || (action->objectName() == u"act.run"_s && !subject.agent)
            || (action->objectName() == u"act.why"_s && !subject.agent))
            menu.addAction(action);
    menu.exec(event->globalPos());
}

void Table::keyPressEvent(QKeyEvent *event)
{
    // Letters are commands here, not a search for the first cell that begins with them.
    if (!event->text().isEmpty() && event->text()[0].isPrint()) {
        event->ignore();
        return;
    }
    if ((event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) && currentIndex().isValid()) {
        Q_EMIT rowActivated(currentRow());
        return;
    }
    QTableView::keyPressEvent(event);
}

} // namespace belfry

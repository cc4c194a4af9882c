// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/table.h"

#include "console/views/runstrip.h"
#include "console/views/tableheader.h"

#include <QContextMenuEvent>
#include <QHeaderView>
#include <QHelpEvent>
#include <QMenu>
#include <QMouseEvent>
#include <QPainter>
#include <QSortFilterProxyModel>
#include <QToolTip>

#include <numeric>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

constexpr int iconSize = 16;
constexpr int iconGap = 6;
constexpr int cellMargin = 8;
constexpr int branchWidth = 20; // for the mark, and what a row below it is set in

// Where what the cell says begins.
int indentOf(const QModelIndex &index)
{
    const QVariant depth = index.data(DepthRole);
    return depth.isValid() ? branchWidth * (depth.toInt() + (index.data(BranchRole).isValid() ? 1 : 0)) : 0;
}

// In characters of the font.
ColumnWish wishOf(const QString &id)
{
    static const std::map<QString, ColumnWish> wishes{{u"run"_s, {11, 10}}, {u"job"_s, {26, 20, 1}},
        {u"title"_s, {30, 10, 2}}, {u"state"_s, {18, 15}}, {u"last"_s, {17, 15}}, {u"progress"_s, {30, 17, 1}},
        {u"took"_s, {12, 10}}, {u"started"_s, {18, 17}}, {u"ended"_s, {18, 17}}, {u"queued"_s, {18, 17}},
        {u"next"_s, {18, 17}}, {u"at"_s, {18, 17}}, {u"away"_s, {13, 11}}, {u"agent"_s, {16, 8}},
        {u"cause"_s, {21, 10}}, {u"exit"_s, {10, 7}}, {u"tries"_s, {6, 6}}, {u"reason"_s, {26, 9, 2}},
        {u"schedule"_s, {28, 10, 2}}, {u"slots"_s, {20, 14}}, {u"seen"_s, {14, 12}}, {u"skew"_s, {10, 8}},
        {u"version"_s, {9, 8}}, {u"kills"_s, {10, 8}}, {u"zone"_s, {16, 9}}, {u"recent"_s, {28, 14}},
        {u"note"_s, {30, 9, 2}}, {u"params"_s, {20, 9, 2}}, {u"labels"_s, {24, 9, 2}}};
    const auto found = wishes.find(id);
    return found == wishes.end() ? ColumnWish{20, 9, 1} : found->second;
}

constexpr int fewestOfJob = 12; // characters, where even sparing others leaves no more

// Where columns cannot have their least widths, these go first: what they say is in the details too.
const QStringList canBeSpared{
    u"queued"_s, u"ended"_s, u"tries"_s, u"zone"_s, u"cause"_s, u"title"_s, u"away"_s, u"agent"_s};

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
    if (const QVariant strip = index.data(StripRole); strip.isValid()) {
        const auto marks = strip.value<std::vector<StripMark>>();
        paintStrip(painter, theme, {rect, int(marks.size())}, marks,
            selected    ? ink
                : stale ? theme.color(u"muted"_s)
                        : QColor());
        return;
    }
    if (const QString icon = index.data(IconRole).toString(); !icon.isEmpty()) {
        const QColor own = stale ? theme.color(u"muted"_s) : theme.color(Look(index.data(LookRole).toInt()));
        const QPoint at(rect.left(), rect.center().y() - iconSize / 2 + 1);
        painter->drawPixmap(
            at, theme.pixmap(icon, selected ? ink : own, iconSize, painter->device()->devicePixelRatioF()));
        rect.setLeft(rect.left() + iconSize + iconGap);
        ink = selected ? ink : own;
    }
    QFont font = cell.font;
    if (const QVariant branch = index.data(BranchRole); branch.isValid()) {
        const QString mark = Branch(branch.toInt()) == Branch::Folded ? u"folded"_s : u"unfolded"_s;
        painter->drawPixmap(QPoint(rect.left(), rect.center().y() - iconSize / 2 + 1),
            theme.pixmap(mark, ink, iconSize, painter->device()->devicePixelRatioF()));
        font.setBold(true);
    }
    rect.setLeft(rect.left() + indentOf(index));
    const bool figure = index.data(NumericRole).toBool();
    painter->setPen(ink);
    painter->setFont(font);
    painter->drawText(rect, int((figure ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter | Qt::TextSingleLine),
        QFontMetrics(font).elidedText(text, Qt::ElideRight, rect.width()));
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

bool CellDelegate::helpEvent(
    QHelpEvent *event, QAbstractItemView *view, const QStyleOptionViewItem &option, const QModelIndex &index)
{
    if (const QVariant strip = index.data(StripRole); strip.isValid() && event->type() == QEvent::ToolTip) {
        const auto marks = strip.value<std::vector<StripMark>>();
        const StripGeometry geometry{option.rect.adjusted(cellMargin, 0, -cellMargin, 0), int(marks.size())};
        const int at = geometry.markAt(event->pos().x());
        QToolTip::showText(event->globalPos(), at < 0 ? index.data().toString() : marks[std::size_t(at)].text, view);
        return true;
    }
    const QString text = index.data().toString();
    const bool hasIcon = !index.data(IconRole).toString().isEmpty();
    const int room = option.rect.width() - 2 * cellMargin - (hasIcon ? iconSize + iconGap : 0) - indentOf(index);
    if (event->type() != QEvent::ToolTip || index.data(ProgressRole).isValid()
        || view->fontMetrics().horizontalAdvance(text) <= room)
        return QStyledItemDelegate::helpEvent(event, view, option, index);
    const QString more = index.data(Qt::ToolTipRole).toString();
    const QString tip = more.isEmpty() || more == text ? text : text + u'\n' + more;
    // Rich text wraps; what jobs and people wrote stays plain.
    QToolTip::showText(
        event->globalPos(), u"<p style=\"white-space: pre-wrap\">%1</p>"_s.arg(tip.toHtmlEscaped()), view, option.rect);
    return true;
}

Table::Table(Desk *desk, const QString &name, QWidget *parent)
    : QTableView(parent)
    , m_desk(desk)
{
    setObjectName(name);
    setAccessibleName(name);
    setItemDelegate(new CellDelegate(desk, this));
    setSelectionBehavior(SelectRows);
    setSelectionMode(ExtendedSelection);
    setShowGrid(false);
    setWordWrap(false);
    setCornerButtonEnabled(false);
    setTabKeyNavigation(false);
    setHorizontalScrollMode(ScrollPerPixel);
    setVerticalScrollMode(ScrollPerPixel);
    verticalHeader()->hide();
    verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    verticalHeader()->setDefaultSectionSize(fontMetrics().height() + 12);
    setHorizontalHeader(new TableHeader(desk->theme, this));
    horizontalHeader()->setHighlightSections(false);
    horizontalHeader()->setSectionsMovable(true);
    horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    connect(this, &QTableView::activated, this,
        [this](const QModelIndex &index) { Q_EMIT rowActivated(sourceRow(index)); });
    horizontalHeader()->setContextMenuPolicy(Qt::CustomContextMenu);
    connect(horizontalHeader(), &QWidget::customContextMenuRequested, this,
        [this](const QPoint &at) { openColumnsMenu(horizontalHeader()->mapToGlobal(at)); });
    connect(horizontalHeader(), &QHeaderView::sectionResized, this, [this] {
        if (m_arranging || std::exchange(m_drawn, true))
            return;
        horizontalHeader()->setStretchLastSection(true);
    });
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

std::vector<int> Table::columnsToShow(std::vector<ColumnWish> &wishes) const
{
    const int unit = fontMetrics().averageCharWidth();
    std::vector<int> columns;
    QStringList ids;
    for (int i = 0; i < model()->columnCount(); ++i) {
        const QString id = model()->headerData(i, Qt::Horizontal, KeyRole).toString();
        if (m_shown && !m_shown->contains(id))
            continue;
        ColumnWish wish = wishOf(id);
        wish.least = std::max(horizontalHeader()->sectionSizeHint(i), wish.least * unit + 2 * cellMargin);
        wish.preferred = std::max(wish.least, wish.preferred * unit + 2 * cellMargin);
        columns.push_back(i);
        ids.push_back(id);
        wishes.push_back(wish);
    }
    const auto isTooWide = [&] {
        const auto add = [](int sum, const ColumnWish &wish) { return sum + wish.least; };
        return std::accumulate(wishes.begin(), wishes.end(), 0, add) > viewport()->width();
    };
    for (const QString &id : canBeSpared) {
        const qsizetype at = ids.indexOf(id);
        if (!isTooWide())
            break;
        if (at < 0)
            continue;
        columns.erase(columns.begin() + at);
        wishes.erase(wishes.begin() + at);
        ids.removeAt(at);
    }
    if (const qsizetype job = ids.indexOf(u"job"_s); job >= 0 && isTooWide())
        wishes[std::size_t(job)].least = fewestOfJob * unit + 2 * cellMargin;
    return columns;
}

void Table::arrangeColumns()
{
    if (!model() || m_drawn || m_arranging)
        return;
    m_arranging = true; // hiding tells of a resize
    for (int i = 0; i < model()->columnCount(); ++i) // hidden ones have no size hint
        setColumnHidden(i, m_shown && !m_shown->contains(model()->headerData(i, Qt::Horizontal, KeyRole).toString()));
    std::vector<ColumnWish> wishes;
    const std::vector<int> columns = columnsToShow(wishes);
    const std::vector<int> widths = fitColumns(wishes, viewport()->width());
    for (int i = 0; i < model()->columnCount(); ++i)
        setColumnHidden(i, std::find(columns.begin(), columns.end(), i) == columns.end());
    for (std::size_t i = 0; i < columns.size(); ++i)
        horizontalHeader()->resizeSection(columns[i], widths[i]);
    m_arranging = false;
}

void Table::resizeEvent(QResizeEvent *event)
{
    QTableView::resizeEvent(event);
    arrangeColumns();
}

void Table::showColumns(const QStringList &ids)
{
    m_shown = ids;
    arrangeColumns();
}

int Table::sourceRow(const QModelIndex &index) const
{
    return !index.isValid() ? -1 : m_proxy ? m_proxy->mapToSource(index).row() : index.row();
}

int Table::currentRow() const
{
    return sourceRow(currentIndex());
}

QList<int> Table::selectedRows(int most) const
{
    QList<int> rows;
    if (!selectionModel())
        return rows;
    for (const QItemSelectionRange &range : selectionModel()->selection())
        for (int row = range.top(); row <= range.bottom() && rows.size() < most; ++row)
            rows += sourceRow(model()->index(row, 0));
    std::sort(rows.begin(), rows.end());
    rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
    return rows;
}

void Table::selectRow(const QString &key)
{
    for (int row = 0; model() && row < model()->rowCount(); ++row)
        if (model()->index(row, 0).data(KeyRole).toString() == key) {
            // Whatever keys are held: QTableView would add the row to the selection while Ctrl is down.
            selectionModel()->setCurrentIndex(
                model()->index(row, 0), QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
            return;
        }
}

void Table::currentChanged(const QModelIndex &current, const QModelIndex &previous)
{
    QTableView::currentChanged(current, previous);
    if (current.row() != previous.row() || current.isValid() != previous.isValid())
        Q_EMIT currentRowChanged(sourceRow(current));
}

void Table::selectionChanged(const QItemSelection &selected, const QItemSelection &deselected)
{
    QTableView::selectionChanged(selected, deselected);
    Q_EMIT rowsSelected();
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
            || (action->objectName() == u"act.why"_s && !subject.agent)
            || (action->objectName() == u"act.acknowledge"_s && (subject.run || !subject.concerns.empty())))
            menu.addAction(action);
    menu.exec(event->globalPos());
}

void Table::keyPressEvent(QKeyEvent *event)
{
    // Letters are commands here, not a search for the first cell that begins with them.
    const bool isCombined = event->modifiers() & (Qt::ControlModifier | Qt::AltModifier | Qt::MetaModifier);
    if (!isCombined && !event->text().isEmpty() && event->text()[0].isPrint()) {
        event->ignore();
        return;
    }
    if ((event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) && currentIndex().isValid()) {
        Q_EMIT rowActivated(currentRow());
        return;
    }
    const bool inwards = event->key() == Qt::Key_Right;
    if ((inwards || event->key() == Qt::Key_Left) && currentIndex().siblingAtColumn(0).data(DepthRole).isValid()) {
        Q_EMIT branchStepped(currentRow(), inwards);
        return;
    }
    QTableView::keyPressEvent(event);
}

void Table::mousePressEvent(QMouseEvent *event)
{
    QTableView::mousePressEvent(event);
    const QModelIndex index = indexAt(event->position().toPoint());
    const bool onMark = event->position().x() < visualRect(index).left() + cellMargin + branchWidth;
    if (event->button() == Qt::LeftButton && onMark && index.data(BranchRole).isValid())
        Q_EMIT branchClicked(sourceRow(index));
}

} // namespace belfry

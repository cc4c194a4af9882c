// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/jobspage.h"

#include "console/views/parts.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QToolButton>

namespace belfry {

using namespace Qt::StringLiterals;

class JobsPage::JobsAlone final : public QSortFilterProxyModel
{
public:
    explicit JobsAlone(JobTree *tree, QObject *parent)
        : QSortFilterProxyModel(parent)
        , m_tree(tree)
    {
        setSourceModel(tree);
    }
    QVariant data(const QModelIndex &index, int role) const override
    {
        const wire::JobRow *job = role == Qt::DisplayRole && index.isValid() && index.column() == 0
            ? m_tree->jobAt(mapToSource(index).row())
            : nullptr;
        return job ? QVariant(job->job) : QSortFilterProxyModel::data(index, role); // in full
    }

protected:
    bool filterAcceptsRow(int row, const QModelIndex &) const override { return m_tree->jobAt(row); }

private:
    JobTree *m_tree;
};

JobsPage::JobsPage(Desk *desk)
    : ListPage(desk, u"jobs"_s, tr("Jobs"), FilterKind::Jobs)
    , m_tree(new JobTree(desk->jobs, desk->times, this))
    , m_alone(new JobsAlone(m_tree, this))
    , m_by(new QComboBox)
    , m_foldAll(new QToolButton)
{
    addFolding();
    bar()->addWidget(makeButton(desk->commands->action(u"act.run"_s)));
    table()->setPlain(m_tree);
    table()->setSortingEnabled(true);
    table()->sortByColumn(0, Qt::AscendingOrder);
    wire();
    connectTree();
    connect(filter(), &FilterLine::accepted, this, &JobsPage::onFilter);
    connect(desk->jobs, &Jobs::jobsChanged, this, &JobsPage::recount);
    connect(desk->jobs, &Jobs::completed, this, &JobsPage::recount);
    connect(desk->jobs, &Jobs::failed, this, [this](const QString &why) { table()->setEmptyText(why, true); });
    connect(desk->times, &Times::changed, desk->jobs, [jobs = desk->jobs] { jobs->retranslate(); });
    recount();
}

void JobsPage::addFolding()
{
    m_by->setObjectName(u"jobs-by"_s);
    m_by->setAccessibleName(tr("How jobs are listed"));
    m_by->addItem(desk()->theme->icon(u"jobs"_s), tr("by project"));
    m_by->addItem(desk()->theme->icon(u"job"_s), tr("one list"));
    bar()->addWidget(m_by);
    m_foldAll->setObjectName(u"jobs-fold"_s);
    m_foldAll->setProperty("kind", u"action"_s);
    bar()->addWidget(m_foldAll);
    connect(m_by, &QComboBox::currentIndexChanged, this, [this](int at) {
        m_tree->setGrouped(at == 0);
        recount();
    });
    connect(m_foldAll, &QToolButton::clicked, this, [this] { m_tree->foldAll(!m_tree->isAllFolded()); });
}

void JobsPage::connectTree()
{
    connect(table(), &Table::branchClicked, this, &JobsPage::toggle);
    connect(table(), &Table::branchStepped, this, &JobsPage::step);
    connect(m_tree, &JobTree::foldsChanged, this, &JobsPage::recount);
}

void JobsPage::shown()
{
    // A job rather than its project, so that what acts on jobs can be done at once.
    if (!table()->currentIndex().isValid() && m_tree->rowCount() > 1 && m_tree->projectAt(0) && m_tree->jobAt(1))
        goTo(1);
    ListPage::shown();
}

QAbstractItemModel *JobsPage::listed() const
{
    return m_alone;
}

// `tree` or `list`, and the projects that are folded.
QString JobsPage::layoutText() const
{
    return (QStringList{m_tree->isGrouped() ? u"tree"_s : u"list"_s} + m_tree->folded()).join(u' ');
}

void JobsPage::setLayoutText(const QString &text)
{
    const QStringList words = text.split(u' ', Qt::SkipEmptyParts);
    m_by->setCurrentIndex(words.value(0) == "list"_L1 ? 1 : 0);
    m_tree->setFolded(words.mid(1));
}

void JobsPage::refresh()
{
    if (!m_filterText.isEmpty())
        onFilter(m_filterText);
}

Subject JobsPage::subjectOf(int row) const
{
    const wire::JobRow *job = m_tree->jobAt(row);
    return job ? Subject{.job = job->job} : Subject();
}

void JobsPage::open(int row)
{
    if (const wire::JobRow *job = m_tree->jobAt(row))
        desk()->navigator->openJob(job->job);
    else
        toggle(row);
}

void JobsPage::goTo(int row)
{
    table()->selectionModel()->setCurrentIndex(
        m_tree->index(row, 0), QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
}

void JobsPage::toggle(int row)
{
    if (const ProjectRow *project = m_tree->projectAt(row))
        m_tree->setFolded(QString(project->name), !m_tree->isFolded(project->name));
}

void JobsPage::step(int row, bool inwards)
{
    const ProjectRow *project = m_tree->projectAt(row);
    if (project && inwards == m_tree->isFolded(project->name))
        toggle(row);
    else if (project && inwards && row + 1 < m_tree->rowCount())
        goTo(row + 1);
    else if (!project && !inwards)
        goTo(m_tree->rowOfProject(projectOf(m_tree->jobAt(row)->job)));
}

void JobsPage::onFilter(const QString &text)
{
    m_filterText = text;
    m_found.clear();
    ++m_asking;
    if (text.isEmpty())
        m_tree->only(std::nullopt);
    else
        askFilter({});
    recount();
}

// The backend judges: a filter may ask for what rows do not show.
void JobsPage::askFilter(const QString &after)
{
    const wire::JobList question{.after = after, .filter = m_filterText};
    desk()->session->client()->ask(question, this, [this, asking = m_asking](const Answer<wire::JobListReply> &answer) {
        if (asking != m_asking)
            return;
        if (!answer) {
            m_tree->only(QStringList());
            table()->setEmptyText(answer.error().message, true);
            return;
        }
        for (const wire::JobRow &job : answer->jobs)
            m_found += job.job;
        if (answer->next) {
            askFilter(*answer->next);
            return;
        }
        m_tree->only(m_found);
        recount();
    });
}

void JobsPage::recount()
{
    const int all = desk()->jobs->rowCount();
    const int seen = m_tree->passing();
    setCount(seen == all ? tr("%n job(s)", nullptr, all) : tr("%1 of %2 jobs").arg(seen).arg(all));
    if (all > 0)
        table()->setEmptyText(tr("No job passes the filter  %1\nClear it to see all jobs.").arg(m_filterText));
    else if (desk()->jobs->isComplete())
        table()->setEmptyText(tr("No jobs yet. Write a job file and apply it:\n\nbelfry apply jobs.yaml"));
    const bool canFold = m_tree->isGrouped() && all > 0;
    const bool unfolds = canFold && m_tree->isAllFolded();
    m_foldAll->setText(unfolds ? tr("Unfold all") : tr("Fold all"));
    m_foldAll->setEnabled(canFold);
    m_foldAll->setToolTip(!m_tree->isGrouped() ? tr("Jobs are one list; there is nothing to fold")
            : !canFold                         ? tr("There is no job yet")
            : unfolds                          ? tr("Show the jobs of all projects  (Right: of one)")
                                               : tr("Show projects only  (Left folds one)"));
}

} // namespace belfry

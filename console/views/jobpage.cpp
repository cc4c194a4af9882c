// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/jobpage.h"

#include <QJsonArray>
#include <QPlainTextEdit>
#include <QTabWidget>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

constexpr int occasionsShown = 100;

bool isPlain(const QString &text)
{
    return !text.isEmpty() && !text.contains(u'\n') && !text.contains(u": "_s) && !text.contains(u'#')
        && !QStringView(u"-?:,[]{}#&*!|>'\"%@` ").contains(text[0]);
}

QString scalar(const QJsonValue &value)
{
    if (value.isString())
        return isPlain(value.toString()) ? value.toString() : u'"' + value.toString().replace(u'"', u"\\\""_s) + u'"';
    if (value.isBool())
        return value.toBool() ? u"true"_s : u"false"_s;
    return value.isDouble() ? QString::number(value.toDouble(), 'g', 12) : u"null"_s;
}

bool saysNothing(const QJsonValue &value)
{
    return value.isNull() || value.isUndefined() || (value.isString() && value.toString().isEmpty())
        || (value.isArray() && value.toArray().isEmpty()) || (value.isObject() && value.toObject().isEmpty());
}

void write(QString &out, const QJsonValue &value, int depth);

void writePair(QString &out, const QString &key, const QJsonValue &value, int depth)
{
    const QString indent(depth * 2, u' ');
    if (value.isString() && value.toString().contains(u'\n')) {
        out += indent + key + u": |\n"_s;
        for (const QString &line : value.toString().split(u'\n'))
            out += indent + u"  "_s + line + u'\n';
        return;
    }
    if (value.isObject() || value.isArray()) {
        out += indent + key + u":\n"_s;
        write(out, value, depth + 1);
        return;
    }
    out += indent + key + u": "_s + scalar(value) + u'\n';
}

void write(QString &out, const QJsonValue &value, int depth)
{
    const QString indent(depth * 2, u' ');
    if (value.isArray()) {
        for (const QJsonValue &each : value.toArray()) {
            if (!each.isObject()) {
                out += indent + u"- "_s + scalar(each) + u'\n';
                continue;
            }
            QString item;
            write(item, each, depth + 1);
            out += indent + u"- "_s + item.mid((depth + 1) * 2);
        }
        return;
    }
    const QJsonObject object = value.toObject();
    for (auto each = object.begin(); each != object.end(); ++each)
        if (!saysNothing(each.value()))
            writePair(out, each.key(), each.value(), depth);
}

QPlainTextEdit *makeText(const QString &name)
{
    auto *text = new QPlainTextEdit;
    text->setReadOnly(true);
    text->setAccessibleName(name);
    text->setLineWrapMode(QPlainTextEdit::NoWrap);
    text->setStyleSheet(u"font-family: \"%1\"; font-size: %2pt;"_s.arg(Theme::fixedFont().family())
                            .arg(Theme::fixedFont().pointSizeF()));
    return text;
}

} // namespace

QString definitionText(const Job &job)
{
    // In the order in which the struct says its fields; a JSON object would sort them.
    QString out;
    const QJsonObject object = toJson(job.definition);
    describe(static_cast<const JobDefinition *>(nullptr)).apply([&](const auto &...field) {
        for (const char *name : {field.name...})
            if (const QJsonValue value = object[QLatin1StringView(name)]; !saysNothing(value))
                writePair(out, QString::fromLatin1(name), value, 0);
    });
    return out;
}

JobPage::JobPage(Desk *desk, const QString &job)
    : Page(desk, u"job-"_s + job)
    , m_job(job)
    , m_title(makeLabel(job, u"title"_s))
    , m_state(new StateLabel(desk))
    , m_schedule(makeLabel({}, u"muted"_s))
    , m_tabs(new QTabWidget)
    , m_history(new History(desk->times, this))
    , m_runs(new Table(desk, u"job-runs"_s))
    , m_upcoming(new Upcoming(desk->times, desk->jobs, occasionsShown, this))
    , m_next(new Table(desk, u"job-next"_s))
    , m_definition(makeText(tr("Definition")))
    , m_versions(makeText(tr("Versions")))
    , m_why(new WhyPanel(desk))
    , m_charts(new JobCharts(desk, job))
{
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(16, 14, 16, 12);
    layout->setSpacing(10);
    auto *head = new QHBoxLayout;
    head->setSpacing(8);
    head->addWidget(m_title);
    head->addSpacing(10);
    head->addWidget(m_state, 1);
    for (const QString &id : {u"act.run"_s, u"job.pause"_s, u"job.skip"_s, u"job.unskip"_s})
        head->addWidget(makeButton(desk->commands->action(id)));
    layout->addLayout(head);
    auto *below = new QHBoxLayout;
    below->setSpacing(12);
    below->addWidget(m_schedule, 1);
    below->addWidget(new RunStrip(desk, job));
    layout->addLayout(below);
    m_tabs->setAccessibleName(tr("About this job"));
    layout->addWidget(m_tabs, 1);
    const auto tab = [this](const QString &title, QWidget *content) {
        auto *page = new QWidget;
        auto *inner = new QVBoxLayout(page);
        inner->setContentsMargins(0, 10, 0, 0);
        inner->addWidget(content);
        m_tabs->addTab(page, title);
    };
    tab(tr("Runs"), m_runs);
    tab(tr("Next"), m_next);
    tab(tr("Why"), makeCard(tr("Now"), m_why));
    tab(tr("Definition"), m_definition);
    tab(tr("Versions"), m_versions);
    tab(tr("Charts"), m_charts);

    m_history->ask({.job = job, .filter = {}});
    m_runs->setPlain(m_history);
    m_runs->showColumns({u"state"_s, u"run"_s, u"started"_s, u"ended"_s, u"took"_s, u"exit"_s, u"tries"_s, u"agent"_s,
        u"cause"_s, u"reason"_s, u"params"_s});
    m_next->setPlain(m_upcoming);
    m_next->showColumns({u"at"_s, u"away"_s, u"note"_s});
    connect(m_history, &History::answered, this,
        [this] { m_runs->setEmptyText(tr("It has not run yet. Run it with R.")); });
    connect(m_history, &History::failed, this, [this](const QString &why) { m_runs->setEmptyText(why, true); });
    connect(m_upcoming, &Upcoming::answered, this,
        [this] { m_next->setEmptyText(tr("It has no schedule, or no occasion is left: it runs on demand.")); });
    connect(m_upcoming, &Upcoming::failed, this, [this](const QString &why) { m_next->setEmptyText(why, true); });
    connect(m_runs, &Table::rowActivated, this, [this](int row) {
        if (const wire::RunRow *run = m_history->at(row))
            this->desk()->navigator->openRun(run->id);
    });
    connect(m_runs, &Table::currentRowChanged, this, [this](int row) {
        if (const wire::RunRow *run = isVisible() ? m_history->at(row) : nullptr)
            this->desk()->selection->set({.run = *run});
    });
    connect(m_next, &Table::currentRowChanged, this, [this](int row) {
        if (isVisible())
            this->desk()->selection->set(subjectOfNext(row));
    });
    connect(m_tabs, &QTabWidget::currentChanged, this, &JobPage::shown);
    connect(desk->liveRuns, &LiveRuns::runChanged, m_history, &History::runChanged);
    connect(desk->jobs, &Jobs::jobsChanged, this, &JobPage::redraw);
    connect(desk->times, &Times::changed, m_history, &History::retranslate);
    connect(desk->times, &Times::changed, this, [this] {
        if (isVisible())
            askWhy();
    });
    connect(desk->times, &Times::changed, m_upcoming, &Upcoming::retranslate);
    connect(desk->session, &Session::tick, m_upcoming, &Upcoming::tick);
    connect(desk->session, &Session::clientChanged, this, [this] {
        m_history->setClient(this->desk()->session->client());
        m_upcoming->setClient(this->desk()->session->client());
    });
    connect(desk->session, &Session::phaseChanged, this, [this] {
        if (this->desk()->session->isReady())
            refresh();
    });
    m_upcoming->setJobs(QStringList{job});
    m_history->setClient(desk->session->client());
    m_upcoming->setClient(desk->session->client());
    redraw();
    askWhy();
}

void JobPage::shown()
{
    m_tabs->currentIndex() == 1 ? m_next->setFocus() : m_runs->setFocus();
    desk()->selection->set(m_tabs->currentIndex() == 1 ? subjectOfNext(m_next->currentRow()) : Subject{.job = m_job});
    askWhy();
}

Subject JobPage::subjectOfNext(int row) const
{
    Subject subject{.job = m_job};
    if (row >= 0 && row < int(m_upcoming->entries().size()))
        subject.occasion = m_upcoming->entries()[std::size_t(row)].at;
    return subject;
}

void JobPage::refresh()
{
    m_history->reload();
    m_upcoming->refresh();
    m_version = 0;
    redraw();
    askWhy();
}

void JobPage::redraw()
{
    const wire::JobRow *row = desk()->jobs->find(m_job);
    if (!row) {
        m_state->setLook({Look::Waiting, u"state-skipped"_s, {}, {}},
            desk()->jobs->isComplete() ? tr("removed") : tr("loading ..."));
        return;
    }
    m_state->setLook(lookOf(*row), lookOf(*row).word);
    const QString schedule = row->schedule.isEmpty() ? tr("on demand") : tr("%1, in %2").arg(row->schedule, row->zone);
    m_schedule->setText(row->title.isEmpty() ? schedule : row->title + u"  ·  "_s + schedule);
    if (std::exchange(m_version, row->version) != row->version) {
        askDefinition();
        askVersions();
    }
}

void JobPage::askDefinition()
{
    desk()->session->client()->ask(wire::JobGet{m_job}, this, [this](const Answer<Job> &answer) {
        m_definition->setPlainText(answer ? definitionText(*answer) : answer.error().message);
    });
}

void JobPage::askVersions()
{
    desk()->session->client()->ask(
        wire::JobHistory{.job = m_job}, this, [this](const Answer<wire::JobHistoryReply> &answer) {
            if (!answer) {
                m_versions->setPlainText(answer.error().message);
                return;
            }
            QString text;
            for (const wire::VersionRow &each : answer->versions) {
                text += tr("version %1, release %2, since %3, by %4")
                            .arg(each.version)
                            .arg(each.release)
                            .arg(desk()->times->longText(each.since, m_job), each.by)
                    + u'\n';
                text += u"    "_s
                    + (each.keys.isEmpty() ? tr("first version") : tr("changed: %1").arg(each.keys.join(u", "_s)))
                    + u'\n';
                if (!each.message.isEmpty())
                    text += u"    "_s + each.message + u'\n';
            }
            m_versions->setPlainText(text);
        });
}

void JobPage::askWhy()
{
    if (!desk()->session->isReady())
        return;
    desk()->session->client()->ask(wire::ExplainJob{.job = m_job, .zone = desk()->times->spokenZone()}, this,
        [this](const Answer<wire::Explanation> &answer) {
            if (answer)
                m_why->set(*answer);
            else
                m_why->setText(answer.error().message);
        });
}

} // namespace belfry

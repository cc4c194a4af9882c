// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/logpanel.h"

#include "console/views/elidedlabel.h"
#include "console/views/endstrip.h"
#include "console/views/logfinder.h"
#include "console/views/logminimap.h"
#include "console/views/logwords.h"
#include "console/views/parts.h"

#include <QComboBox>
#include <QSplitter>
#include <QStackedWidget>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

constexpr qint64 fewLines = 10'000; // of text()
// Up to this size a log that is complete is searched for errors before anybody asks: it takes a moment only.
constexpr qint64 searchedAtOnce = 64 << 20;

QToolButton *makeStream(const QString &text, const QString &name, const QString &tip)
{
    auto *button = new QToolButton;
    button->setText(text);
    button->setObjectName(name);
    button->setCheckable(true);
    button->setChecked(true);
    button->setProperty("kind", u"action"_s);
    button->setToolTip(tip);
    button->setAccessibleName(tip);
    return button;
}

} // namespace

LogPanel::LogPanel(Desk *desk, QWidget *parent)
    : QWidget(parent)
    , m_desk(desk)
    , m_heading(makeLabel({}, u"heading"_s))
    , m_state(new ElidedLabel)
    , m_attempts(new QComboBox)
    , m_out(makeStream(tr("out"), u"logOut"_s, tr("Show lines of stdout")))
    , m_err(makeStream(tr("err"), u"logErr"_s, tr("Show lines of stderr")))
    , m_stampKinds(new QComboBox)
    , m_finder(new LogFinder(desk, &m_searching))
    , m_body(new QStackedWidget)
    , m_empty(makeLabel(tr("Select a run to see its log."), u"muted"_s))
    , m_splitter(new QSplitter(Qt::Vertical))
    , m_view(new LogView(desk->theme))
    , m_minimap(new LogMinimap(desk->theme, m_view))
    , m_hits(new LogView(desk->theme))
    , m_end(new EndStrip(desk))
{
    setObjectName(u"log"_s);
    addCommands();
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(12, 6, 12, 8);
    layout->setSpacing(6);
    layout->addWidget(makeBar());
    layout->addWidget(m_body, 1);
    layout->addWidget(m_end);
    m_empty->setAlignment(Qt::AlignCenter);
    m_empty->setWordWrap(true);
    m_empty->setTextFormat(Qt::PlainText);
    auto *frame = new QFrame;
    frame->setObjectName(u"card"_s);
    auto *inFrame = new QVBoxLayout(frame);
    inFrame->setContentsMargins(1, 1, 1, 1);
    inFrame->addWidget(m_splitter);
    m_body->addWidget(m_empty);
    m_body->addWidget(frame);
    auto *whole = new QWidget;
    auto *beside = new QHBoxLayout(whole);
    beside->setContentsMargins(0, 0, 0, 0);
    beside->setSpacing(0);
    beside->addWidget(m_view, 1);
    beside->addWidget(m_minimap);
    m_splitter->addWidget(whole);
    m_splitter->addWidget(m_hits);
    m_splitter->setChildrenCollapsible(false);
    m_splitter->setObjectName(u"logSplitter"_s);
    m_splitter->setHandleWidth(3);
    m_splitter->setStretchFactor(0, 3);
    m_splitter->setStretchFactor(1, 2);
    m_hits->setCounting(false);
    m_view->setObjectName(u"logText"_s);
    m_view->setAccessibleName(tr("Log"));
    m_hits->setObjectName(u"logHits"_s);
    m_hits->setAccessibleName(tr("Lines of the log that were found"));
    m_hits->hide();
    setFocusProxy(m_view);
    m_view->setFollowing(true);

    connect(m_view, &LogView::followingChanged, m_desk->commands->action(u"log.follow"_s), &QAction::setChecked);
    connect(m_view, &LogView::currentLineChanged, this, [this](qint64 line) {
        if (!m_view->isFollowing())
            m_finder->setCurrentLine(line);
        allowFolding();
    });
    connect(m_minimap, &LogMinimap::lineWanted, this, [this](qint64 line) { m_view->goToLine(line); });
    connect(m_hits, &LogView::currentLineChanged, this, [this](qint64 line) {
        if (m_hits->hasFocus())
            m_view->goToLine(line);
    });
    connect(m_hits, &LogView::lineOpened, this, [this](qint64 line) {
        m_view->goToLine(line);
        m_view->setFocus(Qt::OtherFocusReason);
    });
    for (LogView *view : {m_view, m_hits}) {
        connect(view, &LogView::wasCopied, this, &LogPanel::tellCopied);
        connect(view, &LogView::nextWanted, this,
            [this, view](bool forward) { m_finder->goOn(forward, view->currentLine()); });
        connect(view, &LogView::zoomChanged, this, [this, view] {
            LogView *other = view == m_view ? m_hits : m_view;
            if (other->zoom() != view->zoom())
                other->setZoom(view->zoom());
        });
    }
    connect(m_finder, &LogFinder::found, this, [this](qint64 line) {
        m_view->goToLine(line);
        m_hits->goToLine(line);
    });
    connect(m_finder, &LogFinder::searchChanged, this, [this] {
        const LogSearch *search = m_finder->search();
        m_view->setMarks(search ? std::optional(search->matcher()) : std::nullopt);
        m_hits->setMarks(search ? std::optional(search->matcher()) : std::nullopt);
        m_hits->setText(search ? m_text : nullptr);
        m_hits->setRows(search ? search->sharedHits() : nullptr);
        showMarks();
    });
    connect(m_finder, &LogFinder::errorsChanged, this, &LogPanel::showMarks);
    connect(m_finder, &LogFinder::progressed, this, [this] {
        m_hits->grow();
        m_minimap->refresh();
    });
    connect(desk->times, &Times::changed, this, &LogPanel::followSwitch);
    connect(m_finder, &LogFinder::left, m_view, [this] { m_view->setFocus(Qt::OtherFocusReason); });
    connect(m_finder, &LogFinder::said, this,
        [this](const QString &text, bool isFault) { m_desk->navigator->notice(text, isFault); });
    connect(desk->liveRuns, &LiveRuns::runChanged, this, [this](const wire::RunRow &run) {
        if (run.id != m_run || !m_run || m_wantedAttempt != 0)
            return;
        if (run.attempts > attempt() && isLive(run.state))
            open(); // it has started, or another attempt has
    });
    connect(desk->session, &Session::clientChanged, this, [this] { show(RunId(), {}); });
    connect(desk->session, &Session::phaseChanged, this, &LogPanel::redraw);
    connect(desk->session, &Session::tick, this, [this] {
        if (isVisible() && m_fetch && m_fetch->state() == LogFetch::State::Coming)
            redraw();
    });
    redraw();
}

LogPanel::~LogPanel()
{
    close();
}

QWidget *LogPanel::makeBar()
{
    auto *bar = new QWidget;
    auto *layout = new QHBoxLayout(bar);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(6);
    layout->addWidget(m_heading);
    layout->addWidget(m_attempts);
    layout->addWidget(m_state, 1);
    layout->addWidget(m_finder);
    const auto add = [&](const QString &command) {
        QToolButton *button = makeButton(m_desk->commands->action(command));
        button->setToolButtonStyle(Qt::ToolButtonIconOnly);
        layout->addWidget(button);
    };
    add(u"log.hits"_s);
    layout->addWidget(m_out);
    layout->addWidget(m_err);
    layout->addWidget(m_stampKinds);
    for (const QString &command : {u"log.save"_s, u"log.follow"_s})
        add(command);
    m_attempts->setAccessibleName(tr("Attempt"));
    m_attempts->setToolTip(tr("Attempt whose log is shown"));
    connect(
        m_attempts, &QComboBox::activated, this, [this] { show(m_run, m_job, m_attempts->currentData().toInt(), 0); });
    fillStamps();
    for (QToolButton *each : {m_out, m_err})
        connect(each, &QToolButton::toggled, this, &LogPanel::setStreams);
    return bar;
}

void LogPanel::show(RunId run, const QString &job, int attempt, qint64 line)
{
    const bool same = run == m_run && attempt == m_wantedAttempt;
    m_job = job.isEmpty() && run == m_run ? m_job : job;
    m_wantedLine = line;
    if (same) {
        jump();
        return;
    }
    m_run = run;
    m_wantedAttempt = attempt;
    close();
    if (run)
        open();
    redraw();
}

void LogPanel::showSelected(RunId run, const QString &job)
{
    if (run != m_run)
        show(run, job);
    else if (std::exchange(m_job, job) != job) {
        setStamps();
        redraw();
    }
}

void LogPanel::close()
{
    m_streams.reset();
    m_finder->setSpool(nullptr);
    m_view->setText(nullptr);
    m_hits->setText(nullptr);
    m_text.reset();
    showMarks();
    m_fetch.reset();
}

void LogPanel::open()
{
    close();
    const LogFetch::Part part{
        .run = m_run, .attempt = m_wantedAttempt, .place = m_desk->session->address().url.toString()};
    m_fetch = std::make_unique<LogFetch>(m_desk->session->client(), part, &m_writing, spoolFolder());
    connect(m_fetch.get(), &LogFetch::changed, this, &LogPanel::onFetch);
    connect(m_fetch.get(), &LogFetch::grown, this, &LogPanel::onGrown);
    m_view->setFollowing(m_wantedLine == 0);
    redraw();
}

void LogPanel::onFetch()
{
    if (m_job.isEmpty() && m_fetch->detail())
        m_job = m_fetch->detail()->jobName; // a link names the run alone
    if (m_fetch->spool() && !m_text) {
        m_text = std::make_shared<LogText>(m_fetch->spool());
        m_view->setText(m_text);
        setStamps();
        m_finder->setSpool(m_fetch->spool());
        setStreams();
        showMarks();
    }
    if (m_text && m_fetch->state() == LogFetch::State::Complete && m_text->spool()->size() <= searchedAtOnce)
        m_finder->lookForErrors();
    redraw();
}

void LogPanel::onGrown()
{
    m_finder->grow();
    if (m_streams)
        m_streams->grow();
    m_view->grow();
    m_hits->grow();
    jump();
    redraw();
}

void LogPanel::jump()
{
    if (m_wantedLine == 0 || !m_text || m_text->lineCount() < m_wantedLine)
        return;
    m_view->goToLine(std::exchange(m_wantedLine, 0) - 1);
}

void LogPanel::setStreams()
{
    const int streams = 1 | 1 << LogSpool::Note | (m_out->isChecked() ? 1 << LogSpool::Stdout : 0)
        | (m_err->isChecked() ? 1 << LogSpool::Stderr : 0);
    m_finder->setStreams(streams);
    m_streams.reset();
    if (streams != 0xf && m_fetch && m_fetch->spool()) {
        const SearchSpec spec{.streams = streams};
        if (const auto matcher = LineMatcher::make(spec)) {
            m_streams = std::make_unique<LogSearch>(m_fetch->spool(), spec, *matcher, &m_searching);
            connect(m_streams.get(), &LogSearch::progressed, m_view, &LogView::grow);
        }
    }
    m_view->setRows(m_streams ? m_streams->sharedHits() : nullptr);
}

void LogPanel::showHits(bool on)
{
    m_hits->setVisible(on);
    if (on && !m_finder->search())
        m_finder->focusLine();
}

void LogPanel::showMarks()
{
    if (!m_text) {
        m_minimap->setMarks({});
        return;
    }
    // The spool lives as long as what speaks of its lines.
    const auto marked = [spool = m_text->spool()](LineMark mark) {
        return std::shared_ptr<const LineSet>(spool, &spool->index().marks().lines(mark));
    };
    const LogSearch *errors = m_finder->errors();
    const LogSearch *search = m_finder->search();
    m_minimap->setMarks({.errors = errors ? errors->sharedHits() : marked(LineMark::Error),
        .warnings = marked(LineMark::Warning),
        .hits = search ? search->sharedHits() : nullptr});
}

void LogPanel::redraw()
{
    m_heading->setText(m_run ? u"%1 #%2"_s.arg(m_job).arg(m_run.value).trimmed() : QString());
    m_heading->setVisible(bool(m_run));
    m_state->setText(m_fetch ? logStateText(*m_fetch, *m_desk) : QString());
    const int attempts = m_fetch && m_fetch->detail() ? int(m_fetch->detail()->attemptRows.size()) : 0;
    m_attempts->setVisible(attempts > 1);
    if (attempts != m_attempts->count()) {
        m_attempts->clear();
        for (int i = 1; i <= attempts; ++i)
            m_attempts->addItem(tr("attempt %1").arg(i), i);
    }
    m_attempts->setCurrentIndex(attempt() - 1);
    m_empty->setText(emptyText());
    m_end->update(m_fetch.get());
    m_body->setCurrentIndex(m_text && m_text->lineCount() > 0 ? 1 : 0);
    allowCommands();
}

QString LogPanel::emptyText() const
{
    if (!m_run)
        return tr("Select a run to see its log.");
    if (m_text && m_text->lineCount() > 0)
        return {};
    return m_fetch ? emptyLogText(*m_fetch, *m_desk) : QString();
}

QString LogPanel::text() const
{
    QStringList lines;
    for (qint64 i = 0; m_text && i < std::min(m_text->lineCount(), fewLines); ++i)
        lines += m_text->line(i).styled.text;
    return lines.join(u'\n');
}

} // namespace belfry

// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/logfinder.h"

#include "console/views/parts.h"

#include <QKeyEvent>
#include <QLineEdit>
#include <QLocale>
#include <QStyle>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

constexpr auto typingPause = 150ms;
// What a line says that speaks of trouble.
const auto errorRule = u"##\\[error\\]|\\b(?:errors?|exception|traceback|fatal|panic|segfault|failed)\\b"_s;

QToolButton *makeSwitch(const QString &text, const QString &name, const QString &tip)
{
    auto *button = new QToolButton;
    button->setText(text);
    button->setObjectName(name);
    button->setCheckable(true);
    button->setProperty("kind", u"action"_s);
    button->setToolTip(tip);
    button->setAccessibleName(tip);
    return button;
}

} // namespace

LogFinder::LogFinder(Desk *desk, Beside *beside, QWidget *parent)
    : QWidget(parent)
    , m_desk(desk)
    , m_beside(beside)
    , m_line(new QLineEdit)
    , m_count(makeLabel({}, u"muted"_s))
    , m_regex(makeSwitch(u".*"_s, u"logRegex"_s, tr("Regular expression")))
    , m_case(makeSwitch(u"Aa"_s, u"logCase"_s, tr("Match case")))
{
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(4);
    layout->addWidget(m_line);
    layout->addWidget(m_regex);
    layout->addWidget(m_case);
    layout->addWidget(m_count);
    m_line->setObjectName(u"logFind"_s);
    m_line->setAccessibleName(tr("Find in the log"));
    m_line->setPlaceholderText(tr("Find  (Ctrl+F)"));
    m_line->setClearButtonEnabled(true);
    m_line->addAction(desk->theme->icon(u"search"_s), QLineEdit::LeadingPosition);
    m_line->setFixedWidth(210);
    m_line->installEventFilter(this);
    m_count->setObjectName(u"logCount"_s);
    m_pause.setSingleShot(true);
    m_pause.setInterval(typingPause);
    connect(m_line, &QLineEdit::textChanged, this, [this] { m_pause.start(); });
    connect(&m_pause, &QTimer::timeout, this, &LogFinder::restart);
    connect(m_regex, &QToolButton::toggled, this, &LogFinder::restart);
    connect(m_case, &QToolButton::toggled, this, &LogFinder::restart);
    redraw();
}

bool LogFinder::eventFilter(QObject *watched, QEvent *event)
{
    const bool overrides = event->type() == QEvent::ShortcutOverride;
    if (watched != m_line || (!overrides && event->type() != QEvent::KeyPress))
        return QWidget::eventFilter(watched, event);
    const auto *key = static_cast<const QKeyEvent *>(event);
    if (overrides) {
        if (key->key() == Qt::Key_Escape)
            event->accept(); // it leads back to the log here, not out of the page
        return key->key() == Qt::Key_Escape;
    }
    if (key->key() == Qt::Key_Escape) {
        Q_EMIT left();
        return true;
    }
    if (key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter) {
        if (m_pause.isActive()) {
            m_pause.stop();
            restart();
        } else {
            goOn(!(key->modifiers() & Qt::ShiftModifier), m_at);
        }
        return true;
    }
    return QWidget::eventFilter(watched, event);
}

void LogFinder::focusLine()
{
    m_line->setFocus(Qt::ShortcutFocusReason);
    m_line->selectAll();
}

void LogFinder::setSpool(std::shared_ptr<LogSpool> spool)
{
    m_spool = std::move(spool);
    m_errors.reset();
    Q_EMIT errorsChanged();
    m_errorWish.reset();
    m_wish.reset();
    m_at = 0;
    m_search.reset();
    if (m_spool && !m_line->text().isEmpty()) {
        restart();
        m_wish.reset(); // a log that is only opened stays at its end
    } else {
        Q_EMIT searchChanged();
        redraw();
    }
}

void LogFinder::setStreams(int streams)
{
    if (std::exchange(m_streams, streams) != streams)
        restart();
}

void LogFinder::setCurrentLine(qint64 line)
{
    if (std::exchange(m_at, line) != line)
        redraw();
}

void LogFinder::grow()
{
    if (m_search)
        m_search->grow();
    if (m_errors)
        m_errors->grow();
}

void LogFinder::restart()
{
    const SearchSpec spec{.pattern = m_line->text(),
        .regex = m_regex->isChecked(),
        .caseSensitive = m_case->isChecked(),
        .streams = m_streams};
    if (m_search && m_search->spec() == spec)
        return;
    m_search.reset();
    m_wish.reset();
    m_line->setToolTip({});
    QString judgement;
    if (m_spool && !spec.pattern.isEmpty()) {
        const auto matcher = LineMatcher::make(spec);
        if (!matcher) {
            judgement = u"bad"_s;
            m_line->setToolTip(matcher.error().message);
        } else {
            m_search = std::make_unique<LogSearch>(m_spool, spec, *matcher, m_beside);
            connect(m_search.get(), &LogSearch::progressed, this, &LogFinder::onProgress);
            m_wish = Wish{.from = m_at, .first = true};
        }
    }
    m_line->setProperty("judgement", judgement);
    m_line->style()->unpolish(m_line);
    m_line->style()->polish(m_line);
    Q_EMIT searchChanged();
    redraw();
}

QString LogFinder::countText() const
{
    if (m_line->property("judgement").toString() == "bad"_L1)
        return tr("not a pattern");
    if (!m_search)
        return {};
    if (!m_search->fault().isEmpty())
        return tr("cannot search");
    const qint64 count = m_search->hits().count();
    const QString figure = QLocale().toString(count);
    if (!m_search->isDone() && m_spool->lineCount() > 0)
        return tr("%1 in %2 %").arg(figure).arg(100 * m_search->searched() / std::max<qint64>(1, m_spool->lineCount()));
    if (count == 0)
        return tr("no line");
    const qint64 position = m_search->hits().position(m_at);
    const bool isHit = m_search->hits().at(position) == m_at;
    return isHit ? tr("%1 of %2").arg(QLocale().toString(position + 1), figure) : count == 1 ? tr("1 line") : tr("%1 lines").arg(figure);
}

void LogFinder::redraw()
{
    const QString text = countText();
    m_count->setText(text);
    m_count->setVisible(!text.isEmpty());
    m_count->setToolTip(m_search && m_search->costly() > 0
            ? tr("Lines that were given up, for the pattern needs too many steps there: %1").arg(m_search->costly())
            : QString());
    m_line->setAccessibleDescription(text);
}

void LogFinder::onProgress()
{
    grant(m_search.get(), m_wish, {});
    redraw();
    Q_EMIT progressed();
}

std::optional<qint64> LogFinder::hitFor(const LogSearch &search, const Wish &wish, bool &wrapped)
{
    const LineSet &hits = search.hits();
    wrapped = false;
    if (wish.forward) {
        const qint64 next = hits.at(hits.position(wish.first ? wish.from : wish.from + 1));
        if (next >= 0)
            return next;
        wrapped = true;
        return search.isDone() && hits.count() > 0 ? std::optional(hits.at(0)) : std::nullopt;
    }
    // What comes before is known once the search has come so far.
    if (search.searched() < wish.from && !search.isDone())
        return std::nullopt;
    if (const qint64 position = hits.position(wish.from); position > 0)
        return hits.at(position - 1);
    wrapped = true;
    return search.isDone() && hits.count() > 0 ? std::optional(hits.at(hits.count() - 1)) : std::nullopt;
}

void LogFinder::grant(const LogSearch *search, std::optional<Wish> &wish, const QString &nothing)
{
    if (!search || !wish)
        return;
    bool wrapped = false;
    const auto line = hitFor(*search, *wish, wrapped);
    if (!line && !search->isDone())
        return;
    const bool forward = wish->forward;
    const bool typed = wish->first;
    wish.reset();
    if (!line) {
        if (!nothing.isEmpty())
            Q_EMIT said(nothing, false);
        return;
    }
    if (wrapped && !typed)
        Q_EMIT said(forward ? tr("Went on from the beginning of the log.") : tr("Went on from the end of the log."), false);
    m_at = *line;
    redraw();
    Q_EMIT found(*line);
}

void LogFinder::goOn(bool forward, qint64 fromLine)
{
    if (!m_search) {
        focusLine();
        return;
    }
    m_wish = Wish{.forward = forward, .from = fromLine};
    grant(m_search.get(), m_wish, tr("No line of the log has it."));
}

void LogFinder::lookForErrors()
{
    if (!m_spool || m_errors)
        return;
    const SearchSpec spec{.pattern = errorRule, .regex = true};
    const auto matcher = LineMatcher::make(spec);
    if (!matcher)
        qFatal("the rule for errors is wrong: %s", qPrintable(matcher.error().message));
    m_errors = std::make_unique<LogSearch>(m_spool, spec, *matcher, m_beside);
    connect(m_errors.get(), &LogSearch::progressed, this, [this] {
        grant(m_errors.get(), m_errorWish, tr("No line of the log speaks of an error."));
        Q_EMIT errorsChanged();
    });
    Q_EMIT errorsChanged();
}

void LogFinder::goToError(bool forward, qint64 fromLine)
{
    if (!m_spool)
        return;
    lookForErrors();
    m_errorWish = Wish{.forward = forward, .from = fromLine};
    grant(m_errors.get(), m_errorWish, tr("No line of the log speaks of an error."));
}

} // namespace belfry

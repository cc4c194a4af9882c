// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/logview.h"

#include "console/logs/logsearch.h"
#include "console/views/logminimap.h"
#include "shared/base/random.h"
#include "tests/patience.h"

#include <QAccessible>
#include <QApplication>
#include <QClipboard>
#include <QPushButton>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTemporaryDir>

using namespace belfry;
using namespace Qt::StringLiterals;

namespace {

constexpr double contrastOfText = 4.5; // WCAG 2.1, 1.4.3

} // namespace

class TestLogView : public QObject
{
    Q_OBJECT

    QTemporaryDir m_folder;
    int m_spools = 0;
    std::unique_ptr<Theme> m_theme;
    std::shared_ptr<LogSpool> m_spool;
    std::shared_ptr<LogText> m_text;
    std::unique_ptr<LogView> m_view;

    void append(const QByteArray &bytes, int stream = 1, qint64 at = 1000)
    {
        const qint64 offset = m_spool->logOffset();
        const Status status = m_spool->append(offset, bytes, {{offset, int(bytes.size()), stream, Instant(at)}});
        if (!status)
            qFatal("%s", qPrintable(status.error().message));
        if (m_view)
            m_view->grow();
    }
    void appendLines(int from, int until)
    {
        QByteArray bytes;
        for (int i = from; i <= until; ++i)
            bytes += "line " + QByteArray::number(i) + '\n';
        append(bytes);
    }
    QString first() { return m_view->visibleText().value(0); }
    QString last()
    {
        // The last row may be seen in part only.
        const QStringList seen = m_view->visibleText();
        return seen.value(seen.size() - 1);
    }
    void key(Qt::Key which, Qt::KeyboardModifiers modifiers = Qt::NoModifier)
    {
        QTest::keyClick(m_view.get(), which, modifiers);
    }

private Q_SLOTS:
    void init()
    {
        m_theme = std::make_unique<Theme>();
        m_theme->applyToApplication();
        const auto opened = LogSpool::open(m_folder.path(), QString::number(++m_spools));
        QVERIFY2(opened, qPrintable(opened ? QString() : opened.error().message));
        m_spool = *opened;
        m_text = std::make_shared<LogText>(m_spool);
        m_view = std::make_unique<LogView>(m_theme.get());
        m_view->resize(600, 300);
        m_view->setText(m_text);
        m_view->show();
        m_view->activateWindow();
        m_view->setFocus();
    }
    void cleanup()
    {
        m_view.reset();
        m_text.reset();
        m_spool.reset();
        m_theme.reset();
    }

    void followsTheEnd()
    {
        m_view->setFollowing(true);
        appendLines(1, 100);
        QCOMPARE(last(), u"line 100"_s);
        append("line 10");
        append("1\nline 102\n");
        QCOMPARE(last(), u"line 102"_s);
        QCOMPARE(m_view->currentLine(), 101);
    }

    void scrollingUpStopsItAndThePillLeadsBack()
    {
        QSignalSpy following(m_view.get(), &LogView::followingChanged);
        m_view->setFollowing(true);
        appendLines(1, 100);
        key(Qt::Key_PageUp);
        QVERIFY(!m_view->isFollowing());
        QCOMPARE(following.count(), 2);
        const QString top = first();
        auto *pill = m_view->findChild<QPushButton *>(u"newLines"_s);
        QVERIFY(pill->isHidden());
        appendLines(101, 242);
        QCOMPARE(first(), top); // what is read stays where it is
        QVERIFY(!pill->isHidden());
        QCOMPARE(pill->text(), u"142 new lines"_s);
        QTest::mouseClick(pill, Qt::LeftButton);
        QVERIFY(m_view->isFollowing());
        QVERIFY(pill->isHidden());
        QCOMPARE(last(), u"line 242"_s);
    }

    void theWheelStopsAndBeginsIt()
    {
        m_view->setFollowing(true);
        appendLines(1, 100);
        m_view->verticalScrollBar()->triggerAction(QScrollBar::SliderPageStepSub);
        QTRY_VERIFY(!m_view->isFollowing());
        m_view->verticalScrollBar()->triggerAction(QScrollBar::SliderToMaximum);
        QTRY_VERIFY(m_view->isFollowing());
    }

    void keysMoveTheCurrentLine()
    {
        appendLines(1, 500);
        QCOMPARE(first(), u"line 1"_s);
        key(Qt::Key_Down);
        key(Qt::Key_Down);
        QCOMPARE(m_view->currentLine(), 2);
        QVERIFY(m_view->accessibleDescription().contains(u"Line 3: line 3"));
        key(Qt::Key_PageDown);
        QVERIFY(m_view->currentLine() > 5);
        key(Qt::Key_End);
        QVERIFY(m_view->isFollowing());
        QCOMPARE(last(), u"line 500"_s);
        key(Qt::Key_Home);
        QCOMPARE(first(), u"line 1"_s);
        m_view->goToLine(249);
        QVERIFY(m_view->visibleText().contains(u"line 250"_s));
        QCOMPARE(m_view->currentLine(), 249);
    }

    void copiesPlainText()
    {
        append("\x1b[31mred\x1b[0m one\n10%\r20%\nthree\n");
        key(Qt::Key_A, Qt::ControlModifier);
        QVERIFY(m_view->hasSelection());
        key(Qt::Key_C, Qt::ControlModifier);
        QCOMPARE(QApplication::clipboard()->text(), u"red one\n20%\nthree"_s);
        key(Qt::Key_Home);
        QVERIFY(!m_view->hasSelection());
        key(Qt::Key_Down, Qt::ShiftModifier);
        QCOMPARE(m_view->copied(LogCopy::Form::Plain).text, u"red one\n20%"_s);
        // Without a selection, the line.
        key(Qt::Key_Down);
        key(Qt::Key_C, Qt::ControlModifier);
        QCOMPARE(QApplication::clipboard()->text(), u"three"_s);
    }

    void theMouseSelects()
    {
        append("first words\nsecond words\n");
        const QFontMetricsF metrics(Theme::fixedFont());
        const int row = int(metrics.height() * 1.12);
        QWidget *viewport = m_view->viewport();
        QTest::mousePress(viewport, Qt::LeftButton, {}, QPoint(0, row / 2));
        QTest::mouseMove(viewport, QPoint(viewport->width() - 5, row + row / 2));
        QTest::mouseRelease(viewport, Qt::LeftButton, {}, QPoint(viewport->width() - 5, row + row / 2));
        QCOMPARE(m_view->copied(LogCopy::Form::Plain).text, u"first words\nsecond words"_s);
    }

    void showsOnlySomeLines()
    {
        appendLines(1, 300);
        Beside beside;
        const SearchSpec spec{.pattern = u"7"_s};
        LogSearch search(m_spool, spec, *LineMatcher::make(spec), &beside);
        QTRY_VERIFY(search.isDone());
        m_view->setRows(search.sharedHits());
        QCOMPARE(m_view->rowCount(), 57);
        key(Qt::Key_Home);
        key(Qt::Key_Down);
        QCOMPARE(m_view->currentLine(), 16);
        QSignalSpy opened(m_view.get(), &LogView::lineOpened);
        key(Qt::Key_Return);
        QCOMPARE(opened.count(), 1);
        QCOMPARE(opened[0][0].toLongLong(), 16);
        m_view->setRows(nullptr);
        QCOMPARE(m_view->rowCount(), 300);
        QCOMPARE(m_view->currentLine(), 16);
        QVERIFY(m_view->visibleText().contains(u"line 17"_s));
    }

    // Whatever a job prints, it is drawn without harm, in every scheme and size.
    void drawsAnything()
    {
        SeededRandom random(11);
        static constexpr auto pieces
            = std::to_array<const char *>({"text ", "\t", "\x1b[1;31m", "\x1b[38;5;17;48;5;16m", "\x1b[0m", "\xff\xfe",
                "日本語", "ünï", "\r", "👩‍👩‍👧", "e\u0301", "\u202E", "##[error]", "\x1b[7m", "\n##[group]",
                "\n##[endgroup]", "\n##[warning]"});
        for (int line = 0; line < 200; ++line) {
            QByteArray bytes;
            for (int i = int(random.below(30)); i > 0; --i)
                bytes += pieces[random.below(pieces.size())];
            append(bytes + '\n', 1 + int(random.below(2)));
        }
        append(QByteArray(3 << 20, 'w') + '\n' + QByteArray(100'000, '\xc3') + '\n');
        QVERIFY(m_spool->addNote(u"[9 B of the log are missing here]"_s, m_spool->logOffset() + 9));
        m_view->grow();
        m_view->setMarks(*LineMatcher::make({.pattern = u"t"_s}));
        for (const Scheme scheme : {Scheme::Light, Scheme::Dark, Scheme::Contrast}) {
            m_theme->setScheme(scheme);
            for (const auto kind : {LogStamps::Kind::None, LogStamps::Kind::Relative, LogStamps::Kind::Clock}) {
                m_view->setStamps({.kind = kind, .origin = Instant(500)});
                m_view->setZoom(int(random.below(8)) - 3);
                key(Qt::Key_A, Qt::ControlModifier);
                for (qint64 line = 0; line < m_text->lineCount(); line += 37) {
                    m_view->goToLine(line);
                    QVERIFY(!m_view->viewport()->grab().isNull());
                }
            }
        }
    }

    void everyColourCanBeRead()
    {
        const LogColors colors(m_theme.get());
        for (const Scheme scheme : {Scheme::Light, Scheme::Dark, Scheme::Contrast}) {
            m_theme->setScheme(scheme);
            std::vector<TextColor> all{{}};
            for (quint32 i = 0; i < 256; ++i)
                all.push_back({.kind = TextColor::Indexed, .value = i & 0xff});
            SeededRandom random(5);
            for (int i = 0; i < 200; ++i)
                all.push_back({.kind = TextColor::Rgb, .value = quint32(random.below(1 << 24)) & 0xffffff});
            for (const QString &base : {u"surface"_s, u"hover"_s, u"faultField"_s, u"notice"_s}) {
                const QColor ground = m_theme->color(base);
                const auto check = [&](const TextStyle &style) {
                    const LogColors::Inks inks = colors.inksOf(style, ground);
                    return contrastOf(inks.ink, inks.ground.isValid() ? inks.ground : ground) >= contrastOfText;
                };
                for (std::size_t i = 0; i < all.size(); ++i)
                    for (const int flags : {0, int(TextStyle::Inverse), int(TextStyle::Faint)}) {
                        QVERIFY(check({.ink = all[i], .ground = {}, .flags = quint8(flags)}));
                        QVERIFY(check({.ink = {}, .ground = all[i], .flags = quint8(flags)}));
                        QVERIFY(
                            check({.ink = all[i], .ground = all[(i * 7 + 3) % all.size()], .flags = quint8(flags)}));
                    }
            }
            // The sixteen are as the theme has them: nothing has to be mended.
            for (int i = 0; i < 16; ++i) {
                const QColor own = m_theme->color(u"ansi%1"_s.arg(i));
                QCOMPARE(colors
                             .inksOf({.ink = {.kind = TextColor::Indexed, .value = quint32(i) & 0xff}, .ground = {}},
                                 m_theme->color(u"surface"_s))
                             .ink,
                    own);
            }
        }
    }

    void timesAreToldInAZone()
    {
        const Instant at(1'774'746'000'250); // 2026-03-29 01:00:00.250 UTC: Berlin's clock jumps from 2 to 3
        LogStamps stamps{.kind = LogStamps::Kind::Clock};
        QCOMPARE(stamps.text(at), u"01:00:00.250"_s);
        stamps.zone = *Zone::make(u"Europe/Berlin");
        QCOMPARE(stamps.text(at), u"03:00:00.250"_s);
        QCOMPARE(stamps.text(Instant(at.ms - 251)), u"01:59:59.999"_s);
        stamps = {.kind = LogStamps::Kind::Relative, .origin = Instant(at.ms - 3'661'001)};
        QCOMPARE(stamps.text(at), u"+1:01:01.001"_s);
        QCOMPARE(stamps.text(Instant(0)), QString()); // not known
        stamps.kind = LogStamps::Kind::None;
        QCOMPARE(stamps.text(at), QString());
    }

    void groupsAreFoldedByKeys()
    {
        append("before\n##[group]build\none\ntwo\n##[endgroup]\nafter\n");
        const auto rows = [this] { return m_view->visibleText().join(u'|'); };
        key(Qt::Key_Home);
        key(Qt::Key_Left); // no header: it scrolls
        key(Qt::Key_Down);
        QVERIFY(m_view->accessibleDescription().contains(u"a group of 3 lines"));
        key(Qt::Key_Left);
        QCOMPARE(rows(), u"before|##[group]build|after"_s);
        QVERIFY(m_view->accessibleDescription().contains(u"folded"));
        key(Qt::Key_Down);
        QCOMPARE(m_view->currentLine(), 5); // its number is that of the log
        key(Qt::Key_Up);
        key(Qt::Key_Right);
        QCOMPARE(m_view->rowCount(), 6);
        QSignalSpy opened(m_view.get(), &LogView::lineOpened);
        key(Qt::Key_Return);
        QCOMPARE(m_view->rowCount(), 3);
        QCOMPARE(opened.count(), 0);
        QVERIFY(!m_view->viewport()->grab().isNull());
        // What is folded is copied with the rest.
        key(Qt::Key_A, Qt::ControlModifier);
        QCOMPARE(m_view->copied(LogCopy::Form::Plain).text,
            u"before\n##[group]build\none\ntwo\n##[endgroup]\nafter"_s);
        // Whatever leads to a line shows it.
        m_view->goToLine(3);
        QCOMPARE(m_view->currentLine(), 3);
        QCOMPARE(m_view->rowCount(), 6);
        m_view->foldAll(true);
        QCOMPARE(m_view->currentLine(), 1); // the header of where it was
        QCOMPARE(m_view->rowCount(), 3);
        m_view->foldAll(false);
        QCOMPARE(m_view->rowCount(), 6);
    }

    void aClickBesideTheHeaderFoldsIt()
    {
        append("##[group]build\none\n##[endgroup]\nafter\n");
        const QFontMetricsF metrics(Theme::fixedFont());
        const int row = int(metrics.height() * 1.12);
        QWidget *viewport = m_view->viewport();
        QTest::mouseClick(viewport, Qt::LeftButton, {}, QPoint(5, row + row / 2));
        QCOMPARE(m_view->rowCount(), 4);
        QTest::mouseClick(viewport, Qt::LeftButton, {}, QPoint(5, row / 2));
        QCOMPARE(m_view->rowCount(), 2);
        QTest::mouseClick(viewport, Qt::LeftButton, {}, QPoint(5, row / 2));
        QCOMPARE(m_view->rowCount(), 4);
    }

    void followsWithFoldedGroups()
    {
        m_view->setFollowing(true);
        appendLines(1, 100);
        m_view->foldAll(true);
        append("##[group]long\n");
        appendLines(102, 300);
        QVERIFY(m_view->isFollowing());
        QCOMPARE(last(), u"line 300"_s); // under way: it stays in sight
        append("##[endgroup]\nend\n");
        QCOMPARE(m_view->rowCount(), 102);
        QCOMPARE(last(), u"end"_s);
    }

    void theMinimapHasAMarkForAPixel()
    {
        QByteArray bytes;
        for (int i = 0; i < 100'000; ++i)
            bytes += i == 50'000 ? "##[error]here\n" : i % 2 == 0 ? "##[warning]w\n" : "text\n";
        append(bytes);
        LogMinimap map(m_theme.get(), m_view.get());
        map.resize(14, 300);
        map.show();
        const auto marked = [this](LineMark mark) {
            return std::shared_ptr<const LineSet>(m_spool, &m_spool->index().marks().lines(mark));
        };
        map.setMarks({.errors = marked(LineMark::Error), .warnings = marked(LineMark::Warning), .hits = nullptr});
        QTRY_COMPARE(map.map().height(), 300);
        QVERIFY(map.accessibleDescription().contains(u"1"));
        int errors = 0, warnings = 0;
        for (int y = 0; y < 300; ++y) {
            errors += map.map().at(y) & LogMap::Error ? 1 : 0;
            warnings += map.map().at(y) & LogMap::Warning ? 1 : 0;
        }
        QCOMPARE(errors, 1);
        QCOMPARE(warnings, 300);
        QVERIFY(!map.grab().isNull());
        QSignalSpy wanted(&map, &LogMinimap::lineWanted);
        QTest::mouseClick(&map, Qt::LeftButton, {}, QPoint(5, 152)); // near it is enough
        QCOMPARE(wanted.count(), 1);
        QCOMPARE(wanted[0][0].toLongLong(), 50'000);
        map.setMarks({});
        QTRY_COMPARE(int(map.map().at(150)), 0);
        QTest::mouseClick(&map, Qt::LeftButton, {}, QPoint(5, 75));
        QCOMPARE(wanted[1][0].toLongLong(), 25'000);
    }

    void aMillionLinesAreScrolled()
    {
        QByteArray bytes;
        for (int i = 0; i < 1'000'000; ++i)
            bytes += "a line of a log\n";
        append(bytes);
        QCOMPARE(m_view->rowCount(), 1'000'000);
        key(Qt::Key_End);
        QCOMPARE(m_view->currentLine(), 999'999);
        m_view->goToLine(500'000);
        QCOMPARE(m_view->currentLine(), 500'000);
        QVERIFY(!m_view->viewport()->grab().isNull());
    }
};

QTEST_MAIN(TestLogView)
#include "tst_logview.moc"

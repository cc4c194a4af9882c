// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/logs/logcopy.h"
#include "console/logs/logmap.h"
#include "console/logs/savelog.h"

#include "shared/base/random.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <zstd.h>

using namespace belfry;
using namespace Qt::StringLiterals;

namespace {

void append(LogSpool &spool, const QByteArray &bytes)
{
    const Status status
        = spool.append(spool.logOffset(), bytes, {{spool.logOffset(), int(bytes.size()), 1, Instant(1)}});
    if (!status)
        qFatal("%s", qPrintable(status.error().message));
}

QByteArray contentOf(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

QByteArray unpacked(const QByteArray &packed)
{
    QByteArray all(16 << 20, '\0');
    ZSTD_DCtx *context = ZSTD_createDCtx();
    ZSTD_inBuffer in{packed.constData(), std::size_t(packed.size()), 0};
    ZSTD_outBuffer out{all.data(), std::size_t(all.size()), 0};
    std::size_t left = 1;
    while (left != 0 && !ZSTD_isError(left) && in.pos < in.size && out.pos < out.size)
        left = ZSTD_decompressStream(context, &out, &in);
    ZSTD_freeDCtx(context);
    all.truncate(qsizetype(out.pos));
    return left == 0 ? all : QByteArray("not whole");
}

} // namespace

// What is taken out of a log: to a clipboard, to a file, to the strip beside it.
class TestTaking : public QObject
{
    Q_OBJECT

    QTemporaryDir m_folder;
    int m_spools = 0;
    std::shared_ptr<LogSpool> m_spool;
    std::unique_ptr<LogText> m_text;
    LogRows m_rows;

    QString copied(LogPosition from, LogPosition until, LogCopy::Form form = LogCopy::Form::Plain)
    {
        return copyLog(*m_text, m_rows, from, until, form).text;
    }

private Q_SLOTS:
    void init()
    {
        const auto opened = LogSpool::open(m_folder.path(), QString::number(++m_spools));
        QVERIFY2(opened, qPrintable(opened ? QString() : opened.error().message));
        m_spool = *opened;
        m_text = std::make_unique<LogText>(m_spool);
        m_rows.setSpool(m_spool);
    }

    void fromOnePlaceToAnother()
    {
        append(*m_spool, "one\ntwo\n\nfour");
        QCOMPARE(copied({0, 1}, {1, 2}), u"ne\ntw"_s);
        QCOMPARE(copied({1, 1}, {1, 2}), u"w"_s);
        QCOMPARE(copied({1, 99}, {3, 99}), u"\n\nfour"_s);
        QCOMPARE(copied({0, 0}, {99, 0}), u"one\ntwo\n\nfour"_s);
        const LogCopy copy = copyLog(*m_text, m_rows, {1, 0}, {3, 0}, LogCopy::Form::Plain);
        QCOMPARE(copy.firstLine, 1);
        QCOMPARE(copy.lastLine, 3);
        QVERIFY(!copy.isCut);
        auto some = std::make_shared<LineSet>();
        some->add({0, 3});
        m_rows.setOnly(some);
        QCOMPARE(copied({0, 0}, {3, 9}), u"one\nfour"_s);
    }

    void moreThanAClipboardBearsIsCut()
    {
        append(*m_spool, QByteArray(qsizetype(LogCopy::most) - 5, 'x') + "\nsecond line\n");
        const LogCopy copy = copyLog(*m_text, m_rows, {0, 0}, {1, 99}, LogCopy::Form::Plain);
        QVERIFY(copy.isCut);
        QCOMPARE(copy.text.size(), qsizetype(LogCopy::most));
    }

    // Read again, it looks the same; and nothing but colours is in it.
    void coloursComeWithIt()
    {
        append(*m_spool, "\x1b[1;31mred \x1b[0mplain\x1b]0;title\x07 \x1b[38;5;200;48;2;1;2;3mx\x1b[2K\nstill\n");
        QCOMPARE(copied({0, 0}, {0, 99}, LogCopy::Form::Ansi),
            u"\x1b[1;31mred \x1b[0mplain \x1b[38;5;200;48;2;1;2;3mx\x1b[0m"_s);
        QCOMPARE(copied({0, 2}, {0, 6}, LogCopy::Form::Ansi), u"\x1b[1;31md \x1b[0mpl"_s);
        QCOMPARE(copied({1, 0}, {1, 99}, LogCopy::Form::Ansi), u"\x1b[38;5;200;48;2;1;2;3mstill\x1b[0m"_s);
        SeededRandom random(4);
        for (int i = 0; i < 200; ++i) {
            StyledText text;
            for (int run = 0; run < 4; ++run) {
                const auto color = [&]() -> TextColor {
                    switch (random.below(3)) {
                    case 0:
                        return {};
                    case 1:
                        return {.kind = TextColor::Indexed, .value = quint32(random.below(256)) & 0xff};
                    default:
                        return {.kind = TextColor::Rgb, .value = quint32(random.below(1 << 24)) & 0xffffff};
                    }
                };
                const TextStyle style{color(), color(), quint8(random.below(128))};
                if (!text.runs.empty() && text.runs.back().style == style)
                    continue;
                text.runs.push_back({text.text.size(), 3, style});
                text.text += u"abc"_s;
            }
            TextStyle style;
            QCOMPARE(styledLine(toAnsi(text).toUtf8(), style), text);
        }
    }

    void markdownIsClosedByItsOwnEndOnly()
    {
        QCOMPARE(toMarkdown(u"ops/a_b #3, line 4"_s, u"belfry://prod/run/3?line=4"_s, u"text"_s),
            u"[ops/a\\_b #3, line 4](belfry://prod/run/3?line=4)\n\n```text\ntext\n```\n"_s);
        const QString tricky = toMarkdown(u"x"_s, u"y"_s, u"a\n````\nb"_s);
        QCOMPARE(tricky, u"[x](y)\n\n`````text\na\n````\nb\n`````\n"_s);
    }

    void savedAsItIsOrPacked()
    {
        SeededRandom random(8);
        QByteArray bytes("\x1b[31mfirst\xff\n", 12);
        for (int i = 0; i < 700'000; ++i)
            bytes += char('a' + random.below(26));
        append(*m_spool, bytes);
        QVERIFY(m_spool->addNote(u"[4 B are missing]"_s, m_spool->logOffset() + 4));
        append(*m_spool, "end");
        const QString plain = m_folder.filePath(u"a.log"_s);
        const QString packed = m_folder.filePath(u"a.log.zst"_s);
        QVERIFY(saveLog(*m_spool, plain));
        QVERIFY(saveLog(*m_spool, packed));
        // The line break before the note is not the job's alone, but without it lines would run together.
        QCOMPARE(contentOf(plain), bytes + "\nend");
        QCOMPARE(unpacked(contentOf(packed)), bytes + "\nend");
        QVERIFY(contentOf(packed).size() < bytes.size());
        const Status failed = saveLog(*m_spool, m_folder.filePath(u"none/a.log"_s));
        QVERIFY(!failed);
        QVERIFY(failed.error().message.contains(u"none/a.log"));
    }

    void anEmptyLogIsPackedAsWell()
    {
        const QString packed = m_folder.filePath(u"empty.zst"_s);
        QVERIFY(saveLog(*m_spool, packed));
        QVERIFY(!contentOf(packed).isEmpty());
        QCOMPARE(unpacked(contentOf(packed)), QByteArray());
    }

    void theMapAgreesWithAList()
    {
        SeededRandom random(12);
        for (int turn = 0; turn < 30; ++turn) {
            init();
            const int lines = 1 + int(random.below(turn < 10 ? 40 : 5000));
            append(*m_spool, QByteArray("x\n").repeated(lines));
            auto errors = std::make_shared<LineSet>();
            std::vector<qint64> list;
            for (qint64 line = qint64(random.below(9)); line < lines; line += 1 + qint64(random.below(900)))
                list.push_back(line);
            errors->add(list);
            const int height = 1 + int(random.below(300));
            const qint64 least = qint64(random.below(60));
            const LogMap::Marks marks{.errors = errors, .warnings = nullptr, .hits = nullptr};
            const LogMap map(m_rows, marks, height, least);
            std::vector<quint8> expected(std::size_t(height), 0);
            for (const qint64 line : list)
                expected[std::size_t(line * height / std::max<qint64>(lines, least))] = LogMap::Error;
            for (int step = 0; step < height; ++step)
                QCOMPARE(int(map.at(step)), int(expected[std::size_t(step)]));
            if (!list.empty()) {
                quint8 mark = 0;
                const qint64 line = map.lineNear(m_rows, marks, map.stepOf(list.front()), &mark);
                QVERIFY(std::find(list.begin(), list.end(), line) != list.end());
                QCOMPARE(int(mark), int(LogMap::Error));
            }
        }
    }

    void aFoldedMarkIsAtItsHeader()
    {
        append(*m_spool, "##[group]a\n" + QByteArray("x\n").repeated(50) + "##[error]e\n##[endgroup]\nlast\n");
        m_rows.folds()->foldAll();
        QCOMPARE(m_rows.count(), 2);
        auto errors = std::make_shared<LineSet>();
        errors->add({51});
        const LogMap::Marks marks{.errors = errors, .warnings = nullptr, .hits = nullptr};
        const LogMap map(m_rows, marks, 100, 2);
        QCOMPARE(int(map.at(0)), int(LogMap::Error));
        QCOMPARE(int(map.at(50)), 0);
        QCOMPARE(map.lineNear(m_rows, marks, 2, nullptr), 51);
        QCOMPARE(map.lineNear(m_rows, marks, 40, nullptr), -1);
    }
};

QTEST_GUILESS_MAIN(TestTaking)
#include "tst_taking.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/cli/logprinter.h"

#include <QTest>

#include <memory>

using namespace belfry;

namespace {

// What a printer writes.
class Paper
{
public:
    Paper()
        : m_file(std::tmpfile())
    { }
    ~Paper() { std::fclose(m_file); }
    std::FILE *file() const { return m_file; }
    QByteArray text() const
    {
        std::fflush(m_file);
        std::rewind(m_file);
        QByteArray all(1 << 16, '\0');
        all.resize(qsizetype(std::fread(all.data(), 1, std::size_t(all.size()), m_file)));
        return all;
    }

private:
    std::FILE *m_file;
};

const Instant second(1'000);

LogBytes logOf(const std::vector<std::pair<QByteArray, int>> &reads, std::optional<int> stream = {})
{
    LogBytes log;
    qint64 offset = 100;
    QByteArray bytes;
    std::vector<wire::LogIndexEntry> index;
    for (const auto &[text, from] : reads) {
        index.push_back({offset + bytes.size(), int(text.size()), from, Instant(second.ms * qint64(index.size()))});
        bytes += text;
    }
    log.add(offset, bytes, index, stream);
    return log;
}

} // namespace

class TestLogPrinter : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void printsBytesAsTheyAre()
    {
        const Paper paper;
        LogPrinter printer({}, paper.file());
        const QByteArray bytes = QByteArray("a\r\n\x1b[2J\0\xff", 9);
        printer.print(logOf({{bytes, 1}}));
        printer.finish();
        QCOMPARE(paper.text(), bytes);
        QVERIFY(printer.isGood());
    }

    void chopsOutOneStream()
    {
        QCOMPARE(logOf({{"out 1\n", 1}, {"err 1\n", 2}, {"out 2\n", 1}}, 1).bytes, QByteArray("out 1\nout 2\n"));
        QCOMPARE(logOf({{"out 1\n", 1}, {"err 1\n", 2}, {"out 2\n", 1}}, 2).bytes, QByteArray("err 1\n"));
    }

    void trustsNoIndexBeyondItsBytes()
    {
        LogBytes log;
        log.add(10, "abc", {{5, 7, 1, second}, {12, 100, 1, second}, {500, 3, 1, second}}, {});
        qsizetype length = 0;
        for (const LogBytes::Span &each : log.spans)
            length += each.length;
        QCOMPARE(length, log.bytes.size());
    }

    void stampsLinesNotReads()
    {
        const Paper paper;
        LogPrinter printer({.timestamps = true}, paper.file());
        printer.print(logOf({{"a", 1}, {"b\nc\n", 1}, {"d", 1}}));
        printer.print(logOf({{"e\n\nf", 1}}));
        QCOMPARE(paper.text(),
            QByteArray("1970-01-01T00:00:00.000Z ab\n1970-01-01T00:00:01.000Z c\n1970-01-01T00:00:02.000Z de\n"
                       "1970-01-01T00:00:00.000Z \n1970-01-01T00:00:00.000Z f"));
    }

    void endsAColourWithItsAttempt()
    {
        const Paper paper;
        LogPrinter printer({.safe = true}, paper.file());
        printer.print(logOf({{"\x1b[31mred\xe5", 1}}));
        printer.finish();
        printer.print(logOf({{"next\n", 1}}));
        QCOMPARE(paper.text(), QByteArray("\x1b[31mred\\xe5\x1b[0mnext\n"));
    }

    void tellsOfAFileThatIsFull()
    {
        const std::unique_ptr<std::FILE, int (*)(std::FILE *)> full(std::fopen("/dev/full", "w"), &std::fclose);
        if (!full)
            QSKIP("there is no /dev/full here");
        LogPrinter printer({}, full.get());
        printer.print(logOf({{QByteArray(100'000, 'x'), 1}}));
        QVERIFY(!printer.isGood());
    }
};

QTEST_APPLESS_MAIN(TestLogPrinter)
#include "tst_logprinter.moc"

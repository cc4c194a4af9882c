// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/cli/safetext.h"

#include <QTest>

using namespace belfry;
using namespace Qt::StringLiterals;

namespace {

QByteArray shown(const QByteArray &bytes)
{
    SafeText safe;
    const QByteArray front = safe.take(bytes);
    return front + safe.finish();
}

QByteArray shownByteByByte(const QByteArray &bytes)
{
    SafeText safe;
    QByteArray out;
    for (qsizetype i = 0; i < bytes.size(); ++i)
        out += safe.take(QByteArrayView(bytes).sliced(i, 1));
    return out + safe.finish();
}

} // namespace

class TestSafeText : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void showsALogSafely_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QByteArray>("text");
        const auto row = [](const char *name, const QByteArray &bytes, const QByteArray &text) {
            QTest::newRow(name) << bytes << text;
        };
        row("plain", "line 1\n\tline 2\n", "line 1\n\tline 2\n");
        row("utf-8", "Grüße 夜 🚀\n", "Grüße 夜 🚀\n");
        row("dos lines", "a\r\nb\r\n", "a\nb\n");
        row("overwriting", "10%\r20%", "10%\\r20%");
        row("carriage return at the end", "a\r", "a\\r");
        row("colour", "\x1b[31mred\x1b[0m", "\x1b[31mred\x1b[0m\x1b[0m");
        row("rgb colour", "\x1b[38:2::1:2:3mx", "\x1b[38:2::1:2:3mx\x1b[0m");
        row("clear", "\x1b[2J", "\\x1b[2J");
        row("title", "\x1b]0;evil\a", "\\x1b]0;evil\\x07");
        row("clipboard", "\x1b]52;c;eA==\x1b\\", "\\x1b]52;c;eA==\\x1b\\");
        row("link", "\x1b]8;;http://x\x1b\\y", "\\x1b]8;;http://x\\x1b\\y");
        row("status request", "\x1bP$q\"p\x1b\\", "\\x1bP$q\"p\\x1b\\");
        row("private mode", "\x1b[?1049h", "\\x1b[?1049h");
        row("escape at the end", "a\x1b", "a\\x1b");
        row("half a sequence at the end", "a\x1b[3", "a\\x1b[3");
        row("endless sequence", "\x1b[" + QByteArray(200, '1') + "m", "\\x1b[" + QByteArray(200, '1') + "m");
        row("bell and backspace", "a\a\b", "a\\x07\\x08");
        row("nul", QByteArray("a\0b", 3), "a\\x00b");
        row("8 bit control",
            "\xc2\x9b"
            "2J",
            "\\x9b2J");
        row("bidi",
            "a\xe2\x80\xae"
            "b",
            "a<U+202E>b");
        row("no utf-8",
            "a\xff\xfe"
            "b",
            "a\\xff\\xfeb");
        row("overlong", "\xc0\x9b[2J", "\\xc0\\x9b[2J");
        row("overlong, three bytes", "\xe0\x80\x9b", "\\xe0\\x80\\x9b");
        row("surrogate", "\xed\xa0\x80", "\\xed\\xa0\\x80");
        row("beyond unicode", "\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80");
        row("half a character at the end", "a\xe5\xa4", "a\\xe5\\xa4");
        row("half a character in between", "\xe5\xa4x", "\\xe5\\xa4x");
    }
    void showsALogSafely()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(QByteArray, text);
        QCOMPARE(shown(bytes), text);
        QCOMPARE(shownByteByByte(bytes), text);
    }

    void holdsBackNoMoreThanASequence()
    {
        SafeText safe;
        QCOMPARE(safe.take("done 100%\xe5\xa4"), QByteArray("done 100%"));
        QCOMPARE(safe.take("\x9c!"), QByteArray("夜!"));
    }

    void nothingButTextAndColoursComesOut()
    {
        QByteArray all;
        for (int first = 0; first < 256; ++first)
            for (const char *rest : {"", "[", "[2J", "\x80", "\x80\x80", "\xbf\xbf\xbf"})
                all += QByteArray(1, char(first)) + rest;
        for (const char byte : shown(all))
            QVERIFY2(byte == '\n' || byte == '\t' || uchar(byte) >= 0x20, QByteArray::number(int(byte)).constData());
    }
};

QTEST_APPLESS_MAIN(TestSafeText)
#include "tst_safetext.moc"

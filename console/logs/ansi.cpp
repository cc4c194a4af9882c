// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/logs/ansi.h"

#include <QStringDecoder>

#include <array>
#include <cstring>

namespace belfry {

namespace {

constexpr char escape = '\x1b';
constexpr int mostParameters = 32;

bool isPlain(char c)
{
    return (quint8(c) >= 0x20 && c != '\x7f') || c == '\t';
}

// The end of a string sequence (OSC, DCS, SOS, PM, APC) that begins at `at`; -1 when the line does not have it.
qsizetype stringEnd(QByteArrayView line, qsizetype at)
{
    for (; at < line.size(); ++at) {
        if (line[at] == '\x07')
            return at + 1;
        if (line[at] == escape && at + 1 < line.size() && line[at + 1] == '\\')
            return at + 2;
        if (line[at] == '\n')
            break;
    }
    return -1;
}

struct Sequence {
    qsizetype end = 0; // behind it
    QByteArrayView parameters; // of an SGR
    bool isSgr = false;
};

// The sequence that begins with the ESC at `at`. One that is not finished ends where it stops being one, so that it
// cannot swallow text.
Sequence sequenceAt(QByteArrayView line, qsizetype at)
{
    const auto in = [&](qsizetype i, int from, int to) {
        return i < line.size() && quint8(line[i]) >= from && quint8(line[i]) <= to;
    };
    qsizetype i = at + 1;
    if (i >= line.size())
        return {i, {}, false};
    if (line[i] == '[') {
        const qsizetype begin = ++i;
        while (in(i, 0x30, 0x3f))
            ++i;
        const qsizetype end = i;
        while (in(i, 0x20, 0x2f))
            ++i;
        if (!in(i, 0x40, 0x7e))
            return {i, {}, false};
        return {i + 1, line.sliced(begin, end - begin), line[i] == 'm' && i == end};
    }
    if (std::strchr("]PX^_", line[i]) && line[i] != 0) {
        const qsizetype end = stringEnd(line, i + 1);
        return {end < 0 ? i + 1 : end, {}, false};
    }
    while (in(i, 0x20, 0x2f))
        ++i;
    return {in(i, 0x30, 0x7e) ? i + 1 : i, {}, false};
}

// Numbers of an SGR; a missing one is 0. `:` separates like `;`.
int readParameters(QByteArrayView text, std::array<int, mostParameters> &numbers)
{
    int count = 0;
    int number = 0;
    for (qsizetype i = 0; i <= text.size() && count < mostParameters; ++i) {
        if (i == text.size() || text[i] == ';' || text[i] == ':') {
            numbers[std::size_t(count++)] = number;
            number = 0;
        } else if (text[i] >= '0' && text[i] <= '9') {
            number = std::min(number * 10 + (text[i] - '0'), 100'000);
        } else {
            return 0; // a private sequence
        }
    }
    return count;
}

// `38;5;N` or `38;2;R;G;B`, from the number behind 38 on; how many numbers it took.
int readColor(const int *numbers, int count, TextColor &color)
{
    if (count >= 2 && numbers[0] == 5) {
        if (numbers[1] <= 255)
            color = {.kind = TextColor::Indexed, .value = quint32(numbers[1]) & 0xff};
        return 2;
    }
    if (count >= 4 && numbers[0] == 2) {
        quint32 value = 0;
        for (int i = 1; i <= 3; ++i)
            value = value << 8 | quint32(std::min(numbers[i], 255));
        color = {.kind = TextColor::Rgb, .value = value & 0xffffff};
        return 4;
    }
    return count;
}

void applyNumber(int number, TextStyle &style)
{
    const auto set = [&](int flags) { style.flags = quint8(style.flags | flags); };
    const auto unset = [&](int flags) { style.flags = quint8(style.flags & ~flags); };
    const auto indexed
        = [](int index) { return TextColor{.kind = TextColor::Indexed, .value = quint32(index) & 0xff}; };
    if (number >= 30 && number <= 37)
        style.ink = indexed(number - 30);
    else if (number >= 90 && number <= 97)
        style.ink = indexed(number - 90 + 8);
    else if (number >= 40 && number <= 47)
        style.ground = indexed(number - 40);
    else if (number >= 100 && number <= 107)
        style.ground = indexed(number - 100 + 8);
    switch (number) {
    case 0:
        style = {};
        break;
    case 1:
        set(TextStyle::Bold);
        break;
    case 2:
        set(TextStyle::Faint);
        break;
    case 3:
        set(TextStyle::Italic);
        break;
    case 4:
    case 21:
        set(TextStyle::Underline);
        break;
    case 7:
        set(TextStyle::Inverse);
        break;
    case 8:
        set(TextStyle::Hidden);
        break;
    case 9:
        set(TextStyle::Struck);
        break;
    case 22:
        unset(TextStyle::Bold | TextStyle::Faint);
        break;
    case 23:
        unset(TextStyle::Italic);
        break;
    case 24:
        unset(TextStyle::Underline);
        break;
    case 27:
        unset(TextStyle::Inverse);
        break;
    case 28:
        unset(TextStyle::Hidden);
        break;
    case 29:
        unset(TextStyle::Struck);
        break;
    case 39:
        style.ink = {};
        break;
    case 49:
        style.ground = {};
        break;
    default:
        break;
    }
}

void applySgr(QByteArrayView parameters, TextStyle &style)
{
    std::array<int, mostParameters> numbers{};
    const int count = readParameters(parameters, numbers);
    for (int i = 0; i < count; ++i) {
        const int number = numbers[std::size_t(i)];
        if (number == 38 || number == 48)
            i += readColor(numbers.data() + i + 1, count - i - 1, number == 38 ? style.ink : style.ground);
        else
            applyNumber(number, style);
    }
}

// Takes lines apart: `sink` has text(view), style(parameters), restart() and lineBreak().
template <class Sink> void scan(QByteArrayView bytes, Sink &sink)
{
    bool returned = false; // a carriage return came, and nothing visible since
    qsizetype i = 0;
    while (i < bytes.size()) {
        qsizetype end = i;
        while (end < bytes.size() && isPlain(bytes[end]))
            ++end;
        if (end > i) {
            if (std::exchange(returned, false))
                sink.restart();
            sink.text(bytes.sliced(i, end - i));
            i = end;
            continue;
        }
        if (bytes[i] == escape) {
            const Sequence sequence = sequenceAt(bytes, i);
            if (sequence.isSgr)
                sink.style(sequence.parameters);
            i = sequence.end;
            continue;
        }
        if (bytes[i] == '\r')
            returned = true;
        if (bytes[i] == '\n') {
            returned = false;
            sink.lineBreak();
        }
        ++i;
    }
}

bool turnsDirection(char16_t c)
{
    return (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

bool isLeftOut(char16_t c)
{
    return (c >= 0x80 && c <= 0x9f) || turnsDirection(c) || c == 0x2028 || c == 0x2029;
}

struct StyledSink {
    TextStyle &now;
    QByteArray bytes = {};
    std::vector<StyledRun> runs = {}; // of bytes

    void text(QByteArrayView view)
    {
        if (!runs.empty() && runs.back().style == now)
            runs.back().length += view.size();
        else
            runs.push_back({bytes.size(), view.size(), now});
        bytes.append(view.data(), view.size());
    }
    void style(QByteArrayView parameters) { applySgr(parameters, now); }
    void restart()
    {
        bytes.clear();
        runs.clear();
    }
    void lineBreak() { }
};

struct PassSink {
    TextStyle &now;
    void text(QByteArrayView) { }
    void style(QByteArrayView parameters) { applySgr(parameters, now); }
    void restart() { }
    void lineBreak() { }
};

struct PlainSink {
    QByteArray out = {};
    qsizetype lineAt = 0;

    void text(QByteArrayView view) { out.append(view.data(), view.size()); }
    void style(QByteArrayView) { }
    void restart() { out.truncate(lineAt); }
    void lineBreak()
    {
        out += '\n';
        lineAt = out.size();
    }
};

} // namespace

StyledText styledLine(QByteArrayView line, TextStyle &style)
{
    StyledSink sink{style};
    scan(line, sink);
    StyledText styled{decodeText(sink.bytes), std::move(sink.runs)};
    if (styled.text.size() == sink.bytes.size())
        return styled;
    qsizetype at = 0;
    for (StyledRun &run : styled.runs) {
        // A style may change inside a character; then the runs are off by one, and the last one ends with the text.
        const bool last = &run == &styled.runs.back();
        const qsizetype length = decodeText(QByteArrayView(sink.bytes).sliced(run.from, run.length)).size();
        run.from = std::min(at, styled.text.size());
        run.length = last ? styled.text.size() - run.from : std::min(length, styled.text.size() - run.from);
        at = run.from + run.length;
    }
    return styled;
}

void passLine(QByteArrayView line, TextStyle &style)
{
    if (!line.contains(escape))
        return;
    PassSink sink{style};
    scan(line, sink);
}

// Eight bytes at a time: all of a log passes here when it is searched.
bool isPlainText(QByteArrayView lines)
{
    constexpr quint64 each = 0x0101010101010101;
    constexpr quint64 tops = each * 0x80;
    const auto isGood = [](char c) { return isPlain(c) || c == '\n'; };
    const char *at = lines.data();
    const char *const end = at + lines.size();
    for (; end - at >= 8; at += 8) {
        quint64 word = 0;
        std::memcpy(&word, at, sizeof word);
        const quint64 erased = word ^ each * 0x7f; // DEL becomes 0
        const quint64 suspects = ((word - each * 0x20) & ~word & tops) | ((erased - each) & ~erased & tops);
        if (suspects != 0 && !std::all_of(at, at + 8, isGood))
            return false;
    }
    return std::all_of(at, end, isGood);
}

QByteArray plainBytes(QByteArrayView lines)
{
    if (isPlainText(lines))
        return lines.toByteArray();
    PlainSink sink;
    sink.out.reserve(lines.size());
    scan(lines, sink);
    return sink.out;
}

QString decodeText(QByteArrayView plain)
{
    QStringDecoder decoder(
        QStringDecoder::Utf8, QStringDecoder::Flag::Stateless | QStringDecoder::Flag::ConvertInitialBom);
    QString text = decoder.decode(plain);
    for (qsizetype i = 0; i < text.size(); ++i)
        if (isLeftOut(text.at(i).unicode()))
            text[i] = QChar::ReplacementCharacter;
    return text;
}

bool isReplacement(QChar character)
{
    return character == QChar::ReplacementCharacter || isLeftOut(character.unicode());
}

quint32 tableColor(int index)
{
    if (index >= 232) {
        const quint32 grey = quint32(8 + (index - 232) * 10);
        return grey << 16 | grey << 8 | grey;
    }
    const auto level = [](int step) { return step == 0 ? 0u : quint32(55 + step * 40); };
    const int cell = index - 16;
    return level(cell / 36) << 16 | level(cell / 6 % 6) << 8 | level(cell % 6);
}

} // namespace belfry

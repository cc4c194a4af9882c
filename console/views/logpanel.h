// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/client/logstream.h"
#include "console/views/desk.h"

#include <QStringDecoder>

class QPlainTextEdit;
class QToolButton;

namespace belfry {

// The end of a run's log, live: its newest lines as plain text. The whole log is had with `belfry logs`.
class LogPanel final : public QWidget
{
    Q_OBJECT

public:
    explicit LogPanel(Desk *desk, QWidget *parent = nullptr);

    // 0: none. Asked for again when a waiting run has started.
    void show(RunId run, const QString &job);
    RunId run() const { return m_run; }
    QString text() const;

private:
    void open();
    void append(const QByteArray &bytes);
    void say(const QString &text);

    Desk *m_desk;
    RunId m_run;
    QString m_job;
    int m_attempt = 0;
    std::unique_ptr<LogStream> m_stream;
    QStringDecoder m_decoder{QStringDecoder::Utf8};
    QLabel *m_heading;
    QLabel *m_state;
    QToolButton *m_follow;
    QPlainTextEdit *m_text;
};

// What a terminal would not print: colours and other sequences are left out.
QString withoutSequences(const QString &text);

} // namespace belfry

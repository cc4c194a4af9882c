// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/logs/logsearch.h"
#include "console/views/desk.h"

class QLineEdit;

namespace belfry {

// Finds lines of a log: the line to type in, how often it is there, and the way from one to the next. The errors of a
// log are a search of their own, begun when they are asked for.
class LogFinder final : public QWidget
{
    Q_OBJECT

public:
    LogFinder(Desk *desk, Beside *beside, QWidget *parent = nullptr);

    // Null: none. What is typed is looked for in it.
    void setSpool(std::shared_ptr<LogSpool> spool);
    void grow();
    void setStreams(int streams);
    // Where the reader is: what is typed is looked for from here on.
    void setCurrentLine(qint64 line);
    void focusLine();

    // Null while nothing is looked for.
    const LogSearch *search() const { return m_search.get(); }
    // Null until errors were looked for.
    const LogSearch *errors() const { return m_errors.get(); }
    void lookForErrors();
    QString countText() const;
    // From this line on, or before it; round the end once all was looked at.
    void goOn(bool forward, qint64 fromLine);
    void goToError(bool forward, qint64 fromLine);

Q_SIGNALS:
    // A line to show.
    void found(qint64 line);
    // Another search(), or none.
    void searchChanged();
    // Another errors(), or more of them.
    void errorsChanged();
    // More hits, or all.
    void progressed();
    void left(); // Esc
    void said(const QString &text, bool isFault);

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    struct Wish { // a jump that waits for its hit
        bool forward = true;
        qint64 from = 0;
        bool first = false; // as typed: the line itself counts as well
    };
    void restart();
    void redraw();
    void onProgress();
    static std::optional<qint64> hitFor(const LogSearch &search, const Wish &wish, bool &wrapped);
    void grant(const LogSearch *search, std::optional<Wish> &wish, const QString &nothing);

    Desk *m_desk;
    Beside *m_beside;
    std::shared_ptr<LogSpool> m_spool;
    int m_streams = 0xf;
    std::unique_ptr<LogSearch> m_search;
    std::unique_ptr<LogSearch> m_errors;
    std::optional<Wish> m_wish;
    std::optional<Wish> m_errorWish;
    qint64 m_at = 0; // the line that was shown last
    QLineEdit *m_line;
    QLabel *m_count;
    QToolButton *m_regex;
    QToolButton *m_case;
    QTimer m_pause;
};

} // namespace belfry

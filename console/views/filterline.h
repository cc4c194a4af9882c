// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/models/filterhelp.h"
#include "console/views/desk.h"

#include <QTimer>

class QCompleter;
class QLineEdit;
class QStringListModel;

namespace belfry {

// A filter expression: green when it is good, red with what is wrong below it, and with completion of keys and values.
class FilterLine final : public QWidget
{
    Q_OBJECT

public:
    FilterLine(Desk *desk, FilterKind kind, QWidget *parent = nullptr);

    QString text() const;
    void setText(const QString &text);
    void focusLine();

Q_SIGNALS:
    // A good expression, once the typing has paused or Enter was pressed.
    void accepted(const QString &text);

private:
    void onEdited();
    void accept();
    void complete(const QString &word);

    Desk *m_desk;
    FilterKind m_kind;
    QLineEdit *m_line;
    QLabel *m_fault;
    QCompleter *m_completer;
    QStringListModel *m_words;
    QTimer m_pause;
    QString m_accepted;
};

} // namespace belfry

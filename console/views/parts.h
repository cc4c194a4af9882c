// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/views/desk.h"

class QGridLayout;
class QAction;
class QPushButton;
class QToolButton;

// Small pieces that pages are put together from.
namespace belfry {

QLabel *makeLabel(const QString &text, const QString &kind, QWidget *parent = nullptr);
// A button for a command: it follows the command's text, state and tooltip.
QToolButton *makeButton(QAction *action, QWidget *parent = nullptr);
// A frame with a heading and one thing in it.
QFrame *makeCard(const QString &heading, QWidget *content, QWidget *parent = nullptr);

// The icon, word and summary of a state, in its colour.
class StateLabel final : public QWidget
{
    Q_OBJECT

public:
    explicit StateLabel(Desk *desk, QWidget *parent = nullptr);
    void setLook(const StateLook &look, const QString &text);

private:
    void redraw();
    Desk *m_desk;
    QLabel *m_icon;
    QLabel *m_text;
    StateLook m_look;
};

// Facts as pairs of a name and a value that can be selected.
class Facts final : public QWidget
{
    Q_OBJECT

public:
    explicit Facts(QWidget *parent = nullptr);
    struct Fact {
        QString name;
        QString value; // empty ones are not shown
        QString tip = {};
    };
    void set(const std::vector<Fact> &facts);

private:
    QGridLayout *m_form;
    std::vector<std::pair<QLabel *, QLabel *>> m_lines;
};

std::vector<Facts::Fact> factsOf(const wire::RunRow &run, const Times &times);

// A question before something that cannot be undone: it names the object and the effect, Cancel is the default. With
// `reason` a line for why, whose text goes to `then`.
struct Question {
    QString title;
    QString text; // what happens
    QString action; // text of the button
    bool dangerous = true;
    bool asksReason = true;
    bool needsReason = false;
    QString reasonHint = {}; // default: it is kept with the run
};
void confirm(QWidget *parent, const Question &question, std::function<void(const QString &reason)> then);

} // namespace belfry

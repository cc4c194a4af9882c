// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/desktop/pseudolocale.h"

#include "console/views/elidedlabel.h"
#include "console/views/parts.h"
#include "console/views/whypanel.h"

#include <QAbstractButton>
#include <QAbstractItemModel>
#include <QComboBox>
#include <QDockWidget>
#include <QGroupBox>
#include <QHeaderView>
#include <QLineEdit>
#include <QListWidget>
#include <QMenu>
#include <QMenuBar>
#include <QRegularExpression>
#include <QTabBar>
#include <QTextDocument>
#include <QToolButton>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

QChar accented(QChar letter)
{
    static const QString plain = u"AaCcDdEeGgHhIiJjKkLlNnOoRrSsTtUuWwYyZz"_s;
    static const QString other = u"ÅåÇçĎďÉéĜĝĤĥÎîĴĵĶķŁłÑñÖöŔŕŠšŢţÛûŴŵÝýŽž"_s;
    const qsizetype at = plain.indexOf(letter);
    return at < 0 ? letter : other[at];
}

struct Seen {
    QString where;
    QString text;
};

QString whereOf(const QWidget *widget)
{
    QStringList names;
    for (const QWidget *each = widget; each && names.size() < 3; each = each->parentWidget())
        names.prepend(
            each->objectName().isEmpty() ? QString::fromLatin1(each->metaObject()->className()) : each->objectName());
    return names.join(u'>');
}

void addTexts(QWidget *widget, QList<Seen> *seen)
{
    const auto add = [&](const QString &text) { *seen += {whereOf(widget), text}; };
    add(widget->toolTip());
    if (widget->isWindow())
        add(widget->windowTitle());
    if (const auto *label = qobject_cast<QLabel *>(widget))
        add(label->text());
    else if (const auto *button = qobject_cast<QAbstractButton *>(widget))
        add(button->text());
    else if (const auto *line = qobject_cast<QLineEdit *>(widget))
        add(line->placeholderText());
    else if (const auto *group = qobject_cast<QGroupBox *>(widget))
        add(group->title());
    else if (const auto *dock = qobject_cast<QDockWidget *>(widget))
        add(dock->windowTitle());
    else if (const auto *box = qobject_cast<QComboBox *>(widget))
        for (int i = 0; i < box->count(); ++i)
            add(box->itemText(i));
    else if (const auto *tabs = qobject_cast<QTabBar *>(widget))
        for (int i = 0; i < tabs->count(); ++i)
            add(tabs->tabText(i));
    else if (const auto *header = qobject_cast<QHeaderView *>(widget))
        for (int i = 0; header->model() && i < header->count(); ++i)
            add(header->model()->headerData(i, header->orientation()).toString());
    else if (const auto *list = qobject_cast<QListWidget *>(widget))
        for (int i = 0; i < list->count(); ++i)
            add(list->item(i)->text());
    if (const auto *bar = qobject_cast<QMenuBar *>(widget))
        for (const QAction *menu : bar->actions()) {
            add(menu->text());
            for (const QAction *action : menu->menu()->actions())
                add(action->text());
        }
}

bool isData(QString text, const QStringList &data)
{
    static const QRegularExpression word(u"[A-Za-z]{3,}"_s);
    static const QRegularExpression notWords(
        u"\\b(?:wss?|https?|belfry)[:-]\\S*|\\S*[/@~]\\S*|\\b(?:UTC|CET|CEST|SIG[A-Z]+|Ctrl|Shift|Alt|Esc|Home|End|Return|Enter)\\b"_s);
    for (const QString &known : data)
        text.replace(known, QString());
    text.remove(notWords);
    return !text.contains(word);
}

int textWidth(const QLabel *label)
{
    int width = 0;
    if (Qt::mightBeRichText(label->text()) && label->textFormat() != Qt::PlainText) {
        QTextDocument document;
        document.setDefaultFont(label->font());
        document.setHtml(label->text());
        return int(document.idealWidth());
    }
    for (const QString &line : label->text().split(u'\n'))
        width = std::max(width, label->fontMetrics().horizontalAdvance(line));
    return width;
}

QString faultOfRoom(const QWidget *widget)
{
    const int slack = 2;
    if (const auto *label = qobject_cast<const QLabel *>(widget)) {
        const bool elides = dynamic_cast<const ElidedLabel *>(label);
        if (elides || label->text().isEmpty() || label->objectName() == "notice"_L1)
            return {};
        const QSize room = label->contentsRect().size();
        if (label->wordWrap())
            return label->heightForWidth(label->width()) > label->height() + slack ? label->text() : QString();
        const bool clips = textWidth(label) > room.width() + slack;
        return clips && label->toolTip().isEmpty() ? label->text() : QString();
    }
    if (const auto *button = qobject_cast<const QAbstractButton *>(widget); button && !button->text().isEmpty())
        return button->sizeHint().width() > button->width() + slack ? button->text() : QString();
    if (const auto *box = qobject_cast<const QComboBox *>(widget))
        return box->fontMetrics().horizontalAdvance(box->currentText()) > box->width() - 24 ? box->currentText()
                                                                                            : QString();
    return {};
}

// Sentences that the backend makes and values of facts, which come and change while a page is looked at.
bool isOfBackend(const QWidget *widget)
{
    const QWidget *parent = widget->parentWidget();
    return qobject_cast<const WhyPanel *>(parent)
        || (qobject_cast<const Facts *>(parent) && !widget->accessibleName().isEmpty());
}

QList<QWidget *> visibleBelow(QWidget *root)
{
    QList<QWidget *> widgets{root};
    for (QWidget *each : root->findChildren<QWidget *>())
        if (each->isVisible() && !each->visibleRegion().isEmpty() && !each->objectName().startsWith("qt_"_L1))
            widgets += each;
    return widgets;
}

} // namespace

QString PseudoLocale::translate(const char *context, const char *source, const char *, int) const
{
    if (qstrcmp(context, "QShortcut") == 0) // keys are called what is printed on them
        return {};
    const QString text = QString::fromUtf8(source);
    QString out;
    for (qsizetype i = 0; i < text.size(); ++i) {
        if (text[i] == u'%' && i + 1 < text.size()) { // %1, %n
            out += text[i];
            out += text[++i];
        } else {
            out += accented(text[i]);
        }
    }
    const qsizetype more = std::max<qsizetype>(1, text.size() / 4);
    return opening + out + QString(std::min<qsizetype>(more, 20), u'~') + closing;
}

QStringList untranslated(QWidget *root, const QStringList &data)
{
    QList<Seen> seen;
    for (QWidget *widget : visibleBelow(root))
        if (!isOfBackend(widget))
            addTexts(widget, &seen);
    QStringList wrong;
    for (const Seen &each : std::as_const(seen))
        if (!each.text.contains(PseudoLocale::opening) && !isData(each.text, data))
            wrong += each.where + u": "_s + each.text;
    wrong.removeDuplicates();
    return wrong;
}

QStringList clipped(QWidget *root)
{
    QStringList wrong;
    for (QWidget *widget : visibleBelow(root))
        if (const QString text = isOfBackend(widget) ? QString() : faultOfRoom(widget); !text.isEmpty())
            wrong += u"%1 (%2x%3 for %4x%5): %6"_s.arg(whereOf(widget))
                         .arg(widget->width())
                         .arg(widget->height())
                         .arg(widget->sizeHint().width())
                         .arg(widget->sizeHint().height())
                         .arg(text);
    return wrong;
}

} // namespace belfry

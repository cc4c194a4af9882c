// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/views/desk.h"

#include <QDialog>

class QComboBox;
class QLineEdit;
class QPushButton;

namespace belfry {

// Asks for name and icon of a view that is saved or renamed, and says what of it is kept.
class SaveDialog final : public QDialog
{
    Q_OBJECT

public:
    // Save: the name of another view means that this one takes its place. Rename: it is refused.
    enum class Purpose { Save, Rename };
    SaveDialog(Desk *desk, const SavedView &view, Purpose purpose, QWidget *parent);

Q_SIGNALS:
    void chosen(const QString &name, const QString &icon);

private:
    void judge();
    QString summary() const;
    void addIcons();

    Desk *m_desk;
    SavedView m_view;
    Purpose m_purpose;
    QLineEdit *m_name;
    QComboBox *m_icon;
    QLabel *m_says;
    QPushButton *m_go;
};

} // namespace belfry

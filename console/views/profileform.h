// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/models/connectioncheck.h"
#include "console/models/profiles.h"
#include "console/views/theme.h"

#include <QWidget>

class QCheckBox;
class QComboBox;
class QFormLayout;
class QLabel;
class QLineEdit;
class QPushButton;

namespace belfry {

// What a backend is reached by: name, colour, address, token. It can be tried before it is kept.
class ProfileForm final : public QWidget
{
    Q_OBJECT

public:
    // `profile`: what is there; its name is empty for a new one.
    ProfileForm(Profiles *profiles, const Theme *theme, const Profile &profile, QWidget *parent = nullptr);

    Profile profile() const;
    // As it was pasted; empty: that of the file.
    QByteArray token() const;
    // Why it cannot be kept; empty when it can.
    QString fault() const;
    Status save();
    void focusFirst();

Q_SIGNALS:
    void changed();

private:
    void addFields(QFormLayout *form);
    QWidget *makeTokenFile();
    void addColors(const QString &chosen);
    void check();
    void onChanged();
    void tell(const QString &text, const QString &kind);

    Profiles *m_profiles;
    const Theme *m_theme;
    QString m_own;
    QLineEdit *m_name;
    QComboBox *m_color;
    QLineEdit *m_url;
    QCheckBox *m_insecure;
    QLineEdit *m_token;
    QLineEdit *m_tokenFile;
    QPushButton *m_try;
    QLabel *m_says;
    ConnectionCheck m_check;
};

// How to come by a token, in words.
QString tokenHelp();

} // namespace belfry

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFrame>
#include <QTimer>

#include <functional>

class QLabel;

namespace belfry {

// Says over the foot of the window what was done, and takes it back for ten seconds: by its button, or by Ctrl+Z.
class UndoBar final : public QFrame
{
    Q_OBJECT

public:
    static constexpr auto stays = std::chrono::seconds(10);

    explicit UndoBar(QWidget *window);

    // Of what was done by the backend, or by this console alone, where neither connection nor role matters.
    enum class By { Backend, Console };
    void offer(const QString &done, std::function<void()> undo, By by = By::Backend);
    void undo();
    // What was done is of another connection.
    void forget();
    bool isOffered() const { return bool(m_undo); }
    bool needsBackend() const { return m_by == By::Backend; }
    QString text() const;

Q_SIGNALS:
    void changed();

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void place();

    QLabel *m_text;
    std::function<void()> m_undo;
    By m_by = By::Backend;
    QTimer m_goes;
};

} // namespace belfry

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backend/store/store.h"

#include <QTemporaryDir>
#include <QTest>

namespace belfry {

// Every described field gets a value of its own, so that a column which is forgotten or mixed up shows.
template <class T> void fill(T &value, int &n);

namespace filling {

inline void one(bool &value, int &)
{
    value = true;
}
inline void one(double &value, int &n)
{
    value = ++n + 0.5;
}
inline void one(QString &value, int &n)
{
    value = QStringLiteral("täxt '%1'").arg(++n);
}
inline void one(QByteArray &value, int &n)
{
    value = QByteArray("\0\xff", 2) + QByteArray::number(++n);
}
inline void one(Instant &value, int &n)
{
    value = Instant(1'767'225'600'000 + ++n);
}
inline void one(Duration &value, int &n)
{
    value = Duration(++n);
}
template <class T>
requires std::is_integral_v<T>
void one(T &value, int &n)
{
    value = T(++n);
}
template <class Tag> void one(Id<Tag> &value, int &n)
{
    value = Id<Tag>(++n);
}
template <NamedEnum E> void one(E &value, int &n)
{
    const auto rows = enumNames(static_cast<const E *>(nullptr));
    value = rows[std::size_t(++n) % rows.size()].value;
}
template <class T> void one(std::optional<T> &value, int &n)
{
    fill(value.emplace(), n);
}
template <class T> void one(std::vector<T> &value, int &n)
{
    fill(value.emplace_back(), n);
}
template <class T> void one(QList<T> &value, int &n)
{
    fill(value.emplaceBack(), n);
}
template <class T> void one(std::map<QString, T> &value, int &n)
{
    fill(value[QStringLiteral("k%1").arg(++n)], n);
}

} // namespace filling

template <class T> void fill(T &value, int &n)
{
    if constexpr (Described<T>)
        describe(&value).apply([&](const auto &...each) { (fill(value.*each.member, n), ...); });
    else
        filling::one(value, n);
}
template <class T> T filled(int seed = 0)
{
    T value{};
    fill(value, seed);
    return value;
}

// A store in a folder of its own; the calls wait for their answers.
class StoreFixture
{
public:
    explicit StoreFixture(Store::Mode mode = Store::Mode::Inline, qint64 maxDatabase = 0);

    QString path(const QString &name = QString()) const { return m_folder.path() + QStringLiteral("/data/") + name; }
    Store &store() { return *m_store; }
    Store *operator->() { return m_store.get(); }
    void reopen();
    void close() { m_store.reset(); }

    Status commit(WriteBatch batch);
    Status probe();
    template <class Q> Result<typename Q::Reply> ask(const Q &query)
    {
        std::optional<Result<typename Q::Reply>> answer;
        m_store->ask(query, m_store.get(), [&](Result<typename Q::Reply> given) { answer = std::move(given); });
        waitFor([&] { return answer.has_value(); });
        return answer.value_or(fail(ErrorKind::Internal, QStringLiteral("no answer came")));
    }
    Result<LogPosition> append(LogBlock block);
    // Spins the event loop until it is so, 30 s at most.
    static bool waitFor(const std::function<bool()> &condition);

private:
    QTemporaryDir m_folder;
    Store::Settings m_settings;
    std::unique_ptr<Store> m_store;
};

Job job(int id, const QString &name = QStringLiteral("job"));
Run run(int id, int job = 1, RunState state = RunState::Queued);
Attempt attempt(int run, int number = 1, RunState state = RunState::Assigned);
// `lines` of bytes as one read each.
LogBlock block(AttemptKey key, qint64 offset, const QList<QByteArray> &lines);

} // namespace belfry

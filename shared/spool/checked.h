// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <utility>
#include <variant>

namespace belfry::spool {

// Why something in the spool could not be done: the errno (0 when the content is at fault), the path, a sentence.
struct Failure {
    int code = 0;
    std::string path;
    std::string why;

    // "/path/to/file: why (ENOENT: No such file or directory)"
    std::string text() const;
    bool operator==(const Failure &) const = default;
};

// A value or a Failure; the supervisor's counterpart of belfry::Result, which needs Qt.
template <class T> class [[nodiscard]] Checked
{
public:
    Checked(T value)
        : m_content(std::in_place_index<0>, std::move(value))
    { }
    Checked(Failure failure)
        : m_content(std::in_place_index<1>, std::move(failure))
    { }

    bool ok() const { return m_content.index() == 0; }
    explicit operator bool() const { return ok(); }
    // Only when ok().
    T &operator*() { return std::get<0>(m_content); }
    const T &operator*() const { return std::get<0>(m_content); }
    T *operator->() { return &std::get<0>(m_content); }
    const T *operator->() const { return &std::get<0>(m_content); }
    // Only when not ok().
    const Failure &failure() const { return std::get<1>(m_content); }

private:
    std::variant<T, Failure> m_content;
};

using Done = Checked<std::monostate>;
inline Done done()
{
    return std::monostate();
}

// "ENOENT: No such file or directory"
std::string errnoText(int code);

} // namespace belfry::spool

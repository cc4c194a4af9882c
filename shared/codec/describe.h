// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <array>
#include <optional>
#include <utility>

namespace belfry {

// A struct says its fields once, in a function that argument-dependent lookup finds:
//
//     constexpr auto describe(const LogAck *) { return fields(required(1, "run", &LogAck::run), ...); }
//
// `key` is the field's number in compact CBOR, `name` its key in JSON and in named CBOR. Neither is ever reused.
template <class T, class M> struct Field {
    int key;
    const char *name;
    M T::*member;
    bool required;
};

template <class T, class M> constexpr Field<T, M> field(int key, const char *name, M T::*member)
{
    return {key, name, member, false};
}
// Decoding fails when it is absent.
template <class T, class M> constexpr Field<T, M> required(int key, const char *name, M T::*member)
{
    return {key, name, member, true};
}

// A plain aggregate: a std::tuple here, instantiated wherever a described struct is included, was a large part of the
// time that compiling took.
template <std::size_t, class F> struct FieldSlot {
    F field;
};
template <class Indices, class... F> struct FieldSlots;
template <std::size_t... I, class... F>
struct FieldSlots<std::index_sequence<I...>, F...> : FieldSlot<I, F>... {
    static constexpr std::size_t size = sizeof...(F);
    // Calls `call` once, with all fields.
    template <class Call> constexpr decltype(auto) apply(Call &&call) const
    {
        return call(static_cast<const FieldSlot<I, F> &>(*this).field...);
    }
    // The fields of a struct that has these and more, by inheritance.
    template <class... More> constexpr auto with(More... more) const
    {
        return FieldSlots<std::index_sequence_for<F..., More...>, F..., More...>{
            {static_cast<const FieldSlot<I, F> &>(*this).field}..., {more}...};
    }
};
template <class... F> using Fields = FieldSlots<std::index_sequence_for<F...>, F...>;

template <class... F> constexpr Fields<F...> fields(F... each) { return {{each}...}; }

template <class T>
concept Described = requires { describe(static_cast<const T *>(nullptr)); };

template <class E> struct EnumName {
    E value;
    const char *name;
};

// An enum says its names once: constexpr auto enumNames(const RunState *) { return names<RunState>({{...}}); }
template <class E, std::size_t N> constexpr std::array<EnumName<E>, N> names(const EnumName<E> (&rows)[N])
{
    return std::to_array(rows);
}

template <class E>
concept NamedEnum = std::is_enum_v<E> && requires { enumNames(static_cast<const E *>(nullptr)); };

template <NamedEnum E> QString nameOf(E value)
{
    for (const auto &row : enumNames(static_cast<const E *>(nullptr)))
        if (row.value == value)
            return QString::fromLatin1(row.name);
    return QString::number(int(value));
}

template <NamedEnum E> std::optional<E> enumOf(QStringView name)
{
    for (const auto &row : enumNames(static_cast<const E *>(nullptr)))
        if (name == QLatin1StringView(row.name))
            return row.value;
    return std::nullopt;
}

// "queued, running or failed": for error texts.
template <NamedEnum E> QString enumChoices()
{
    QString text;
    constexpr auto rows = enumNames(static_cast<const E *>(nullptr));
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (i > 0)
            text += i + 1 == rows.size() ? QStringLiteral(" or ") : QStringLiteral(", ");
        text += QLatin1StringView(rows[i].name);
    }
    return text;
}

} // namespace belfry

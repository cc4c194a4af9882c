// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <tl/expected.hpp>

#include <QString>

namespace belfry {

// Kinds are the protocol's error codes and the CLI's exit codes: see errorCodeName() and exitCodeOf().
enum class ErrorKind { Invalid, NotFound, Denied, Conflict, Unavailable, Internal };

// A failure with a kind to act on and a sentence to read. The sentence names the place and the fix.
struct Error {
    ErrorKind kind = ErrorKind::Internal;
    QString message;

    // The same error with "context: " put before its message; for the way up.
    Error within(const QString &context) const { return {kind, context + QStringLiteral(": ") + message}; }
    bool operator==(const Error &) const = default;
};

// Text of a kind on the wire (`data.code`): invalid, not_found, denied, conflict, unavailable, internal.
QString errorCodeName(ErrorKind kind);
// The kind of such a text; Internal for one that is unknown.
ErrorKind errorKindOf(QStringView codeName);
// The CLI's exit code: invalid 6, not_found 3, denied 4, conflict 5, unavailable 7, internal 1.
int exitCodeOf(ErrorKind kind);

// A value or an Error. Ignoring one is a compiler warning (std::expected and tl::expected are not nodiscard).
template <class T> class [[nodiscard]] Result : public tl::expected<T, Error>
{
public:
    using tl::expected<T, Error>::expected;
};

using Status = Result<void>;

inline tl::unexpected<Error> fail(ErrorKind kind, QString message)
{
    return tl::unexpected<Error>(Error {kind, std::move(message)});
}
inline tl::unexpected<Error> fail(Error error) { return tl::unexpected<Error>(std::move(error)); }

} // namespace belfry

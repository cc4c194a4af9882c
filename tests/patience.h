// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTest>

#include <algorithm>

// Include this instead of <QTest> where a test waits. Qt 6.4's own QTRY_ macros ask the condition again after it came
// true, so a condition that holds for a moment only (a process that is seen between its start and its crash) fails at
// random; and their 5 s are too short for a machine that builds something beside the tests.

namespace belfry {

constexpr int patienceMs = 60'000;

template <class Condition> bool comesTrue(Condition condition, int leastMs = patienceMs)
{
    return QTest::qWaitFor(condition, std::max(leastMs, patienceMs));
}

} // namespace belfry

#undef QTRY_VERIFY
#undef QTRY_VERIFY_WITH_TIMEOUT
#undef QTRY_VERIFY2
#undef QTRY_VERIFY2_WITH_TIMEOUT
#undef QTRY_COMPARE
#undef QTRY_COMPARE_WITH_TIMEOUT

#define QTRY_VERIFY2_WITH_TIMEOUT(expr, message, ms)                                                                   \
    do {                                                                                                               \
        if (!belfry::comesTrue([&] { return bool(expr); }, ms)                                                         \
            && !QTest::qVerify(false, #expr, message, __FILE__, __LINE__))                                             \
            return;                                                                                                    \
    } while (false)
#define QTRY_VERIFY_WITH_TIMEOUT(expr, ms) QTRY_VERIFY2_WITH_TIMEOUT(expr, "it did not come true in time", ms)
#define QTRY_VERIFY2(expr, message) QTRY_VERIFY2_WITH_TIMEOUT(expr, message, belfry::patienceMs)
#define QTRY_VERIFY(expr) QTRY_VERIFY_WITH_TIMEOUT(expr, belfry::patienceMs)

// Values are compared once more to show them; that they have become equal only now is no pass.
#define QTRY_COMPARE_WITH_TIMEOUT(actual, expected, ms)                                                                \
    do {                                                                                                               \
        if (!belfry::comesTrue([&] { return (actual) == (expected); }, ms)) {                                          \
            QCOMPARE(actual, expected);                                                                                \
            QFAIL("it became equal too late");                                                                         \
        }                                                                                                              \
    } while (false)
#define QTRY_COMPARE(actual, expected) QTRY_COMPARE_WITH_TIMEOUT(actual, expected, belfry::patienceMs)

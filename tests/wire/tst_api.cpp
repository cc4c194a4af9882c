// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/engine/effects.h"
#include "shared/wire/api.h"

#include <QTest>

using namespace belfry;
using namespace Qt::StringLiterals;

namespace {

template <class T> QStringList fieldNames()
{
    QStringList names;
    describe(static_cast<const T *>(nullptr)).apply([&](const auto &...each) {
        (names.append(QString::fromLatin1(each.name)), ...);
    });
    return names;
}

} // namespace

class TestApi : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aRunShowsWhatScriptsAreToldTheyFind()
    {
        wire::RunDetail run;
        run.id = RunId(5);
        run.jobName = u"p/j"_s;
        run.attemptRows = {wire::AttemptRow{Attempt{.run = RunId(5), .attempt = 1, .exitCode = 3}}};
        const QJsonObject json = toJson(run);
        for (const QString &name : {u"run"_s, u"job"_s, u"state"_s, u"cause"_s, u"occasion"_s, u"queued_at"_s,
                 u"started_at"_s, u"ended_at"_s, u"reason"_s, u"attempts"_s, u"unreachable_since"_s})
            QVERIFY2(json.contains(name), qPrintable(name));
        const QJsonObject attempt = json[u"attempts"].toArray().at(0).toObject();
        for (const QString &name : {u"attempt"_s, u"agent"_s, u"state"_s, u"exit_code"_s, u"signal"_s, u"started_at"_s,
                 u"ended_at"_s, u"log_bytes"_s})
            QVERIFY2(attempt.contains(name), qPrintable(name));
        QCOMPARE(*fromJson<wire::RunDetail>(json, Unknown::Refuse), run);
    }

    void noRequestUsesAKeyTwice()
    {
        []<class... T>(std::variant<T...> *) {
            (
                [] {
                    const QStringList names = fieldNames<T>();
                    QCOMPARE(QSet<QString>(names.begin(), names.end()).size(), names.size());
                }(),
                ...);
        }(static_cast<wire::ClientRequest *>(nullptr));
    }

    void ledgerRowsHaveTheirPublicNames()
    {
        QCOMPARE(fieldNames<Occasion>(),
            (QStringList{u"job_id"_s, u"job"_s, u"rule"_s, u"at"_s, u"fate"_s, u"reason"_s, u"run"_s, u"version"_s,
                u"count"_s, u"until"_s, u"acknowledged_at"_s, u"acknowledged_by"_s, u"acknowledge_note"_s, u"by"_s,
                u"by_reason"_s}));
    }
};

QTEST_APPLESS_MAIN(TestApi)
#include "tst_api.moc"

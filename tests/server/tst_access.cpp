// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/server/access.h"

#include "backend/server/permissions.h"
#include "tests/patience.h"

#include <QFile>
#include <QSignalSpy>
#include <QTemporaryDir>

using namespace belfry;
using namespace Qt::StringLiterals;

namespace {

const Instant start(1'767'225'600'000);

// Tokens over a store of their own, which answers at once.
class Bench
{
public:
    Bench() { open(); }

    void open()
    {
        access.reset();
        store.reset();
        auto opened = Store::open(folder.path() + u"/data"_s, Store::Mode::Inline);
        Q_ASSERT(opened);
        store = std::move(*opened);
        access = std::make_unique<Access>(*store, clock);
        access->load(folder.path(), [](const Status &loaded) { QVERIFY(loaded); });
    }

    QByteArray fileToken(const QString &name) const
    {
        QFile file(folder.filePath(name));
        return file.open(QIODevice::ReadOnly) ? file.readAll().trimmed() : QByteArray();
    }

    NewToken make(Role role, std::optional<Instant> expires = {})
    {
        NewToken token = makeToken({}, role, clock.now(), expires);
        access->add(token.row, access.get(), [](const Status &saved) { QVERIFY(saved); });
        return token;
    }

    Status revoke(const QString &id)
    {
        std::optional<Status> answer;
        access->revoke(id, access.get(), [&](Status revoked) { answer = std::move(revoked); });
        return answer.value_or(fail(ErrorKind::Internal, u"no answer"_s));
    }

    QString adminId() const { return access->identify(fileToken(u"admin.token"_s))->token; }

    QTemporaryDir folder;
    ManualClock clock{start};
    std::unique_ptr<Store> store;
    std::unique_ptr<Access> access;
};

} // namespace

class TestAccess : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aTokenIsItsRoleUntilItIsRevoked()
    {
        Bench bench;
        const NewToken token = bench.make(Role::Operator);
        QVERIFY(token.secret.startsWith("bft_"));
        const auto identity = bench.access->identify(token.secret);
        QVERIFY(identity);
        QCOMPARE(identity->role, Role::Operator);
        QCOMPARE(identity->name, u"operator-"_s + token.row.id);
        QSignalSpy gone(bench.access.get(), &Access::gone);
        QVERIFY(bench.revoke(token.row.id));
        QCOMPARE(gone.size(), 1);
        QVERIFY(!bench.access->identify(token.secret));
        QVERIFY(!bench.access->isValid(token.row.id));
        QVERIFY(bench.revoke(token.row.id));
        QCOMPARE(gone.size(), 1); // the first revocation stands
        bench.open();
        QVERIFY(!bench.access->identify(token.secret));
    }

    void itExpiresAndItsConnectionsAreToldWithinSeconds()
    {
        Bench bench;
        const NewToken token = bench.make(Role::Viewer, start + 1h);
        QVERIFY(bench.access->identify(token.secret));
        QSignalSpy gone(bench.access.get(), &Access::gone);
        bench.clock.advance(1h);
        QVERIFY(!bench.access->identify(token.secret));
        QTRY_COMPARE_WITH_TIMEOUT(gone.size(), 1, 30'000);
        QCOMPARE(gone.first().first().toString(), token.row.id);
    }

    void theLastAdminStays()
    {
        Bench bench;
        const QString first = bench.adminId();
        QCOMPARE(bench.revoke(first).error().kind, ErrorKind::Conflict);
        const NewToken second = bench.make(Role::Admin, start + 1h);
        QVERIFY(bench.revoke(first));
        QCOMPARE(bench.revoke(second.row.id).error().kind, ErrorKind::Conflict);
        bench.clock.advance(2h); // an expired one is no way in
        QVERIFY(bench.revoke(second.row.id));
        QCOMPARE(bench.revoke(u"000000000000"_s).error().kind, ErrorKind::NotFound);
    }

    void whoHasNoAdminTokenLeftGetsOneAtTheNextStart()
    {
        Bench bench;
        const QByteArray first = bench.fileToken(u"admin.token"_s);
        const NewToken second = bench.make(Role::Admin, start + 1h);
        QVERIFY(bench.revoke(bench.adminId()));
        QVERIFY(QFile::remove(bench.folder.filePath(u"admin.token"_s)));
        bench.open();
        QVERIFY(bench.fileToken(u"admin.token"_s).isEmpty()); // the second one serves
        bench.clock.advance(2h);
        bench.open();
        const QByteArray made = bench.fileToken(u"admin.token"_s);
        QVERIFY(made != first);
        QCOMPARE(bench.access->identify(made)->role, Role::Admin);
        QVERIFY(!bench.access->identify(first));
    }

    void theStoreHoldsHashesAlone()
    {
        Bench bench;
        const QList<QByteArray> secrets{
            bench.make(Role::Admin).secret, bench.fileToken(u"admin.token"_s), bench.fileToken(u"agent.token"_s)};
        bench.access.reset();
        bench.store.reset();
        const QDir data(bench.folder.path() + u"/data"_s);
        for (const QFileInfo &each : data.entryInfoList(QDir::Files | QDir::Hidden)) {
            QFile file(each.filePath());
            QVERIFY(file.open(QIODevice::ReadOnly));
            const QByteArray content = file.readAll();
            for (const QByteArray &secret : secrets)
                QVERIFY2(!content.contains(secret.sliced(17)), qPrintable(each.fileName()));
        }
    }

    void rememberLastUseOverARestart()
    {
        Bench bench;
        const QString id = bench.adminId();
        QVERIFY(!bench.access->token(id)->lastUsed);
        bench.clock.advance(5s);
        bench.access->noteUse(id);
        bench.clock.advance(10s); // not worth a write
        bench.access->noteUse(id);
        QCOMPARE(bench.access->token(id)->lastUsed, start + 15s);
        bench.open();
        QCOMPARE(bench.access->token(id)->lastUsed, start + 5s);
        for (int i = 0; i < 4; ++i) {
            bench.clock.advance(30s);
            bench.access->noteUse(id);
        }
        bench.open();
        QVERIFY(*bench.access->token(id)->lastUsed >= start + 75s);
    }

    void everyRoleHasWhatTheOnesBeforeItHave()
    {
        const std::vector<Role> rising{Role::Viewer, Role::Operator, Role::Editor, Role::Admin};
        for (const MethodRule &rule : methodRules) {
            QVERIFY(rule.needs != Role::Agent);
            QVERIFY(!includes(Role::Agent, rule.needs));
            for (const Role held : rising)
                QCOMPARE(includes(held, rule.needs), int(held) >= int(rule.needs));
        }
        for (const Role held : rising)
            QVERIFY(!includes(held, Role::Agent));
    }
};

QTEST_GUILESS_MAIN(TestAccess)
#include "tst_access.moc"

# SPDX-License-Identifier: GPL-3.0-or-later
"""Tokens: made, shown once, listed, revoked, expired; and what each role may do, over the real port."""
import asyncio
import http.client
import json
import os
import re
import stat
import time
import unittest

import websockets

from cluster import ClusterTest

ROLES = ["viewer", "operator", "editor", "admin"]

# The role that each method takes: written out here, so that a change of the backend's table is seen.
METHODS = {
    "viewer": ["job.list", "job.get", "job.history", "job.source", "project.releases", "run.list", "run.get", "schedule.next", "ledger.list", "ledger.verify",
               "explain.run", "explain.job", "log.open", "log.read", "log.credit", "agent.list", "server.status", "rpc.discover", "watch.open", "watch.close",
               "attention.list", "run.preview", "run.days"],
    "operator": ["job.pause", "job.resume", "run.trigger", "run.cancel", "run.rerun", "run.declare_lost", "server.doctor", "agent.drain", "agent.resume",
                 "attention.acknowledge", "attention.reopen", "run.hold", "run.release", "run.priority", "schedule.skip", "schedule.unskip"],
    "editor": ["job.apply", "job.diff", "project.rollback"],
    "admin": ["agent.forget", "server.backup", "token.create", "token.list", "token.revoke"],
}


def connection(cluster, token, path="ws", protocol="belfry.v1"):
    return websockets.connect(f"{cluster.url}/{path}", subprotocols=[protocol], extra_headers={"Authorization": f"Bearer {token}"})


async def ask(link, method, params=None, number=1):
    await link.send(json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": params or {}}))
    while True:
        answer = json.loads(await asyncio.wait_for(link.recv(), 30))
        if answer.get("id") == number:
            return answer


class Tokens(ClusterTest):
    def setUp(self):
        super().setUp()
        self.cluster.start_backend()

    def create(self, role, *arguments):
        return self.cluster.json("token", "create", "--role", role, *arguments)

    def tokens(self):
        return {token["id"]: token for token in self.cluster.json("token", "list")}

    def test_each_method_takes_its_role(self):
        secrets = {role: self.create(role)["secret"] for role in ROLES}

        async def everything():
            for role in ROLES:
                async with connection(self.cluster, secrets[role]) as link:
                    self.assertEqual(json.loads(await link.recv())["params"]["role"], role)
                    for needs, methods in METHODS.items():
                        for number, method in enumerate(methods, 1):
                            # An unknown parameter: refused after the role was found to be enough, and nothing happens.
                            answer = await ask(link, method, {"no_such_parameter": 1}, number)
                            allowed = ROLES.index(role) >= ROLES.index(needs)
                            expected = "invalid" if allowed else "denied"
                            self.assertEqual(answer["error"]["data"]["code"], expected, (role, method, answer))
                    answer = await ask(link, "no.such.method")
                    self.assertEqual(answer["error"]["code"], -32601)

        asyncio.run(everything())

    def test_agents_and_clients_have_doors_of_their_own(self):
        agent = self.create("agent")["secret"]
        admin = self.create("admin")["secret"]
        wrong = agent[:-1] + ("A" if agent[-1] != "A" else "B")

        async def refused(token, path, protocol):
            with self.assertRaises(websockets.InvalidStatusCode) as caught:
                await connection(self.cluster, token, path, protocol)
            return caught.exception.status_code

        async def everything():
            self.assertEqual(await refused(agent, "ws", "belfry.v1"), 403)
            self.assertEqual(await refused(admin, "agent", "belfry-agent.v1"), 403)
            self.assertEqual(await refused(wrong, "agent", "belfry-agent.v1"), 401)

        asyncio.run(everything())

    def test_routes(self):
        """Every route with no token, a wrong one, a revoked one, an agent's and a viewer's."""
        viewer, agent = self.create("viewer")["secret"], self.create("agent")["secret"]
        gone = self.create("admin")
        self.cluster.cli("token", "revoke", gone["id"])
        wrong = viewer[:-1] + ("A" if viewer[-1] != "A" else "B")
        upgrade = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="}
        protocols = {"/ws": "belfry.v1", "/agent": "belfry-agent.v1"}

        def status(path, token):
            headers = {"Host": "127.0.0.1", **({"Authorization": f"Bearer {token}"} if token else {})}
            if path in protocols:
                headers |= {**upgrade, "Sec-WebSocket-Protocol": protocols[path]}
            link = http.client.HTTPConnection("127.0.0.1", self.cluster.port, timeout=30)
            try:
                link.request("GET", path, headers=headers)
                return link.getresponse().status
            finally:
                link.close()

        for path, expected in (("/healthz", (200,) * 5), ("/readyz", (401, 401, 401, 403, 200)), ("/ws", (401, 401, 401, 403, 101)),
                               ("/agent", (401, 401, 401, 101, 403)), ("/", (404,) * 5), ("/metrics", (404,) * 5), ("/ws/../healthz", (404,) * 5)):
            for token, code in zip((None, wrong, gone["secret"], agent, viewer), expected):
                self.assertEqual(status(path, token), code, (path, token and token[:16]))

    def test_an_agent_with_a_token_of_its_own(self):
        cluster = self.cluster
        made = self.create("agent", "--file", cluster.folder / "own.token", "--expires", "never")
        self.assertNotIn("secret", made)
        self.assertEqual(stat.S_IMODE(os.stat(cluster.folder / "own.token").st_mode), 0o600)
        self.assertIsNone(made["expires"])
        again = cluster.cli("token", "create", "--role", "agent", "--file", cluster.folder / "own.token", check=False)
        self.assertEqual(again.returncode, 5, again)
        cluster.start_agent("own", token=cluster.folder / "own.token")
        self.assertEqual(self.tokens()[made["id"]]["connections"], 1)
        cluster.cli("token", "revoke", made["id"])
        cluster.wait_agent("own", "unreachable")
        self.assertEqual(self.tokens()[made["id"]]["connections"], 0)

    def test_a_secret_is_shown_once(self):
        made = self.create("operator", "--name", "ann")
        self.assertRegex(made["secret"], r"^bft_[0-9a-f]{12}_[A-Za-z0-9_-]{43}$")
        self.assertEqual((made["name"], made["role"], made["created_by"]), ("ann", "operator", "admin"))
        days = (time.mktime(time.strptime(made["expires"][:19], "%Y-%m-%dT%H:%M:%S")) -
                time.mktime(time.strptime(made["created"][:19], "%Y-%m-%dT%H:%M:%S"))) / 86400
        self.assertAlmostEqual(days, 90, delta=0.1)
        self.assertNotIn(made["secret"].encode(), self.cluster.cli("token", "list", "-o", "json").stdout)
        for file in self.cluster.folder.rglob("*"):
            if file.is_file() and file.name not in ("admin.token", "agent.token"):
                self.assertNotIn(made["secret"][17:].encode(), file.read_bytes(), file)
        shown = self.cluster.cli("token", "create", "--role", "viewer").stdout.decode()
        self.assertRegex(shown, r"(?m)^Token +bft_")

    def test_revoking_closes_live_connections(self):
        made = self.create("viewer")

        async def everything():
            async with connection(self.cluster, made["secret"]) as link:
                await link.recv()
                self.assertEqual((await ask(link, "watch.open", {"topic": "runs"}))["result"]["epoch"], 1)
                self.assertEqual(self.tokens()[made["id"]]["connections"], 1)
                revoked = json.loads(self.cluster.cli("token", "revoke", made["id"], "-o", "json").stdout)
                self.assertFalse(revoked["valid"])
                with self.assertRaises(websockets.ConnectionClosed) as closed:
                    while True:
                        await asyncio.wait_for(link.recv(), 30)
                self.assertEqual(closed.exception.code, 4401)
            with self.assertRaises(websockets.InvalidStatusCode) as refused:
                await connection(self.cluster, made["secret"])
            self.assertEqual(refused.exception.status_code, 401)

        asyncio.run(everything())
        again = self.cluster.cli("token", "revoke", made["id"])
        self.assertEqual(again.returncode, 0, "a second time changes nothing")
        row = self.tokens()[made["id"]]
        self.assertTrue(row["revoked"])
        self.assertEqual(self.cluster.cli("token", "revoke", "0" * 12, check=False).returncode, 3)

    def test_an_expired_one_is_closed_too(self):
        made = self.create("viewer", "--expires", "+10s")

        async def everything():
            async with connection(self.cluster, made["secret"]) as link:
                with self.assertRaises(websockets.ConnectionClosed) as closed:
                    while True:
                        await asyncio.wait_for(link.recv(), 30)
                self.assertEqual(closed.exception.code, 4401)

        asyncio.run(everything())
        self.assertFalse(self.tokens()[made["id"]]["valid"])

    def test_what_is_refused(self):
        cluster = self.cluster
        for arguments, code in ((["token", "create"], 2), (["token", "create", "--role", "king"], 2),
                                (["token", "create", "--role", "viewer", "--expires", "-1h"], 6),
                                (["token", "create", "--role", "viewer", "--expires", "soon"], 2),
                                (["token", "create", "--role", "viewer", "--name", "x" * 65], 6),
                                (["token", "create", "--role", "viewer", "--name", "a\u202eb"], 6), (["token", "revoke"], 2)):
            done = cluster.cli(*arguments, check=False)
            self.assertEqual(done.returncode, code, (arguments, done))
        admin = next(token for token in self.tokens().values() if token["role"] == "admin")
        last = cluster.cli("token", "revoke", admin["id"], check=False)
        self.assertEqual(last.returncode, 5, last)
        self.assertIn(b"last", last.stderr)
        # Its own token, once there is another: answered, then closed.
        other = self.create("admin")
        self.assertEqual(cluster.cli("token", "revoke", admin["id"]).returncode, 0)
        denied = cluster.cli("token", "list", check=False)
        self.assertEqual(denied.returncode, 4, denied)
        cluster.environment["BELFRY_TOKEN"] = other["secret"]
        self.assertIn(admin["id"], self.tokens())

    def test_they_survive_a_kill(self):
        made = self.create("viewer")
        gone = self.create("viewer")
        self.cluster.cli("token", "revoke", gone["id"])
        self.cluster.kill(self.cluster.backend)
        self.cluster.start_backend()
        rows = self.tokens()
        self.assertTrue(rows[made["id"]]["valid"])
        self.assertFalse(rows[gone["id"]]["valid"])
        self.cluster.environment["BELFRY_TOKEN"] = made["secret"]
        self.assertEqual(self.cluster.cli("runs").returncode, 0)
        refused = self.cluster.cli("token", "list", check=False)
        self.assertEqual(refused.returncode, 4)
        self.assertTrue(re.search(rb"takes the role admin", refused.stderr), refused)


if __name__ == "__main__":
    unittest.main(verbosity=2)

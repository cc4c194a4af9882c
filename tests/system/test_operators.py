# SPDX-License-Identifier: GPL-3.0-or-later
"""What operators do beside runs and cancels, over real processes: acknowledge, skip what is to come, hold, release, reorder,
ask beforehand. What was answered outlives a kill -9 of the backend."""
import asyncio
import json
import time
import unittest

import websockets

from cluster import ClusterTest, wait_until

JOBS = """
project: t
jobs:
  bad: {script: 'exit 3'}
  good: {script: 'true'}
  often: {script: 'true', schedule: [{every: 2s, name: r}]}
  nightly: {script: 'true', schedule: '0 3 * * *'}
  slow: {script: 'sleep 1000'}
  picky:
    params: {mode: {choices: [full, delta], default: full}}
    command: [/bin/echo, "${{ params.mode }}"]
    agent: name == a1
"""


class Operators(ClusterTest):
    def restart(self, agent="online"):
        self.cluster.kill(self.cluster.backend)
        self.cluster.start_backend()
        self.cluster.wait_agent("a1", agent)

    def setUp(self):
        super().setUp()
        self.cluster.start()
        self.cluster.apply(JOBS)

    def failed(self):
        run = self.cluster.run("t/bad")
        self.cluster.wait_state(run, "failed")
        return run

    def attention(self, *arguments):
        return [row["run"] for row in self.cluster.json("attention", *arguments)]

    def test_failures_ask_for_attention_until_acknowledged(self):
        cluster = self.cluster
        first, second = self.failed(), self.failed()
        good = cluster.run("t/good")
        cluster.wait_state(good, "succeeded")
        self.assertEqual(self.attention(), [second, first])
        wait_until(lambda: cluster.json("status")["attention"] == 2, what="counted")
        self.assertEqual(self.attention("--job", "t/good"), [])
        self.assertEqual(self.attention("--concern", "lost", "--concern", "timed_out"), [])
        cluster.cli("ack", first, "--note", "disk was full")
        self.restart()
        self.assertEqual(self.attention(), [second])
        shown = cluster.show(first)
        self.assertEqual((shown["acknowledged_by"], shown["acknowledge_note"]), ("admin", "disk was full"))
        self.assertTrue(shown["acknowledged_at"])
        wait_until(lambda: cluster.json("status")["attention"] == 1, what="counted again")
        # Several, some of which cannot be.
        result = cluster.cli("ack", first, second, good, "-o", "json", check=False)
        self.assertEqual(result.returncode, 8, result)
        self.assertEqual([row["done"] for row in json.loads(result.stdout)], [False, True, False])
        self.assertIn(b"acknowledged by admin", result.stderr)
        self.assertEqual(self.attention(), [])
        cluster.cli("unack", second)
        self.restart()
        self.assertEqual(self.attention(), [second])
        self.assertEqual(cluster.cli("ack", good, check=False).returncode, 5)
        self.assertEqual(cluster.cli("ack", "9999", check=False).returncode, 3)

    def test_missed_occasions_ask_for_attention(self):
        cluster = self.cluster
        cluster.apply("project: m\njobs: {each: {script: 'true', schedule: [{every: 1s, name: r}], catch_up: {policy: none, late_tolerance: 100ms}}}", "m.yaml")
        wait_until(lambda: cluster.json("ledger", "m/each"), what="the first occasion")
        cluster.kill(cluster.backend)
        time.sleep(4)
        cluster.start_backend()
        rows = wait_until(lambda: cluster.json("attention", "--project", "m"), what="missed ones")
        self.assertEqual({row["concern"] for row in rows}, {"missed"})
        cluster.cli("pause", "m/each")  # on a slow machine occasions go on to be late
        names = cluster.cli("attention", "--project", "m", "-o", "name").stdout.decode().split()
        self.assertGreaterEqual(len(names), len(rows))
        cluster.cli("ack", *names, "--note", "maintenance")
        self.assertEqual(cluster.json("attention", "--project", "m"), [])
        marked = [row for row in cluster.json("ledger", "m/each") if row["acknowledged_at"]]
        self.assertEqual({(row["fate"], row["acknowledged_by"], row["acknowledge_note"]) for row in marked}, {("missed", "admin", "maintenance")})

    def test_days_count_runs_and_what_was_missed(self):
        cluster = self.cluster
        self.failed()
        cluster.apply("project: m\njobs: {each: {script: 'true', schedule: [{every: 1s, name: r}], catch_up: {policy: none, late_tolerance: 100ms}}}", "m.yaml")
        wait_until(lambda: cluster.json("ledger", "m/each"), what="the first occasion")
        cluster.kill(cluster.backend)
        time.sleep(4)
        cluster.start_backend()
        wait_until(lambda: cluster.json("attention", "--project", "m"), what="missed ones")
        cluster.cli("pause", "m/each")

        def days():
            sums = {}
            for row in cluster.json("days", "--zone", "Asia/Tokyo"):  # two rows, if it is midnight there
                for state, count in [*row["runs"].items(), ("missed", row["missed"])]:
                    sums[state] = sums.get(state, 0) + count
            return sums

        def counted():
            rows = cluster.json("runs", "--limit", "1000")
            sums = {state: len([run for run in rows if run["state"] == state]) for state in {run["state"] for run in rows}}
            return sums == {state: count for state, count in days().items() if state != "missed"}

        wait_until(counted, what="the same numbers")
        self.assertEqual(days()["missed"], sum(row["count"] for row in cluster.json("ledger", "m/each") if row["fate"] == "missed" and row["reason"] != "superseded"))
        self.assertNotIn("failed", {state for row in cluster.json("days", "--project", "m") for state in row["runs"]})
        self.assertEqual(cluster.json("days", "--until", "-2d"), [])
        self.assertEqual(cluster.cli("days", "--project", "none", check=False).returncode, 3)
        self.assertEqual(cluster.cli("days", "--since", "-900d", check=False).returncode, 6)
        self.assertEqual(cluster.cli("days", "--zone", "Mars/Base", check=False).returncode, 6)

    def test_watches_hear_of_it(self):
        run = self.failed()
        token = (self.cluster.folder / "backend/admin.token").read_text().strip()

        async def everything():
            async with websockets.connect(f"{self.cluster.url}/ws", subprotocols=["belfry.v1"], extra_headers={"Authorization": f"Bearer {token}"}) as link:
                await link.send(json.dumps({"jsonrpc": "2.0", "id": 1, "method": "watch.open", "params": {"topic": "runs"}}))
                await link.send(json.dumps({"jsonrpc": "2.0", "id": 2, "method": "watch.open", "params": {"topic": "server"}}))
                answers, count = set(), None
                acknowledged = None
                while acknowledged is None or count != 0:
                    message = json.loads(await asyncio.wait_for(link.recv(), 60))
                    if "id" in message:
                        answers.add(message["id"])
                        if answers == {1, 2}:
                            await link.send(json.dumps({"jsonrpc": "2.0", "id": 3, "method": "attention.acknowledge", "params": {"run": run}}))
                    row = message.get("params", {}).get("row") or {}
                    if row.get("run") == run and row.get("acknowledged_at"):
                        acknowledged = row["acknowledged_by"]
                    if "attention" in row:
                        count = row["attention"]
                return acknowledged

        self.assertEqual(asyncio.run(everything()), "admin")

    def test_the_next_occasion_is_skipped(self):
        cluster = self.cluster
        skipped = cluster.json("skip", "t/nightly", "--reason", "source is down")
        self.restart()
        cluster.apply(JOBS.replace("0 3 * * *", "0 3,15 * * *"))
        rows = [row for row in cluster.json("next", "t/nightly", "-n", "4") if row["at"] == skipped["at"]]
        self.assertEqual([(row["note"], row["by"]) for row in rows], [("skipped", "admin")])
        self.assertIn("source is down", rows[0]["reason"])
        self.assertIn("will be skipped", cluster.json("why", "t/nightly", "--at", skipped["at"])["sentence"])
        job = [row for row in cluster.json("jobs") if row["job"] == "t/nightly"][0]
        self.assertEqual(job["next_skipped"], job["next"] == skipped["at"])
        cluster.cli("unskip", "t/nightly", "--at", skipped["at"])
        self.restart()
        self.assertNotIn("skipped", [row["note"] for row in cluster.json("next", "t/nightly", "-n", "4")])
        self.assertEqual(cluster.cli("unskip", "t/nightly", check=False).returncode, 5)
        self.assertEqual(cluster.cli("skip", "t/nightly", "--at", "2020-01-01T00:00:00Z", check=False).returncode, 5)
        self.assertEqual(cluster.cli("skip", "t/good", check=False).returncode, 5)

    def test_a_skipped_occasion_is_in_the_ledger(self):
        cluster = self.cluster
        at = cluster.json("skip", "t/often", "--reason", "not now")["at"]
        self.restart()
        row = wait_until(lambda: [row for row in cluster.json("ledger", "t/often") if row["at"] == at], 30, "its row")[0]
        self.assertEqual((row["fate"], row["reason"], row["by"], row["by_reason"], row["run"]), ("skipped", "operator", "admin", "not now", None))
        self.assertIn("admin wanted it to be (not now)", cluster.json("why", "t/often", "--at", at)["sentence"])
        self.assertEqual(cluster.json("ledger", "verify")["differences"], [])
        self.assertEqual(cluster.cli("unskip", "t/often", "--at", at, check=False).returncode, 5)

    def test_hold_release_and_priority(self):
        cluster = self.cluster
        cluster.cli("agent", "drain", "a1")
        held, other, last = cluster.run("t/good"), cluster.run("t/good"), cluster.run("t/slow")
        cluster.cli("hold", held, "--reason", "not before the import")
        cluster.cli("priority", last, "95")
        self.restart(agent="draining")
        self.assertEqual((cluster.show(last)["priority"], cluster.show(last)["priority_by"]), (95, "admin"))
        why = cluster.json("why", held)
        self.assertIn("held", [blocker["kind"] for blocker in why["blockers"]])
        self.assertIn("it is held by admin since", why["sentence"])
        self.assertIn("not before the import", why["sentence"])
        cluster.cli("agent", "resume", "a1")
        cluster.wait_state(other, "succeeded")
        cluster.wait_state(last, "running")
        self.assertEqual(cluster.show(held)["state"], "queued")
        cluster.cli("release", held)
        cluster.wait_state(held, "succeeded")
        self.assertIsNone(cluster.show(held)["held_since"])
        for command in (["hold", last], ["hold", held], ["release", held], ["priority", held, "1"]):
            self.assertEqual(cluster.cli(*command, check=False).returncode, 5, command)
        self.assertEqual(cluster.cli("priority", last, "101", check=False).returncode, 2)

    def test_dry_run(self):
        cluster = self.cluster
        before = cluster.json("runs")
        preview = cluster.json("run", "t/picky", "-p", "mode=delta", "--dry-run")
        self.assertTrue(preview["starts"])
        self.assertEqual((preview["command"], preview["params"]), (["/bin/echo", "delta"], {"mode": "delta"}))
        self.assertEqual([(row["agent"], row["takes"]) for row in preview["agents"]], [("a1", True)])
        self.assertIn("on agent a1", preview["sentence"])
        cluster.cli("agent", "drain", "a1")
        preview = cluster.json("run", "t/picky", "--dry-run")
        self.assertEqual((preview["starts"], [blocker["kind"] for blocker in preview["blockers"]]), (False, ["agents"]))
        self.assertIn("drained", preview["agents"][0]["why"])
        cluster.cli("agent", "resume", "a1")
        slow = cluster.run("t/slow")
        cluster.wait_state(slow, "running")
        preview = cluster.json("run", "t/slow", "--dry-run")
        self.assertEqual([run["run"] for run in preview["blockers"][0]["runs"]], [slow])
        self.assertEqual(cluster.cli("run", "t/picky", "-p", "mode=odd", "--dry-run", check=False).returncode, 6)
        self.assertEqual(cluster.cli("run", "t/none", "--dry-run", check=False).returncode, 3)
        cluster.cli("pause", "t/picky")
        refused = cluster.cli("run", "t/picky", "--dry-run", "-o", "json", check=False)
        self.assertEqual(refused.returncode, 5, refused)
        self.assertIn("paused", json.loads(refused.stdout)["refusal"])
        after = [row for row in cluster.json("runs") if row["job"] != "t/often"]
        self.assertEqual([row["run"] for row in after], [slow] + [row["run"] for row in before if row["job"] != "t/often"])


if __name__ == "__main__":
    unittest.main()

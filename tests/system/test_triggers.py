# SPDX-License-Identifier: GPL-3.0-or-later
"""1 000 triggers with keys, some of them repeated, with a kill -9 of the backend in the middle; a lone agent; trigger.py."""
import asyncio
import json
import os
import subprocess
import sys
import time
import unittest

import websockets

from cluster import BIN, ROOT, ClusterTest, wait_until

JOBS = """
project: t
jobs:
  quick:
    params: {n: {type: int, default: 0}}
    env: {WITNESS: WITNESS_FILE, N: "${{ params.n }}"}
    command: [/bin/true]
  noted:
    env: {WITNESS: WITNESS_FILE}
    script: echo "start $BELFRY_RUN" >> "$WITNESS"
"""


class Triggers(ClusterTest):
    def test_keys_survive_a_kill(self):
        cluster = self.cluster
        cluster.start_backend()
        cluster.apply("project: t\njobs:\n" + "".join(f"  j{i}: {{command: [/bin/true]}}\n" for i in range(20)))
        answered, again = {}, []

        async def trigger(link, number):
            await link.send(json.dumps({"jsonrpc": "2.0", "id": number, "method": "run.trigger",
                                        "params": {"job": f"t/j{number % 20}", "key": f"key-{number}"}}))
            while True:
                reply = json.loads(await asyncio.wait_for(link.recv(), 20))
                if reply.get("id") == number:
                    return reply["result"]["run"]

        async def client(numbers):
            for number in numbers:
                while True:
                    try:
                        async with websockets.connect(f"{cluster.url}/ws", subprotocols=["belfry.v1"], extra_headers=headers) as link:
                            run = await trigger(link, number)
                        break
                    except (OSError, websockets.WebSocketException, asyncio.TimeoutError, EOFError):
                        again.append(number)
                        await asyncio.sleep(0.2)
                if number in answered:
                    self.assertEqual(answered[number], run, f"key-{number} made two runs")
                answered[number] = run

        async def everything():
            numbers = list(range(1000)) + list(range(0, 1000, 7))
            clients = [asyncio.create_task(client(numbers[i::8])) for i in range(8)]
            while len(answered) < 400:
                await asyncio.sleep(0.01)
            cluster.kill(cluster.backend)
            cluster.start_backend(wait=False)
            await asyncio.gather(*clients)

        headers = {"Authorization": "Bearer " + (cluster.folder / "backend/admin.token").read_text().strip()}
        asyncio.run(everything())
        self.assertEqual(len(answered), 1000)
        self.assertEqual(len(set(answered.values())), 1000, "exactly one run a key")
        held = set()
        after = []
        while True:
            page = cluster.json("runs", "--limit", "1000", *after)
            if not page:
                break
            held |= {run["run"] for run in page}
            after = ["--after", str(page[-1]["run"])]
        self.assertEqual(held, set(answered.values()), "nothing is lost that was answered, nothing is there twice")
        self.assertTrue(again, "the kill hit requests that were under way")

    def test_same_key_another_request_is_a_conflict(self):
        cluster = self.cluster
        cluster.start_backend()
        cluster.apply(JOBS)
        first = cluster.run("t/quick", "-p", "n=1", "--key", "k")
        self.assertEqual(cluster.run("t/quick", "-p", "n=1", "--key", "k"), first)
        self.assertEqual(cluster.cli("run", "t/quick", "-p", "n=2", "--key", "k", check=False).returncode, 5)
        self.assertEqual(cluster.cli("run", "t/quick", "-p", "n=x", check=False).returncode, 6)
        self.assertEqual(cluster.cli("run", "t/nothing", check=False).returncode, 3)

    def test_an_agent_with_nothing_but_url_and_token_takes_work(self):
        cluster = self.cluster
        cluster.start_backend()
        cluster.apply(JOBS)
        run = cluster.run("t/noted")
        started = time.monotonic()
        cluster.agents["lone"] = cluster._spawn("agent-lone.log", BIN / "belfry-agent", "--backend", cluster.url,
                                                "--token-file", cluster.folder / "backend/agent.token")
        cluster.wait_state(run, "succeeded", seconds=5)
        self.assertLess(time.monotonic() - started, 20)
        self.assertEqual(cluster.witnessed(), [f"start {run}"])

    def test_trigger_py(self):
        cluster = self.cluster
        cluster.start()
        cluster.apply(JOBS)
        done = subprocess.run(["/usr/bin/python3", ROOT / "resources/examples/trigger.py", "t/quick", "n=3"],
                              env=cluster.environment, capture_output=True, timeout=60)
        self.assertEqual(done.returncode, 0, done)
        self.assertIn(b"succeeded", done.stdout)
        lines = (ROOT / "resources/examples/trigger.py").read_text().splitlines()
        self.assertLessEqual(len(lines), 25)

    def test_exit_codes_of_wait(self):
        cluster = self.cluster
        cluster.start()
        cluster.apply("""
project: t
jobs:
  three: {script: exit 3}
  warn: {script: exit 3, exit_codes: {warning: [3]}}
  killed: {script: 'kill -9 $$'}
  slow: {script: sleep 60, timeout: 1s, grace: 1s}
  missing: {command: [/no/such/program]}
  retried: {script: 'test "$BELFRY_ATTEMPT" = 2', retries: {max: 1, delay: 1s}}
""")
        for job, code in {"three": 3, "warn": 3, "killed": 137, "slow": 124, "missing": 125, "retried": 0}.items():
            done = cluster.cli("run", f"t/{job}", "--wait", check=False)
            self.assertEqual(done.returncode, code, (job, done))
        self.assertEqual(len(cluster.show(max(r["run"] for r in cluster.json("runs", "--job", "t/retried")))["attempts"]), 2)


if __name__ == "__main__":
    unittest.main(verbosity=2)

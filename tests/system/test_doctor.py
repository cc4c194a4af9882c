# SPDX-License-Identifier: GPL-3.0-or-later
"""belfry doctor: its checks and exit code, and backups that a backend can be started from."""
import json
import os
import pathlib
import shutil
import stat
import unittest

from cluster import ClusterTest, wait_until

CHECKS = ["store", "health", "disk", "spool", "orphans", "clock", "skew", "agents", "versions", "access", "tokens"]


class Doctor(ClusterTest):
    def setUp(self):
        super().setUp()
        self.cluster.start()

    def checks(self, *arguments, code=0):
        done = self.cluster.cli("doctor", *arguments, "-o", "jsonl", check=False)
        self.assertEqual(done.returncode, code, done)
        return {row["check"]: row for row in map(json.loads, done.stdout.splitlines())}

    def run_some(self):
        self.cluster.apply("project: t\njobs: {hello: {script: 'echo hello'}, bad: {script: 'exit 3'}}")
        run = self.cluster.run("t/hello")
        self.cluster.wait_state(run, "succeeded")
        self.cluster.wait_state(self.cluster.run("t/bad"), "failed")
        wait_until(lambda: self.cluster.log(run) == b"hello\n", 30, "the log is here")

    def test_a_backend_that_is_well(self):
        self.run_some()
        found = self.checks()
        self.assertEqual(list(found), CHECKS)
        for name in ("store", "health", "spool", "orphans", "skew", "agents", "versions", "tokens"):
            self.assertEqual(found[name]["verdict"], "ok", found[name])
            self.assertEqual(found[name]["fix"], "")
        self.assertNotEqual(found["access"]["verdict"], "bad", found)
        shown = self.cluster.cli("doctor").stdout.decode()
        for name in CHECKS:
            self.assertRegex(shown, rf"(?m)^{name} +(ok|warning) ")

    def test_what_is_wrong_and_what_to_do(self):
        self.run_some()
        backend = self.cluster.folder / "backend"
        (backend / "logs" / "0" / "999-1.log").write_bytes(b"whose?")
        self.cluster.kill(self.cluster.agents["a1"])
        self.cluster.wait_agent("a1", "unreachable")
        found = self.checks()
        self.assertEqual(found["orphans"]["verdict"], "warning", found)
        self.assertIn("999-1.log", found["orphans"]["reason"])
        self.assertEqual(found["agents"]["verdict"], "warning", found)
        self.assertTrue(found["agents"]["fix"])
        os.chmod(backend / "agent.token", 0o644)
        found = self.checks(code=1)
        self.assertEqual(found["access"]["verdict"], "bad", found)
        self.assertIn("agent.token", found["access"]["reason"])

    def test_a_backup_starts_a_backend(self):
        cluster = self.cluster
        self.run_some()
        file = cluster.folder / "saved.db"
        found = self.checks("--backup", "saved.db")  # next to the caller: the backend is on this host
        self.assertEqual(found["backup"]["verdict"], "ok")
        self.assertEqual(stat.S_IMODE(file.stat().st_mode), 0o600)
        before = cluster.json("runs")
        made = cluster.json("token", "create", "--role", "viewer")  # after the backup: unknown to it
        again = cluster.cli("doctor", "--backup", file, check=False)
        self.assertEqual(again.returncode, 5, again)
        self.assertIn(b"exists", again.stderr)
        self.assertIn(b"store", again.stdout, "the checks are shown all the same")
        cluster.kill(*cluster.agents.values(), cluster.backend)

        old = cluster.folder / "backend"
        tokens = {name: (old / name).read_text() for name in ("admin.token", "agent.token")}
        shutil.rmtree(old)
        old.mkdir(mode=0o700)
        shutil.copy(file, old / "belfry.db")
        for name, token in tokens.items():
            (old / name).touch(0o600)
            (old / name).write_text(token)
        cluster.start_backend()
        self.assertEqual(cluster.json("runs"), before)
        self.assertEqual([job["job"] for job in cluster.json("jobs")], ["t/bad", "t/hello"])
        self.assertNotIn(made["id"], [each["id"] for each in cluster.json("token", "list")])
        self.assertEqual(self.checks()["store"]["verdict"], "ok")
        cluster.start_agent("a1")
        number = cluster.run("t/hello")
        self.assertGreater(number, max(run["run"] for run in before))
        cluster.wait_state(number, "succeeded")

    def test_what_is_refused(self):
        cluster = self.cluster
        folder = pathlib.Path(cluster.folder)
        for target, code in ((folder / "no/such/folder/x.db", 7), (folder / "agent-a1", 5), ("", 2)):
            done = cluster.cli("doctor", "--backup", target, check=False)
            self.assertEqual(done.returncode, code, (target, done))
        self.assertEqual(list(folder.glob("*.part")), [])


if __name__ == "__main__":
    unittest.main(verbosity=2)

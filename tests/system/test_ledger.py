# SPDX-License-Identifier: GPL-3.0-or-later
"""The ledger in real time: the seed case, downtimes of each policy, pauses, and its recomputation."""
import calendar
import sqlite3
import time
import unittest

from cluster import ClusterTest, wait_until


def by_time(cluster, job):
    return sorted(cluster.json("ledger", job), key=lambda row: row["at"])


def seconds_of(text):
    return calendar.timegm(time.strptime(text[:19], "%Y-%m-%dT%H:%M:%S")) + float(text[19:-1] or 0)


def down(cluster, seconds):
    cluster.kill(cluster.backend)
    until = time.time() + seconds
    wait_until(lambda: time.time() > until, seconds + 20, "a downtime")
    cluster.start_backend()
    cluster.wait_agent("a1")


def job(policies, period="3s", script='echo "$BELFRY_OCCASION $BELFRY_CAUSE" >> "$WITNESS"'):
    return f"""
project: t
jobs:
  j:
    schedule: [{{every: {period}, name: r}}]
    env: {{WITNESS: WITNESS_FILE}}
    script: |
      {script}
""" + "".join(f"    {line}\n" for line in policies)


class Ledger(ClusterTest):
    def verify(self, code=0):
        done = self.cluster.cli("ledger", "verify", "-o", "json", check=False)
        self.assertEqual(done.returncode, code, done.stdout.decode() + done.stderr.decode())
        return done

    def test_the_seed_case(self):
        cluster = self.cluster
        cluster.start()
        cluster.apply(job([], "6s", 'n=$(wc -l < "$WITNESS"); echo "$BELFRY_OCCASION $(date -u +%Y-%m-%dT%H:%M:%S.%3NZ)" >> "$WITNESS"\n'
                                    '      case $n in 0) sleep 4;; 1) sleep 5.4;; 2) sleep 6.8;; esac'))
        wait_until(lambda: len(cluster.witnessed()) >= 4, 60, "four starts")
        late = []
        for line in cluster.witnessed()[:4]:
            due, started = [seconds_of(text) for text in line.split()]
            late.append(started - due)
        for seconds in late[:3]:
            self.assertTrue(0 <= seconds < 0.7, late)
        self.assertTrue(0.8 <= late[3] < 1.6, f"the fourth starts 0.8 s late: {late}")
        self.assertTrue(all(row["fate"] == "ran" for row in by_time(cluster, "t/j")[:4]))
        self.verify()

    def test_each_policy_after_a_downtime(self):
        cluster = self.cluster
        cluster.start()
        tolerance = "late_tolerance: 1s"
        cluster.apply("project: t\ndefaults: {command: [\"true\"]}\njobs:\n" + "".join(
            f"  {name}:\n    schedule: [{{every: 3s, name: r}}]\n    {policy}\n" for name, policy in {
                "latest": f"catch_up: {{{tolerance}}}",
                "none": f"catch_up: {{policy: none, {tolerance}}}",
                "every": f"catch_up: {{policy: all, {tolerance}}}",
                "two": f"catch_up: {{policy: all, max: 2, {tolerance}}}",
                "window": f"catch_up: {{window: 5s, {tolerance}}}",
                "expires": f"start_by: 5s\n    catch_up: {{policy: all, {tolerance}}}",
            }.items()))
        wait_until(lambda: any(row["fate"] == "ran" for row in by_time(cluster, "t/latest")), 20, "a first run")
        stopped = time.time()
        down(cluster, 14)
        wait_until(lambda: time.time() > stopped + 20, 40, "it goes on")

        def missed(name):
            first, last = stopped + 0.5, stopped + 12
            rows = [row for row in by_time(cluster, f"t/{name}")]
            inside = [row for row in rows if first < seconds_of(row["at"]) < last]
            return [f"{row['fate']} {row['reason']}".strip() for row in inside]

        latest = missed("latest")
        self.assertTrue(set(latest[:-2]) == {"missed superseded"}, latest)
        self.assertTrue(set(missed("none")[:-1]) == {"missed downtime"}, missed("none"))
        self.assertEqual(set(missed("every")), {"ran"}, missed("every"))
        self.assertIn("missed over_max", missed("two"))
        self.assertIn("missed outside_window", missed("window"))
        self.assertIn("expired start_by", missed("expires"))
        self.verify()

    def test_a_pause_over_a_restart(self):
        cluster = self.cluster
        cluster.start()
        cluster.apply(job(["catch_up: {late_tolerance: 1s}"], "2s"))
        wait_until(lambda: cluster.witnessed(), 20, "a first run")
        self.assertEqual(cluster.json("pause", "t/j", "--then", "latest")["jobs"], ["t/j"])
        self.assertIsNotNone(next(row for row in cluster.json("jobs") if row["job"] == "t/j")["paused_since"])
        before = len(cluster.witnessed())
        refused = cluster.cli("run", "t/j", check=False)
        self.assertEqual(refused.returncode, 5, refused.stderr)
        down(cluster, 5)
        wait_until(lambda: sum(row["fate"] == "pending" for row in by_time(cluster, "t/j")) >= 3, 20, "held occasions")
        self.assertEqual(len(cluster.witnessed()), before, "nothing starts")
        cluster.cli("resume", "t")
        wait_until(lambda: len(cluster.witnessed()) >= before + 2, 20, "it runs again")
        fates = [f"{row['fate']} {row['reason']}".strip() for row in by_time(cluster, "t/j")]
        self.assertIn("missed superseded", fates)
        self.assertEqual(cluster.cli("resume", "t/j", check=False).returncode, 5, "it is not paused any more")
        self.assertEqual(cluster.cli("pause", "nobody", check=False).returncode, 3)
        self.verify()

    def test_a_deleted_row_is_found(self):
        cluster = self.cluster
        cluster.start()
        cluster.apply(job([], "1s"))
        wait_until(lambda: len(by_time(cluster, "t/j")) >= 6, 30, "six occasions")
        self.verify()
        cluster.kill(cluster.backend)
        with sqlite3.connect(cluster.folder / "backend/belfry.db") as database:
            at, = database.execute("SELECT at FROM occasions WHERE fate = 'ran' ORDER BY at LIMIT 1 OFFSET 2").fetchone()
            database.execute("DELETE FROM occasions WHERE at = ?", (at,))
            database.execute("INSERT INTO occasions (job, at, rule, job_name, fate, reason, run, version, count, until) "
                             "SELECT job, at + 300, rule, job_name, fate, reason, run, version, count, until "
                             "FROM occasions ORDER BY at LIMIT 1")
        database.close()
        cluster.start_backend()
        text = self.verify(code=1).stdout.decode()
        self.assertIn('"missing"', text)
        self.assertIn('"extra"', text)
        self.assertIn(time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(at // 1000)), text)


if __name__ == "__main__":
    unittest.main()

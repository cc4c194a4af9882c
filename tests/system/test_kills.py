# SPDX-License-Identifier: GPL-3.0-or-later
"""kill -9 of each process, and of both daemons at once, while a job prints a numbered line each 100 ms."""
import datetime
import os
import signal
import unittest

from cluster import TICKER, TICKER_LOG, ClusterTest, wait_until


class Kills(ClusterTest):
    def begin(self):
        cluster = self.cluster
        cluster.start()
        cluster.apply(TICKER)
        run = cluster.run("t/ticker")
        cluster.wait_state(run, "running")
        wait_until(lambda: b"line 20\n" in cluster.log(run), 20, "the log has grown")
        return run

    def check_whole(self, run):
        cluster = self.cluster
        shown = cluster.wait_state(run, "failed", "succeeded", "lost")
        self.assertEqual((shown["state"], shown["attempts"][0]["exit_code"]), ("failed", 7))
        self.assertEqual(len(shown["attempts"]), 1)
        wait_until(lambda: cluster.log(run) == TICKER_LOG, 20, "the log is whole")
        self.assertEqual(cluster.witnessed(), [f"start {run} 1", f"end {run} 1"])
        took = self.instant(shown["ended_at"]) - self.instant(shown["started_at"])
        self.assertTrue(9.5 < took.total_seconds() < 20, f"the run took {took}, from {shown['started_at']} to {shown['ended_at']}")

    @staticmethod
    def instant(text):
        return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))

    def ps_is_right(self, run):
        wait_until(lambda: [(r["run"], r["state"], r["unreachable_since"]) for r in self.cluster.json("ps")] == [(run, "running", None)],
                   10, "ps is right after the restart")

    def test_backend(self):
        run = self.begin()
        self.cluster.kill(self.cluster.backend)
        self.cluster.start_backend()
        self.ps_is_right(run)
        self.check_whole(run)

    def test_agent(self):
        run = self.begin()
        self.cluster.kill(self.cluster.agents["a1"])
        self.cluster.start_agent("a1")
        self.ps_is_right(run)
        self.check_whole(run)

    def test_both_at_once(self):
        run = self.begin()
        self.cluster.kill(self.cluster.backend, self.cluster.agents["a1"])
        self.cluster.start_backend()
        self.assertEqual([agent["state"] for agent in self.cluster.json("agents") if agent["name"] == "a1"], ["unreachable"])
        self.assertEqual([row["run"] for row in self.cluster.json("ps") if row["unreachable_since"]], [run])
        self.cluster.start_agent("a1")
        self.ps_is_right(run)
        self.check_whole(run)

    def test_both_until_the_job_has_ended(self):
        run = self.begin()
        self.cluster.kill(self.cluster.backend, self.cluster.agents["a1"])
        wait_until(lambda: f"end {run} 1" in self.cluster.witnessed(), 20, "the job ends with both daemons dead")
        ended = datetime.datetime.now(datetime.timezone.utc)
        self.cluster.start_backend()
        self.cluster.start_agent("a1")
        self.check_whole(run)
        shown = self.cluster.show(run)
        self.assertLess(abs((self.instant(shown["ended_at"]) - ended).total_seconds()), 1.5, "the true end time is kept")

    def test_supervisor(self):
        run = self.begin()
        supervisors = self.cluster.supervisors()
        self.assertEqual(len(supervisors), 1)
        os.kill(supervisors[0], signal.SIGKILL)
        shown = self.cluster.wait_state(run, "failed", "succeeded", "lost")
        self.assertEqual(shown["state"], "lost")
        self.assertIn("exit_unseen", shown["reason"])
        self.assertEqual(len(shown["attempts"]), 1)
        self.assertEqual(self.cluster.job_processes(), [])
        wait_until(lambda: self.cluster.log(run) == TICKER_LOG, 20, "the log is complete up to the end")
        self.assertEqual(self.cluster.witnessed(), [f"start {run} 1", f"end {run} 1"])


if __name__ == "__main__":
    unittest.main(verbosity=2)

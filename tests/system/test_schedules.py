# SPDX-License-Identifier: GPL-3.0-or-later
"""Schedules in real time: overshoot, a backend that was down, a retry."""
import collections
import time
import unittest

from cluster import ClusterTest, wait_until


class Schedules(ClusterTest):
    def test_what_overshoots_waits_and_nothing_vanishes(self):
        cluster = self.cluster
        cluster.start()
        cluster.apply("""
project: t
jobs:
  over:
    schedule: [{every: 3s}]
    env: {WITNESS: WITNESS_FILE}
    script: |
      echo "$BELFRY_OCCASION $(date +%s.%N)" >> "$WITNESS"
      sleep 4
""")
        wait_until(lambda: len(cluster.witnessed()) >= 5, 60, "five runs")
        ledger = sorted(cluster.json("ledger", "t/over"), key=lambda o: o["at"])
        instants = [o["at"] for o in ledger]
        self.assertEqual(len(instants), len(set(instants)), "one row an occasion")
        fates = collections.Counter(o["fate"] for o in ledger)
        self.assertGreaterEqual(fates["ran"], 4)
        self.assertGreaterEqual(fates["merged"], 1, fates)
        self.assertTrue(all(o["fate"] in ("ran", "merged", "pending") for o in ledger), ledger)
        for occasion in ledger:
            if occasion["fate"] == "merged":
                self.assertIsNotNone(occasion["run"], "a merged occasion names the run that covers it")
        starts = [float(line.split()[1]) for line in cluster.witnessed()]
        gaps = [b - a for a, b in zip(starts, starts[1:])]
        self.assertTrue(all(gap >= 3.9 for gap in gaps), f"never two at once: {gaps}")
        self.assertTrue(all(gap < 6.5 for gap in gaps[1:]), f"the next one starts when the slot is free: {gaps}")

    def test_after_downtime_only_the_newest_runs(self):
        cluster = self.cluster
        cluster.start()
        cluster.apply("""
project: t
jobs:
  beat:
    schedule: [{every: 2s}]
    catch_up: {late_tolerance: 60s}
    env: {WITNESS: WITNESS_FILE}
    script: echo "$BELFRY_OCCASION $BELFRY_CAUSE" >> "$WITNESS"
""")
        wait_until(lambda: len(cluster.witnessed()) >= 2, 30, "two beats")
        cluster.kill(cluster.backend)
        down = time.time()
        wait_until(lambda: time.time() > down + 9, 20, "nine seconds without a backend")
        before = len(cluster.witnessed())
        cluster.start_backend()
        wait_until(lambda: len(cluster.witnessed()) >= before + 2, 30, "it beats again")
        ledger = sorted(cluster.json("ledger", "t/beat"), key=lambda o: o["at"])
        instants = [o["at"] for o in ledger]
        self.assertEqual(len(instants), len(set(instants)))
        seconds = [int(at[17:19]) for at in instants]
        self.assertTrue(all((b - a) % 60 == 2 for a, b in zip(seconds, seconds[1:])), f"no hole in the ledger: {instants}")
        lines = [line.split()[0] for line in cluster.witnessed()]
        self.assertEqual(len(lines), len(set(lines)), "no occasion ran twice")

    def test_nothing_starts_early(self):
        cluster = self.cluster
        cluster.start()
        cluster.apply("""
project: t
jobs:
  early:
    schedule: [{every: 1s}]
    env: {WITNESS: WITNESS_FILE}
    script: echo "$BELFRY_OCCASION $(date -u +%Y-%m-%dT%H:%M:%S.%3NZ)" >> "$WITNESS"
""")
        wait_until(lambda: len(cluster.witnessed()) >= 6, 30, "six starts")
        for line in cluster.witnessed():
            occasion, started = line.split()
            self.assertLessEqual(occasion, started)


if __name__ == "__main__":
    unittest.main(verbosity=2)

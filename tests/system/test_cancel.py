# SPDX-License-Identifier: GPL-3.0-or-later
"""cancel: while queued, while running, while the agent is away, and of a tree that does all it can to survive."""
import unittest

from cluster import ClusterTest, wait_until

JOBS = """
project: t
jobs:
  stubborn:
    env: {WITNESS: WITNESS_FILE}
    grace: 1s
    script: |
      trap '' TERM
      # Double fork into a session of its own, deaf to TERM, still holding the log.
      ( setsid sh -c 'trap "" TERM; (trap "" TERM; while :; do sleep 0.2; done) & while :; do sleep 0.2; done' & ) &
      ( setsid setsid sh -c 'trap "" TERM; while :; do sleep 0.2; done' </dev/null >/dev/null 2>&1 & ) &
      sleep 0.5
      echo ready
      while :; do sleep 0.2; done
  sleepy:
    env: {WITNESS: WITNESS_FILE}
    overlap: queue
    script: |
      echo "start $BELFRY_RUN" >> "$WITNESS"
      sleep 300
"""


class Cancel(ClusterTest):
    def setUp(self):
        super().setUp()
        self.cluster.start()
        self.cluster.apply(JOBS)

    def test_a_tree_that_resists(self):
        cluster = self.cluster
        run = cluster.run("t/stubborn")
        wait_until(lambda: b"ready" in cluster.log(run), 20, "the tree stands")
        self.assertGreaterEqual(len(cluster.job_processes()), 3)
        cluster.cli("cancel", run, "--reason", "test")
        shown = cluster.wait_state(run, "cancelled")
        self.assertEqual(cluster.job_processes(), [], "nothing is left once the state is final")
        self.assertIn("killed", shown["attempts"][0]["reason"])

    def test_while_queued(self):
        cluster = self.cluster
        first = cluster.run("t/sleepy")
        cluster.wait_state(first, "running")
        second = cluster.run("t/sleepy")
        self.assertEqual(cluster.show(second)["state"], "queued")
        cluster.cli("cancel", second)
        self.assertEqual(cluster.wait_state(second, "cancelled")["attempts"], [])
        cluster.cli("cancel", first)
        cluster.wait_state(first, "cancelled")
        self.assertEqual(cluster.witnessed(), [f"start {first}"])

    def test_while_the_agent_is_away(self):
        cluster = self.cluster
        run = cluster.run("t/sleepy")
        cluster.wait_state(run, "running")
        cluster.kill(cluster.agents["a1"])
        wait_until(lambda: cluster.show(run)["unreachable_since"], 40, "the run is marked unreachable")
        cluster.cli("cancel", run)
        self.assertEqual(cluster.show(run)["state"], "running", "no verdict before the processes are gone")
        cluster.start_agent("a1")
        cluster.wait_state(run, "cancelled")
        self.assertEqual(cluster.job_processes(), [])


if __name__ == "__main__":
    unittest.main(verbosity=2)

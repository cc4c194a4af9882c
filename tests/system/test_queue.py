# SPDX-License-Identifier: GPL-3.0-or-later
"""Limits, priorities, drain, lost and rerun, with real processes."""
import signal
import unittest

from cluster import ClusterTest, wait_until

# Each job waits until its file `go-NAME` is there, so that a test decides when it ends.
GATED = """
project: q
limits:
  pool: {units: %d}
jobs:
"""
JOB = """
  %s:
    env: {WITNESS: WITNESS_FILE}
    limits: {pool: 1}
    priority: %d
    script: |
      echo "start $BELFRY_JOB $BELFRY_RUN $BELFRY_ATTEMPT" >> "$WITNESS"
      while [ ! -e "$WITNESS.$BELFRY_JOB" ]; do sleep 0.05; done
      echo "end $BELFRY_JOB $BELFRY_RUN $BELFRY_ATTEMPT" >> "$WITNESS"
"""


def jobs(units, **priorities):
    return GATED % units + "".join(JOB % (name, priority) for name, priority in priorities.items())


class Queue(ClusterTest):
    def open_gate(self, name):
        self.cluster.witness.with_name(f"{self.cluster.witness.name}.{name}").touch()

    def started(self):
        return [line.split()[1] for line in self.cluster.witnessed() if line.startswith("start")]

    def test_a_lock_holds_two_jobs_apart(self):
        cluster = self.cluster
        cluster.start()
        cluster.apply(jobs(1, one=50, two=50))
        first, second = cluster.run("q/one"), cluster.run("q/two")
        cluster.wait_state(first, "running")
        self.assertEqual(cluster.show(second)["state"], "queued")
        self.open_gate("one")
        self.open_gate("two")
        cluster.wait_state(first, "succeeded")
        cluster.wait_state(second, "succeeded")
        self.assertEqual(cluster.witnessed(), [f"start one {first} 1", f"end one {first} 1", f"start two {second} 1",
                                               f"end two {second} 1"])

    def test_more_units_let_more_start(self):
        cluster = self.cluster
        cluster.start()
        cluster.apply(jobs(1, one=50, two=50))
        first, second = cluster.run("q/one"), cluster.run("q/two")
        cluster.wait_state(first, "running")
        self.assertEqual(cluster.show(second)["state"], "queued")
        cluster.apply(jobs(2, one=50, two=50))
        cluster.wait_state(second, "running")
        self.assertEqual(cluster.show(first)["state"], "running")

    def test_the_highest_priority_goes_first(self):
        cluster = self.cluster
        cluster.start()
        cluster.apply(jobs(1, first=50, low=10, high=90, middle=50))
        cluster.wait_state(cluster.run("q/first"), "running")
        runs = [cluster.run(f"q/{name}") for name in ("low", "middle", "high")]
        for name in ("first", "low", "middle", "high"):
            self.open_gate(name)
        for run in runs:
            cluster.wait_state(run, "succeeded")
        self.assertEqual(self.started(), ["first", "high", "middle", "low"])

    def test_drain_lets_live_runs_end_and_takes_no_new(self):
        cluster = self.cluster
        cluster.start()
        cluster.apply(jobs(9, one=50, two=50))
        first = cluster.run("q/one")
        cluster.wait_state(first, "running")
        cluster.cli("agent", "drain", "a1")
        self.assertEqual(cluster.agent_state("a1"), "draining")
        second = cluster.run("q/two")
        self.open_gate("one")
        self.open_gate("two")
        cluster.wait_state(first, "succeeded")
        self.assertEqual(cluster.show(second)["state"], "queued")
        cluster.cli("agent", "resume", "a1")
        cluster.wait_state(second, "succeeded")
        self.assertEqual(cluster.cli("agent", "forget", "a1", check=False).returncode, 5)
        cluster.kill(cluster.agents["a1"])
        cluster.wait_agent("a1", "unreachable")
        cluster.cli("agent", "forget", "a1")
        self.assertIsNone(cluster.agent_state("a1"))

    def test_wait_counts_the_result_when_the_agent_returns(self):
        cluster = self.cluster
        cluster.start(agents=2)
        cluster.apply(jobs(9, one=50))
        run = cluster.run("q/one")
        name = cluster.wait_state(run, "running")["attempts"][0]["agent"]
        agent = cluster.agents[name]
        agent.send_signal(signal.SIGSTOP)
        try:
            wait_until(lambda: cluster.json("ps")[0]["unreachable_since"], 60, "the run is unreachable")
            self.open_gate("one")
            wait_until(lambda: f"end one {run} 1" in cluster.witnessed(), 20, "the job ends on its own")
            self.assertEqual(cluster.show(run)["state"], "running")
        finally:
            agent.send_signal(signal.SIGCONT)
        shown = cluster.wait_state(run, "succeeded")
        self.assertEqual(len(shown["attempts"]), 1)
        self.assertEqual(cluster.witnessed(), [f"start one {run} 1", f"end one {run} 1"])

    def test_lost_and_rerun(self):
        cluster = self.cluster
        cluster.start()
        cluster.apply(jobs(9, one=50))
        run = cluster.run("q/one")
        cluster.wait_state(run, "running")
        refused = cluster.cli("lost", run, "--reason", "test", check=False)
        self.assertEqual(refused.returncode, 5, refused.stderr)
        self.assertEqual(cluster.cli("rerun", run, check=False).returncode, 5)
        cluster.kill(cluster.agents["a1"])
        cluster.wait_agent("a1", "unreachable")
        self.assertEqual(cluster.cli("lost", run, check=False).returncode, 2)
        cluster.cli("lost", run, "--reason", "its host burnt")
        shown = cluster.show(run)
        self.assertEqual(shown["state"], "lost")
        self.assertIn("its host burnt", shown["reason"])
        cluster.start_agent("a1")
        self.open_gate("one")
        again = cluster.json("rerun", run)["run"]
        shown = cluster.wait_state(again, "succeeded")
        self.assertEqual(shown["rerun_of"], run)
        self.assertEqual(cluster.show(run)["state"], "lost")
        self.assertEqual(cluster.cli("rerun", 4711, check=False).returncode, 3)


if __name__ == "__main__":
    unittest.main(verbosity=2)

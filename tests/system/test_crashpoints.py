# SPDX-License-Identifier: GPL-3.0-or-later
"""Each named crash point of backend, agent and supervisor, at its first and third pass: nothing lost, nothing twice."""
import collections
import json
import pathlib
import re
import subprocess
import unittest

from cluster import ROOT, ClusterTest, wait_until

JOBS = "project: t\njobs:\n" + "".join(f"""
  j{i}:
    env: {{WITNESS: WITNESS_FILE}}
    script: |
      echo "start $BELFRY_RUN $BELFRY_ATTEMPT" >> "$WITNESS"
      echo "hello from $BELFRY_RUN"
      sleep 0.3
""" for i in range(4))


def points(*folders):
    found = set()
    for folder in folders:
        for file in pathlib.Path(ROOT / folder).glob("*.cpp"):
            found |= set(re.findall(r'FAULT_POINT\("([^"]+)"\)', file.read_text()))
    return sorted(found)


class CrashPoints(ClusterTest):
    def sweep(self, names, on_backend):
        self.assertTrue(names, "there are crash points")
        self.on_backend = on_backend
        self.cluster.start_backend()
        self.cluster.apply(JOBS)
        runs, reached = [], set()
        for name in names:
            for count in (1, 3):
                mark = self.cluster.folder / f"crash-{name}-{count}"
                crash = {"BELFRY_CRASH_AT": f"{name}:{count}", "BELFRY_CRASH_ONCE": str(mark)}
                (self.replace_backend if on_backend else self.replace_agent)(crash)
                made = [self.trigger(f"t/j{i}", f"{name}-{count}-{i}") for i in range(4)]
                wait_until(lambda: mark.exists() or all(map(self.over, made)), 60, f"{name} is reached or the runs are over", every=0.1)
                for run in made:
                    shown = self.final(run)
                    self.assertTrue(shown["state"] == "succeeded" or not on_backend, (name, count, shown))
                runs += made
                if mark.exists():
                    reached.add(name)
        witnessed = collections.Counter(self.cluster.witnessed())
        self.assertEqual({line: n for line, n in witnessed.items() if n > 1}, {}, "no attempt was started twice")
        self.assertEqual(sorted(set(runs)), sorted(runs), "each key made one run")
        for run in runs:
            if self.cluster.show(run)["state"] == "succeeded":
                wait_until(lambda: self.cluster.log(run) == b"hello from %d\n" % run, 20, f"the log of run {run} is whole")
        self.assertEqual(sorted(set(names) - reached), [], "each crash point was reached")

    def replace_backend(self, crash):
        self.cluster.kill(self.cluster.backend)
        self.cluster.start_backend(wait=False, **crash)
        if "a1" not in self.cluster.agents:
            self.cluster.start_agent("a1", wait=False)

    def replace_agent(self, crash):
        if "a1" in self.cluster.agents:
            self.cluster.kill(self.cluster.agents["a1"])
        # One that has nothing to do ends; the next is to be started with the crash point in its environment.
        wait_until(lambda: not self.cluster.supervisors(), 20, "idle supervisors end")
        self.cluster.start_agent("a1", wait=False, **crash)

    def revive(self):
        cluster = self.cluster
        if cluster.backend.poll() is not None:
            cluster.start_backend()
        if "a1" in cluster.agents and cluster.agents["a1"].poll() is not None:
            cluster.start_agent("a1", wait=False)

    def ask(self, *arguments):
        """What the CLI prints, or None while what it needs is dead: a mark is made a moment before its process dies."""
        self.revive()
        try:
            done = self.cluster.cli(*arguments, "-o", "json", check=False, timeout=5)
        except subprocess.TimeoutExpired:
            return None
        return json.loads(done.stdout) if done.returncode == 0 else None

    def final(self, run):
        def once():
            shown = self.ask("show", run)
            return shown if shown and shown["state"] in ("succeeded", "lost", "not_started") else None

        return wait_until(once, 60, f"run {run} has ended")

    def trigger(self, job, key):
        """The run that this key made, however often the backend dies meanwhile."""
        return wait_until(lambda: self.ask("run", job, "--key", key), 60, f"run {job} is accepted")["run"]

    def over(self, run):
        """Final, and its log durable and (at the backend) packed, which comes later and has crash points too."""
        shown = self.ask("show", run)
        return shown and shown["ended_at"] and all(
            each["log_bytes"] >= each["log_written"] and (not self.on_backend or each["log_check"] == "same") for each in shown["attempts"])

    def test_backend(self):
        self.sweep(points("backend", "backend/store", "backend/server"), on_backend=True)

    def test_agent_and_supervisor(self):
        self.sweep(points("agent", "agent/process", "agent/supervisor"), on_backend=False)


if __name__ == "__main__":
    unittest.main(verbosity=2)

# SPDX-License-Identifier: GPL-3.0-or-later
"""Agents that are cut off or stopped for longer than lost_after, under each on_lost, and a backend that is."""
import os
import pathlib
import signal
import socket
import threading
import time
import unittest

from cluster import ClusterTest, alive, free_port, wait_until

# The lock is held by all processes of an attempt: who cannot have it found an older tree alive.
JOB = """
  {name}:
    on_lost: {policy}
    lost_after: 36s
    grace: 1s
    retries: {{delay: 0s}}
    agent: {agents}
    env: {{WITNESS: WITNESS_FILE}}
    script: |
      exec 9> "$WITNESS.$BELFRY_JOB"
      flock -n 9 || echo "overlap $BELFRY_JOB" >> "$WITNESS"
      echo "start $BELFRY_JOB $BELFRY_ATTEMPT" >> "$WITNESS"
      while [ ! -e "$WITNESS.go" ]; do sleep 0.2; done
      exit 7
"""

SHORT = """
project: t
jobs:
  short:
    on_lost: fail
    lost_after: 31s
    grace: 1s
    env: {WITNESS: WITNESS_FILE}
    script: sleep 3; echo end >> "$WITNESS"
"""


class Relay:
    """A network between an agent and the backend, that can be cut."""

    def __init__(self, port):
        self.target = port
        self.port = free_port()
        self.listener = None
        self.sockets = []
        self.lock = threading.Lock()
        self.heal()

    def heal(self):
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", self.port))
        listener.listen(16)
        self.listener = listener
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()

    def cut(self):
        with self.lock:
            ends, self.sockets = self.sockets, []
            listener, self.listener = self.listener, None
        if listener:
            listener.shutdown(socket.SHUT_RDWR)
            listener.close()
        for end in ends:
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            end.close()

    def _accept(self, listener):
        while True:
            try:
                near = listener.accept()[0]
                far = socket.create_connection(("127.0.0.1", self.target))
            except OSError:
                return
            with self.lock:
                if self.listener is not listener:
                    near.close()
                    far.close()
                    return
                self.sockets += [near, far]
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=self._pass, args=(source, sink), daemon=True).start()

    @staticmethod
    def _pass(source, sink):
        try:
            while data := source.recv(65536):
                sink.sendall(data)
        except OSError:
            pass
        for end in (source, sink):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


class Leases(ClusterTest):
    def processes(self, job):
        """pids of the job's processes, on whatever agent"""
        found = []
        for pid in self.cluster.job_processes():
            try:
                if f"BELFRY_JOB={job}\0".encode() in pathlib.Path(f"/proc/{pid}/environ").read_bytes() and alive(pid):
                    found.append(pid)
            except OSError:
                continue
        return found

    def spooled(self, agent):
        return list((self.cluster.folder / f"agent-{agent}/spool").iterdir())

    def test_agents_out_of_reach_for_longer_than_lost_after(self):
        cluster = self.cluster
        cluster.start_backend()
        relay = Relay(cluster.port)
        self.addCleanup(relay.cut)
        cluster.start_agent("a1", url=f"ws://127.0.0.1:{relay.port}")
        cluster.start_agent("a2")
        self.addCleanup(lambda: os.kill(cluster.agents["a2"].pid, signal.SIGCONT))
        text = "project: t\njobs:"
        for number in (1, 2):
            for policy in ("wait", "fail", "rerun"):
                agents = f"name == a{number}" + (" || name == a3" if policy == "rerun" else "")
                text += JOB.format(name=f"{policy}{number}", policy=policy, agents=agents)
        cluster.apply(text)
        runs = {f"{policy}{n}": cluster.run(f"t/{policy}{n}") for policy in ("wait", "fail", "rerun") for n in (1, 2)}
        for run in runs.values():
            cluster.wait_state(run, "running")
        wait_until(lambda: len(cluster.witnessed()) == len(runs), 20, "all have started")
        cluster.start_agent("a3")

        relay.cut()
        cluster.agents["a2"].send_signal(signal.SIGSTOP)
        wait_until(lambda: cluster.show(runs["fail1"])["unreachable_since"], 20, "a1 is unreachable")
        self.assertRegex(cluster.json("why", runs["fail1"])["sentence"],
                         r"unreachable since .* processes are ended at .* at the latest.* the run is lost \(on_lost: fail\)")

        for number in (1, 2):
            shown = cluster.wait_state(runs[f"fail{number}"], "lost", seconds=90)
            self.assertEqual(self.processes(f"fail{number}"), [], "counted as lost while it lives")
            self.assertEqual((shown["reason"], len(shown["attempts"])), ("lost_after", 1))
            again = wait_until(lambda: self.second_attempt(runs[f"rerun{number}"]), 90, "a new attempt runs")
            self.assertEqual([a["state"] for a in again["attempts"]], ["lost", "running"])
            self.assertEqual([a["agent"] for a in again["attempts"]], [f"a{number}", "a3"])
            waits = cluster.show(runs[f"wait{number}"])
            self.assertEqual((waits["state"], len(waits["attempts"])), ("running", 1))
            self.assertTrue(waits["unreachable_since"])
            self.assertTrue(self.processes(f"wait{number}"))
        self.assertIn("lost_after of 36s (on_lost: fail)", cluster.json("why", runs["fail1"])["sentence"])

        pathlib.Path(f"{cluster.witness}.go").touch()
        wait_until(lambda: not self.processes("wait1") and not self.processes("wait2"), 20, "they end without their agents")
        relay.heal()
        cluster.agents["a2"].send_signal(signal.SIGCONT)
        for number in (1, 2):
            waits = cluster.wait_state(runs[f"wait{number}"], "failed")
            self.assertEqual([a["exit_code"] for a in waits["attempts"]], [7], "the result counts")
            again = cluster.wait_state(runs[f"rerun{number}"], "failed")
            self.assertEqual([a["exit_code"] for a in again["attempts"]], [None, 7])
            wait_until(lambda: not self.spooled(f"a{number}"), 30, "all that the agent had to say was taken")
            lost = cluster.show(runs[f"fail{number}"])
            self.assertEqual((lost["state"], lost["reason"]), ("lost", "lost_after"))
        self.assertEqual(sorted(cluster.witnessed()), sorted(
            f"start {policy}{number} {attempt}" for number in (1, 2)
            for policy, attempt in (("wait", 1), ("fail", 1), ("rerun", 1), ("rerun", 2))))

    def test_a_backend_that_was_stopped_calls_nobody_silent(self):
        cluster = self.cluster
        cluster.start()
        cluster.apply(SHORT)
        run = cluster.run("t/short")
        cluster.wait_state(run, "running")
        cluster.backend.send_signal(signal.SIGSTOP)
        self.addCleanup(lambda: cluster.backend.send_signal(signal.SIGCONT))
        stopped = time.monotonic()
        wait_until(lambda: "end" in cluster.witnessed(), 20, "the job ends, and cannot tell it")
        wait_until(lambda: time.monotonic() > stopped + 35, 60, "lost_after is over")
        cluster.backend.send_signal(signal.SIGCONT)
        shown = cluster.wait_state(run, "succeeded", "lost", "failed")
        self.assertEqual((shown["state"], shown["reason"], len(shown["attempts"])), ("succeeded", "", 1))

    def second_attempt(self, run):
        shown = self.cluster.show(run)
        return shown if len(shown["attempts"]) == 2 and shown["state"] == "running" else None


if __name__ == "__main__":
    unittest.main(verbosity=2)

# SPDX-License-Identifier: GPL-3.0-or-later
"""50 live runs; a changed file is applied, backend and agents are replaced in every order: nobody notices."""
import signal
import unittest

from cluster import SLOW, ClusterTest, wait_until

JOBS = """
project: t
jobs:
  long:
    title: TITLE
    params: {n: {type: int}}
    env: {WITNESS: WITNESS_FILE, N: "${{ params.n }}"}
    overlap: queue
    script: |
      echo "start $N $BELFRY_ATTEMPT" >> "$WITNESS"
      i=0
      while [ $i -lt LINES ]; do echo "$N line $i"; i=$((i+1)); sleep 0.5; done
      echo "end $N $BELFRY_ATTEMPT" >> "$WITNESS"
  tick:
    schedule: [{every: 2s}]
    env: {WITNESS: WITNESS_FILE}
    script: echo "tick $BELFRY_OCCASION" >> "$WITNESS"
"""
LIVE = 50
LINES = 40 * SLOW  # half a second each: the first has to outlive the start of the last


def job_text(title):
    # One job per live run: the runs of one job would queue behind each other.
    head, tail = JOBS.split("  long:\n")
    body, tick = tail.split("  tick:\n")
    jobs = "".join(f"  long{i}:\n{body.replace('${{ params.n }}', str(i)).replace('    params: {n: {type: int}}' + chr(10), '')}" for i in range(LIVE))
    return (head + jobs + "  tick:\n" + tick).replace("TITLE", title).replace("LINES", str(LINES))


class Headline(ClusterTest):
    def test_upgrade_under_load(self):
        cluster = self.cluster
        cluster.start(agents=2, slots=40)
        cluster.apply(job_text("before"))
        runs = [cluster.run(f"t/long{i}") for i in range(LIVE)]
        wait_until(lambda: sum(1 for r in cluster.json("ps") if r["state"] == "running" and "/long" in r["job"]) == LIVE, 40, "all are live")

        def replace_backend():
            cluster.kill(cluster.backend, how=signal.SIGTERM)
            cluster.start_backend()

        def replace_agent(name):
            cluster.kill(cluster.agents[name], how=signal.SIGTERM)
            cluster.start_agent(name, slots=40)

        cluster.apply(job_text("after"))
        replace_backend()
        replace_agent("a1")
        replace_agent("a2")
        cluster.apply(job_text("again"))
        replace_agent("a2")
        replace_backend()
        replace_agent("a1")

        for i, run in enumerate(runs):
            shown = cluster.wait_state(run, "succeeded", "failed", "lost", "cancelled", seconds=90)
            self.assertEqual((shown["state"], len(shown["attempts"])), ("succeeded", 1), shown)
            expected = b"".join(b"%d line %d\n" % (i, n) for n in range(LINES))
            wait_until(lambda: cluster.log(run) == expected, 20, f"the log of run {run} is whole")
        lines = cluster.witnessed()
        for i in range(LIVE):
            self.assertEqual(lines.count(f"start {i} 1"), 1)
            self.assertEqual(lines.count(f"end {i} 1"), 1)
        ticks = [line for line in lines if line.startswith("tick")]
        self.assertEqual(len(ticks), len(set(ticks)), "no occasion ran twice")
        ledger = [o for o in cluster.json("ledger", "t/tick") if o["fate"] != "pending"]
        instants = [o["at"] for o in ledger]
        self.assertEqual(len(instants), len(set(instants)))
        self.assertTrue(all(o["fate"] in ("ran", "merged", "missed") for o in ledger), ledger)


if __name__ == "__main__":
    unittest.main(verbosity=2)

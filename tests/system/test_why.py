# SPDX-License-Identifier: GPL-3.0-or-later
"""`belfry why`: the answers of a real backend about runs that wait and occasions past, present and future."""
import datetime as dt
import re
import unittest

from cluster import ClusterTest, wait_until

SEED = """
project: t
jobs:
  seed:
    schedule: [{every: 6s}]
    env: {WITNESS: WITNESS_FILE}
    script: |
      echo "$BELFRY_RUN $BELFRY_OCCASION" >> "$WITNESS"
      case $(wc -l < "$WITNESS") in
        1) sleep 4 ;;
        2) sleep 5.4 ;;
        3) sleep 6.8 ;;
      esac
"""

WAITS = """
project: t
limits:
  lock: {units: 1}
jobs:
  holder: {limits: {lock: 1}, script: sleep 300}
  other: {limits: {lock: 1}, script: "true"}
  nowhere: {agent: gpu && os == plan9, script: "true"}
  yearly:
    schedule: [{cron: "0 12 1 1 *", name: new-year}]
    script: "true"
"""


def instant(text):
    return dt.datetime.fromisoformat(text.replace("Z", "+00:00"))


class Why(ClusterTest):
    def why(self, *arguments):
        return self.cluster.json("why", *arguments)

    def test_the_fourth_occasion_starts_when_the_third_run_ends(self):
        cluster = self.cluster
        cluster.start()
        cluster.apply(SEED)
        wait_until(lambda: len(cluster.witnessed()) >= 4, 60, "four runs")
        runs = [int(line.split()[0]) for line in cluster.witnessed()]
        third, fourth = runs[2], runs[3]
        shown = cluster.wait_state(fourth, "running", "succeeded")
        late = (instant(shown["started_at"]) - instant(shown["occasion"])).total_seconds()
        self.assertGreater(late, 0.7)
        self.assertLess(late, 2.5)
        of_run = self.why(fourth)
        of_job = self.why("t/seed", "--at", shown["occasion"])
        for answer in (of_run, of_job):
            self.assertRegex(answer["sentence"], r"started [\d.]+s after it was due, because run %d of the job" % third)
            self.assertEqual(answer["blockers"], [])
            self.assertEqual(answer["run"], fourth)
        row = of_job["occasions"][0]
        self.assertEqual((row["fate"], row["run"], row["at"]), ("ran", fourth, shown["occasion"]))
        ledger = {row["at"]: row for row in cluster.json("ledger", "t/seed")}
        self.assertEqual(ledger[shown["occasion"]], row)

    def test_what_a_run_waits_for(self):
        cluster = self.cluster
        cluster.start()
        cluster.start_agent("a2", 1)
        cluster.apply(WAITS)
        holder = cluster.run("t/holder")
        agent = cluster.wait_state(holder, "running")["attempts"][0]["agent"]
        waiting = cluster.run("t/other")
        answer = self.why(waiting)
        self.assertEqual([b["kind"] for b in answer["blockers"]], ["limit"])
        self.assertEqual([r["run"] for r in answer["blockers"][0]["runs"]], [holder])
        self.assertIn(f"run {holder} of t/holder (on agent {agent} since ", answer["sentence"])
        self.assertIn("limit lock", answer["sentence"])
        again = cluster.run("t/holder")
        self.assertEqual([b["kind"] for b in self.why(again)["blockers"]], ["overlap", "limit"])

        lonely = cluster.run("t/nowhere")
        answer = self.why(lonely)
        self.assertEqual([b["kind"] for b in answer["blockers"]], ["agents"])
        self.assertEqual({a["agent"]: a["refusal"] for a in answer["blockers"][0]["agents"]}, {"a1": "labels", "a2": "labels"})
        for name in ("a1", "a2"):
            self.assertRegex(answer["sentence"], rf"{name}: no label gpu, os is \w+, not plan9")
        self.assertIn("no label gpu", cluster.cli("why", lonely, "-o", "wide").stdout.decode())

        cluster.cli("cancel", holder)
        self.assertEqual(cluster.wait_state(waiting, "succeeded")["state"], "succeeded")
        self.assertIn("succeeded", self.why(waiting)["sentence"])
        self.assertRegex(self.why(holder)["sentence"], r"was cancelled at .*cancelled it")

    def test_occasions_past_present_and_future(self):
        cluster = self.cluster
        cluster.start()
        cluster.apply(WAITS)
        year = dt.datetime.now(dt.timezone.utc).year + 1
        due = self.why("t/yearly", "--at", f"{year}-01-01T12:00:00Z")
        self.assertIn("will be due at", due["sentence"])
        between = self.why("yearly", "--at", f"{year}-03-01T00:00:00Z")
        self.assertIn("will not be due at", between["sentence"])
        self.assertEqual((between["before"], between["after"]), (f"{year}-01-01T12:00:00.000Z", f"{year + 1}-01-01T12:00:00.000Z"))
        before = self.why("t/yearly", "--at", "2001-01-01T12:00:00Z")
        self.assertIn("did not exist at 2001-01-01 12:00:00Z", before["sentence"])
        now = self.why("t/yearly")
        self.assertIn(f"{year}-01-01 12:00:00Z", now["sentence"])

        unknown = cluster.cli("why", "t/yearley", check=False)
        self.assertEqual(unknown.returncode, 3)
        self.assertIn("did you mean 't/yearly'", unknown.stderr.decode())
        self.assertEqual(cluster.cli("why", "999", check=False).returncode, 3)
        self.assertEqual(cluster.cli("why", "999", "--at", "now", check=False).returncode, 2)

        cluster.apply("project: t\njobs:\n  other: {script: 'true'}\n")
        gone = self.why("t/yearly", "--at", f"{year}-01-01T12:00:00Z")
        self.assertIn("removed", gone["sentence"])
        self.assertTrue(re.search("removed", self.why("t/yearly")["sentence"]))


if __name__ == "__main__":
    unittest.main(verbosity=2)

# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter language as the command line shows it: runs, ps, jobs."""
from cluster import ClusterTest

JOBS = """
project: t
jobs:
  etl-load: {tags: {team: fin}, command: [sh, -c, "exit 3"]}
  etl-copy: {tags: {team: ops}, command: ["true"]}
  backup: {command: ["true"], agent: gpu}
"""


class Filter(ClusterTest):
    def test_runs_and_jobs(self):
        self.cluster.start()
        self.cluster.apply(JOBS)
        for job in ("etl-load", "etl-copy", "etl-load"):
            self.cluster.cli("run", f"t/{job}", "--wait", check=False)
        waiting = self.cluster.json("run", "t/backup")["run"]

        def runs(text, verb="runs"):
            return [run["job"] for run in self.cluster.json(verb, "--filter", text)]

        self.assertEqual(runs("state:failed job:etl-* since:24h"), ["t/etl-load", "t/etl-load"])
        self.assertEqual(runs("state:failed job:etl-* since:24h duration:>10m"), [])
        self.assertEqual(runs("tag:team=ops"), ["t/etl-copy"])
        self.assertEqual(runs("-tag:team exit:3"), [])
        self.assertEqual(runs("exit:>0 -state:succeeded cause:manual"), ["t/etl-load", "t/etl-load"])
        self.assertEqual(runs("job:t/backup", "ps"), ["t/backup"])
        self.assertEqual(runs("job:etl-*", "ps"), [])
        self.assertEqual([job["job"] for job in self.cluster.json("jobs", "--filter", "tag:team -state:failed")], ["t/etl-copy"])
        for verb in ("runs", "ps", "jobs"):
            done = self.cluster.cli(verb, "--filter", "stat:failed", check=False)
            self.assertEqual(done.returncode, 6)
            self.assertIn(b"column 1: there is no key 'stat'; did you mean 'state'?", done.stderr)
        self.cluster.cli("cancel", waiting)

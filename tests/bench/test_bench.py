# SPDX-License-Identifier: GPL-3.0-or-later
"""That the bench runs, that its rows are whole, and that a row without a figure says why. Not what the figures are."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
NAMES = {"goal", "name", "limit", "value", "ratio", "target", "met", "unit", "p50", "p99", "max", "error"}


class Bench(unittest.TestCase):
    def bench(self, *arguments, **environment):
        with tempfile.TemporaryDirectory(prefix="bench-test-") as folder:
            done = subprocess.run([sys.executable, "-B", HERE / "run", *arguments], capture_output=True, text=True,
                                  timeout=500, env={**os.environ, "TMPDIR": folder, **environment})
            self.assertEqual(os.listdir(folder), [], "everything is cleared away")
        return done

    def rows(self, *arguments):
        done = self.bench("--tiny", "-o", "json", *arguments)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        rows = json.loads(done.stdout)
        for row in rows:
            self.assertLessEqual(NAMES, set(row))
            self.assertIsInstance(row["value"], (int, float), row)
            self.assertGreater(row["samples"], 0, row)
            self.assertIn(row["met"], (True, False) if row["target"] is not None else (None,), row)
            if row["limit"] is not None:
                self.assertGreater(row["ratio"], 0, row)
            if row["met"] is not None:
                judged = row[row["judged"]]
                good = judged >= row["target"] if row["sense"] == ">=" else judged <= row["target"]
                self.assertLessEqual(row["met"], good, row)
        return {row["name"]: row for row in rows}

    def test_rows_are_whole(self):
        rows = self.rows("--only", "noop_runs", "--only", "3", "--only", "submits")
        self.assertEqual({row["goal"] for row in rows.values()}, {1, 3, 14, 17, None})
        for name in ("noop-runs", "cpu-per-run", "trigger-start-p50", "trigger-start-p99", "submit-1", "submit-16"):
            self.assertIn(name, rows)

    def test_programs_of_every_kind(self):
        rows = self.rows("--only", "logs", "--only", "fleet", "--only", "history", "--only", "log_view",
                         "--only", "console")
        for name in ("logview-page", "log-agent", "log-backend", "agent-memory", "reconnect-20", "restart-1M", "history-newest",
                     "console-filled", "console-frame"):
            self.assertIn(name, rows)

    def test_a_row_without_a_figure_says_why(self):
        done = self.bench("--tiny", "-o", "json", "--only", "core_runs", "--seconds", "0.2")
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        row, = json.loads(done.stdout)
        self.assertIsNone(row["value"])
        self.assertFalse(row["met"])
        self.assertIn("not done within 0.2 s", row["error"])

    def test_what_is_not_there_is_refused(self):
        done = self.bench("--only", "99")
        self.assertEqual(done.returncode, 2)
        self.assertIn("99", done.stderr)


if __name__ == "__main__":
    unittest.main()

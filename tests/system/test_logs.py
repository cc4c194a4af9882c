# SPDX-License-Identifier: GPL-3.0-or-later
"""Logs of any size and content: nothing cut, nothing doubled, through a kill of the backend while somebody follows."""
import hashlib
import os
import pathlib
import re
import subprocess
import threading
import unittest

from cluster import BIN, SLOW, ClusterTest, wait_until

# Prints COUNT lines of 100 bytes, each with its number.
SPEW = """
project: t
jobs:
  spew:
    script: |
      exec awk 'BEGIN { for (i = 0; i < 1000000; ++i) printf "%09d %089d\\n", i, i * 7 }'
  short:
    command: [echo, short]
  bytes:
    script: |
      python3 -c 'import os
      for i in range(64): os.write(1, bytes(range(256)))
      os.write(1, b"no line break at the end")'
  streams:
    script: |
      echo out 1; sleep 0.05; echo err 1 >&2; sleep 0.05; echo out 2
      printf 'gr\\303\\274n \\377\\033[2J end'
  longline:
    script: |
      python3 -c 'import os
      block = b"x" * 65536
      for i in range(1600): os.write(1, block)
      os.write(1, b"\\n" + b"last line\\n")'
  counter:
    script: |
      exec awk 'BEGIN { for (i = 0; i < 200; ++i) {
        for (j = 0; j < 500; ++j) printf "line %06d of a log that is followed\\n", i * 500 + j
        fflush(); system("sleep 0.05") } }'
"""


LIMITED = """
project: t
jobs:
  much:
    resources: {log: 1MiB}
    script: exec seq 1 2000000
  speaks:
    env: {GO: GO_FILE}
    script: |
      echo "##belfry progress=40 msg=\\"half \\033[2J way\\""
      echo "##belfry output rows=12"
      echo "##belfry metric rate=1.5"
      echo "##[warning] take care"
      echo "file=yes" >> "$BELFRY_OUTPUT"
      while [ ! -e "$GO" ]; do sleep 0.1; done
      echo "##belfry progress=100"
      awk 'BEGIN { for (i = 0; i < 400000; ++i) print "##belfry metric m" i "=1" }'
"""


def spewed():
    return hashlib.sha256(b"".join(b"%09d %089d\n" % (i, i * 7) for i in range(1000000))).hexdigest()


def memory(pid, what="VmRSS"):
    text = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(re.search(rf"^{what}:\s+(\d+) kB", text, re.M)[1]) * 1024


class Logs(ClusterTest):
    def begin(self, **options):
        self.cluster.start(**options)
        self.cluster.apply(SPEW)

    def whole(self, run):
        """The log, once the backend says that it has all of it."""
        def complete():
            done = self.cluster.cli("logs", run, "--raw")
            return done.stdout if b"arrived" not in done.stderr else None
        self.cluster.wait_state(run, "succeeded", seconds=120)
        return wait_until(complete, 120, "the log is complete", every=0.3)

    def test_100_mb(self):
        cluster = self.cluster
        self.begin()
        cluster.cli("run", "t/short", "--wait")
        before = memory(cluster.backend.pid)
        run = cluster.run("t/spew")
        others = 0
        while cluster.show(run)["state"] in ("queued", "assigned", "running") and others < 20:
            cluster.cli("run", "t/short", "--wait")  # starts and ends beside it
            others += 1
        log = self.whole(run)
        self.assertEqual(len(log), 100_000_000)
        self.assertEqual(hashlib.sha256(log).hexdigest(), spewed())
        del log
        # The goal is 16 MiB; what the allocator keeps of the peak is given some room on top.
        grown = memory(cluster.backend.pid, "VmHWM") - before
        print(f"the backend grew by at most {grown / 2**20:.1f} MiB; {others} runs beside it")
        if SLOW == 1:
            self.assertLess(grown, 32 << 20)
        tail = cluster.cli("logs", run, "-n", 2).stdout
        self.assertEqual(tail, b"".join(b"%09d %089d\n" % (i, i * 7) for i in (999998, 999999)))
        found = cluster.cli("logs", run, "--grep", "^0+999(000|999) ", "-n", 1).stdout
        self.assertEqual(found, b"%09d %089d\n" % (999999, 999999 * 7))

    def test_every_byte(self):
        self.begin()
        run = self.cluster.run("t/bytes")
        wanted = bytes(range(256)) * 64 + b"no line break at the end"
        self.assertEqual(self.whole(run), wanted)
        self.assertEqual(self.cluster.cli("logs", run).stdout, wanted, "a pipe gets the bytes as well")

    def test_streams_and_a_terminal(self):
        self.begin()
        run = self.cluster.run("t/streams")
        end = b"gr\xc3\xbcn \xff\x1b[2J end"
        self.assertEqual(self.whole(run), b"out 1\nerr 1\nout 2\n" + end)
        logs = lambda *more: self.cluster.cli("logs", run, *more).stdout
        self.assertEqual(logs("--stream", "stderr"), b"err 1\n")
        self.assertEqual(logs("--stream", "stdout", "-n", 2), b"out 2\n" + end)
        self.assertEqual(logs("--grep", "^out"), b"out 1\nout 2\n")
        self.assertEqual(logs("--attempt", 1, "-n", 0), b"")
        lines = logs("--timestamps", "--grep", "err").decode().splitlines()
        self.assertRegex(lines[0], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z err 1$")
        bad = self.cluster.cli("logs", run, "--grep", "a(", check=False)
        self.assertEqual(bad.returncode, 2)
        self.assertIn(b"--grep", bad.stderr)
        master, slave = os.openpty()
        shown = subprocess.Popen([BIN / "belfry", "logs", str(run)], env=self.cluster.environment, stdin=subprocess.DEVNULL,
                                 stdout=slave, stderr=subprocess.DEVNULL)
        os.close(slave)
        text = b""
        while True:
            try:
                more = os.read(master, 4096)
            except OSError:
                break
            if not more:
                break
            text += more
        shown.wait(30)
        os.close(master)
        self.assertIn("grün \\xff\\x1b[2J end".encode(), text)

    def packed(self, run):
        def check():
            shown = self.cluster.show(run)
            return shown if shown["attempts"][0]["log_check"] else None
        return wait_until(check, 60, f"the log of run {run} is packed", every=0.2)

    def test_head_and_tail_of_a_log_over_its_cap(self):
        cluster = self.cluster
        cluster.start()
        cluster.apply(LIMITED)
        run = cluster.run("t/much")
        cluster.wait_state(run, "succeeded", seconds=120)
        all_of_it = b"".join(b"%d\n" % i for i in range(1, 2000001))
        wait_until(lambda: cluster.show(run)["attempts"][0]["log_bytes"] == len(all_of_it), 60, "the log has come")
        for packed in (False, True):
            shown = cluster.show(run)["attempts"][0]
            self.assertEqual(shown["log_written"], len(all_of_it))
            self.assertEqual(shown["log_received"], len(all_of_it))
            self.assertEqual(len(shown["log_gaps"]), 1, shown)
            gap = shown["log_gaps"][0]
            self.assertEqual(gap["from"], 512 << 10)
            self.assertTrue(len(all_of_it) - (512 << 10) - (200 << 10) <= gap["until"] <= len(all_of_it) - (512 << 10), gap)
            self.assertIn("resources.log", gap["reason"])
            done = cluster.cli("logs", run, "--raw")
            self.assertEqual(done.stdout, all_of_it[:gap["from"]] + all_of_it[gap["until"]:])
            notes = done.stderr.decode().splitlines()
            self.assertEqual(len(notes), 1, notes)
            self.assertIn(f"from {gap['from']} to {gap['until']}: it was over the cap", notes[0])
            self.assertEqual(cluster.cli("logs", run, "-n", 2).stdout, b"1999999\n2000000\n")
            self.assertIn("are missing", cluster.cli("show", run).stdout.decode())
            if not packed:
                wait_until(lambda: list((cluster.folder / "backend/logs/0").glob("*.zst")), 60, "it is packed")
                wait_until(lambda: not list((cluster.folder / "backend/logs/0").glob("*.log")), 60, "the other files are gone")

    def test_what_is_packed_is_the_same(self):
        cluster = self.cluster
        self.begin()
        small, large = cluster.run("t/bytes"), cluster.run("t/counter")
        logs = {small: self.whole(small), large: self.whole(large)}
        for run, log in logs.items():
            shown = self.packed(run)["attempts"][0]
            self.assertEqual(shown["log_check"], "same")
            self.assertEqual((shown["log_written"], shown["log_received"], shown["log_bytes"]), (len(log),) * 3)
            self.assertIn("as stored", cluster.cli("show", run).stdout.decode())
        folder = cluster.folder / "backend/logs/0"
        wait_until(lambda: [f.name for f in folder.iterdir()] == [f"{large}-1.zst"], 60, "one packed file is left")
        for _ in range(2):
            for run, log in logs.items():
                self.assertEqual(cluster.cli("logs", run, "--raw").stdout, log)
            self.assertEqual(cluster.cli("logs", large, "-n", 3).stdout, b"".join(logs[large].splitlines(True)[-3:]))
            self.assertEqual(cluster.cli("logs", large, "--grep", "line 012345 ").stdout, b"line 012345 of a log that is followed\n")
            cluster.kill(cluster.backend)
            cluster.start_backend()

    def test_lines_for_belfry(self):
        cluster = self.cluster
        go = cluster.folder / "go"
        cluster.start()
        cluster.apply(LIMITED.replace("GO_FILE", str(go)))
        run = cluster.run("t/speaks")
        told = lambda: [(r["progress"], r["progress_message"]) for r in cluster.json("ps")] == [(40, "half \x1b[2J way")]
        wait_until(told, 30, "ps shows the progress")
        self.assertIn("40 %", cluster.cli("ps").stdout.decode())
        cluster.kill(cluster.backend)
        cluster.start_backend()
        wait_until(told, 30, "ps shows the progress after a restart")
        go.touch()
        cluster.wait_state(run, "succeeded", seconds=60)
        wait_until(lambda: cluster.show(run)["attempts"][0]["progress"] == 100, 60, "show has the progress")
        shown = wait_until(lambda: (lambda a: a if a["log_bytes"] == a["log_written"] else None)(cluster.show(run)["attempts"][0]), 60, "all has come")
        self.assertEqual(shown["outputs"], {"rows": "12", "file": "yes"})
        self.assertEqual(len(shown["metrics"]), 100)
        self.assertEqual((shown["metrics"]["rate"], shown["warnings"], shown["errors"]), (1.5, 1, 0))
        sheet = cluster.cli("show", run).stdout.decode()
        for words in ("100 %", "rows=12", "file=yes", "rate=1.5", "1 warning"):
            self.assertIn(words, sheet)

    def test_a_line_of_100_mb(self):
        self.begin()
        run = self.cluster.run("t/longline")
        log = self.whole(run)
        self.assertEqual(len(log), 1600 * 65536 + len("\nlast line\n"))
        self.assertEqual(log.count(b"x"), 1600 * 65536)
        self.assertEqual(self.cluster.cli("logs", run, "-n", 1).stdout, b"last line\n")
        self.assertEqual(self.cluster.cli("logs", run, "--grep", "last").stdout, b"last line\n")

    def test_follow_through_a_kill_of_the_backend(self):
        cluster = self.cluster
        self.begin()
        run = cluster.run("t/counter")
        cluster.wait_state(run, "running")
        follower = subprocess.Popen([BIN / "belfry", "logs", str(run), "-f", "--raw"], env=cluster.environment,
                                    stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        parts = []
        reader = threading.Thread(target=lambda: parts.extend(iter(lambda: follower.stdout.read1(65536), b"")))
        reader.start()
        for _ in range(3):
            have = sum(map(len, parts))
            wait_until(lambda: sum(map(len, parts)) > have + 100_000 or follower.poll() is not None, 60, "the log goes on")
            cluster.kill(cluster.backend)
            cluster.start_backend()
        follower.wait(240 * SLOW)
        reader.join(30)
        problems = follower.stderr.read().decode(errors="replace")
        follower.stdout.close()
        follower.stderr.close()
        self.assertEqual(follower.returncode, 0, problems)
        wanted = b"".join(b"line %06d of a log that is followed\n" % i for i in range(100_000))
        got = b"".join(parts)
        self.assertEqual(len(got), len(wanted))
        self.assertEqual(hashlib.sha256(got).digest(), hashlib.sha256(wanted).digest())
        self.assertEqual(self.whole(run), wanted)


if __name__ == "__main__":
    unittest.main(verbosity=2)

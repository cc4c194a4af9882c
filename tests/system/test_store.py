# SPDX-License-Identifier: GPL-3.0-or-later
"""Stores that a backend cannot or must not use: each has its sentence and its exit code."""
import os
import shutil
import sqlite3
import subprocess
import unittest

from cluster import BIN, SLOW, ClusterTest, free_port, wait_until


class Store(ClusterTest):
    def setUp(self):
        super().setUp()
        cluster = self.cluster
        cluster.start_backend()
        cluster.apply("project: t\njobs: {a: {script: 'true'}}")
        for _ in range(20):
            cluster.run("t/a")

    def copy_of_the_data(self):
        self.cluster.kill(self.cluster.backend, how=15)
        return self.cluster.folder / "backend"

    def start(self, folder):
        """The exit code and the log of a backend that does not come up."""
        done = subprocess.run([BIN / "belfry-backend", "--data", folder, "--listen", f"127.0.0.1:{free_port()}"], capture_output=True, text=True,
                              env=self.cluster.environment, timeout=60 * SLOW, stdin=subprocess.DEVNULL)
        return done.returncode, done.stderr

    def test_what_is_refused(self):
        whole = self.copy_of_the_data()
        size = (whole / "belfry.db").stat().st_size

        def damaged(folder):
            with open(folder / "belfry.db", "r+b") as file:
                for page in range(2, size // 4096):
                    file.seek(page * 4096)
                    file.write(b"Z" * 4096)

        def newer(folder):
            with sqlite3.connect(folder / "belfry.db") as base:
                base.execute("INSERT INTO migrations (version, name) VALUES (9999, 'tomorrow')")

        def foreign(folder):
            (folder / "belfry.db").unlink()
            with sqlite3.connect(folder / "belfry.db") as base:
                base.execute("CREATE TABLE songs (title TEXT)")

        def text(folder):
            (folder / "belfry.db").write_text("no database at all\n" * 500)

        def empty(folder):
            os.truncate(folder / "belfry.db", 0)

        def cut(folder):
            os.truncate(folder / "belfry.db", size // 2)

        def gone(folder):
            (folder / "belfry.db").unlink()

        def writable(folder):
            folder.chmod(0o777)

        for number, (spoil, code, says) in enumerate((
                (damaged, 4, "damaged"), (newer, 3, "newer Belfry"), (foreign, 4, "another program"), (text, 4, "not a database"),
                (empty, 4, "empty"), (cut, 4, "backup"), (gone, 4, "missing"), (writable, 1, "other users"))):
            folder = self.cluster.folder / f"copy{number}"
            shutil.copytree(whole, folder)
            spoil(folder)
            before = {file.name: file.read_bytes() for file in folder.glob("belfry.db*")}
            found, log = self.start(folder)
            self.assertEqual(found, code, (spoil.__name__, log))
            self.assertIn(says, log, spoil.__name__)
            if spoil is not newer:  # whose write-ahead log may be moved into it
                self.assertEqual(before, {file.name: file.read_bytes() for file in folder.glob("belfry.db*") if file.name in before},
                                 f"{spoil.__name__}: what could not be used is left as it was")

    def test_held_by_another_program(self):
        folder = self.copy_of_the_data()
        holder = sqlite3.connect(folder / "belfry.db", isolation_level=None)
        self.addCleanup(holder.close)
        holder.execute("BEGIN EXCLUSIVE")
        found, log = self.start(folder)
        self.assertEqual(found, 3, log)
        self.assertIn("locked", log)
        holder.execute("ROLLBACK")
        self.cluster.start_backend()
        holder.execute("BEGIN IMMEDIATE")
        asker = subprocess.Popen([BIN / "belfry", "run", "t/a"], env=self.cluster.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.addCleanup(asker.wait)
        self.addCleanup(asker.kill)
        wait_until(lambda: any(check["name"] == "lock" and not check["ok"] for check in self.cluster.json("status")["checks"]), 30, "status tells of the lock")
        self.assertIsNone(asker.poll(), "a change waits, and is not lost")
        self.assertEqual(self.cluster.cli("doctor", check=False).returncode, 1)
        holder.execute("ROLLBACK")
        out, errors = asker.communicate(timeout=60 * SLOW)
        self.assertEqual(asker.returncode, 0, errors)
        wait_until(lambda: all(check["ok"] for check in self.cluster.json("status")["checks"]), 30, "all is well again")

    def test_a_full_disk(self):
        cluster = self.cluster
        small = cluster.folder / "small"
        small.mkdir()
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=12m,mode=700", "tmpfs", small], capture_output=True).returncode != 0:
            self.skipTest("a tmpfs cannot be mounted here")
        self.addCleanup(subprocess.run, ["umount", "-l", small], capture_output=True)
        whole = self.copy_of_the_data()
        (whole / "reserve").unlink(missing_ok=True)  # as large as the new disk; there it is made anew, in proportion
        shutil.move(whole, small / "backend")
        (cluster.folder / "backend").symlink_to(small / "backend")
        cluster.start_backend()
        hog = small / "hog"
        with open(hog, "wb") as file:
            try:
                while True:
                    file.write(b"x" * 65536)
                    file.flush()
            except OSError:
                pass
        refused = wait_until(lambda: (lambda done: done if done.returncode else None)(cluster.cli("run", "t/a", check=False)), 60, "a change is refused")
        self.assertEqual(refused.returncode, 7, refused)
        self.assertIn(b"full", refused.stderr)
        self.assertTrue(cluster.json("runs"), "reads go on")
        sick = [check for check in cluster.json("status")["checks"] if not check["ok"]]
        self.assertTrue(any("full" in check["reason"] for check in sick), sick)
        self.assertEqual(cluster.cli("doctor", check=False).returncode, 1)
        hog.unlink()
        wait_until(lambda: cluster.cli("run", "t/a", check=False).returncode == 0, 60, "changes are taken again")


if __name__ == "__main__":
    unittest.main(verbosity=2)

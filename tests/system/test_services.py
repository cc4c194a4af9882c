# SPDX-License-Identifier: GPL-3.0-or-later
"""The units in installer/, and what the daemons do with bad options, a second instance and signals."""
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import unittest

from cluster import BIN, ROOT, ClusterTest, free_port


class Units(unittest.TestCase):
    def test_systemd_accepts_the_units(self):
        analyze = shutil.which("systemd-analyze")
        if not analyze and not os.environ.get("BELFRY_REQUIRE_ALL"):
            self.skipTest("systemd-analyze is not installed")
        for unit in ("belfry-backend.service", "belfry-agent.service"):
            text = (ROOT / "installer/units" / unit).read_text()
            program = re.search(r"ExecStart=(\S+)", text)[1]
            folder = self.folder_for_test()
            file = folder / unit
            file.write_text(text.replace(program, str(BIN / os.path.basename(program))).replace("User=belfry", "User=root").replace("Group=belfry", "Group=root"))
            done = subprocess.run([analyze, "verify", "--man=no", str(file)], capture_output=True, text=True)
            ours = [line for line in done.stderr.splitlines() if unit in line]
            self.assertEqual((done.returncode, ours), (0, []), done.stderr)

    def folder_for_test(self):
        folder = tempfile.mkdtemp(prefix="units-")
        self.addCleanup(shutil.rmtree, folder)
        return pathlib.Path(folder)

    def test_the_agent_leaves_its_jobs_alone(self):
        text = (ROOT / "installer/units/belfry-agent.service").read_text()
        for line in ("Type=notify", "KillMode=process", "Delegate=yes"):
            self.assertIn(line, text.splitlines())
        self.assertIn("Type=notify", (ROOT / "installer/units/belfry-backend.service").read_text().splitlines())


class Daemons(ClusterTest):
    def daemon(self, program, *arguments):
        return subprocess.run([str(BIN / program), *map(str, arguments)], capture_output=True, text=True, timeout=60,
                              env=self.cluster.environment, stdin=subprocess.DEVNULL)

    def test_usage_and_config(self):
        bad = self.cluster.folder / "bad.yaml"
        bad.write_text("lisen: 127.0.0.1:1\n")
        for program in ("belfry-backend", "belfry-agent"):
            self.assertEqual(self.daemon(program, "--version").returncode, 0)
            self.assertEqual(self.daemon(program, "--no-such-option").returncode, 2)
            done = self.daemon(program, "--config", bad, "--check")
            self.assertEqual(done.returncode, 2, done)
            self.assertIn("bad.yaml:1:1", done.stderr)
            self.assertEqual(self.daemon(program, "--config", self.cluster.folder / "absent.yaml", "--check").returncode, 2)
        self.assertEqual(self.daemon("belfry-backend", "--check").returncode, 0)
        self.assertIn("listen", self.daemon("belfry-backend", "--print-config").stdout)

    def test_only_loopback_without_tls(self):
        done = self.daemon("belfry-backend", "--data", self.cluster.folder / "b", "--listen", f"0.0.0.0:{free_port()}")
        self.assertEqual(done.returncode, 2, done)
        self.assertIn("allow_insecure_network", done.stderr)

    def test_data_in_use_address_in_use(self):
        self.cluster.start()
        done = self.daemon("belfry-backend", "--data", self.cluster.folder / "backend", "--listen", f"127.0.0.1:{free_port()}")
        self.assertEqual(done.returncode, 3, done)
        self.assertIn(str(self.cluster.backend.pid), done.stderr)
        done = self.daemon("belfry-backend", "--data", self.cluster.folder / "other", "--listen", f"127.0.0.1:{self.cluster.port}")
        self.assertEqual(done.returncode, 1, done)
        done = self.daemon("belfry-agent", "--data", self.cluster.folder / "agent-a1", "--backend", self.cluster.url,
                           "--token-file", self.cluster.folder / "backend/agent.token")
        self.assertEqual(done.returncode, 3, done)

    def test_damaged_data(self):
        folder = self.cluster.folder / "damaged"
        folder.mkdir(mode=0o700)
        (folder / "belfry.db").write_bytes(b"this is no database" * 1000)
        done = self.daemon("belfry-backend", "--data", folder, "--listen", f"127.0.0.1:{free_port()}")
        self.assertEqual(done.returncode, 4, done)

    def test_secrets_are_private(self):
        self.cluster.start()
        for path in self.cluster.folder.joinpath("backend").rglob("*"):
            self.assertEqual(path.stat().st_mode & 0o077, 0, path)
        for path in self.cluster.folder.joinpath("agent-a1").rglob("*"):
            self.assertEqual(path.stat().st_mode & 0o077, 0, path)
        token = (self.cluster.folder / "backend/admin.token").read_text().strip().encode()
        for pid in (self.cluster.backend.pid, self.cluster.agents["a1"].pid):
            with open(f"/proc/{pid}/cmdline", "rb") as line:
                self.assertNotIn(token, line.read())
        self.assertNotIn(token, (self.cluster.folder / "backend/belfry.db").read_bytes())

    def test_term_ends_within_five_seconds(self):
        self.cluster.start()
        for process in (self.cluster.backend, self.cluster.agents["a1"]):
            process.send_signal(signal.SIGTERM)
            self.assertEqual(process.wait(5), 0)


if __name__ == "__main__":
    unittest.main(verbosity=2)

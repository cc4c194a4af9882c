# SPDX-License-Identifier: GPL-3.0-or-later
"""A real backend and real agents on loopback, in a folder of their own, for the system tests."""
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BIN = pathlib.Path(os.environ.get("BELFRY_BIN", ROOT / "build/test/bin"))
# Sanitizers make everything a few times slower; time-outs are generous there.
SLOW = 4 if "address" in str(BIN) else 1


def wait_until(condition, seconds=20, what="condition", every=0.05):
    """The first true value of condition(); fails after `seconds`."""
    end = time.monotonic() + seconds * SLOW
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"not within {seconds * SLOW} s: {what}")
        time.sleep(every)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def alive(pid):
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


class Cluster:
    def __init__(self, name="belfry"):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix=f"{name}-"))
        self.port = free_port()
        self.url = f"ws://127.0.0.1:{self.port}"
        self.backend = None
        self.agents = {}
        self.environment = {
            **os.environ,
            "HOME": str(self.folder),
            "XDG_CONFIG_HOME": str(self.folder / "config"),
            "XDG_STATE_HOME": str(self.folder / "state"),
            "BELFRY_URL": self.url,
            "BELFRY_TOKEN_FILE": str(self.folder / "backend/admin.token"),
        }
        self.witness = self.folder / "witness"
        self.witness.touch()

    # ---- processes

    def _spawn(self, log, *command, **environment):
        with open(self.folder / log, "ab") as out:
            return subprocess.Popen(
                [str(part) for part in command], stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                env={**self.environment, **environment}, cwd=self.folder, start_new_session=True)

    def start_backend(self, wait=True, **environment):
        self.backend = self._spawn("backend.log", BIN / "belfry-backend", "--data", self.folder / "backend",
                                   "--listen", f"127.0.0.1:{self.port}", **environment)
        if wait:
            wait_until(self.healthy, 20, "backend answers /healthz")

    def healthy(self):
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=2) as link:
                link.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
                return b" 200 " in link.recv(4096)
        except OSError:
            return False

    def start_agent(self, name="a1", slots=4, wait=True, extra=(), token=None, url=None, **environment):
        self.agents[name] = self._spawn(
            f"agent-{name}.log", BIN / "belfry-agent", "--backend", url or self.url, "--token-file",
            token or self.folder / "backend/agent.token", "--name", name, "--slots", slots, "--data", self.folder / f"agent-{name}",
            *extra, **environment)
        if wait:
            self.wait_agent(name)

    def agent_state(self, name):
        return next((a["state"] for a in self.json("agents") if a["name"] == name), None)

    def wait_agent(self, name, state="online"):
        wait_until(lambda: self.agent_state(name) == state, 20, f"agent {name} is {state}")

    def start(self, agents=1, slots=4):
        self.start_backend()
        for number in range(1, agents + 1):
            self.start_agent(f"a{number}", slots)

    def kill(self, *processes, how=signal.SIGKILL):
        for process in processes:
            process.send_signal(how)
        for process in processes:
            process.wait(30)

    def supervisors(self):
        """pids of the supervisors that work on this cluster's spools"""
        found = []
        for entry in pathlib.Path("/proc").iterdir():
            if entry.name.isdigit() and alive(int(entry.name)):
                try:
                    program = os.readlink(entry / "exe")
                    line = (entry / "cmdline").read_bytes()
                except OSError:
                    continue
                if "belfry-supervisor" in program and str(self.folder).encode() in line:
                    found.append(int(entry.name))
        return found

    def job_processes(self):
        """pids of everything that was started for an attempt of this cluster"""
        found = []
        for entry in pathlib.Path("/proc").iterdir():
            if entry.name.isdigit() and alive(int(entry.name)):
                try:
                    if f"WITNESS={self.witness}".encode() in (entry / "environ").read_bytes():
                        found.append(int(entry.name))
                except OSError:
                    continue
        return found

    def close(self):
        for process in [self.backend, *self.agents.values()]:
            if process and process.poll() is None:
                process.kill()
                process.wait()
        for pid in self.supervisors() + self.job_processes():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        shutil.rmtree(self.folder, ignore_errors=True)

    # ---- the command line

    def cli(self, *arguments, check=True, timeout=120, input=None):
        done = subprocess.run([str(BIN / "belfry"), *map(str, arguments)], env=self.environment, cwd=self.folder,
                              input=input, stdin=None if input is not None else subprocess.DEVNULL,
                              capture_output=True, timeout=timeout * SLOW)
        if check and done.returncode != 0:
            raise AssertionError(f"belfry {' '.join(map(str, arguments))}: exit {done.returncode}\n"
                                 f"{done.stdout.decode(errors='replace')}\n{done.stderr.decode(errors='replace')}")
        return done

    def json(self, *arguments, **options):
        return json.loads(self.cli(*arguments, "-o", "json", **options).stdout)

    def apply(self, text, name="jobs.yaml"):
        file = self.folder / name
        file.write_text(text.replace("WITNESS_FILE", str(self.witness)))
        return self.cli("apply", file)

    def run(self, job, *arguments):
        return self.json("run", job, *arguments)["run"]

    def show(self, run):
        return self.json("show", run)

    def wait_state(self, run, *states, seconds=40):
        return wait_until(lambda: (lambda shown: shown if shown["state"] in states else None)(self.show(run)), seconds,
                          f"run {run} is {' or '.join(states)}", every=0.1)

    def log(self, run):
        return self.cli("logs", run, "--raw").stdout

    def witnessed(self):
        return self.witness.read_text().splitlines()


TICKER = """
project: t
jobs:
  ticker:
    env: {WITNESS: WITNESS_FILE}
    script: |
      echo "start $BELFRY_RUN $BELFRY_ATTEMPT" >> "$WITNESS"
      i=0
      while [ $i -lt 100 ]; do echo "line $i"; i=$((i+1)); sleep 0.1; done
      echo "end $BELFRY_RUN $BELFRY_ATTEMPT" >> "$WITNESS"
      exit 7
"""
TICKER_LOG = b"".join(b"line %d\n" % i for i in range(100))


class ClusterTest(unittest.TestCase):
    """Gives each test a cluster of its own, and shows the logs of one that failed."""

    def setUp(self):
        self.cluster = Cluster(self._testMethodName[:24])
        self.addCleanup(self._end)

    def _end(self):
        failed = any(error for _, error in getattr(self._outcome, "errors", []) if error) or \
            getattr(getattr(self._outcome, "result", None), "failures", []) or \
            getattr(getattr(self._outcome, "result", None), "errors", [])
        if failed:
            for log in sorted(self.cluster.folder.glob("*.log")):
                print(f"---- {log.name}\n{log.read_text(errors='replace')[-6000:]}", file=sys.stderr)
        self.cluster.close()

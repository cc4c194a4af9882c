# SPDX-License-Identifier: GPL-3.0-or-later
"""Where measurements take place: the programs of the bench, private backends and agents, and figures of processes."""
import contextlib
import json
import os
import pathlib
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests/system"))
import cluster as system  # noqa: E402 (BELFRY_BIN is set before this module is loaded)

PROGRAMS = system.BIN.parent / "bench"
RAW = PROGRAMS / "bench-raw"


class Failed(Exception):
    """A measurement that gives no figure, and why."""


def raise_file_limit():
    """A thousand agents are a thousand sockets on either side."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


@contextlib.contextmanager
def deadline(seconds):
    def ring(*_):
        raise Failed(f"not done within {seconds} s")
    previous = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)


class Talker:
    """A program of the bench that is told words and answers in lines of JSON."""

    def __init__(self, command, environment):
        self.process = subprocess.Popen([str(part) for part in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        text=True, env={**os.environ, **environment})

    def line(self):
        text = self.process.stdout.readline()
        if not text:
            raise Failed(f"{self.process.args[0]} ended with {self.process.wait()}")
        return json.loads(text)

    def ask(self, word):
        self.process.stdin.write(word + "\n")
        self.process.stdin.flush()
        return self.line()

    def end(self):
        """What it has to say when its input ends, if anything."""
        if not self.process.stdin.closed:
            self.process.stdin.close()
        rest = self.process.stdout.read()
        self.process.wait()
        return json.loads(rest) if rest else None


class Stage(contextlib.ExitStack):
    """Everything that one measurement starts and writes; gone when it is left."""

    def __init__(self):
        super().__init__()
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="belfry-bench-"))
        self.callback(shutil.rmtree, self.folder, ignore_errors=True)

    # ---- Belfry

    def cluster(self, agents=1, slots=4):
        made = system.Cluster("belfry-bench")
        self.callback(made.close)
        try:
            made.start(agents, slots)
        except AssertionError as error:
            log = made.folder / "backend.log"
            raise Failed(f"{error}: {log.read_text()[-400:] if log.exists() else 'no log'}") from error
        return made

    # ---- programs

    def program(self, name, *arguments, input=None, seconds=120):
        """Runs a program of the bench to its end; its lines of JSON, or the only one."""
        process = subprocess.Popen([str(PROGRAMS / name), *map(str, arguments)], stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        try:
            out, err = process.communicate(input or "", timeout=seconds)
        except subprocess.TimeoutExpired:
            raise Failed(f"{name} {arguments[0]}: not done within {seconds} s") from None
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
        if process.returncode != 0:
            raise Failed(f"{name} {arguments[0]}: {err.strip() or f'exit {process.returncode}'}")
        lines = [json.loads(line) for line in out.splitlines()]
        return lines[0] if len(lines) == 1 else lines

    def client(self, cluster, what, *arguments, **more):
        return self.program("bench-client", what, "--url", cluster.url, "--token-file",
                            cluster.folder / "backend/admin.token", *arguments, **more)

    def talker(self, *command, **environment):
        talker = Talker([PROGRAMS / command[0], *command[1:]], environment)
        self.callback(self._dismiss, talker.process)
        return talker

    def light_agents(self, cluster, count, slots=1, *more):
        talker = self.talker("bench-agents", "run", "--url", cluster.url, "--token-file",
                             cluster.folder / "backend/agent.token", "--count", count, "--slots", slots, *more)
        return talker, talker.ask("connect")

    def pinger(self, cluster, pause=5):
        talker = self.talker("bench-client", "ping", "--url", cluster.url, "--token-file",
                             cluster.folder / "backend/admin.token", "--pause", pause)
        talker.line()
        return talker

    @staticmethod
    def _dismiss(process):
        if process.poll() is None:
            process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            with contextlib.suppress(OSError):
                stream.close()

    # ---- limits

    def spawn_rate(self, ms):
        done = self.program("bench-raw", "spawn", ms)
        return done["count"] / done["us"] * 1e6

    def commits(self, ms):
        """(commits a second, each one's time in ms)"""
        folder = tempfile.mkdtemp(dir=self.folder)
        done = self.program("bench-store", "commits", "--folder", folder, "--ms", ms)
        shutil.rmtree(folder)
        return done["count"] / done["us"] * 1e6, [us / 1000 for us in done["times"]]


# ---- processes

def pids_of(cluster):
    """Backend, agents and supervisors."""
    return [cluster.backend.pid, *(agent.pid for agent in cluster.agents.values()), *cluster.supervisors()]


def cpu_seconds(pids):
    """Of all threads, without ended children; threads that ended meanwhile are lost, but ours do not end."""
    total = 0
    for pid in pids:
        for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
            total += int((task / "schedstat").read_text().split()[0])
    return total / 1e9


def memory(pid, what="Pss"):
    """MiB"""
    for line in pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith(what + ":"):
            return int(line.split()[1]) / 1024
    raise Failed(f"process {pid} tells no {what}")


def status_mib(pid, what):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(what + ":"):
            return int(line.split()[1]) / 1024
    raise Failed(f"process {pid} tells no {what}")


def reset_peak(pid):
    pathlib.Path(f"/proc/{pid}/clear_refs").write_text("5")


def cpu_share(pids, seconds):
    """Percent of one processor."""
    before, from_ = cpu_seconds(pids), time.monotonic()
    time.sleep(seconds)
    return (cpu_seconds(pids) - before) / (time.monotonic() - from_) * 100


def wait_for(condition, seconds, what, every=0.02):
    end = time.monotonic() + seconds
    while not (value := condition()):
        if time.monotonic() > end:
            raise Failed(f"not within {seconds} s: {what}")
        time.sleep(every)
    return value


def load():
    return os.getloadavg()[0]


def lines_of(file, count):
    """The lines of a file, once it has so many."""
    if not file.exists():
        return None
    lines = file.read_text().splitlines()
    return lines if len(lines) >= count else None


def is_ready(cluster):
    token = (cluster.folder / "backend/admin.token").read_text().strip()
    try:
        with socket.create_connection(("127.0.0.1", cluster.port), timeout=2) as link:
            link.sendall(f"GET /readyz HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n"
                         "Connection: close\r\n\r\n".encode())
            return b" 200 " in link.recv(4096)
    except OSError:
        return False

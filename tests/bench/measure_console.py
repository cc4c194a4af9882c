# SPDX-License-Identifier: GPL-3.0-or-later
"""The desktop console's window: ten thousand jobs, a million runs behind, two thousand runs that live and change."""
import time

import stage
from rows import Row, latency_row

HELD = 4  # jobs whose runs go on


def job_file(jobs):
    """Jobs that are due once a year, some whose runs go on, and one whose runs are over at once."""
    month = (time.gmtime().tm_mon + 5) % 12 + 1
    lines = [f'  j{n}: {{schedule: "{n % 60} {n // 60 % 24} 15 {month} *", command: [/bin/true]}}' for n in range(jobs)]
    options = "overlap: allow, max_running: 1000"
    lines += [f'  hold{n}: {{command: [/bin/true], {options}, agent: "name == hold-00000"}}' for n in range(HELD)]
    lines.append(f'  churn: {{command: [/bin/true], {options}, agent: "name == churn-00000"}}')
    return "project: bench\njobs:\n" + "\n".join(lines) + "\n"


class Window:
    """A console on a window system that draws into memory."""

    def __init__(self, here, cluster):
        folder = str(here.folder)
        self.talker = here.talker("bench-console", "--url", cluster.url, "--token-file",
                                  cluster.folder / "backend/admin.token", "--from", time.monotonic_ns() // 1000,
                                  QT_QPA_PLATFORM="offscreen", TMPDIR=folder, XDG_RUNTIME_DIR=folder)
        self.pid = self.talker.process.pid
        self.filled = self.talker.ask("filled")

    def view(self, name):
        return self.talker.ask(f"view {name}")["us"] / 1000


def fill(here, bench):
    """A backend with jobs and history, and how many runs are to live."""
    cluster = here.cluster(agents=0)
    jobs, live = bench.pick(tiny=100, quick=10000, full=10000), bench.pick(tiny=20, quick=2000, full=2000)
    cluster.apply(job_file(jobs))
    cluster.kill(cluster.backend, how=stage.signal.SIGTERM)
    here.program("bench-store", "fill", "--folder", cluster.folder / "backend", "--runs",
                 bench.pick(tiny=2000, quick=1_000_000, full=1_000_000), "--detail", 10, seconds=600)
    cluster.start_backend()
    here.light_agents(cluster, 1, live, "--prefix", "hold-", "--end", 0)
    here.light_agents(cluster, 1, 50, "--prefix", "churn-")
    for n in range(HELD):
        here.client(cluster, "trigger", "--job", f"bench/hold{n}", "--count", live // HELD, "--pause", 0)
    return cluster, live


def console(bench):
    """The desktop console with 10 000 jobs, 1 M runs and 2 000 live ones while 1 000 events a second arrive."""
    with stage.Stage() as here:
        cluster, live = fill(here, bench)
        windows = [Window(here, cluster) for _ in range(bench.rounds)]
        for each in windows[:-1]:
            each.talker.end()
        window = windows[-1]
        for name in ("shown", "filled"):
            values = [each.filled[name] / 1000 for each in windows]
            yield latency_row(f"console-{name}", None, values, target=1000, share=.5,
                              note={"shown": "from exec to the first painted window",
                                    "filled": "from exec to jobs, live runs and agents in it"}[name])
        views = {name: window.view(name) for name in ("live", "jobs", "history", "schedule", "attention", "overview")}
        yield latency_row("console-history", None, [views["history"]], target=200, note="to the first rows of 1 M runs")
        yield latency_row("console-view", None, list(views.values()), share=1, target=1000, note="the slowest view to open")
        yield from under_load(bench, here, cluster, window)


def under_load(bench, here, cluster, window):
    seconds = bench.pick(tiny=1, quick=5, full=10)
    gaps, heard, cpu = [], 0, []
    for name in ("live", "overview", "history"):
        window.view(name)
        window.talker.ask("watch")
        from_, before = time.monotonic(), stage.cpu_seconds([window.pid])
        here.client(cluster, "trigger", "--job", "bench/churn", "--count", 300 * seconds, "--pause", 3)
        took = time.monotonic() - from_
        cpu.append((stage.cpu_seconds([window.pid]) - before) / took * 100)
        done = window.talker.ask("frames")
        heard += done["heard"] / took / 3
        gaps += [us / 1000 for us in done["gaps"]]
    yield Row("console-events", None, "1/s", value=heard, note="changes of runs that the console heard").spread([heard])
    yield latency_row("console-frame", None, gaps, target=100, share=1,
                      note=f"the longest time in which nothing could be painted; live runs: {done['live']}")
    yield latency_row("console-cpu", None, cpu, unit="%", share=.5, note="of one processor, while they come")
    peak = stage.status_mib(window.pid, "VmHWM")
    yield Row("console-memory", None, "MiB", value=peak, target=300, sense="<=", judged="value",
              note="the resident peak").spread([peak])
    idle = stage.cpu_share([window.pid], bench.pick(tiny=.5, quick=5, full=20))
    yield Row("console-idle", None, "%", value=idle, target=1, sense="<=", judged="value",
              note="of one processor, with nothing happening").spread([idle])

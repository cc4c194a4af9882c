# SPDX-License-Identifier: GPL-3.0-or-later
"""What is durable: how fast it becomes so, and how fast it is found again among a million runs."""
import json
import time

import stage
from rows import Row, latency_row, rate_row


def submits(bench):
    """Goal 14: triggers that are acknowledged, which is when they are durable; no agent is there to run them."""
    with stage.Stage() as here:
        cluster = here.cluster(agents=0)
        count = 200  # a job holds 1000 waiting runs
        names = [f"j{n}" for n in range(count)]
        cluster.apply("project: bench\njobs:\n" + "\n".join(f"  {name}: {{command: [/bin/true]}}" for name in names))
        jobs = ",".join(f"bench/{name}" for name in names)
        ms = bench.pick(tiny=300, quick=1000, full=3000)
        one, many, times = [], [], ([], [])
        for _ in range(bench.rounds):
            for into, clients, kept in ((one, 1, times[0]), (many, 16, times[1])):
                limit = here.commits(ms)[0]
                done = here.client(cluster, "submit", "--jobs", jobs, "--clients", clients, "--ms", ms)
                into.append((limit, done["count"] / done["us"] * 1e6))
                kept += [us / 1000 for us in done["times"]]
        for name, pairs, target, kept in (("submit-1", one, .7, times[0]), ("submit-16", many, 5, times[1])):
            yield rate_row(name, 14, pairs, target, unit="runs/s", note="limit: one-row commits of SQLite, FULL")
            yield latency_row(f"{name}-latency", None, kept, note="each one's acknowledgement")


def pages_of(runs, newest):
    """(name, method, parameters) of what lists a console shows."""
    return [
        ("newest", "run.list", {"limit": 50}),
        ("job", "run.list", {"job": "bench/j7", "limit": 50}),
        ("job-failed", "run.list", {"job": "bench/j7", "states": ["failed"], "limit": 50}),
        ("failed", "run.list", {"states": ["failed"], "limit": 50}),
        ("middle", "run.list", {"limit": 50, "after": newest - runs // 2}),
        ("live", "run.list", {"live": True, "limit": 50}),
        ("filter", "run.list", {"filter": "state:failed job:j7 duration:>10s", "limit": 50}),
        ("run", "run.get", {"run": newest // 20 * 10 + 1}),
        ("ledger", "ledger.list", {"limit": 50}),
        ("jobs", "job.list", {}),
    ]


def history(bench):
    """Goals 13 and 10: first pages and a restart with a million runs behind."""
    runs = bench.pick(tiny=2000, quick=1_000_000, full=1_000_000)
    with stage.Stage() as here:
        cluster = here.cluster(agents=0)
        cluster.apply("project: bench\njobs:\n" + "\n".join(f"  j{n}: {{command: [/bin/true]}}" for n in range(100)))
        cluster.kill(cluster.backend, how=stage.signal.SIGTERM)
        filled = here.program("bench-store", "fill", "--folder", cluster.folder / "backend", "--runs", runs, "--detail",
                              bench.pick(tiny=1, quick=10, full=1), seconds=600)
        rate = runs / filled["us"] * 1e6
        yield Row("history-fill", None, "runs/s", value=rate, note="by the store's own commits; with attempt and occasion: "
                  + bench.pick(tiny="each", quick="one in ten", full="each")).spread([rate])
        took = []
        for _ in range(max(3, bench.rounds)):
            from_ = time.monotonic()
            cluster.start_backend(wait=False)
            stage.wait_for(lambda: stage.is_ready(cluster), 60, "the backend is ready", every=.002)
            took.append(time.monotonic() - from_)
            cluster.kill(cluster.backend)
        yield latency_row("restart-1M", 10, took, "s", target=1, share=.5, note="from exec to /readyz after a kill -9")
        cluster.start_backend()
        repeat = bench.pick(tiny=5, quick=100, full=500)
        pages = pages_of(runs, runs)
        asked = "\n".join(json.dumps({"method": method, "params": params, "repeat": repeat})
                          for _, method, params in pages)
        answers = here.client(cluster, "ask", input=asked + "\n")
        for (name, *_), answer in zip(pages, answers):
            filtered = name == "filter"  # it looks at each run that its index leaves
            yield latency_row(f"history-{name}", None if filtered else 13, [us / 1000 for us in answer["times"]],
                              target=200 if filtered else 10)

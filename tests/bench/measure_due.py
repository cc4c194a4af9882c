# SPDX-License-Identifier: GPL-3.0-or-later
"""How late what is due is: before the spawn as a light agent sees it, after it as the job's own main tells."""
import contextlib
import datetime as dt
import math
import os
import subprocess
import time

import stage
from rows import latency_row, percentile, rate_row

SLOTS = 16


def ns_of(text):
    """RFC 3339 in UTC with milliseconds -> ns since 1970"""
    return round(dt.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp() * 1000) * 1_000_000


def rfc3339(seconds):
    return dt.datetime.fromtimestamp(seconds, dt.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def lateness(orders):
    """ms from each occasion to the order's arrival at the agent; an early one is negative"""
    return [(at - ns_of(occasion)) / 1e6 for _, occasion, at in orders]


def due_one(bench, name="due-1", goal=4, burden=None):
    """Goal 4: one occasion at a time, nothing else to do."""
    with stage.Stage() as here:
        cluster = here.cluster(agents=0)
        agent, _ = here.light_agents(cluster, 1, slots=16)
        begin = rfc3339(time.time() - 60)[:-5]
        jobs = "\n".join(f'  j{part}: {{schedule: [{{every: 1s, from: "{begin}.{part:03d}Z"}}], command: [/bin/true]}}'
                         for part in (100, 300, 500, 700, 900))
        cluster.apply(f"project: due\njobs:\n{jobs}\n")
        seconds = bench.pick(tiny=2, quick=5, full=20)
        timers, commits, ours = [], [], []
        with burden(here) if burden else contextlib.nullcontext():
            for _ in range(bench.rounds):
                timers += here.program("bench-raw", "timer", seconds * 5, 100)["us"]
                commits += here.commits(500)[1]
                agent.ask("orders")
                time.sleep(seconds)
                ours += lateness(agent.ask("orders")["orders"])
        if len(ours) < seconds * 4:
            raise stage.Failed(f"only {len(ours)} occasions became orders")
        timers = [us / 1000 for us in timers]
        early = "" if min(ours) >= 0 else f"; {-min(ours):.3f} ms EARLY"
        if burden:
            limit = percentile(timers, .99)
            yield latency_row(f"{name}-p99", goal, ours, limit=limit, target=3 * limit,
                              note="limit: timerfd under the same load" + early)
            return
        half, most = percentile(timers, .5), percentile(commits, .99)
        yield latency_row(f"{name}-p50", goal, ours, share=.5, limit=half, target=half + 1,
                          met=False if early else None, note="until the order is at the agent; limit: timerfd" + early)
        yield latency_row(f"{name}-p99", goal, ours, limit=most, target=most + 1, met=False if early else None,
                          note="limit: p99 of a durable commit; target: that + 1 ms" + early)


def due_fifty(bench):
    """Goal 5: fifty jobs with real processes due at the same instant."""
    count = bench.pick(tiny=5, quick=50, full=50)
    with stage.Stage() as here:
        cluster = here.cluster(slots=SLOTS)
        stamps = here.folder / "stamps"
        late, pairs = [], []
        for _ in range(bench.rounds):
            limit = count / here.spawn_rate(bench.pick(tiny=300, quick=1000, full=3000)) * 1000
            at = math.ceil(time.time()) + 2
            jobs = "\n".join(f'  j{n}: {{schedule: [{{at: "{rfc3339(at)}"}}], command: [{stage.RAW}, stamp, {stamps}]}}'
                             for n in range(count))
            stamps.unlink(missing_ok=True)
            cluster.apply(f"project: due\njobs:\n{jobs}\n")
            lines = stage.wait_for(lambda: stage.lines_of(stamps, count), 40, f"{count} jobs have started")
            these = [(int(line.split()[0]) - at * 10**9) / 1e6 for line in lines]
            late += these
            pairs.append((limit, max(these)))
            time.sleep(.3)
        row = rate_row("due-50-max", 5, pairs, 1.5, "<=", unit="ms",
                       note=f"until the main of each job, {SLOTS} slots; limit: 50 raw spawns").spread(late)
        row.met = False if min(late) < 0 else None
        yield row


def due_many(bench):
    """Goal 6: ten thousand jobs due at the same instant; a light agent takes all of them at once."""
    count = bench.pick(tiny=100, quick=10000, full=10000)
    with stage.Stage() as here:
        cluster = here.cluster(agents=0)
        agent, _ = here.light_agents(cluster, 1, slots=10000)
        at = math.ceil(time.time()) + bench.pick(tiny=2, quick=10, full=12)
        jobs = "\n".join(f'  j{n}: {{schedule: [{{at: "{rfc3339(at)}"}}], command: [/bin/true]}}' for n in range(count))
        cluster.apply(f"project: due\njobs:\n{jobs}\n")
        if time.time() > at - .5:
            raise stage.Failed(f"{count} jobs were not applied {time.time() - at:+.1f} s from the time they were due at")
        pinger = here.pinger(cluster)
        time.sleep(max(0, at - .5 - time.time()))
        orders = []

        def all_come():
            orders.extend(agent.ask("orders")["orders"])
            return len(orders) >= count
        stage.wait_for(all_come, 60, f"{count} occasions are orders", every=.25)
        late = lateness(orders)
        yield latency_row("due-10000-p99", 6, late, target=1500, met=False if min(late) < 0 else None,
                          note="until the orders are at a light agent; stretch 800 ms")
        yield latency_row("due-10000-api-stall", 6, [us / 1000 for us in pinger.end()["times"]], target=100, share=1,
                          note="the longest answer of server.status meanwhile")


def due_drain(bench):
    """Goal 6 with real processes: the backlog goes at no less than half the raw rate."""
    count = 10000
    with stage.Stage() as here:
        cluster = here.cluster(slots=SLOTS)
        limit = here.spawn_rate(4000)
        stamps = here.folder / "stamps"
        at = math.ceil(time.time()) + 12
        jobs = "\n".join(f'  j{n}: {{schedule: [{{at: "{rfc3339(at)}"}}], command: [{stage.RAW}, stamp, {stamps}]}}'
                         for n in range(count))
        cluster.apply(f"project: due\njobs:\n{jobs}\n")
        lines = stage.wait_for(lambda: stage.lines_of(stamps, count), 400, f"{count} jobs have started", every=1)
        last = max(int(line.split()[0]) for line in lines) / 1e9 - at
        yield rate_row("due-10000-drain", 6, [((limit + here.spawn_rate(4000)) / 2, count / last)], .5, unit="runs/s",
                       note="limit: posix_spawn")


@contextlib.contextmanager
def hogs(here):
    """Two processes for each processor that do nothing but compute."""
    burning = [subprocess.Popen([stage.RAW, "burn", "600000"]) for _ in range(2 * os.cpu_count())]
    try:
        yield
    finally:
        for each in burning:
            each.kill()
            each.wait()


def due_under_load(bench):
    """Goal 16: the same as one occasion at a time, with two hogs a processor."""
    yield from due_one(bench, "due-1-loaded", 16, hogs)

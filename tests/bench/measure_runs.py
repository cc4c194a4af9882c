# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs through the whole of Belfry: how many a second, how soon, and at what cost."""
import stage
from rows import Row, latency_row, percentile, rate_row

SLOTS = 4


def noop_jobs(command, count=4):
    jobs = "\n".join(f"  noop-{n}: {{command: {command}, overlap: allow, max_running: 1000}}" for n in range(count))
    return f"project: bench\njobs:\n{jobs}\n", ",".join(f"bench/noop-{n}" for n in range(count))


def noop_runs(bench):
    """Goals 1 and 17: triggers by one client, runs of /bin/true by one agent, until the last result is durable."""
    with stage.Stage() as here:
        cluster = here.cluster(slots=SLOTS)
        text, jobs = noop_jobs("[/bin/true]")
        cluster.apply(text)
        count = bench.pick(tiny=50, quick=600, full=2000)

        def drain(runs):
            done = here.client(cluster, "drain", "--jobs", jobs, "--count", runs)
            return done["count"] / done["us"] * 1e6

        drain(40)  # the supervisor lives, and caches are warm
        pairs, cost = [], []
        for _ in range(bench.rounds):
            limit = here.spawn_rate(bench.pick(tiny=300, quick=1500, full=4000))
            pids = stage.pids_of(cluster)
            before = stage.cpu_seconds(pids)
            pairs.append((limit, drain(count)))
            cost.append((stage.cpu_seconds(pids) - before) * 1000 / count)
        yield rate_row("noop-runs", 1, pairs, 0.5, unit="runs/s",
                       note=f"/bin/true, {SLOTS} slots; limit: posix_spawn and wait, one thread; stretch 0.65")
        yield Row("cpu-per-run", 17, "ms", value=percentile(cost, .5), target=0.6, sense="<=", judged="value",
                  rounds=len(cost), note="user and system of backend, agent and supervisor").spread(cost)


def core_runs(bench):
    """Goal 2: the same with an agent that answers at once, so that no process is started."""
    with stage.Stage() as here:
        cluster = here.cluster(agents=0)
        text, jobs = noop_jobs("[/bin/true]", 20)
        cluster.apply(text)
        here.light_agents(cluster, 1, slots=500)
        count = bench.pick(tiny=200, quick=5000, full=15000)
        rates = []
        for _ in range(bench.rounds):
            done = here.client(cluster, "drain", "--jobs", jobs, "--count", count, "--window", 200)
            rates.append(done["count"] / done["us"] * 1e6)
        yield Row("core-runs", 2, "runs/s", value=percentile(rates, .5), target=5000, judged="value",
                  rounds=len(rates), note="a light agent answers at once; stretch 10 000").spread(rates)


def trigger_start(bench):
    """Goal 3: from before the call of the API to the first line of the job's main, one at a time."""
    with stage.Stage() as here:
        cluster = here.cluster()
        stamps = here.folder / "stamps"
        cluster.apply(f"project: bench\njobs:\n  stamp: {{command: [{stage.RAW}, stamp, {stamps}]}}\n")
        here.client(cluster, "trigger", "--job", "bench/stamp", "--count", 3, "--pause", 50)
        count, pause = bench.pick(tiny=5, quick=50, full=200), 20
        raw, ours, seen = [], [], 3
        for _ in range(bench.rounds):
            raw += here.program("bench-raw", "start", count, pause)["us"]
            sent = here.client(cluster, "trigger", "--job", "bench/stamp", "--count", count, "--pause", pause)["sent"]
            seen += count
            lines = stage.wait_for(lambda: stage.lines_of(stamps, seen), 20, "all triggered runs have started")
            began = {run: int(at) for at, run, _ in map(str.split, lines)}
            ours += [(began[run] - at) / 1000 for run, at in sent.items()]
        raw, ours = [us / 1000 for us in raw], [us / 1000 for us in ours]
        for name, share, more in (("trigger-start-p50", .5, 2.0), ("trigger-start-p99", .99, 3.5)):
            limit = percentile(raw, share)
            row = latency_row(name, 3, ours, share=share, limit=limit, target=limit + more,
                              note=f"limit: posix_spawn to the child's main; target: that + {more} ms")
            row.rounds = bench.rounds
            yield row

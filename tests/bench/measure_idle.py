# SPDX-License-Identifier: GPL-3.0-or-later
"""What Belfry costs while it has nothing to do, and what agents cost that only are there."""
import time

import stage
from rows import Row, latency_row, rate_row


def settle(bench):
    time.sleep(bench.pick(tiny=.5, quick=1.5, full=10))


def apply_sleepers(cluster, count):
    """That many jobs that are due once a year, half a year from now, in projects of at most 10 000."""
    month = (time.gmtime().tm_mon + 5) % 12 + 1
    for first in range(0, count, 10000):
        jobs = "\n".join(f'  j{n}: {{schedule: "{n % 60} {n // 60 % 24} 15 {month} *", command: [/bin/true]}}'
                         for n in range(min(10000, count - first)))
        cluster.apply(f"project: sleep{first // 10000}\njobs:\n{jobs}\n", f"sleep{first}.yaml")


def restart(cluster):
    cluster.kill(cluster.backend)
    cluster.start_backend()


def small(name, goal, value, target, unit, note=""):
    return Row(name, goal, unit, value=value, target=target, sense="<=", judged="value", note=note).spread([value])


def idle(bench):
    """Goal 9: proportional memory and processor time of each program, with 10 000 jobs and one run that sleeps."""
    with stage.Stage() as here:
        cluster = here.cluster()
        apply_sleepers(cluster, bench.pick(tiny=100, quick=10000, full=10000))
        cluster.apply('project: bench\njobs:\n  sleeper: {command: [/bin/sleep, "600"]}\n', "sleeper.yaml")
        run = cluster.run("bench/sleeper")
        cluster.wait_state(run, "running")
        restart(cluster)
        cluster.wait_agent("a1")
        settle(bench)
        pids = {"backend": cluster.backend.pid, "agent": cluster.agents["a1"].pid, "supervisor": cluster.supervisors()[0]}
        for name, target in (("backend", 40), ("agent", 12), ("supervisor", 2)):
            yield small(f"idle-memory-{name}", 9, stage.memory(pids[name]), target, "MiB", "proportional set size")
        share = stage.cpu_share(pids.values(), bench.pick(tiny=1, quick=5, full=60))
        yield small("idle-cpu", 9, share, .1, "%", "of one processor, the three of them together")


def defined(bench):
    """Goal 7: a hundred thousand schedules, none of them due."""
    with stage.Stage() as here:
        cluster = here.cluster(agents=0)
        apply_sleepers(cluster, 100000)
        restart(cluster)
        settle(bench)
        pid = cluster.backend.pid
        switches = voluntary_switches(pid)
        share = stage.cpu_share([pid], 30)
        yield small("idle-100000-cpu", 7, share, .1, "%")
        yield small("idle-100000-wakeups", 7, (voluntary_switches(pid) - switches) / 30, 5, "1/s")
        yield small("idle-100000-memory", None, stage.memory(pid), None, "MiB")


def voluntary_switches(pid):
    total = 0
    for task in (stage.pathlib.Path(f"/proc/{pid}/task")).iterdir():
        for line in (task / "status").read_text().splitlines():
            if line.startswith("voluntary_ctxt_switches:"):
                total += int(line.split()[1])
    return total


def fleet(bench):
    """Goals 8 and 15: a thousand agents that are there, and that come back at once after a kill of the backend."""
    count = bench.pick(tiny=20, quick=1000, full=1000)
    with stage.Stage() as here:
        cluster = here.cluster(agents=0)
        settle(bench)
        before = stage.memory(cluster.backend.pid)
        agents, _ = here.light_agents(cluster, count)
        settle(bench)
        grown = (stage.memory(cluster.backend.pid) - before) * 1024 / count
        yield small("agent-memory", 8, grown, 100, "KiB", f"of the backend for each of {count} idle agents; stretch 40")
        share = stage.cpu_share([cluster.backend.pid], bench.pick(tiny=1, quick=6, full=30))
        yield small("agent-heartbeats", 8, share, 5 * count / 5000, "%", f"the backend's, with {count} idle agents; "
                    "target: 5% at 5 000")
        pairs, pings = [], []
        for _ in range(bench.rounds):
            server = here.talker("bench-agents", "serve")
            bare = here.talker("bench-agents", "bare", "--url", f"ws://127.0.0.1:{server.line()['port']}", "--count", count)
            limit = bare.ask("connect")["us"] / 1e6
            bare.end()
            server.end()
            restart(cluster)
            pinger = here.pinger(cluster)
            pairs.append((limit, agents.ask("connect")["us"] / 1e6))
            pings += pinger.end()["times"]
        row = rate_row(f"reconnect-{count}", 15, pairs, 3, "<=", unit="s", note="from the first connect to the last "
                       "welcome; limit: handshakes with a bare WebSocket server; also < 2 s")
        row.met = None if row.value < 2 else False
        yield row
        yield latency_row(f"reconnect-{count}-api", 15, [us / 1000 for us in pings], target=None, share=1,
                          note="the longest answer of server.status meanwhile")


def fleet_of_five_thousand(bench):
    """Goal 8 at 5 000 agents."""
    with stage.Stage() as here:
        cluster = here.cluster(agents=0)
        settle(bench)
        before = stage.memory(cluster.backend.pid)
        here.light_agents(cluster, 5000)
        settle(bench)
        yield small("agent-memory-5000", 8, (stage.memory(cluster.backend.pid) - before) * 1024 / 5000, 100, "KiB")
        yield small("agent-heartbeats-5000", 8, stage.cpu_share([cluster.backend.pid], 30), 5, "%")

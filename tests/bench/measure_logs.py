# SPDX-License-Identifier: GPL-3.0-or-later
"""The way of a log from the job's write to a reader at the API."""
import subprocess
import time

import stage
from rows import Row, latency_row, rate_row


def logs(bench):
    """Goal 11: a large log until the backend holds all of it and a reader on another connection has read it."""
    size = bench.pick(tiny=2_000_000, quick=100_000_000, full=100_000_000)
    with stage.Stage() as here:
        cluster = here.cluster()
        cluster.apply(f'project: bench\njobs:\n  spew: {{command: [{stage.RAW}, spew, "{size}"]}}\n'
                      f'  small: {{command: [{stage.RAW}, spew, "1000"]}}\n')
        here.client(cluster, "follow", "--job", "bench/small")
        at_agent, at_reader, grown = [], [], []
        backend = cluster.backend.pid
        for _ in range(bench.rounds):
            from_ = time.monotonic()
            subprocess.run(["/bin/sh", "-c", f"'{stage.RAW}' spew {size} | cat > '{here.folder}/log'"], check=True)
            limit = size / 1e6 / (time.monotonic() - from_)
            before = stage.memory(backend, "Rss")
            stage.reset_peak(backend)
            done = here.client(cluster, "follow", "--job", "bench/spew")
            grown.append(stage.status_mib(backend, "VmHWM") - before)
            if done["bytes"] != size:
                raise stage.Failed(f"{done['bytes']} of {size} bytes came")
            at_agent.append((limit, size / max(done["job_us"], 1)))
            at_reader.append((limit, size / done["us"]))
        yield rate_row("log-agent", 11, at_agent, .5, unit="MB/s", note="until the supervisor has recorded it; "
                       "limit: job | cat > file")
        yield rate_row("log-backend", 11, at_reader, .3, unit="MB/s", note="until a reader on another connection has "
                       "all of it, compared by hash; limit: job | cat > file")
        yield Row("log-memory", 11, "MiB", value=max(grown), target=16, sense="<=", judged="value", rounds=len(grown),
                  note="growth of the backend's resident peak").spread(grown)


def tail(bench):
    """Goal 12: how long a printed line takes to a reader that follows, alone and beside a job that prints 100 MB."""
    lines = bench.pick(tiny=20, quick=150, full=500)
    size = bench.pick(tiny=2_000_000, quick=100_000_000, full=100_000_000)
    with stage.Stage() as here:
        cluster = here.cluster()
        cluster.apply(f'project: bench\njobs:\n  tick: {{command: [{stage.RAW}, tick, "{lines}", "20"]}}\n'
                      f'  spew: {{command: [{stage.RAW}, spew, "{size}"]}}\n')
        here.client(cluster, "follow", "--job", "bench/tick")
        alone = here.client(cluster, "follow", "--job", "bench/tick", "--stamps", 1)["delays"]
        yield latency_row("tail", 12, [us / 1000 for us in alone], target=50, note="from a line's write to its reader")
        tick = here.talker("bench-client", "follow", "--url", cluster.url, "--token-file",
                           cluster.folder / "backend/admin.token", "--job", "bench/tick", "--stamps", 1)
        here.client(cluster, "trigger", "--job", "bench/spew", "--count", 1)
        beside = tick.line()["delays"]
        yield latency_row("tail-beside-100MB", 12, [us / 1000 for us in beside], target=200, share=1,
                          note="the longest, while another job of the same agent prints 100 MB")

# SPDX-License-Identifier: GPL-3.0-or-later
"""The desktop console's log view: a large log from its spool."""
import stage
from rows import Row


def log_view(bench):
    """A log of a gigabyte: its first page, its index, searches in all of it, and the memory of the process."""
    with stage.Stage() as here:
        here.program("bench-logview", "make", "--folder", here.folder, "--mib", bench.pick(tiny=8, quick=1024, full=1024),
                     seconds=240)
        opened = [here.program("bench-logview", "open", "--folder", here.folder, seconds=240) for _ in range(bench.rounds)]
    mib = opened[0]["bytes"] / (1 << 20)

    def row(name, values, unit, target=None, sense="<=", **more):
        values = list(values)
        middle = sorted(values)[len(values) // 2]
        return Row(name, None, unit, value=middle, target=target, sense=sense, judged="value", **more).spread(values)

    yield row("logview-page", (each["page"] / 1000 for each in opened), "ms", 300, note="opened until 60 lines are there")
    yield row("logview-memory", (each["grown"] / 1024 for each in opened), "MiB", 64, note="growth of the resident peak")
    yield row("logview-index", (mib / each["indexed"] * 1e6 for each in opened), "MiB/s")
    for name, search in (("literal", "literal"), ("literal-cased", "cased"), ("regex", "regex"), ("every-line", "every")):
        yield row(f"logview-find-{name}", (mib / each[search]["us"] * 1e6 for each in opened), "MiB/s")
    yield row("logview-first-hit", (each["every"]["first"] / 1000 for each in opened), "ms", 200)

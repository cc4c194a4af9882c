# SPDX-License-Identifier: GPL-3.0-or-later
"""What a measurement gives: rows, their judgement, and how they are shown."""
import dataclasses
import json
import math
import statistics


def percentile(values, share):
    """The smallest value that `share` of all do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


@dataclasses.dataclass
class Row:
    name: str
    goal: int | None = None      # the number of the goal in docs/performance.md
    unit: str = ""
    limit: float | None = None   # what the machine alone does, measured in the same minutes
    value: float | None = None
    ratio: float | None = None   # value / limit
    target: float | None = None  # what `judged` is compared with
    sense: str = ">="            # how
    judged: str = "ratio"        # ratio or value
    met: bool | None = None
    p50: float | None = None     # of single measurements, in the row's unit
    p99: float | None = None
    max: float | None = None
    samples: int = 0
    rounds: int = 1
    load: float | None = None    # of the machine when the row's measurement began
    note: str = ""
    error: str = ""              # why there is no figure

    def judge(self):
        """Fills in met, once everything else stands."""
        if self.target is not None and self.met is None:
            judged = getattr(self, self.judged)
            self.met = judged is not None and (judged >= self.target if self.sense == ">=" else judged <= self.target)
        return self

    def spread(self, values):
        self.p50, self.p99, self.max = percentile(values, .5), percentile(values, .99), max(values)
        self.samples = len(values)
        return self

    def to_json(self):
        return {key: float(f"{value:.6g}") if isinstance(value, float) else value
                for key, value in dataclasses.asdict(self).items()}


def rate_row(name, goal, pairs, target, sense=">=", **more):
    """Rounds of (limit, value) that are compared as ratios: medians of each, and of the rounds' own ratios."""
    limits, values = zip(*pairs)
    row = Row(name, goal, limit=statistics.median(limits), value=statistics.median(values),
              ratio=statistics.median(value / limit for limit, value in pairs), target=target, sense=sense,
              rounds=len(pairs), **more)
    return row.spread(values)


def latency_row(name, goal, values, unit="ms", target=None, share=.99, **more):
    """A share of single measurements that must not exceed `target`."""
    row = Row(name, goal, unit, value=percentile(values, share), target=target, sense="<=", judged="value", **more)
    if row.limit:
        row.ratio = row.value / row.limit
    return row.spread(values)


def number(value):
    if value is None:
        return "-"
    return f"{value:.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def table(rows):
    """For people."""
    lines = [("goal", "row", "unit", "limit", "value", "ratio", "target", "met", "p50", "p99", "max", "load")]
    for row in rows:
        judged = "" if row.target is None else f"{'x' if row.judged == 'ratio' else ''} {row.sense} {number(row.target)}"
        met = {True: "yes", False: "NO", None: "-"}[row.met]
        lines.append((number(row.goal), row.name, row.unit, number(row.limit), number(row.value), number(row.ratio),
                      judged.strip(), met, number(row.p50), number(row.p99), number(row.max), number(row.load)))
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    left = {1, 2}
    text = "\n".join("  ".join(cell.ljust(width) if column in left else cell.rjust(width)
                               for column, (cell, width) in enumerate(zip(line, widths))).rstrip() for line in lines)
    notes = [f"{row.name}: {row.error or row.note}" for row in rows if row.error or row.note]
    return "\n".join([text, *([""] + notes if notes else [])])


def to_json(rows):
    return json.dumps([row.to_json() for row in rows], indent=1)

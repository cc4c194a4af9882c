# SPDX-License-Identifier: GPL-3.0-or-later
"""What a cron expression means, once more: from the words of the contract, in another language and with another zone library.

Slow and plain on purpose: every civil day is judged by itself, every local time is looked up in every piece of the zone's history."""
import calendar
import datetime as dt
import functools
import hashlib
import zoneinfo

UTC = dt.timezone.utc
MACROS = {"@hourly": "0 * * * *", "@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@weekly": "0 0 * * 0", "@monthly": "0 0 1 * *",
          "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *"}
MONTHS = dict(zip("jan feb mar apr may jun jul aug sep oct nov dec".split(), range(1, 13)))
WEEKDAYS = dict(zip("sun mon tue wed thu fri sat".split(), range(7)))
# field -> lowest, highest, highest for H
FIELDS = {"second": (0, 59, 59), "minute": (0, 59, 59), "hour": (0, 23, 23), "day": (1, 31, 28), "month": (1, 12, 12), "weekday": (0, 7, 6)}
LONG_GAP = dt.timedelta(hours=3)


def number(text, field):
    names = {"month": MONTHS, "weekday": WEEKDAYS}.get(field, {})
    return names[text.lower()] if text.lower() in names else int(text)


def bounds(text, field):
    first, last = text.split("-")
    low, high = number(first, field), number(last, field)
    return low, 7 if field == "weekday" and last.lower() == "sun" and low > 0 else high


class Cron:
    def __init__(self, text, job=None):
        words = MACROS.get(text.strip(), text).split()
        self.text = dict(zip(FIELDS, words if len(words) == 6 else ["0", *words]))
        self.job = job
        times = [set().union(*(self.part(p, f) for p in self.text[f].split(","))) for f in ("hour", "minute", "second")]
        self.times = [dt.timedelta(hours=h, minutes=m, seconds=s) for h in sorted(times[0]) for m in sorted(times[1]) for s in sorted(times[2])]
        self.months = set().union(*(self.part(p, "month") for p in self.text["month"].split(",")))
        self.elapsed = any(t.startswith("*") or (t.startswith("H/") and "," not in t) for t in (self.text["minute"], self.text["hour"]))
        self.both = any(t.startswith("*") or t == "?" for t in (self.text["day"], self.text["weekday"]))
        self.known = {}

    def hash(self, field):
        return int.from_bytes(hashlib.sha256(f"{self.job}|{field}".encode()).digest()[:8], "big")

    def part(self, part, field):
        """The values of one item of a list that is no L, W or #."""
        low, high, hash_high = FIELDS[field]
        body, _, step = part.partition("/")
        if body in ("*", "?"):
            return set(range(low, high + 1, int(step or 1)))
        if body.startswith("H"):
            low, high = bounds(body[2:-1], field) if "(" in body else (low, hash_high)
            if step:
                return set(range(low + self.hash(field) % int(step), high + 1, int(step)))
            return {low + self.hash(field) % (high - low + 1)}
        if "-" in body:
            low, high = bounds(body, field)
            return set(range(low, high + 1, int(step or 1)))
        low = number(body, field)
        return set(range(low, high + 1, int(step))) if step else {low}

    def days(self, year, month):
        """The matching days of a month."""
        if (year, month) not in self.known:
            self.known[year, month] = self.find_days(year, month) if month in self.months else set()
        return self.known[year, month]

    def find_days(self, year, month):
        length = calendar.monthrange(year, month)[1]
        weekday = {day: dt.date(year, month, day).isoweekday() % 7 for day in range(1, length + 1)}

        def nearest(day):
            return next(d for d in (day, day - 1, day + 1, day - 2, day + 2) if 1 <= d <= length and weekday[d] not in (0, 6))

        by_day, by_weekday = set(), set()
        for part in self.text["day"].split(","):
            if part.startswith("L"):
                day = length - int(part.rstrip("W")[2:] or 0)
                if day >= 1:
                    by_day.add(nearest(day) if part.endswith("W") else day)
            elif part.endswith("W"):
                if int(part[:-1]) <= length:
                    by_day.add(nearest(int(part[:-1])))
            else:
                by_day |= self.part(part, "day") & set(weekday)
        for part in self.text["weekday"].split(","):
            if "#" in part or part.endswith("L"):
                name, which = part.split("#") if "#" in part else (part[:-1], 0)
                days = [d for d in weekday if weekday[d] == number(name, "weekday") % 7]
                by_weekday |= set(days[-1:] if which == 0 else days[int(which) - 1:int(which)])
            else:
                wanted = {value % 7 for value in self.part(part, "weekday")}
                by_weekday |= {d for d in weekday if weekday[d] in wanted}
        return by_day & by_weekday if self.both else by_day | by_weekday


@functools.lru_cache(None)
def changes(zone, first_year, last_year):
    """[(UTC, offset before, offset after)], found by a probe each 3 hours."""
    where = zoneinfo.ZoneInfo(zone)

    def offset(instant):
        return instant.replace(tzinfo=UTC).astimezone(where).utcoffset()

    at, end, step, found = dt.datetime(first_year, 1, 1), dt.datetime(last_year + 1, 1, 1), dt.timedelta(hours=3), []
    before = offset(at)
    while at < end:
        after = offset(at + step)
        if after != before:
            low, high = at, at + step
            while high - low > dt.timedelta(seconds=1):
                middle = low + dt.timedelta(seconds=int((high - low).total_seconds()) // 2)
                low, high = (middle, high) if offset(middle) == before else (low, middle)
            found.append((high, before, after))
        at, before = at + step, after
    return found


def entries(text, zone, start, end, gap="run", fold="first", job=None):
    """({instant: note} of what fires in [start, end), [changes at which something is skipped]); instants without tzinfo, in UTC."""
    cron = Cron(text, job)
    near = changes(zone, max(start.year - 1, 1969), end.year + 1)
    offset = dt.datetime(max(start.year - 1, 1969), 1, 1, tzinfo=UTC).astimezone(zoneinfo.ZoneInfo(zone)).utcoffset()
    margin, pieces, begin = dt.timedelta(days=3), [], dt.datetime(1, 1, 3)
    for at, _, after in near:
        pieces.append((begin, at, offset))
        begin, offset = at, after
    pieces.append((begin, dt.datetime(9999, 12, 29), offset))
    pieces = [p for p in pieces if p[0] < end + margin and p[1] > start - margin]
    plain, moved, repeated, skipped = set(), set(), set(), set()
    day = (start - dt.timedelta(days=2)).date()
    while day <= (end + dt.timedelta(days=2)).date():
        for time in cron.times if day.day in cron.days(day.year, day.month) else ():
            local = dt.datetime(day.year, day.month, day.day) + time
            found = sorted(local - o for first, last, o in pieces if first <= local - o < last)
            if not found and not cron.elapsed:
                at, before, after = next(c for c in near if c[0] + c[1] <= local < c[0] + c[2])
                (skipped if gap == "skip" or after - before >= LONG_GAP else moved).add(at)
            elif len(found) == 1 or (found and (cron.elapsed or fold != "second")):
                plain.add(found[0])
                if cron.elapsed or fold == "both":
                    repeated |= set(found[1:])
            elif found:
                repeated.add(found[-1])
        day += dt.timedelta(days=1)
    notes = {}
    for at in sorted(plain | moved | repeated):
        if start <= at < end:
            due = at in plain or at in repeated
            notes[at] = ("merged" if due else "moved") if at in moved else "repeated" if at in repeated else None
    return notes, sorted(at for at in skipped if start <= at < end)

# SPDX-License-Identifier: GPL-3.0-or-later
"""`belfry next --cron` against a slow referee of another language and another zone library (zoneinfo)."""
import datetime as dt
import json
import os
import pathlib
import random
import re
import subprocess
import unittest
import zoneinfo

from cluster import BIN
from referee import FIELDS, MACROS, changes, entries

UTC = dt.timezone.utc
SEED = int(os.environ.get("BELFRY_TEST_SEED", "20261124"))
VECTORS = int(os.environ.get("BELFRY_NEXT_VECTORS", "250"))
REFUSED = pathlib.Path(__file__).parent.parent / "data" / "cron-refused.txt"
DOCUMENTED = pathlib.Path(__file__).parent.parent.parent / "docs" / "time.md"
ZONES = ["America/New_York", "Europe/London", "Europe/Berlin", "Australia/Lord_Howe", "America/Sao_Paulo", "Pacific/Apia", "Africa/Casablanca",
         "Asia/Beirut", "Asia/Kathmandu", "America/St_Johns", "Europe/Dublin", "Antarctica/Casey", "Asia/Tehran", "UTC", "Pacific/Chatham",
         "America/Havana", "Africa/Cairo", "Asia/Gaza", "America/Scoresbysund", "Antarctica/Troll", "Pacific/Kwajalein", "Asia/Pyongyang",
         "America/Metlakatla", "Africa/El_Aaiun", "America/Asuncion", "Africa/Monrovia", "America/Caracas", "Pacific/Fakaofo", "Antarctica/Macquarie",
         "Australia/Eucla", "Europe/Volgograd", "Pacific/Norfolk", "America/Santiago", "Pacific/Easter", "America/Argentina/San_Luis"]


def random_field(chance, field, wide):
    low, high, _ = FIELDS[field]
    size = 7 if field == "weekday" else high - low + 1

    def span():
        return sorted((chance.randrange(low, high + 1), chance.randrange(low, high + 1)))

    def part():
        (a, b), step = span(), chance.randrange(1, size + 1)
        return chance.choice([str(a), str(b), f"{a}-{b}", f"{a}-{b}/{step}", f"{a}/{step}", f"*/{step}"])

    kind = chance.random()
    if kind < wide:
        return "*"
    if kind < wide + 0.1:
        a, b = span()
        return chance.choice(["H", f"H/{chance.randrange(1, 7)}", f"H({a}-{b})", f"H({a}-{b})/{chance.randrange(1, b - a + 2)}"])
    return ",".join(part() for _ in range(chance.choice([1, 1, 1, 2, 3])))


def random_cron(chance):
    """Times of day mostly near those at which clocks change."""
    if chance.random() < 0.03:
        return chance.choice(list(MACROS))
    minute = chance.choice([random_field(chance, "minute", 0.1), "0", "30", "0,30", "*/30", "*/15", "0/15", "59", "0-59"])
    hour = chance.choice([random_field(chance, "hour", 0.15), "0", "1", "2", "3", "0-3", "1,2", "*", "*/2", "0/1", "22-23,0-1"])
    day = chance.choice(["*", "*", "*", random_field(chance, "day", 0.1), "L", "LW", "?", f"L-{chance.randrange(1, 31)}", f"L-{chance.randrange(1, 31)}W",
                         f"{chance.randrange(1, 32)}W", f"{chance.randrange(1, 29)},L", "1W,15,LW"])
    month = chance.choice(["*", "*", "*", "*", random_field(chance, "month", 0.1), "mar", "OCT,nov", "mar-oct", "jan/3"])
    weekday = chance.choice(["*", "*", "*", random_field(chance, "weekday", 0.1), f"{chance.randrange(8)}L", f"{chance.randrange(8)}#{chance.randrange(1, 6)}", "mon-fri",
                             "FRI-sun", "Sun", "tue,Thu", "?", "friL", "sun#1,wed#3", "sat-sun", "sun-tue", "thu-7", "SAT/1"])
    second = chance.choice(["0", "30", "*/20", "7,59", "H", "15-45/15", "59"])
    return " ".join([second] * (chance.random() < 0.15) + [minute, hour, day, month, weekday])


def rfc3339(at):
    return at.replace(tzinfo=None).isoformat() + "Z"


def instant(text):
    return dt.datetime.fromisoformat(text.replace("Z", "+00:00"))


class Next(unittest.TestCase):
    def ask(self, cron, zone, start, end, n=200, *more):
        done = subprocess.run([BIN / "belfry", "next", "--cron", cron, "--zone", zone, "--from", rfc3339(start), "--until", rfc3339(end),
                               "-n", str(n), "-o", "json", *more], capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 0, (cron, zone, done.stderr))
        return json.loads(done.stdout)

    def test_agrees_with_the_referee(self):
        chance = random.Random(SEED)
        for _ in range(VECTORS):
            zone, year = chance.choice(ZONES), chance.randrange(1971, 2100)
            near = [at for at, _, _ in changes(zone, year, year)]
            middle = chance.choice(near) if near else dt.datetime(year, chance.randrange(1, 13), 15)
            start = chance.choice([middle - dt.timedelta(minutes=chance.randrange(1, 3600), seconds=chance.choice([0, 0, 1, 59])), middle])
            end = start + chance.choice([dt.timedelta(hours=chance.randrange(30, 140)), dt.timedelta(days=200)])
            cron, job = random_cron(chance), chance.choice(["sales/etl-load", "a/b", "ünï/cödé"])
            gap, fold, n = chance.choice(["run", "run", "skip"]), chance.choice(["first", "first", "second", "both"]), chance.choice([3, 40])
            asked = f"seed {SEED}: --cron '{cron}' --zone {zone} --from {start} --until {end} --gap {gap} --fold {fold} --id {job} -n {n}"
            firing, skips = entries(cron, zone, start, end, gap, fold, job)
            firing = dict(list(firing.items())[:n])
            answer = self.ask(cron, zone, start, end, n, "--gap", gap, "--fold", fold, "--id", job)
            self.assertEqual([(instant(e["at"]).replace(tzinfo=None), e["note"]) for e in answer if e["note"] != "skipped"], list(firing.items()), asked)
            # What a change leaves out stands there or, where something fires, a millisecond before it.
            last = max(firing) if len(firing) == n else end
            wanted = [at - dt.timedelta(milliseconds=at in firing) for at in skips if at <= last]
            self.assertEqual([instant(e["at"]).replace(tzinfo=None) for e in answer if e["note"] == "skipped"], [at for at in wanted if at >= start], asked)
            for entry in answer:
                local = instant(entry["local"])
                self.assertEqual(bool(entry["reason"]), bool(entry["note"]), (entry, asked))
                if entry["note"] != "skipped":
                    offset = instant(entry["at"]).astimezone(zoneinfo.ZoneInfo(zone)).utcoffset()
                    self.assertEqual(local, instant(entry["at"]), (entry, asked))
                    # Monrovia's clock was 44 s off a whole minute until 1972.
                    self.assertLess(abs(local.utcoffset() - offset), dt.timedelta(minutes=1), (entry, asked))

    def test_the_example_of_the_contract(self):
        answer = self.ask("30 2 * * *", "Europe/Berlin", dt.datetime(2026, 3, 28, tzinfo=UTC), dt.datetime(2026, 4, 28, tzinfo=UTC), 3)
        self.assertEqual([(e["at"], e["local"], e["note"]) for e in answer],
                         [("2026-03-28T01:30:00.000Z", "2026-03-28T02:30:00.000+01:00", None), ("2026-03-29T01:00:00.000Z", "2026-03-29T03:00:00.000+02:00", "moved"),
                          ("2026-03-30T00:30:00.000Z", "2026-03-30T02:30:00.000+02:00", None)])
        self.assertTrue(answer[1]["reason"])

    def test_the_examples_of_the_documentation(self):
        rows = [[cell.strip(" `") for cell in line.strip("|").split("|")] for line in DOCUMENTED.read_text(encoding="utf-8").split("## Examples")[1].split("\n")
                if line.startswith("| `")]
        self.assertGreater(len(rows), 20)
        for cron, zone, options, start, wanted in rows:
            wanted = wanted.split(", ")
            firing = sum("skipped" not in each for each in wanted)
            done = subprocess.run([BIN / "belfry", "next", "--cron", cron, "--zone", zone, "--from", start, "-n", str(firing), *options.split(), "-o", "json"],
                                  capture_output=True, text=True, timeout=60)
            found = []
            for entry in json.loads(done.stdout):
                local = instant(entry["local"])
                seconds = f":{local.second:02}" if local.second else ""
                offset = entry["local"][-6:]
                found.append(f"{local:%Y-%m-%d %H:%M}{seconds}{offset}" + (f" {entry['note']}" if entry["note"] else ""))
            self.assertEqual(found, wanted, cron)

    def test_what_must_be_refused(self):
        asked = 0
        for line in REFUSED.read_text(encoding="utf-8").split("\n"):
            if not line or line.startswith("#") or "\\0" in line:
                continue
            column, field, reason, text = line.split("\t", 3)
            text = re.sub(r"\\u([0-9a-f]{4})", lambda m: chr(int(m[1], 16)), text.replace("\\n", "\n"))
            done = subprocess.run([BIN / "belfry", "next", "--cron", text, "-o", "json"], capture_output=True, text=True, timeout=60)
            self.assertEqual((done.returncode, done.stdout), (6, ""), line)
            self.assertIn(f"column {column}" + ("" if field == "-" else f" ({field})"), done.stderr, line)
            self.assertIn(reason, done.stderr, line)
            asked += 1
        self.assertGreater(asked, 280)

    def test_what_else_must_be_refused(self):
        for code, *more in [(6, "--zone", "Mars/Base"), (6, "--zone", ""), (6, "--zone", "UTC+3"), (6, "--zone", "europe/berlin"), (6, "--zone", "../etc/passwd"),
                            (2, "--gap", "maybe"), (2, "--fold", "third"), (2, "--from", "soon"), (2, "--until", "2026-02-30T00:00:00Z"), (2, "-n", "0"), (2, "-n", "-1"),
                            (2, "-n", "x"), (2, "-n", "9" * 30)]:
            done = subprocess.run([BIN / "belfry", "next", "--cron", "0 5 * * *", *more, "-o", "json"], capture_output=True, text=True, timeout=60)
            self.assertEqual((done.returncode, done.stdout), (code, ""), (more, done.stderr))
            self.assertTrue(done.stderr.strip(), more)

    def test_what_never_fires_is_an_empty_list(self):
        self.assertEqual(json.loads(subprocess.run([BIN / "belfry", "next", "--cron", "0 0 30 2 *", "-o", "json"], capture_output=True, timeout=60).stdout), [])


if __name__ == "__main__":
    unittest.main(verbosity=2)

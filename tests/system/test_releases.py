# SPDX-License-Identifier: GPL-3.0-or-later
"""Releases: apply is all or nothing, also when the backend is killed; diff, rollback and history tell the truth."""
import asyncio
import json
import os
import pathlib
import random
import resource
import signal
import subprocess
import sys
import time
import unittest

import websockets

from cluster import BIN, SLOW, ClusterTest, wait_until


def jobs_yaml(project, jobs, head=""):
    """jobs: name -> the lines of the job, without `command`"""
    lines = [f"project: {project}", head, "jobs:"] if jobs else [f"project: {project}", head, "jobs: {}"]
    for name, text in jobs.items():
        lines += [f"  {name}:", "    command: [\"true\"]"] + [f"    {line}" for line in text.splitlines()]
    return "\n".join(lines) + "\n"


class ReleasesTest(ClusterTest):
    def setUp(self):
        super().setUp()
        self.cluster.start_backend()

    def apply(self, text, *arguments, check=True, name="jobs.yaml"):
        file = self.cluster.folder / name
        file.write_text(text)
        return self.cluster.cli("apply", file, *arguments, check=check)

    def diff(self, text, *arguments, code=1):
        file = self.cluster.folder / "diff.yaml"
        file.write_text(text)
        done = self.cluster.cli("diff", file, "-o", "json", *arguments, check=False)
        self.assertEqual(done.returncode, code, done.stderr)
        return json.loads(done.stdout) if code < 2 else done

    def jobs(self):
        return [row["job"] for row in self.cluster.json("jobs")]

    def job(self, name):
        return self.cluster.json("job", "show", name)

    def api(self, method, **params):
        """the result, or the error"""
        async def ask():
            token = (self.cluster.folder / "backend/admin.token").read_text().strip()
            async with websockets.connect(self.cluster.url + "/ws", subprotocols=["belfry.v1"], max_size=None,
                                          extra_headers={"Authorization": f"Bearer {token}"}) as link:
                await link.send(json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}))
                while True:
                    message = json.loads(await link.recv())
                    if message.get("id") == 1:
                        return message.get("result") or message["error"]
        return asyncio.run(ask())

    def refused(self, code, *arguments):
        done = self.cluster.cli(*arguments, check=False)
        self.assertEqual(done.returncode, code, done.stderr)
        return done.stderr.decode()


class Apply(ReleasesTest):
    def test_projects_never_remove_each_others_jobs(self):
        self.apply(jobs_yaml("one", {"a": "", "b": ""}))
        self.apply(jobs_yaml("two", {"a": "", "c": ""}))
        self.apply(jobs_yaml("one", {"d": ""}))
        self.assertEqual(self.jobs(), ["one/d", "two/a", "two/c"])
        self.apply(jobs_yaml("two", {}))
        self.assertEqual(self.jobs(), ["one/d"])
        # A rename takes from its own project only.
        self.apply(jobs_yaml("three", {"e": "was: d"}))
        self.assertEqual(self.jobs(), ["one/d", "three/e"])
        # One call for two projects is refused.
        for name, text in {"x.yaml": jobs_yaml("one", {"x": ""}), "y.yaml": jobs_yaml("two", {"y": ""})}.items():
            (self.cluster.folder / name).write_text(text)
        self.refused(6, "apply", self.cluster.folder / "x.yaml", self.cluster.folder / "y.yaml")
        self.assertEqual(self.jobs(), ["one/d", "three/e"])
        self.cluster.cli("rollback", "two", 1)
        self.assertEqual(self.jobs(), ["one/d", "three/e", "two/a", "two/c"])

    def test_a_half_bad_file_changes_nothing(self):
        self.apply(jobs_yaml("p", {"a": "title: old", "b": ""}))
        bad = [jobs_yaml("p", {"a": "title: new", "c": "schedule: \"61 * * * *\""}),
               jobs_yaml("p", {"a": "title: new", "c": "limits: {pool: 3}"}, "limits: {pool: {units: 2}}"),
               jobs_yaml("p", {"a": "title: new", "c": "was: a"}),
               jobs_yaml("p", {"a": "title: new", "c": "titel: x"})]
        for text in bad:
            self.assertEqual(self.apply(text, check=False).returncode, 6, text)
            self.assertEqual(self.diff(text, code=6).stdout, b"")
            self.assertEqual(self.jobs(), ["p/a", "p/b"])
            self.assertEqual(self.job("p/a")["definition"]["title"], "old")
            self.assertEqual(len(self.cluster.json("releases", "p")), 1)
        # The number of the next release has no hole.
        self.apply(jobs_yaml("p", {"a": ""}))
        self.assertEqual([row["release"] for row in self.cluster.json("releases", "p")], [2, 1])

    def test_warnings_go_to_standard_error(self):
        text = jobs_yaml("p", {"old": "schedule: [{at: \"2020-01-01T00:00:00Z\"}]"})
        done = self.apply(text, "-o", "json")
        self.assertIn("jobs.yaml:6:16:", done.stderr.decode())
        self.assertIn("warning", done.stderr.decode())
        self.assertEqual(json.loads(done.stdout)["added"], ["p/old"])


class Rollback(ReleasesTest):
    def test_a_rename_keeps_id_and_history_both_ways(self):
        cluster = self.cluster
        cluster.start_agent("a1")
        self.apply(jobs_yaml("p", {"old": "title: one"}), "--message", "first")
        identity = self.job("p/old")["id"]
        run = cluster.run("p/old")
        cluster.wait_state(run, "succeeded")
        shown = cluster.json("apply", self._file(jobs_yaml("p", {"new": "title: two\nwas: old"})))
        self.assertEqual(shown["renamed"], {"p/new": "p/old"})
        self.assertEqual(self.job("p/new")["id"], identity)
        self.assertEqual([row["run"] for row in cluster.json("runs", "--job", "p/new")], [run])
        history = cluster.json("job", "history", "p/new")
        self.assertEqual([(v["version"], v["job"], v["release"], v["keys"]) for v in history],
                         [(2, "p/new", 2, ["title"]), (1, "p/old", 1, [])])
        self.assertEqual((history[1]["by"], history[1]["message"], history[1]["ended_in"]), ("admin", "first", 2))

        shown = cluster.json("rollback", "p")
        self.assertEqual((shown["release"], shown["restores"], shown["renamed"]), (3, 1, {"p/old": "p/new"}))
        self.assertEqual(self.jobs(), ["p/old"])
        self.assertEqual(self.job("p/old")["id"], identity)
        self.assertEqual(self.job("p/old")["definition"]["title"], "one")
        self.assertEqual([row["run"] for row in cluster.json("runs", "--job", "p/old")], [run])
        self.assertEqual([v["version"] for v in cluster.json("job", "history", "p/old")], [3, 2, 1])

    def _file(self, text):
        file = self.cluster.folder / "jobs.yaml"
        file.write_text(text)
        return file

    def test_brings_back_everything_that_was_in_force(self):
        cluster = self.cluster
        self.apply(jobs_yaml("p", {"a": "title: one\nlimits: {pool: 2}", "b": ""}, "limits: {pool: {units: 2}}"))
        # Release 2 holds b as well, though its files do not.
        self.apply(jobs_yaml("p", {"a": "title: two", "c": ""}), "--prune=false")
        self.apply(jobs_yaml("p", {"d": ""}))
        cluster.cli("rollback", "p", 2)
        self.assertEqual(self.jobs(), ["p/a", "p/b", "p/c"])
        self.assertEqual(self.job("p/a")["definition"]["title"], "two")
        cluster.cli("rollback", "p", 1)
        self.assertEqual(self.jobs(), ["p/a", "p/b"])
        self.assertEqual(self.job("p/a")["definition"]["limits"], {"pool": 2})
        releases = cluster.json("releases", "p")
        self.assertEqual([(r["release"], r["restores"], r["active"]) for r in releases],
                         [(5, 1, True), (4, 2, False), (3, None, False), (2, None, False), (1, None, False)])
        self.assertEqual(releases[0]["message"], "rollback to release 1")
        self.assertEqual((releases[0]["added"], releases[0]["changed"], releases[0]["removed"]), (0, 1, 1))
        # The same after a restart, and an apply of the first files finds nothing to do.
        cluster.kill(cluster.backend)
        cluster.start_backend()
        self.assertEqual(self.jobs(), ["p/a", "p/b"])
        first = jobs_yaml("p", {"a": "title: one\nlimits: {pool: 2}", "b": ""}, "limits: {pool: {units: 2}}")
        self.assertTrue(self.diff(first, code=0)["same"])
        gone = cluster.json("job", "history", "p/d")
        self.assertEqual([(v["version"], v["ended_in"], v["removed"]) for v in gone], [(1, 4, True)])

    def test_refusals(self):
        cluster = self.cluster
        self.assertIn("no project 'p'", self.refused(3, "rollback", "p"))
        self.assertIn("no project 'p'", self.refused(3, "releases", "p"))
        self.apply(jobs_yaml("p", {"a": ""}))
        self.assertIn("only one release", self.refused(3, "rollback", "p"))
        self.assertIn("active one already", self.refused(5, "rollback", "p", 1))
        self.assertIn("the newest is 1", self.refused(3, "rollback", "p", 2))
        self.refused(2, "rollback", "p", "first")
        self.refused(3, "job", "history", "p/none")
        self.apply(jobs_yaml("p", {"b": ""}))
        dry = cluster.json("rollback", "p", "--dry-run")
        self.assertEqual((dry["release"], dry["added"], dry["removed"]), (0, ["p/a"], ["p/b"]))
        self.assertEqual(self.jobs(), ["p/b"])

    def test_a_name_that_another_job_took(self):
        cluster = self.cluster
        self.apply(jobs_yaml("p", {"a": "title: one"}))
        self.apply(jobs_yaml("p", {"b": "was: a"}))
        self.apply(jobs_yaml("p", {"b": "", "a": "title: other"}))
        done = cluster.cli("rollback", "p", 1)
        self.assertIn("another job has this name", done.stderr.decode())
        self.assertEqual(self.jobs(), ["p/a"])
        self.assertEqual(self.job("p/a")["definition"]["title"], "one")
        self.assertEqual(self.job("p/a")["uid"], "p/a~2")


class Api(ReleasesTest):
    def pages(self, method, rows, **params):
        """all pages of one row each"""
        found, after = [], {}
        while True:
            page = self.api(method, limit=1, **params, **after)
            self.assertLessEqual(len(page[rows]), 1)
            found += page[rows]
            if page["next"] is None:
                return found
            after = {"after": page["next"]}

    def test_pages_add_up(self):
        for number in range(1, 5):
            self.apply(jobs_yaml("p", {"a": f"title: t{number}"} if number != 3 else {}))
        releases = self.api("project.releases", project="p")["releases"]
        self.assertEqual([(r["release"], r["added"], r["changed"], r["removed"]) for r in releases],
                         [(4, 1, 0, 0), (3, 0, 0, 1), (2, 0, 1, 0), (1, 1, 0, 0)])
        self.assertEqual(self.pages("project.releases", "releases", project="p"), releases)
        versions = self.api("job.history", job="p/a")["versions"]
        self.assertEqual([(v["version"], v["release"], v["ended_in"], v["removed"], v["keys"]) for v in versions],
                         [(3, 4, None, False, ["title"]), (2, 2, 3, True, ["title"]), (1, 1, 2, False, [])])
        self.assertEqual(self.pages("job.history", "versions", job="p/a"), versions)

    def test_versions_show_their_source(self):
        first = "project: p\ndefaults: {timeout: 5m}\njobs:\n  # loads\n  a:\n    command: [x]\n    timeout: 2m\n\n  b: {command: [y]}\n"
        self.apply(first)
        second = first.replace("2m", "3m").replace("project: p\n", "project: p\n\n")
        self.apply(second.replace("{command: [y]}", "{command: [y], timeout: 5m, schedule: [{every: 1m}]}"))
        newest = self.api("job.source", job="p/a")
        self.assertEqual((newest["version"], newest["release"], newest["line"]), (2, 2, 5))
        self.assertEqual(newest["text"], "  # loads\n  a:\n    command: [x]\n    timeout: 3m")
        self.assertEqual(newest["definition"]["timeout"], "3m")
        old = self.api("job.source", job="p/a", version=1)
        self.assertEqual((old["line"], old["text"].splitlines()[-1]), (4, "    timeout: 2m"))
        self.assertEqual(old["file"], newest["file"])
        # Only what is said of these lines.
        self.assertEqual(newest["warnings"], [])
        warned = self.api("job.source", job="p/b")
        self.assertEqual((warned["line"], len(warned["warnings"])), (10, 1), warned)
        self.assertIn(":10:", warned["warnings"][0])
        self.assertEqual(self.api("job.source", job="p/a", version=3)["data"]["code"], "not_found")
        self.assertEqual(self.api("job.source", job="p/a", version=0)["data"]["code"], "invalid")
        self.apply(jobs_yaml("p", {"b": ""}))
        self.assertEqual(self.api("job.source", job="p/a")["version"], 2, "it was removed")

    def test_mistakes_have_their_code(self):
        self.apply(jobs_yaml("p", {"a": ""}))
        bad = {"job.diff": {"files": {"x.yaml": "project: p\njobs:\n  a: {comand: [x]}\n"}},
               "project.releases": {"project": "p", "limit": 0}, "job.history": {"job": "p/a", "limit": 5000},
               "project.rollback": {"project": "p", "relase": 1}}
        for method, params in bad.items():
            self.assertEqual(self.api(method, **params)["data"]["code"], "invalid", method)
        problems = self.api("job.diff", **bad["job.diff"])["data"]["problems"]
        self.assertEqual((problems[0]["line"], problems[0]["column"]), (3, 7))
        self.assertEqual(self.api("job.history", job="p/b")["data"]["code"], "not_found")
        self.assertEqual(self.api("project.rollback", project="p", release=1)["data"]["code"], "conflict")

    def test_what_can_be_applied_can_be_compared(self):
        # More than any other method may send.
        text = jobs_yaml("p", {f"j{n}": f"title: {'x' * 150}\nrunbook: {'y' * 1900}" for n in range(2500)})
        self.assertGreater(len(text), 5 << 20)
        self.assertEqual(len(self.diff(text)["added"]), 2500)


class Diff(ReleasesTest):
    def test_definitions(self):
        before = jobs_yaml("p", {"same": "title: s", "edit": "title: e\ntimeout: 1h", "gone": "", "old": "title: o"})
        self.assertEqual(self.diff(before)["added"], ["p/edit", "p/gone", "p/old", "p/same"])
        self.apply(before)
        self.assertTrue(self.diff(before, code=0)["same"])
        after = jobs_yaml("p", {"same": "title: s", "edit": "title: e\ntimeout: 2h\npriority: 60", "fresh": "",
                                "new": "title: n\nwas: old"}, "limits: {pool: {units: 2}}")
        found = self.diff(after)
        self.assertEqual((found["added"], found["removed"], found["unchanged"], found["limits"], found["release"]),
                         (["p/fresh"], ["p/gone"], 1, ["pool"], 1))
        self.assertEqual(found["renamed"], [{"job": "p/new", "was": "p/old", "keys": ["title"]}])
        self.assertEqual(found["changed"], [{"job": "p/edit", "was": "", "keys": ["priority", "timeout"]}])
        self.assertEqual(found["occasions"], [])
        self.assertEqual(self.diff(after, "--prune=false")["removed"], [])
        self.assertEqual(self.jobs(), ["p/edit", "p/gone", "p/old", "p/same"])
        dry = json.loads(self.apply(after, "--dry-run", "-o", "json").stdout)
        self.assertEqual((dry["added"], dry["changed"], dry["removed"], dry["renamed"], dry["limits"], dry["release"]),
                         (["p/fresh"], ["p/edit", "p/new"], ["p/gone"], {"p/new": "p/old"}, ["pool"], 0))
        shown = self.cluster.cli("diff", self.cluster.folder / "diff.yaml", check=False)
        self.assertEqual(shown.returncode, 1)
        for line in ["renamed  p/old -> p/new: title", "changed  p/edit: priority, timeout", "1 job unchanged"]:
            self.assertIn(line, shown.stdout.decode())
        self.apply(after)
        self.assertTrue(self.diff(after, code=0)["same"])

    def test_occasions(self):
        self.apply(jobs_yaml("p", {"moves": "schedule: \"0 2 * * *\"", "goes": "schedule: \"0 3 * * *\"",
                                   "stays": "schedule: \"0 4 * * *\"", "off": "schedule: \"0 5 * * *\""}))
        found = self.diff(jobs_yaml("p", {"moves": "schedule: \"10 2 * * *\"", "comes": "schedule: [{every: 1h}]",
                                          "stays": "schedule: \"0 4 * * *\"\ntitle: t",
                                          "off": "schedule: \"0 5 * * *\"\nenabled: false"}))
        of = {row["job"]: row for row in found["occasions"]}
        self.assertEqual(sorted(of), ["p/comes", "p/goes", "p/moves", "p/off"])
        self.assertEqual({name: (row["added"], row["removed"], row["moved"]) for name, row in of.items()},
                         {"p/comes": (2160, 0, 0), "p/goes": (0, 90, 0), "p/moves": (0, 0, 90), "p/off": (0, 90, 0)})
        self.assertEqual([len(of["p/comes"]["first_added"]), len(of["p/goes"]["first_removed"]),
                          len(of["p/moves"]["first_moved"])], [10, 10, 10])
        moved = of["p/moves"]["first_moved"][0]
        self.assertEqual((moved["at"][10:], moved["to"][10:]), ("T02:00:00.000Z", "T02:10:00.000Z"))
        self.assertEqual(moved["at"][:10], moved["to"][:10])
        self.assertEqual((found["occasions_added"], found["occasions_removed"], found["occasions_moved"]),
                         (2160, 180, 90))
        self.assertTrue(found["occasions_complete"])

    def test_every_second_is_bounded_and_says_so(self):
        text = jobs_yaml("p", {f"s{n}": "schedule: \"* * * * * *\"" for n in range(20)})
        begun = time.monotonic()
        found = self.diff(text)
        self.assertLess(time.monotonic() - begun, 10)
        self.assertFalse(found["occasions_complete"])
        for row in found["occasions"]:
            self.assertFalse(row["complete"])
            self.assertGreaterEqual(row["added"], 1000)
            self.assertLess(row["until"], found["until"])
        shown = self.cluster.cli("diff", self.cluster.folder / "diff.yaml", check=False).stdout.decode()
        self.assertIn("there are too many", shown)
        self.assertIn("at least", shown)


class Killed(ReleasesTest):
    JOBS = 300

    def release(self, number):
        # Each release renames a third, changes a third, and replaces a third.
        jobs = {}
        for n in range(self.JOBS):
            if n % 3 == 0:
                was = f"was: r{n}-{number - 1}\n" if number > 1 else ""
                jobs[f"r{n}-{number}"] = f"{was}title: release {number}"
            elif n % 3 == 1:
                jobs[f"c{n}"] = f"title: release {number}\nschedule: \"{number} {n % 24} * * *\""
            else:
                jobs[f"x{n}-{number}"] = f"title: release {number}"
        return jobs_yaml("p", jobs)

    def test_kill_during_apply_leaves_the_old_or_the_new_release(self):
        cluster = self.cluster
        seed = random.randrange(1 << 32)
        dice = random.Random(seed)
        self.apply(self.release(1))
        begun = time.monotonic()
        self.apply(self.release(2))
        took = time.monotonic() - begun
        active, landed = 2, []
        for turn in range(12):
            file = cluster.folder / "next.yaml"
            file.write_text(self.release(active + 1))
            client = subprocess.Popen([BIN / "belfry", "apply", file], env=cluster.environment, cwd=cluster.folder,
                                      stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            # The later half of a call is the interesting one; some are left to end before.
            moment = time.monotonic() + took * dice.uniform(0.2, 1.4)
            wait_until(lambda: time.monotonic() >= moment, 20, "the moment", every=0.0005)
            cluster.kill(cluster.backend, client)
            cluster.start_backend()
            landed.append(self.check_one_release(active, f"seed {seed} turn {turn}"))
            active += landed[-1]
        print(f"killed {len(landed)} times, seed {seed}: {sum(landed)} landed, apply takes {took:.2f} s", file=sys.stderr)

    def check_one_release(self, before, what):
        """Whether the next release is there; nothing may be between it and the one before."""
        releases = self.cluster.json("releases", "p")
        active = max(row["release"] for row in releases)
        self.assertEqual([row["release"] for row in releases], list(range(active, 0, -1)), what)
        self.assertIn(active, (before, before + 1), what)
        jobs = self.cluster.json("jobs")
        self.assertEqual(len(jobs), self.JOBS, what)
        self.assertEqual({row["title"] for row in jobs}, {f"release {active}"}, what)
        names = [row["job"].removeprefix("p/") for row in jobs]
        self.assertTrue(all(name.endswith(f"-{active}") for name in names if name[0] in "rx"), what)
        return active - before


class Stopping(ReleasesTest):
    def test_a_long_parse_does_not_hold_up_the_end(self):
        cluster = self.cluster
        file = cluster.folder / "huge.yaml"
        file.write_text(jobs_yaml("p", {f"job-{n}": f"title: {n}\nschedule: \"{n % 60} {n % 24} * * *\"\ntimeout: 10m\n"
                                        "retries: {max: 3, delay: 30s}" for n in range(60_000)}))
        client = subprocess.Popen([BIN / "belfry", "apply", file], env=cluster.environment, cwd=cluster.folder,
                                  stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        # The request is there when the backend has worked for some time.
        wait_until(lambda: self.backend_time() > 1, 30, "the backend is reading the file")
        begun = time.monotonic()
        cluster.backend.send_signal(signal.SIGTERM)
        self.assertEqual(cluster.backend.wait(60), 0)
        self.assertLess(time.monotonic() - begun, 5 * SLOW)
        cluster.kill(client)
        cluster.start_backend()
        self.assertEqual(self.jobs(), [])

    def backend_time(self):
        fields = pathlib.Path(f"/proc/{self.cluster.backend.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Speed(ReleasesTest):
    """10 000 jobs are applied and compared, in processor time of client and backend together that no fault of order could
    meet; what a quiet machine needs is less than 10 s for apply and 5 s for diff."""

    def cost(self, *arguments, code):
        before = self.processor_time()
        self.assertEqual(self.cluster.cli(*arguments, check=False).returncode, code)
        return self.processor_time() - before

    def processor_time(self):
        ended = resource.getrusage(resource.RUSAGE_CHILDREN)
        fields = pathlib.Path(f"/proc/{self.cluster.backend.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK") + ended.ru_utime + ended.ru_stime

    def files(self, edit):
        rules = ["\"{m} {h} * * *\"", "[{{cron: \"{m} {h} * * 1-5\", calendar: work, on_closed: next}}]",
                 "[{{every: {e}m}}]", "\"*/{e} * * * *\""]
        jobs = {f"job-{n}": f"title: edit {edit}\nschedule: "
                + rules[n % 4].format(m=(n + edit) % 60, h=n % 24, e=15 if edit == 0 else 20) for n in range(10_000)}
        file = self.cluster.folder / f"big{edit}.yaml"
        file.write_text(jobs_yaml("big", jobs, "zone: Europe/Berlin\n"
                                  "calendars: {work: {weekdays: [mon, tue, wed, thu, fri]}}"))
        return file

    def test_ten_thousand_jobs(self):
        first, second = self.files(0), self.files(7)
        spent = {"new": self.cost("apply", first, code=0), "diff": self.cost("diff", second, "-o", "json", code=1),
                 "changed": self.cost("apply", second, code=0), "rollback": self.cost("rollback", "big", code=0)}
        print({what: round(seconds, 2) for what, seconds in spent.items()}, file=sys.stderr)
        for what, seconds in spent.items():
            self.assertLess(seconds, 40 * SLOW, what)


class SameList(ReleasesTest):
    RULES = {"berlin": ("30 2 * * *", "Europe/Berlin"), "new-york": ("15 1,2 * * 0", "America/New_York"),
             "lord-howe": ("*/20 1-2 * * *", "Australia/Lord_Howe"), "apia": ("0 0 L * *", "Pacific/Apia"),
             "hashed": ("H H(2-5) * * *", "America/Sao_Paulo")}

    def test_cron_job_and_api_say_the_same(self):
        self.apply(jobs_yaml("p", {name: f"schedule: [{{cron: \"{cron}\", zone: {zone}}}]"
                                   for name, (cron, zone) in self.RULES.items()}))
        begin, count = "2026-03-20T00:00:00Z", 60
        for name, (cron, zone) in self.RULES.items():
            offline = self.cluster.json("next", "--cron", cron, "--zone", zone, "--id", f"p/{name}", "--from", begin,
                                        "-n", count)
            of_job = self.cluster.json("next", f"p/{name}", "--from", begin, "-n", count)
            api = self.api("schedule.next", jobs=[f"p/{name}"], n=count, **{"from": begin})["entries"]
            keys = ("at", "local", "note", "reason")
            self.assertEqual([tuple(row[key] for key in keys) for row in offline],
                             [tuple(row[key] for key in keys) for row in of_job], name)
            self.assertEqual(of_job, api, name)
            self.assertGreaterEqual(len(offline), count)


if __name__ == "__main__":
    unittest.main(verbosity=2)

# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line over a real backend: every verb in every form, contexts, completion in bash, questions on a terminal."""
import csv
import io
import json
import os
import pty
import re
import shutil
import stat
import subprocess
import unittest

from cluster import BIN, ClusterTest, wait_until

FORMS = ["table", "wide", "json", "jsonl", "csv", "name"]
JOBS = """
project: t
jobs:
  hello: {script: 'echo hello', schedule: '0 3 * * *', title: 'Say, "hello"'}
  bad: {script: 'exit 3', schedule: [{every: 1m}]}
  slow: {script: 'sleep 1000'}
  waits: {script: 'true', agent: 'name == nobody'}
"""


def verbs(cluster, *arguments):
    """The verbs that help lists, without those that are not there yet."""
    lines = cluster.cli("help", *arguments).stdout.decode().split("\nVerbs:\n")[1].split("\n\n")[0].splitlines()
    return [re.split(r"  +", line.strip())[0] if "  " in line.strip() else line.strip().split(" ")[0]
            for line in lines if "not supported yet" not in line]


class Forms(ClusterTest):
    def setUp(self):
        super().setUp()
        self.cluster.start()

    def check(self, form, out, lists, where):
        """`out` is what the form promises."""
        text = out.decode()
        if form == "json":
            value = json.loads(text)
            self.assertIsInstance(value, list if lists else dict, where)
            subprocess.run(["/usr/bin/python3", "-m", "json.tool"], input=out, check=True, stdout=subprocess.DEVNULL)
        elif form == "jsonl":
            rows = [json.loads(line) for line in text.splitlines()]
            self.assertTrue(rows and all(isinstance(row, dict) for row in rows), where)
        elif form == "csv":
            self.assertTrue(text.endswith("\r\n"), where)
            rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
            self.assertGreater(len(rows), 1, where)
            self.assertEqual({len(row) for row in rows}, {len(rows[0])}, where)
        elif form == "name":
            self.assertTrue(text.splitlines() and all(line.strip() for line in text.splitlines()), where)
        self.assertTrue(text, where)
        if form in ("table", "wide"):
            self.assertNotIn("\x1b", text, "no colours into a pipe")

    def test_every_verb_in_every_form(self):
        cluster = self.cluster
        (cluster.folder / "jobs.yaml").write_text(JOBS)
        (cluster.folder / "other.yaml").write_text(JOBS.replace("Say", "Tell"))
        (cluster.folder / "bad.yaml").write_text("project: t\njobs: {a: {scrpt: x}}\n")
        cluster.cli("apply", "jobs.yaml")
        cluster.cli("apply", "jobs.yaml", "--message", "again")
        done = cluster.run("t/hello")
        cluster.wait_state(done, "succeeded")
        live = cluster.run("t/slow")
        cluster.wait_state(live, "running")
        cluster.cli("context", "set", "here", "--url", cluster.url)
        fresh = iter(range(1000))

        def new_token():
            return cluster.json("token", "create", "--role", "viewer")["id"]

        def new_live():
            run = cluster.run("t/slow")
            return run

        def paused():
            cluster.cli("pause", "t/hello")
            return "t/hello"

        def away():
            """A run whose agent is gone."""
            name = f"gone{next(fresh)}"
            cluster.start_agent(name)
            cluster.apply(f"project: u{name}\njobs: {{j: {{script: 'sleep 1000', agent: 'name == {name}'}}}}", f"{name}.yaml")
            run = cluster.run(f"u{name}/j")
            cluster.wait_state(run, "running")
            cluster.kill(cluster.agents[name])
            cluster.wait_agent(name, "unreachable")
            return run

        def waiting():
            return cluster.run("t/waits")

        def held():
            run = waiting()
            cluster.cli("hold", run)
            return run

        def failed():
            run = cluster.run("t/bad")
            cluster.wait_state(run, "failed")
            return run

        def seen():
            run = failed()
            cluster.cli("ack", run)
            return run

        def skipping():
            cluster.cli("skip", "t/hello")
            return "t/hello"

        def forgotten():
            name = f"f{next(fresh)}"
            cluster.start_agent(name)
            cluster.kill(cluster.agents[name])
            cluster.wait_agent(name, "unreachable")
            return name

        # verb -> (what follows it, whether it lists, exit code)
        calls = {
            "apply": (["jobs.yaml"], False, 0), "validate": (["bad.yaml"], True, 6), "diff": (["other.yaml"], False, 1),
            "releases": (["t"], True, 0), "rollback": (["t", "--dry-run"], False, 0),
            "run": (["t/hello"], False, 0), "rerun": ([done], False, 0), "cancel": ([new_live], True, 0), "lost": ([away, "--reason", "test"], False, 0),
            "hold": ([waiting], True, 0), "release": ([held], True, 0), "priority": ([waiting, "90"], True, 0),
            "attention": ([], True, 0), "ack": ([failed, "--note", "known"], True, 0), "unack": ([seen], True, 0),
            "skip": (["t/hello"], False, 0), "unskip": ([skipping], False, 0),
            "ps": ([], True, 0), "runs": ([], True, 0), "show": ([done], False, 0), "why": ([live], False, 0),
            "next": ([], True, 0), "days": ([], True, 0), "ledger": (["--from", "-1h"], True, 0), "ledger verify": ([], False, 0),
            "jobs": ([], True, 0), "job show": (["t/hello"], False, 0), "job history": (["t/hello"], True, 0),
            "job source": (["t/hello"], False, 0),
            "pause": (["t/hello"], False, 0), "resume": ([paused], False, 0),
            "agents": ([], True, 0), "agent drain": (["a1"], False, 0), "agent resume": (["a1"], False, 0), "agent forget": ([forgotten], False, 0),
            "status": ([], False, 0), "doctor": ([], True, 0),
            "token create": (["--role", "viewer"], False, 0), "token list": ([], True, 0), "token revoke": ([new_token], False, 0),
            "context list": ([], True, 0), "context show": ([], False, 0), "context use": (["here"], False, 0),
            "context set": (["here", "--url", cluster.url], False, 0),
        }
        silent = {"logs", "completion", "help", "context remove"}
        self.assertEqual(set(verbs(cluster)), set(calls) | silent)
        wait_until(lambda: cluster.json("ledger", "--from", "-1h"), 90, "an occasion")
        failed()
        for verb, (arguments, lists, code) in calls.items():
            for form in FORMS:
                given = [each() if callable(each) else each for each in arguments]
                result = cluster.cli(*verb.split(), *given, "-o", form, check=False)
                self.assertEqual(result.returncode, code, (verb, form, result))
                self.check(form, result.stdout, lists, (verb, form, result))
        self.assertEqual(json.loads(cluster.cli("next", "--cron", "0 3 * * *", "-o", "json").stdout)[0]["note"], None)

    def test_one_word_more(self):
        cluster = self.cluster
        cluster.apply(JOBS)
        for command, code in ((["runs", "-o", "xml"], 2), (["ps", "--nonsense"], 2), (["show", "99"], 3), (["run", "t/none"], 3),
                              (["job", "show", "t/none"], 3), (["why", "99"], 3), (["rerun", "99"], 3), (["cancel", "99"], 3),
                              (["cancel", "98", "99"], 8), (["run", "t/hello", "-p", "x=1"], 6), (["runs", "--filter", "state:nonsense"], 6),
                              (["next", "--cron", "61 * * * *"], 6), (["rollback", "t", "9"], 3), (["agent", "drain", "none"], 3),
                              (["diff", "jobs.yaml"], 0), (["validate", "jobs.yaml"], 0), ([], 2), (["nonsense"], 2)):
            result = cluster.cli(*command, check=False)
            self.assertEqual(result.returncode, code, (command, result))
            if code > 1:
                self.assertTrue(result.stderr.strip(), command)
        for since in ("-2h", "today 00:00", "@1767225600", "2026-01-31T14:00:00Z", "2026-01-31T14:00:00+02:00", "yesterday", "2026-01-31 14:00"):
            self.assertEqual(cluster.cli("runs", "--since", since).returncode, 0, since)
            self.assertEqual(cluster.cli("runs", f"--since={since}").returncode, 0, since)
        self.assertEqual(cluster.cli("runs", "--since", "31.1.2026", check=False).returncode, 2)
        cluster.environment["BELFRY_URL"] = "ws://127.0.0.1:1"
        # Nobody is there for 30 s.
        self.assertEqual(cluster.cli("status", check=False).returncode, 7)

    def test_colours(self):
        cluster = self.cluster
        cluster.apply(JOBS)
        self.assertIn(b"\x1b[", cluster.cli("agents", "--color", "always").stdout)
        self.assertNotIn(b"\x1b[", cluster.cli("agents", "--color", "auto").stdout)

        def on_a_terminal(*arguments, answer=b"", **environment):
            terminal, there = pty.openpty()
            with subprocess.Popen([str(BIN / "belfry"), *arguments], env={**cluster.environment, "TERM": "xterm", **environment},
                                  cwd=cluster.folder, stdin=there, stdout=there, stderr=there, start_new_session=True) as program:
                os.close(there)
                os.write(terminal, answer)
                out = b""
                while True:
                    try:
                        chunk = os.read(terminal, 4096)
                    except OSError:
                        break
                    if not chunk:
                        break
                    out += chunk
                code = program.wait(60)
            os.close(terminal)
            return code, out

        self.assertIn(b"\x1b[", on_a_terminal("agents")[1])
        self.assertNotIn(b"\x1b[", on_a_terminal("agents", NO_COLOR="1")[1])
        self.assertNotIn(b"\x1b[", on_a_terminal("agents", "--color=never")[1])
        # What cannot be undone is asked about, on a terminal only.
        made = cluster.json("token", "create", "--role", "viewer")["id"]
        valid = lambda: next(token["valid"] for token in cluster.json("token", "list") if token["id"] == made)
        code, out = on_a_terminal("token", "revoke", made, answer=b"n\n")
        self.assertEqual(code, 1, out)
        self.assertIn(b"[y/N]", out)
        self.assertTrue(valid())
        code, out = on_a_terminal("token", "revoke", made, "--yes")
        self.assertNotIn(b"[y/N]", out)
        self.assertEqual((code, valid()), (0, False), out)
        other = cluster.json("token", "create", "--role", "viewer")["id"]
        self.assertEqual(on_a_terminal("token", "revoke", other, answer=b"y\n")[0], 0)


class Contexts(ClusterTest):
    def test_a_life_of_contexts(self):
        cluster = self.cluster
        cluster.start_backend()
        config = cluster.folder / "config/belfry/config.yaml"
        token = cluster.environment.pop("BELFRY_TOKEN_FILE")
        url = cluster.environment.pop("BELFRY_URL")
        self.assertEqual(cluster.json("context", "list"), [])
        self.assertEqual(cluster.json("context", "show")["from"], "the local backend")
        self.assertEqual(cluster.cli("context", "set", "here", check=False).returncode, 2, "a new one needs a url")
        cluster.cli("context", "set", "here", "--url", url, "--token-file", token)
        self.assertEqual(stat.S_IMODE(config.stat().st_mode), 0o600)
        self.assertEqual(cluster.json("context", "show")["from"], "context here")
        self.assertEqual(cluster.cli("status").returncode, 0)
        cluster.cli("context", "set", "lab", "--url", "wss://lab.example")
        self.assertEqual([(row["name"], row["current"]) for row in cluster.json("context", "list")], [("here", True), ("lab", False)])
        refused = cluster.cli("context", "set", "net", "--url", "ws://net.example:1", check=False)
        self.assertEqual(refused.returncode, 2, refused)
        cluster.cli("context", "set", "net", "--url", "ws://net.example:1", "--insecure", "true")
        cluster.cli("context", "use", "lab")
        self.assertEqual(cluster.json("context", "show")["url"], "wss://lab.example:7410")
        self.assertEqual(cluster.json("context", "show", "--context", "here")["url"], url)
        cluster.environment["BELFRY_CONTEXT"] = "here"
        self.assertEqual(cluster.cli("status").returncode, 0)
        self.assertEqual(cluster.cli("status", "--context", "hre", check=False).returncode, 2)
        self.assertEqual(cluster.cli("context", "use", "none", check=False).returncode, 3)
        cluster.cli("context", "set", "here", "--token-file", cluster.folder / "none.token")
        self.assertEqual(cluster.json("context", "show", "here")["url"], url, "what is not given stays")
        self.assertEqual(cluster.cli("status", check=False).returncode, 4)
        del cluster.environment["BELFRY_CONTEXT"]
        cluster.cli("context", "remove", "lab")
        self.assertEqual([row["name"] for row in cluster.json("context", "list")], ["here", "net"])
        self.assertEqual(cluster.json("context", "show")["from"], "the local backend")
        config.write_text("contexts: {a: {ulr: x}}\n")
        wrong = cluster.cli("status", check=False)
        self.assertEqual(wrong.returncode, 2, wrong)
        self.assertIn(b"config.yaml:1:", wrong.stderr)
        self.assertIn(b"did you mean", wrong.stderr)


class Completion(ClusterTest):
    def bash(self, line):
        """What bash offers after `line`."""
        script = f"""
            export PATH={BIN}:$PATH
            source <(belfry completion bash)
            COMP_LINE={shell_quoted(line)}; COMP_POINT=${{#COMP_LINE}}
            words=(); rest=$COMP_LINE
            while IFS= read -r word; do words+=("$word"); done < <(printf '%s\\n' "$COMP_LINE" | sed 's/\\([=:]\\)/ \\1 /g' | tr -s ' ' '\\n')
            [[ "$COMP_LINE" == *' ' ]] && words+=("")
            COMP_WORDS=("${{words[@]}}"); COMP_CWORD=$(( ${{#words[@]}} - 1 ))
            _belfry
            printf '%s\\n' "${{COMPREPLY[@]}}"
            complete -p belfry >&2
        """
        done = subprocess.run(["bash", "-c", script], env=self.cluster.environment, cwd=self.cluster.folder, capture_output=True, timeout=120)
        self.assertEqual(done.returncode, 0, done)
        self.assertIn(b"complete -F _belfry belfry", done.stderr)
        self.assertEqual(done.stderr.count(b"\n"), 1, done)
        return done.stdout.decode().split("\n")[:-1]

    def offers(self, line, expected):
        """What a backend names; it has little time for that, and a busy machine may need another Tab."""
        found = []

        def again():
            found[:] = self.bash(line)
            return found == expected

        wait_until(again, 60, f"{line!r} offers {expected}")

    def test_bash(self):
        cluster = self.cluster
        cluster.start()
        cluster.apply(JOBS)
        run = cluster.run("t/hello")
        self.assertEqual(sorted(self.bash("belfry rel")), ["release", "releases"])
        self.assertEqual(self.bash("belfry token "), ["create", "list", "revoke"])
        self.assertEqual(self.bash("belfry apply --pru"), ["--prune"])
        self.assertEqual(self.bash("belfry apply --prune=f"), ["false"])
        self.assertEqual(self.bash("belfry token create --role "), ["viewer", "operator", "editor", "admin", "agent"])
        self.assertEqual(self.bash("belfry runs -o j"), ["json", "jsonl"])
        self.offers("belfry run t/", ["t/bad", "t/hello", "t/slow", "t/waits"])
        self.offers("belfry runs --job t/h", ["t/hello"])
        self.offers("belfry pause t", ["t", "t/bad", "t/hello", "t/slow", "t/waits"])
        self.offers("belfry agent drain ", ["a1"])
        # A job of each minute may have brought a run meanwhile.
        wait_until(lambda: str(run) in self.bash("belfry show "), 60, "the run is offered")
        self.assertIn("jobs.yaml", self.bash("belfry apply jo"))
        cluster.kill(cluster.backend)
        self.assertEqual(self.bash("belfry run t/"), [""], "without a backend nothing is offered, soon and silently")
        self.assertEqual(sorted(self.bash("belfry rel")), ["release", "releases"])

    def test_the_other_shells(self):
        for shell, mark in (("zsh", b"#compdef belfry"), ("fish", b"complete -c belfry")):
            script = self.cluster.cli("completion", shell).stdout
            self.assertIn(mark, script)
            if shutil.which(shell):
                file = self.cluster.folder / shell
                file.write_bytes(script)
                subprocess.run([shell, "-n", str(file)], check=True, timeout=60)
        self.assertEqual(self.cluster.cli("completion", "tcsh", check=False).returncode, 2)


def shell_quoted(text):
    return "'" + text.replace("'", "'\\''") + "'"


if __name__ == "__main__":
    unittest.main(verbosity=2)

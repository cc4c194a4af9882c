# SPDX-License-Identifier: GPL-3.0-or-later
"""The API over the real port: what it says of itself, and one piece of a log."""
import asyncio
import json
import unittest

import websockets

from cluster import ClusterTest, wait_until


def head(frame, key):
    """The integer behind a text key of a CBOR map; enough for the frames of logs."""
    at = frame.index(bytes([0x60 + len(key)]) + key.encode()) + 1 + len(key)
    kind, small = frame[at] >> 5, frame[at] & 31
    if small < 24:
        return kind, small, at + 1
    size = 1 << (small - 24)
    return kind, int.from_bytes(frame[at + 1:at + 1 + size], "big"), at + 1 + size


def number(frame, key):
    return head(frame, key)[1]


def content(frame):
    kind, size, at = head(frame, "bytes")
    assert kind == 2
    return frame[at:at + size]


class Api(ClusterTest):
    def connection(self):
        token = (self.cluster.folder / "backend/admin.token").read_text().strip()
        return websockets.connect(f"{self.cluster.url}/ws", subprotocols=["belfry.v1"], extra_headers={"Authorization": f"Bearer {token}"})

    async def ask(self, link, method, **params):
        """The answer, and the binary frames that came before it."""
        await link.send(json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}))
        frames = []
        while True:
            message = await asyncio.wait_for(link.recv(), 30)
            if isinstance(message, bytes):
                frames.append(message)
            elif (answer := json.loads(message)).get("id") == 1:
                return answer, frames

    def test_reasons_are_told_in_the_zone_of_who_asks(self):
        self.cluster.start_backend()
        self.cluster.apply("project: t\njobs:\n  yearly:\n    zone: Europe/Berlin\n    schedule: [{cron: '0 12 1 1 *'}]\n    script: 'true'\n")

        async def everything():
            async with self.connection() as link:
                await link.recv()

                async def sentence(**zone):
                    answer, _ = await self.ask(link, "explain.job", job="t/yearly", at="2031-01-01T11:00:00Z", **zone)
                    return answer["result"]["sentence"]

                self.assertIn("2031-01-01 12:00:00+01:00", await sentence())
                self.assertIn("2031-01-01 20:00:00+09:00", await sentence(zone="Asia/Tokyo"))
                for method, params in (("explain.job", {"job": "t/yearly"}), ("explain.run", {"run": 1})):
                    refused, _ = await self.ask(link, method, zone="Mars/Olympus", **params)
                    self.assertEqual(refused["error"]["data"]["code"], "invalid")
                    self.assertIn("zone", refused["error"]["message"])

        asyncio.run(everything())

    def test_it_describes_itself(self):
        self.cluster.start_backend()

        async def everything():
            async with self.connection() as link:
                await link.recv()
                api = (await self.ask(link, "rpc.discover"))[0]["result"]
                self.assertEqual(api["subprotocol"], "belfry.v1")
                self.assertTrue({"hello", "watch.changed", "log.end"} <= {each["name"] for each in api["notifications"]})
                self.assertTrue({"invalid", "not_found", "denied", "conflict", "unavailable", "internal"} <= {each["name"] for each in api["errors"]})
                self.assertIn(4401, [each["code"] for each in api["closes"]])
                for method in api["methods"]:
                    # Each of them is there, and refuses what its schema does not know.
                    answer = (await self.ask(link, method["method"], no_such_parameter=1))[0]
                    self.assertEqual(answer["error"]["code"], -32602, (method["method"], answer))
                    self.assertTrue(method["summary"])
                    self.assertFalse(method["params"]["additionalProperties"])
                    required = method["params"].get("required", [])
                    if required:
                        answer = (await self.ask(link, method["method"]))[0]
                        self.assertTrue(any(name in answer["error"]["message"] for name in required), (method["method"], answer))

        asyncio.run(everything())

    def test_one_piece_of_a_log(self):
        cluster = self.cluster
        cluster.start()
        cluster.apply("project: t\njobs:\n  digits: {script: 'seq -w 0 9999'}\n  silent: {script: 'true'}\n  waits: {script: 'true', agent: nowhere}")
        whole = b"".join(b"%04d\n" % n for n in range(10000))
        run = cluster.run("t/digits")
        silent = cluster.run("t/silent")
        waits = cluster.run("t/waits")
        cluster.wait_state(run, "succeeded")
        cluster.wait_state(silent, "succeeded")
        wait_until(lambda: cluster.log(run) == whole, 30, "the log is here")

        async def everything():
            async with self.connection() as link:
                await link.recv()
                for offset, limit, expected in ((0, 100, whole[:100]), (777, 5000, whole[777:5777]), (-10, 100, whole[-10:]),
                                                (len(whole) - 3, 100, whole[-3:]), (0, 524288, whole)):
                    got, place, frames = b"", offset, 1
                    while len(got) < len(expected):
                        answer, frames = await self.ask(link, "log.read", run=run, offset=place, limit=limit - len(got))
                        result = answer["result"]
                        self.assertEqual(len(frames), 1)
                        self.assertEqual(number(frames[0], "watch"), result["watch"])
                        self.assertEqual(number(frames[0], "offset"), result["offset"])
                        self.assertEqual(result["offset"], len(whole) + place if place < 0 else place)
                        self.assertEqual((result["size"], result["complete"], result["attempt"]), (len(whole), True, 1))
                        self.assertEqual(len(content(frames[0])), result["length"])
                        self.assertGreater(result["length"], 0)
                        got += content(frames[0])
                        place = result["offset"] + result["length"]
                    self.assertEqual(got, expected, (offset, limit))
                for which, offset in ((run, len(whole)), (silent, 0)):
                    answer, frames = await self.ask(link, "log.read", run=which, offset=offset)
                    self.assertEqual((answer["result"]["length"], frames), (0, []))
                for params, code in (({"run": 99}, "not_found"), ({"run": waits}, "not_found"), ({"run": run, "attempt": 2}, "not_found"),
                                     ({"run": run, "limit": 0}, "invalid"), ({"run": run, "limit": 524289}, "invalid")):
                    answer, frames = await self.ask(link, "log.read", **params)
                    self.assertEqual(answer["error"]["data"]["code"], code, params)
                for _ in range(300):  # nothing is left open
                    answer, _ = await self.ask(link, "log.read", run=run, limit=1)
                    self.assertIn("result", answer)

        asyncio.run(everything())


if __name__ == "__main__":
    unittest.main(verbosity=2)

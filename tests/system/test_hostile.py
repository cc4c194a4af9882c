# SPDX-License-Identifier: GPL-3.0-or-later
"""More than a hundred malformed heads, frames, requests, tokens and job files: clear errors, no crash, no leak."""
import asyncio
import json
import os
import random
import socket
import unittest

import websockets

from cluster import ClusterTest

SEED = int(os.environ.get("BELFRY_TEST_SEED", "20261124"))

HEADS = [
    b"", b"\r\n\r\n", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"GET /ws HTTP/1.1\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: 127.0.0.1\r\n\r\n", b"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: -1\r\n\r\n", b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 99999999999999999999\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nA: b\r\n c: folded\r\n\r\n", b"GET /../../etc/passwd HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    b"GET /%00 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: " + b"a" * 20000 + b"\r\n\r\n",
    b"GET " + b"/a" * 10000 + b" HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n" + b"A: b\r\n" * 3000 + b"\r\n",
    b"GET /ws HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: x\r\nSec-WebSocket-Version: 13\r\n\r\n",
    b"GET /ws HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: https://evil.example\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
]
TOKENS = ["", "Bearer", "Bearer ", "Bearer x", "Basic YWRtaW46YWRtaW4=", "Bearer " + "a" * 5000, "Bearer bft_" + "A" * 43, "bearer null",
          "Bearer bft_' OR 1=1 --", "Bearer \u00fc".encode().decode("latin-1"), "Token abc", "Bearer " + "bft_" * 100]
REQUESTS = [
    "", "x", "null", "[]", "{}", "[{}]", '{"jsonrpc":"1.0","id":1,"method":"server.status"}', '{"jsonrpc":"2.0","id":1}',
    '{"jsonrpc":"2.0","id":1,"method":5}', '{"jsonrpc":"2.0","id":{},"method":"server.status"}', '{"jsonrpc":"2.0","id":1,"method":"no.such"}',
    '{"jsonrpc":"2.0","id":1,"method":"run.get","params":{}}', '{"jsonrpc":"2.0","id":1,"method":"run.get","params":{"run":"x"}}',
    '{"jsonrpc":"2.0","id":1,"method":"run.get","params":{"run":-5}}', '{"jsonrpc":"2.0","id":1,"method":"run.get","params":{"run":1e400}}',
    '{"jsonrpc":"2.0","id":1,"method":"run.get","params":{"run":1,"run":2}}', '{"jsonrpc":"2.0","id":1,"method":"run.get","params":{"runn":1}}',
    '{"jsonrpc":"2.0","id":1,"method":"run.list","params":{"limit":-1}}', '{"jsonrpc":"2.0","id":1,"method":"run.list","params":{"limit":99999999}}',
    '{"jsonrpc":"2.0","id":1,"method":"run.trigger","params":{"job":"../../etc"}}', '{"jsonrpc":"2.0","id":1,"method":"run.trigger","params":[]}',
    '{"jsonrpc":"2.0","id":1,"method":"log.open","params":{"run":1,"offset":-9223372036854775808}}',
    '{"jsonrpc":"2.0","id":1,"method":"log.credit","params":{"watch":77,"bytes":-1}}',
    '{"jsonrpc":"2.0","id":1,"method":"watch.open","params":{"topic":"everything"}}', '{"jsonrpc":"2.0","id":1,"method":"watch.close","params":{"watch":-1}}',
    '{"jsonrpc":"2.0","id":1,"method":"job.apply","params":{"files":{"a.yaml":5}}}', '{"jsonrpc":"2.0","id":1,"method":"job.apply","params":{"files":{}}}',
    "[" * 5000, '{"a":' * 5000, "\ud800".encode("utf-16", "surrogatepass").decode("latin-1"),
]
FILES = [
    "", "x", "[]", "project: 5", "project: t\njobs: []", "project: t\njobs: {a: 5}", "project: t\njobs: {a: {}}", "project: T!\njobs: {a: {script: x}}",
    "project: t\njobs: {a: {script: x}, a: {script: y}}", "project: t\njobs: {a: {script: x, comand: [y]}}", "project: t\njobs: {a: {script: x, timeout: 5}}",
    "project: t\njobs: {a: {script: x, schedule: '* * * *'}}", "project: t\njobs: {a: {script: x, schedule: '61 * * * *'}}",
    "project: t\njobs: {a: {script: x, schedule: [{every: 0s}]}}", "project: t\nzone: Mars/Base\njobs: {a: {script: x}}",
    "project: t\njobs: {a: {script: '${{ params.x }}'}}", "project: t\njobs: {a: {command: ['${{ params.x }}']}}", "project: !!python/object:x {}",
    "a: &a [*a]", "&a [*a, *a]", "a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\n" * 3, "{" * 3000, "project: t\njobs: {a: {script: x, retries: {max: yes}}}",
    "project: t\n\tjobs: {}", "project: \"\x00\"", "- " * 2000, "project: t\njobs: {a: {script: x, env: {<<: *b}}}",
]


class Hostile(ClusterTest):
    def setUp(self):
        super().setUp()
        self.cluster.start()
        self.headers = {"Authorization": "Bearer " + (self.cluster.folder / "backend/admin.token").read_text().strip()}
        self.agent_headers = {"Authorization": "Bearer " + (self.cluster.folder / "backend/agent.token").read_text().strip()}

    def tearDown(self):
        self.assertIsNone(self.cluster.backend.poll(), "the backend lives")
        self.assertTrue(self.cluster.healthy())
        self.assertEqual(self.cluster.agent_state("a1"), "online")

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.cluster.backend.pid}/fd"))

    def head(self, data):
        with socket.create_connection(("127.0.0.1", self.cluster.port), timeout=15) as link:
            link.sendall(data)
            link.shutdown(socket.SHUT_WR)
            answer = b""
            try:
                while chunk := link.recv(65536):
                    answer += chunk
            except ConnectionResetError:
                pass
            return answer

    def test_heads(self):
        before = self.descriptors()
        for data in HEADS:
            answer = self.head(data)
            self.assertNotIn(b" 101 ", answer, data[:60])
            if answer:
                self.assertRegex(answer, rb"^HTTP/1\.[01] [45]\d\d ", data[:60])
        generator = random.Random(SEED)
        for _ in range(60):
            good = bytearray(b"GET /readyz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
            for _ in range(generator.randrange(1, 6)):
                good[generator.randrange(len(good))] = generator.randrange(256)
            self.assertNotIn(b" 101 ", self.head(bytes(good)), f"seed {SEED}")
        self.assertLess(self.descriptors(), before + 10, "descriptors leak")

    def test_tokens(self):
        async def everything():
            for path in ("ws", "agent"):
                for token in TOKENS:
                    headers = {"Authorization": token} if token else {}
                    with self.assertRaises((websockets.InvalidStatusCode, websockets.InvalidMessage, OSError), msg=token):
                        await asyncio.wait_for(websockets.connect(f"{self.cluster.url}/{path}", subprotocols=["belfry.v1", "belfry-agent.v1"],
                                                                  extra_headers=headers), 30)
            with self.assertRaises(websockets.InvalidStatusCode):
                await websockets.connect(f"{self.cluster.url}/ws", subprotocols=["belfry.v1"], extra_headers=self.agent_headers)
            with self.assertRaises(websockets.InvalidStatusCode):
                await websockets.connect(f"{self.cluster.url}/agent", subprotocols=["belfry-agent.v1"], extra_headers=self.headers)
            with self.assertRaises(websockets.InvalidStatusCode):
                await websockets.connect(f"{self.cluster.url}/ws", subprotocols=["belfry.v1"], extra_headers=self.headers, origin="https://evil.example")

        asyncio.run(everything())

    def test_requests(self):
        async def everything():
            for text in REQUESTS:
                async with websockets.connect(f"{self.cluster.url}/ws", subprotocols=["belfry.v1"], extra_headers=self.headers) as link:
                    self.assertEqual(json.loads(await link.recv())["method"], "hello")
                    try:
                        await link.send(text)
                        answer = json.loads(await asyncio.wait_for(link.recv(), 20))
                        self.assertIn("error", answer, text[:80])
                        self.assertTrue(answer["error"]["message"], text[:80])
                    except websockets.ConnectionClosed as closed:
                        self.assertIn(closed.code, (1002, 1003, 1007, 1008, 1009, 4400), text[:80])
            for binary in (b"", b"\xff" * 100, os.urandom(1000)):
                async with websockets.connect(f"{self.cluster.url}/ws", subprotocols=["belfry.v1"], extra_headers=self.headers) as link:
                    await link.recv()
                    await link.send(binary)
                    try:
                        self.assertIn("error", json.loads(await asyncio.wait_for(link.recv(), 20)))
                    except websockets.ConnectionClosed:
                        pass

        asyncio.run(everything())

    def test_agent_frames(self):
        generator = random.Random(SEED)
        frames = [b"", b"\x00", b"\xff", b"\x80", b"\x82\x01\xa0", b"\x9f\xff", b"\x9b" + b"\xff" * 8, b"\x81" * 3000, b"hello",
                  b"\x82\x02\xa4\x01\x01\x02\x01\x03\x01\x05\x00", b"\x82\x04\xa5\x01\x01\x02\x01\x03\x01\x04\x20\x05\x41x"]
        frames += [generator.randbytes(generator.randrange(1, 200)) for _ in range(60)]

        async def everything():
            for frame in frames:
                async with websockets.connect(f"{self.cluster.url}/agent", subprotocols=["belfry-agent.v1"], extra_headers=self.agent_headers) as link:
                    await link.send(frame)
                    try:
                        while True:
                            await asyncio.wait_for(link.recv(), 30)
                    except websockets.ConnectionClosed as closed:
                        self.assertNotEqual(closed.code, 1000, frame[:40])

        asyncio.run(everything())

    def test_job_files(self):
        cluster = self.cluster
        cluster.apply("project: t\njobs: {kept: {script: 'true'}}")
        for number, text in enumerate(FILES):
            file = cluster.folder / "bad.yaml"
            file.write_bytes(text.encode())
            for verb in ("validate", "apply"):
                done = cluster.cli(verb, file, check=False)
                self.assertEqual(done.returncode, 6, (number, text[:80], done))
                self.assertIn(b"bad.yaml", done.stderr + done.stdout, (number, text[:80]))
        self.assertEqual([job["job"] for job in cluster.json("jobs")], ["t/kept"], "a bad file changes nothing")


if __name__ == "__main__":
    unittest.main(verbosity=2)

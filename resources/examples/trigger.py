#!/usr/bin/python3
"""trigger.py PROJECT/JOB [key=value]...: triggers a job and follows it to its end; exit 0 if it succeeded."""
import asyncio, json, os, pathlib, sys
import websockets

URL = os.environ.get("BELFRY_URL", "ws://127.0.0.1:7410")
STATE = os.environ.get("XDG_STATE_HOME", pathlib.Path.home() / ".local/state")
TOKEN = os.environ.get("BELFRY_TOKEN") or pathlib.Path(os.environ.get("BELFRY_TOKEN_FILE", f"{STATE}/belfry/admin.token")).read_text().strip()

async def main(job, *pairs):
    async with websockets.connect(f"{URL}/ws", subprotocols=["belfry.v1"], extra_headers={"Authorization": f"Bearer {TOKEN}"}) as link:
        async def ask(number, method, **params):
            await link.send(json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": params}))
            while (answer := json.loads(await link.recv())).get("id") != number: pass
            return answer["result"] if "result" in answer else sys.exit(f"{method}: {answer['error']['message']}")
        run = (await ask(1, "run.trigger", job=job, params=dict(pair.split("=", 1) for pair in pairs)))["run"]
        row = (await ask(2, "watch.open", topic="runs", filter={"run": run}))["snapshot"][0]
        while print(f"run {run}: {row['state']}") or not row["ended_at"]:
            message = json.loads(await link.recv())
            row = message["params"]["row"] if message.get("method") == "watch.changed" else row
        sys.exit(row["state"] != "succeeded")

asyncio.run(main(*sys.argv[1:])) if sys.argv[1:] else sys.exit(__doc__)

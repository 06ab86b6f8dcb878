"""Replays a step and plans files through `tasker mcp`: developer.py PROGRAM TASK OTHER_COMPONENT TEMPLATE READER_KEY."""

import asyncio
import json
import os
import sys

from agent import ask, with_session

TASK, COMPONENT, TEMPLATE, READER = sys.argv[2:]


async def answered(session, tool, **arguments):
    is_error, text = await ask(session, tool, **arguments)
    assert not is_error, text
    return json.loads(text)


async def refused(session, tool, **arguments):
    is_error, text = await ask(session, tool, **arguments)
    assert is_error, text
    return json.loads(text)


async def replays_and_plans(session, _):
    replay = {"task": TASK, "step": "charge"}
    same = await answered(session, "replayStep", **replay)
    other = await answered(session, "replayStep", **replay, component=COMPONENT)
    release = {"namespace": "shop", "name": "charge"}
    component = await answered(session, "planComponentFile", file=COMPONENT, version="2.0.0", **release)
    template = await answered(session, "planTemplateFile", file=TEMPLATE)
    file = await refused(session, "planComponentFile", file=TEMPLATE, version="2.0.0", **release)
    return {
        "same": same["same"] and same["recorded"] == same["replayed"],
        "other": [other["same"], bool(other["mismatches"])],
        "unknown": (await refused(session, "replayStep", task=TASK, step="none"))["code"],
        "wrong": (await refused(session, "replayStep", task=TASK))["detail"],
        "component": [component["version"], component["obstacles"]],
        "template": [template["name"], template["version"]],
        "file": file["detail"].removeprefix(TEMPLATE),
    }


async def reads(session, _):
    return (await refused(session, "replayStep", task=TASK, step="charge"))["code"]


async def main():
    done = await with_session([], replays_and_plans)
    os.environ["TASKER_TOKEN"] = READER
    done["reader"] = await with_session([], reads)
    print(json.dumps(done))


asyncio.run(main())

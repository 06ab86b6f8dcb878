"""Asks a host through `tasker mcp` with the client of the Model Context Protocol that its makers publish."""

import asyncio
import json
import os
import sys

from mcp import ClientSession, StdioServerParameters, stdio_client

PROGRAM = sys.argv[1]
UNKNOWN = "00000000-0000-7000-8000-000000000000"
SUBMIT = {"body": {"namespace": "shop", "template": "charge", "input": {"amount": 3}}}


async def with_session(arguments, use):
    server = StdioServerParameters(command=PROGRAM, args=["mcp", *arguments], env=dict(os.environ))
    async with stdio_client(server) as (reads, writes), ClientSession(reads, writes) as session:
        began = await session.initialize()
        return await use(session, began)


async def ask(session, tool, **arguments):
    """The answer of a tool, and whether it is an error."""
    answer = await session.call_tool(tool, arguments)
    return answer.is_error, answer.content[0].text


async def looks(session, began):
    tools = {tool.name: tool for tool in (await session.list_tools()).tools}
    refused, why = await ask(session, "showTask", id=UNKNOWN)
    missing, what = await ask(session, "showTask")
    listed, templates = await ask(session, "listTemplates", namespace="shop", fields="name")
    try:
        await session.call_tool("submitTasks", SUBMIT)
        changes = "possible"
    except Exception as error:
        changes = str(error)
    return {
        "server": began.server_info.name,
        "has_instructions": "showTaskError" in began.instructions,
        "all_read_only": all(tool.annotations.read_only_hint for tool in tools.values()),
        "states": sorted(tools["listTasks"].input_schema["$defs"]["TaskState"]["enum"]),
        "refused": refused and json.loads(why)["code"],
        "missing": missing and what,
        "templates": None if listed else [it["name"] for it in json.loads(templates)["items"]],
        "changes": changes,
    }


async def runs_a_task(session, _):
    _, submitted = await ask(session, "submitTasks", **SUBMIT)
    task = json.loads(submitted)["task"]["id"]
    _, shown = await ask(session, "showTask", id=task, wait_ms=30000)
    _, result = await ask(session, "showTaskResult", id=task)
    return {"state": json.loads(shown)["state"], "result": json.loads(result)}


async def main():
    looked = await with_session([], looks)
    ran = await with_session(["--allow-changes"], runs_a_task)
    print(json.dumps({"looked": looked, "ran": ran}))


if __name__ == "__main__":
    asyncio.run(main())

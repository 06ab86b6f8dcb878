"""Runs a task through a client that is generated from the description of the API."""

import json
import os

from tasker_client import AuthenticatedClient
from tasker_client.api.tasks import show_task, submit_tasks
from tasker_client.models import Problem, Submit, SubmittedTask, Task

client = AuthenticatedClient(os.environ["TASKER_URL"], token=os.environ["TASKER_TOKEN"])
submit = Submit(namespace="shop", template="charge", input_={"amount": 3})
submitted = submit_tasks.sync(client=client, body=submit)
assert isinstance(submitted, SubmittedTask), submitted
while True:
    task = show_task.sync(submitted.task.id, client=client, wait_ms=5000)
    assert isinstance(task, Task), task
    if task.finished_at:
        break

unknown = show_task.sync("00000000-0000-7000-8000-000000000000", client=client)
assert isinstance(unknown, Problem)
print(json.dumps({"state": task.state, "result": task.result, "refused": unknown.code}))

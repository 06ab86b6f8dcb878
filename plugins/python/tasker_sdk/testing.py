"""Handlers are plain functions: tests call them natively, with an attempt made up here.

    ctx = attempt(config={"shipping": 5}, dependencies={"price": 100})
    assert total(ctx) == 105
"""

from __future__ import annotations

import json
from typing import Any

from . import run
from .context import Context
from .failures import Failure, Refused
from .http import answer_with
from .registry import FeedEvent
from .types import write

__all__ = ["AttemptContext", "answer_with", "attempt", "event", "execute"]

_TASK = "00000000-0000-7000-8000-000000000000"


class _MadeUp:
    def __init__(self, said: dict[str, Any], kv: dict[str, dict[str, Any]]) -> None:
        self.said = said
        self.sent: list[tuple[str, Any]] = []
        self.entries: dict[tuple[str, str], tuple[str, int]] = {}
        for bucket, values in kv.items():
            for key, value in values.items():
                self.kv_set(bucket, key, write("value", value))

    def task_id(self) -> str:
        return _TASK

    def namespace(self) -> str:
        return "test"

    def step_name(self) -> str:
        return self.said["step_name"]

    def attempt(self) -> int:
        return self.said["attempt"]

    def max_attempts(self) -> int:
        return self.said["max_attempts"]

    def idempotency_key(self) -> str:
        return f"{_TASK}:{self.step_name()}"

    def correlation_id(self) -> str:
        return "test"

    def traceparent(self) -> str | None:
        return None

    def remaining_ms(self) -> int:
        return int(self.said["remaining"] * 1000)

    def task_input(self) -> str:
        return write("value", self.said["task_input"])

    def dependency(self, step: str) -> str | None:
        results = self.said["dependencies"]
        return write("value", results[step]) if step in results else None

    def config(self) -> str:
        return write("value", self.said["config"])

    def last_checkpoint(self) -> str | None:
        kept = self.said["checkpoint"]
        return None if kept is None else write("value", kept)

    def heartbeat(self, progress: str | None) -> bool:
        return not self.said["cancelled"]

    def secret(self, name: str) -> str:
        return f"tasker-secret-{len(self.secret_in_clear(name)):032}"

    def secret_in_clear(self, name: str) -> str:
        if name not in self.said["secrets"]:
            raise Refused("unknown")
        return self.said["secrets"][name]

    def kv_get(self, bucket: str, key: str) -> tuple[str, int] | None:
        return self.entries.get((bucket, key))

    def kv_set(self, bucket: str, key: str, value: str) -> None:
        _, version = self.entries.get((bucket, key), ("", 0))
        self.entries[bucket, key] = (value, version + 1)

    def kv_compare_and_set(self, bucket: str, key: str, expected: int | None, value: str) -> None:
        found = self.entries.get((bucket, key))
        if (found[1] if found else None) != expected:
            raise Refused("conflict")
        self.kv_set(bucket, key, value)

    def kv_delete(self, bucket: str, key: str) -> None:
        self.entries.pop((bucket, key), None)

    def kv_list_keys(self, bucket: str, prefix: str, limit: int) -> list[str]:
        keys = [key for of, key in self.entries if of == bucket and key.startswith(prefix)]
        return sorted(keys)[:limit]

    def send_event(self, name: str, payload: str) -> None:
        self.sent.append((name, json.loads(payload)))


class AttemptContext(Context):
    """A context that keeps what a handler did with it."""

    _host: _MadeUp

    @property
    def sent_events(self) -> list[tuple[str, Any]]:
        """The events that were sent, in order: names and payloads."""
        return self._host.sent


def attempt(
    *,
    step_name: str = "step",
    attempt: int = 1,
    max_attempts: int = 3,
    remaining: float = 30,
    task_input: Any = None,
    dependencies: dict[str, Any] | None = None,
    config: Any = None,
    checkpoint: Any = None,
    cancelled: bool = False,
    secrets: dict[str, str] | None = None,
    kv: dict[str, dict[str, Any]] | None = None,
) -> AttemptContext:
    """An attempt made up for a test: by default the first of three, of the step `step`, 30 seconds before its deadline.

    `dependencies` are results by step, `kv` values by bucket and key; the component was granted all of it.
    """
    said = {
        "step_name": step_name,
        "attempt": attempt,
        "max_attempts": max_attempts,
        "remaining": remaining,
        "task_input": {} if task_input is None else task_input,
        "dependencies": dependencies or {},
        "config": config,
        "checkpoint": checkpoint,
        "cancelled": cancelled,
        "secrets": secrets or {},
    }
    return AttemptContext(_MadeUp(said, kv or {}))


def event(event_type: str, data: Any) -> FeedEvent:
    """An event made up for a test of a subscriber, of a task of the namespace `test`."""
    return FeedEvent("1-0", "/namespaces/test", event_type, f"task {_TASK}", "2026-01-31T12:00:00Z", "1", "test", {}, data)


def execute(name: str, input: Any, ctx: AttemptContext | None = None) -> Any:
    """Runs a handler by its name as the host does, JSON included: its result, or the failure, which is raised."""
    host = (ctx or attempt())._host
    try:
        _, text = run.execute(host, name, write("input", input))
    except Exception as error:
        failure = run.failure(error)
        raise failure from (None if failure is error else error)
    return json.loads(text)


def failure_of(error: Exception) -> Failure:
    """What an exception becomes for the host."""
    return run.failure(error)

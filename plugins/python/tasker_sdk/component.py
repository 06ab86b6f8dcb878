"""Where the host comes in: what `tasker build` makes the entry of a component of. Only a component can import it."""

from __future__ import annotations

import importlib
import json
import os
import random
import sys
from collections.abc import Callable
from typing import Any, TypeVar

from componentize_py_types import Err
from wit_world.imports import context, events, kv, secrets
from wit_world.imports import log as wire

from . import log, run
from .failures import Failure, Refused
from .registry import FeedEvent

T = TypeVar("T")


def _imported(name: str) -> Any:
    """An interface; its package is part of the module's name where another has an interface of the same name."""
    try:
        return importlib.import_module(f"wit_world.imports.tasker_step_{name}")
    except ModuleNotFoundError:
        return importlib.import_module(f"wit_world.imports.{name}")


types = _imported("types")


def _ask(call: Callable[[], T]) -> T:
    try:
        return call()
    except Err as error:
        value = error.value
        name = type(value).__name__.removeprefix("Error_")
        why = getattr(value, "value", "")
        if name == "Extension":
            raise Refused(str(why[0])) from None
        words = "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in name)
        raise Refused(words.lstrip("-"), why if isinstance(why, str) else "") from None


class _Host:
    task_id = staticmethod(context.task_id)
    namespace = staticmethod(context.namespace)
    step_name = staticmethod(context.step_name)
    attempt = staticmethod(context.attempt)
    max_attempts = staticmethod(context.max_attempts)
    idempotency_key = staticmethod(context.idempotency_key)
    correlation_id = staticmethod(context.correlation_id)
    traceparent = staticmethod(context.traceparent)
    remaining_ms = staticmethod(context.remaining_ms)
    task_input = staticmethod(context.task_input)
    dependency = staticmethod(context.dependency)
    config = staticmethod(context.config)
    last_checkpoint = staticmethod(context.last_checkpoint)
    heartbeat = staticmethod(context.heartbeat)

    def secret(self, name: str) -> str:
        return _ask(lambda: secrets.get(name))

    def secret_in_clear(self, name: str) -> str:
        return _ask(lambda: secrets.reveal(name))

    def kv_get(self, bucket: str, key: str) -> tuple[str, int] | None:
        entry = _ask(lambda: kv.get(bucket, key))
        return None if entry is None else (entry.value, entry.version)

    def kv_set(self, bucket: str, key: str, value: str) -> None:
        _ask(lambda: kv.set(bucket, key, value))

    def kv_compare_and_set(self, bucket: str, key: str, expected: int | None, value: str) -> None:
        _ask(lambda: kv.compare_and_set(bucket, key, expected, value))

    def kv_delete(self, bucket: str, key: str) -> None:
        _ask(lambda: kv.delete(bucket, key))

    def kv_list_keys(self, bucket: str, prefix: str, limit: int) -> list[str]:
        return _ask(lambda: kv.list_keys(bucket, prefix, limit))

    def send_event(self, name: str, payload: str) -> None:
        _ask(lambda: events.send(name, payload))


_HOST = _Host()
_LEVELS = {name: getattr(wire.Level, name.upper()) for name in ("trace", "debug", "info", "warn", "error")}


def _to_host(level: str, message: str, fields: list[tuple[str, str]]) -> None:
    wire.log(_LEVELS[level], message, fields)


def _guarded(call: Callable[[], T]) -> T:
    """Runs what an attempt is for; whatever is raised ends as a failure of the contract."""
    log.set_sink(_to_host)
    # The generator was made with the component: each attempt would draw the same numbers.
    random.seed(os.urandom(32))
    try:
        return call()
    except BaseException as error:  # `exit()` is one of them.
        raise Err(_wire_failure(run.failure(error))) from None
    finally:
        # What was printed without the end of a line.
        sys.stdout.flush()
        sys.stderr.flush()


def _wire_failure(failure: Failure) -> Any:
    retry: Any
    if failure.retry == "never":
        retry = types.Retry_Never()
    elif isinstance(failure.retry, str):
        retry = types.Retry_Policy()
    else:
        retry = types.Retry_AfterMs(min(max(0, round(failure.retry * 1000)), 2**64 - 1))
    return types.Failure(failure.code, failure.message, run.details(failure), retry)


class Handler:
    """The contract's `handler`."""

    def execute(self, name: str, input: str) -> Any:
        outcome, text = _guarded(lambda: run.execute(_HOST, name, input))
        return types.Outcome_Complete(text) if outcome == "complete" else types.Outcome_Checkpoint(text)


class Subscriber:
    """The contract's `subscriber`."""

    def handle(self, name: str, event: Any) -> None:
        def call() -> None:
            received = FeedEvent(
                event.id,
                event.source,
                event.event_type,
                event.subject,
                event.time,
                event.sequence,
                event.correlation_id,
                dict(event.attributes),
                json.loads(event.data),
            )
            run.handle(_HOST, name, received)

        _guarded(call)


class Descriptor:
    """The contract's `descriptor`."""

    def describe(self) -> str:
        return run.describe()

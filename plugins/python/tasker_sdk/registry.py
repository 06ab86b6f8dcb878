"""What a component holds: handlers, subscribers and events, as they were registered."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from .context import Context
from .types import schema_of

F = TypeVar("F", bound=Callable[..., Any])
C = TypeVar("C")


@dataclass(frozen=True)
class Checkpoint(Generic[C]):
    """Not done: the host keeps this and calls the handler again; it survives crashes and retries."""

    value: C


@dataclass
class FeedEvent:
    """An event of the feed, with the attributes of CloudEvents 1.0."""

    id: str
    source: str
    type: str
    """What happened: `tasker.task.completed`."""
    subject: str | None
    time: str
    sequence: str
    correlation_id: str | None
    attributes: dict[str, str]
    data: Any

    @property
    def day(self) -> str:
        """The day on which it happened, in UTC: `2026-01-31`."""
        return self.time[:10]


@dataclass(frozen=True)
class Event:
    """An event that handlers send, with the type of its payload."""

    name: str
    payload: Any
    description: str | None


@dataclass
class Handler:
    """A handler: its function, and which of input and context it takes, in order."""

    run: Callable[..., Any]
    takes: list[str]
    input: Any
    result: Any
    description: str | None
    errors: list[str]
    retry: dict[str, Any] | None


@dataclass
class Registry:
    """Everything that was registered, by name."""

    handlers: dict[str, Handler] = field(default_factory=dict)
    subscribers: dict[str, tuple[Callable[..., Any], list[str], str | None]] = field(default_factory=dict)
    events: dict[str, Event] = field(default_factory=dict)
    capabilities: list[str] = field(default_factory=list)


REGISTERED = Registry()


def handler(
    name: str | None = None,
    *,
    errors: Iterable[str] = (),
    description: str | None = None,
    retry: dict[str, Any] | None = None,
) -> Callable[[F], F]:
    """Registers a step handler under the name that templates call it by; by default the function's.

    The function takes the input, a `Context`, both in any order, or nothing. Its type hints are the handler's JSON Schemas:
    an input that does not fit is a permanent failure `invalid_input`. Its docstring is what people read in the registry.
    """

    def register(run: F) -> F:
        own = name if name is not None else run.__name__
        _refuse_twice("handler", own, REGISTERED.handlers)
        takes, kind = _takes(run, "input")
        returned = typing.get_type_hints(run).get("return", Any)
        REGISTERED.handlers[own] = Handler(
            run, takes, kind, _result(returned), description or inspect.getdoc(run), list(errors), retry
        )
        return run

    return register


def subscriber(name: str | None = None, *, description: str | None = None) -> Callable[[F], F]:
    """Registers a subscriber: a function that is called with the events of a subscription."""

    def register(run: F) -> F:
        own = name if name is not None else run.__name__
        _refuse_twice("subscriber", own, REGISTERED.subscribers)
        takes, _ = _takes(run, "event")
        REGISTERED.subscribers[own] = (run, takes, description or inspect.getdoc(run))
        return run

    return register


def event(name: str, payload: Any = Any, description: str | None = None) -> Event:
    """Declares an event that handlers send, with the type of its payload: `event("orders.charged", Charged)`."""
    _refuse_twice("event", name, REGISTERED.events)
    declared = Event(name, payload, description)
    REGISTERED.events[name] = declared
    return declared


def capabilities(*wanted: str) -> None:
    """Says what the component wants to be granted: `capabilities("kv counters", "http POST api.example.com/v1/*")`."""
    REGISTERED.capabilities.extend(wanted)


def _refuse_twice(what: str, name: str, known: dict[str, Any]) -> None:
    if name in known:
        raise ValueError(f"there are two {what}s `{name}`; give one of them another name")


def _takes(run: Callable[..., Any], other: str) -> tuple[list[str], Any]:
    """Which arguments a function takes in which order, and the type of the one that is no context."""
    hints = typing.get_type_hints(run)
    takes: list[str] = []
    kind: Any = Any
    for parameter in inspect.signature(run).parameters.values():
        if hints.get(parameter.name) is Context or parameter.name in ("ctx", "context"):
            takes.append("context")
        else:
            takes.append(other)
            kind = hints.get(parameter.name, Any)
    if len(takes) != len(set(takes)):
        raise TypeError(f"`{run.__name__}` takes more than the {other} and a Context")
    return takes, kind


def _result(returned: Any) -> Any:
    """The type of a result without checkpoints."""
    kinds = typing.get_args(returned)
    if typing.get_origin(returned) is Checkpoint or returned is Checkpoint:
        return Any
    if len(kinds) == 0 or not any(typing.get_origin(kind) is Checkpoint or kind is Checkpoint for kind in kinds):
        return returned
    kept = tuple(kind for kind in kinds if typing.get_origin(kind) is not Checkpoint and kind is not Checkpoint)
    return typing.Union[kept]


def describe() -> dict[str, Any]:
    """What the component holds, as the contract's `describe` has it."""
    handlers = []
    for name, one in REGISTERED.handlers.items():
        described = {
            "name": name,
            "description": one.description,
            "input_schema": schema_of(one.input),
            "result_schema": schema_of(one.result),
            "error_codes": one.errors,
            "retry": one.retry,
        }
        handlers.append({key: value for key, value in described.items() if value is not None})
    told: dict[str, Any] = {"handlers": handlers, "capabilities": REGISTERED.capabilities}
    if REGISTERED.subscribers:
        told["subscribers"] = [
            {"name": name, "description": description} if description else {"name": name}
            for name, (_, _, description) in REGISTERED.subscribers.items()
        ]
    if REGISTERED.events:
        told["events"] = {
            one.name: {"schema": schema_of(one.payload), **({"description": one.description} if one.description else {})}
            for one in REGISTERED.events.values()
        }
    return told

"""The handlers of the conformance suite in Python: tests/languages/cases.yaml says what each does."""

from __future__ import annotations

import random as numbers
import sys
import time
from dataclasses import dataclass, field
from typing import Any, Literal, TypedDict

from tasker_sdk import Checkpoint, Context, Failure, FeedEvent, Found, capabilities, event, handler, http, log, subscriber

capabilities("kv counters", "events orders")


@dataclass
class Line:
    """A line of an order."""

    sku: str
    count: int


@dataclass
class Order:
    id: str = field(metadata={"description": "What the order is called."})
    kind: Literal["card", "cash"]
    price: float
    lines: list[Line]
    note: str | None = None


@dataclass
class Receipt:
    id: str
    items: int
    total: float
    kind: Literal["card", "cash"]
    note: str | None


@handler(errors=["nothing_ordered"])
def place_order(order: Order) -> Receipt:
    """Counts the items of an order."""
    items = sum(line.count for line in order.lines)
    if items == 0:
        raise Failure.permanent("nothing_ordered", "the order has no items")
    return Receipt(order.id, items, items * order.price, order.kind, order.note)


@handler()
def echo(input: Any) -> Any:
    return input


@handler()
def about(ctx: Context) -> dict[str, Any]:
    return {
        "task_id": ctx.task_id,
        "namespace": ctx.namespace,
        "step": ctx.step_name,
        "attempt": ctx.attempt,
        "max_attempts": ctx.max_attempts,
        "key": ctx.idempotency_key,
        "correlation_id": ctx.correlation_id,
        "traceparent": ctx.traceparent,
        "has_time": ctx.remaining > 0,
        "input": ctx.task_input(),
        "config": ctx.config(),
        "checkpoint": ctx.checkpoint(),
    }


class Depends(TypedDict):
    step: str


@handler()
def depends(input: Depends, ctx: Context) -> Any:
    return ctx.dependency(input["step"])


@handler()
def portions(ctx: Context) -> int | Checkpoint[int]:
    done = (ctx.checkpoint(int) or 0) + 1
    return Checkpoint(done) if done < 3 else done


class Fails(TypedDict):
    how: str


@handler()
def fails(input: Fails) -> None:
    match input["how"]:
        case "permanent":
            raise Failure.permanent("card_declined", "the bank said no")
        case "retryable":
            raise Failure.retryable("upstream_down", "the upstream said 503")
        case "after":
            raise Failure.retry_after(1.5, "rate_limited", "not so fast")
        case "unicode":
            raise Failure.permanent("wrong_name", "ünïcödé 😀")
        case _:
            raise Failure.permanent("card_declined", "the bank said no", {"balance": 3})


@handler()
def throws() -> None:
    raise RuntimeError("the till is empty") from ValueError("nobody filled it")


@handler()
def crashes() -> Any:
    till: Any = None
    return till.coins


@handler()
def prints() -> None:
    print("printed", 1, {"a": [2]})
    print("complained", file=sys.stderr)


@handler()
def logs() -> None:
    log.trace("traced")
    log.debug("debugged")
    log.info("informed", order_id=7, name="ünïcödé")
    log.warn("warned")
    log.error("erred")


@dataclass
class Secret:
    name: str
    clear: bool


@handler()
def secret(input: Secret, ctx: Context) -> str:
    return ctx.secret_in_clear(input.name) if input.clear else ctx.secret(input.name)


@dataclass
class Operation:
    op: Literal["get", "set", "replace", "stale", "remove", "keys"]
    key: str
    value: Any = None


def operate(ctx: Context, operation: Operation) -> Any:
    counters, key, value = ctx.kv("counters"), operation.key, operation.value
    match operation.op:
        case "get":
            return counters.get(key).value
        case "set":
            return counters.set(key, value)
        case "replace":
            return counters.replace(key, counters.get(key), value)
        case "stale":
            return counters.replace(key, Found(None, None), value)
        case "remove":
            return counters.remove(key)
        case "keys":
            return counters.keys(key, 10)


@handler()
def keeps(operations: list[Operation], ctx: Context) -> list[Any]:
    return [operate(ctx, operation) for operation in operations]


@dataclass
class Charged:
    amount: int


charged = event("orders.charged", Charged, "An order was charged.")


@dataclass
class Send:
    name: str
    payload: Any


@handler()
def sends(input: Send, ctx: Context) -> None:
    if input.name == charged.name:
        ctx.send_event(charged, Charged(3))
    else:
        ctx.send_event(input.name, input.payload)


@handler()
def beats(ctx: Context) -> None:
    ctx.heartbeat({"done": 0.5})


@dataclass
class Fetch:
    method: str
    url: str
    headers: dict[str, str] = field(default_factory=dict)
    body: str = ""
    success: bool = False
    max: int = 1 << 20


@handler()
def fetches(input: Fetch) -> dict[str, Any]:
    response = http.request(input.method, input.url, headers=input.headers, body=input.body, max_body_bytes=input.max)
    if input.success:
        response.success()
    return {"status": response.status, "type": response.header("Content-Type"), "body": response.text()}


@dataclass
class Big:
    bytes: int


@handler()
def big(input: Big) -> str:
    return "x" * input.bytes


@handler()
def random() -> list[float]:
    return [numbers.random(), numbers.random()]


@handler()
def clock() -> int:
    return int(time.time() * 1000)


@subscriber()
def counts(event: FeedEvent, ctx: Context) -> None:
    """Counts events by their type."""
    if event.data.get("fail"):
        raise Failure.permanent("refused", "not this one")
    counters = ctx.kv("counters")
    found = counters.get(event.type, int)
    counters.replace(event.type, found, (found.value or 0) + 1)
    told = {"id": event.id, "subject": event.subject, "time": event.time, "attributes": event.attributes, "data": event.data}
    counters.set("seen", told)

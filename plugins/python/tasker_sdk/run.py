"""Runs handlers for the host, or for a test: JSON text in and out, and every exception a failure."""

from __future__ import annotations

import inspect
import json
import re
import traceback
from typing import Any

from . import log
from .context import Context
from .failures import INTERNAL, Failure
from .host import Host
from .registry import REGISTERED, Checkpoint, FeedEvent
from .types import read, write

MAX_CAUSES = 10


def execute(host: Host, name: str, text: str) -> tuple[str, str]:
    """Runs the handler of that name: `complete` or `checkpoint`, and its JSON text."""
    found = REGISTERED.handlers.get(name)
    if found is None:
        raise _unknown("handler", name, REGISTERED.handlers)
    values = {"context": Context(host)}
    value = read("input", text, found.input)
    values["input"] = value
    returned = _awaited(found.run(*[values[one] for one in found.takes]))
    if isinstance(returned, Checkpoint):
        return "checkpoint", write("checkpoint", returned.value)
    return "complete", write("result", returned)


def handle(host: Host, name: str, event: FeedEvent) -> None:
    """Runs the subscriber of that name."""
    found = REGISTERED.subscribers.get(name)
    if found is None:
        raise _unknown("subscriber", name, REGISTERED.subscribers)
    run, takes, _ = found
    values = {"context": Context(host), "event": event}
    _awaited(run(*[values[one] for one in takes]))


def _unknown(what: str, name: str, known: dict[str, Any]) -> Failure:
    message = f"this component has no {what} `{name}`; it has {', '.join(known)}"
    return Failure.permanent(f"unknown_{what}", message)


def _awaited(returned: Any) -> Any:
    """What a coroutine returns. Nothing in a component takes time while others run, so that it is run to its end."""
    if not inspect.iscoroutine(returned):
        return returned
    try:
        returned.send(None)
    except StopIteration as end:
        return end.value
    returned.close()
    raise RuntimeError("the handler waits for an event loop; a component has none")


def failure(error: BaseException) -> Failure:
    """What was raised as a failure. An exception is logged with its traceback."""
    if isinstance(error, Failure):
        cause = _causes(error)
        if not cause:
            return error
        return Failure(error.code, f"{error.message}: {cause}", error.retry, error._details)
    trace = [f"{frame.name} ({_file(frame.filename)}:{frame.lineno})" for frame in _frames(error)]
    place = trace[0].rsplit("(", 1)[1][:-1] if trace else None
    causes = _causes(error)
    message = _said(error) + (f": {causes}" if causes else "") + (f" at {place}" if place else "")
    log.error("\n".join([message, *(f"    at {frame}" for frame in trace)]))
    return Failure(INTERNAL, message, "policy", {"place": place, "trace": trace})


def _said(error: BaseException) -> str:
    text = str(error)
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def _causes(error: BaseException) -> str:
    """The exceptions behind one, as `raise … from` says; those before it count as causes of ordinary exceptions."""
    said: list[str] = []
    cause = error.__cause__
    while cause is not None and len(said) < MAX_CAUSES:
        said.append(_said(cause))
        cause = cause.__cause__
    return ": ".join(said)


def _frames(error: BaseException) -> list[traceback.FrameSummary]:
    """The frames of the author's code, innermost first."""
    walked = traceback.walk_tb(error.__traceback__)
    frames = list(reversed(traceback.StackSummary.extract(walked, lookup_lines=False)))
    own = [frame for frame in frames if "tasker_sdk/" not in frame.filename.replace("\\", "/")]
    outer = own or frames
    # What a library raises was called by somebody; the place is the author's.
    mine = [frame for frame in outer if "/lib/python" not in frame.filename and "/python3" not in frame.filename]
    return mine + [frame for frame in outer if frame not in mine] if mine else outer


def _file(name: str) -> str:
    """A path as the author has it: the folders of the source are numbered where components run."""
    numbered = re.match(r"/\d+/(.*)", name)
    return numbered.group(1) if numbered else name


def details(failure: Failure) -> str | None:
    """The details as JSON text; what cannot be written is left out."""
    if not failure.has_details:
        return None
    try:
        return write("details", failure.details)
    except Failure as why:
        log.warn("the details of the failure are left out", error=why.message)
        return None


def prepare() -> None:
    """Does once, while the component is made, what each attempt would do anew: it reads the types of all handlers."""
    describe()


def describe() -> str:
    """What the component holds, as JSON text."""
    from .registry import describe as described

    return json.dumps(described(), ensure_ascii=False)

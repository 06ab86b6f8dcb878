"""Write Tasker step handlers, and subscribers to events, as plain typed functions.

    from dataclasses import dataclass
    from tasker_sdk import Context, Failure, handler

    @dataclass
    class Greet:
        name: str

    @dataclass
    class Greeting:
        text: str

    @handler("greet", errors=["nobody"])
    def greet(input: Greet, ctx: Context) -> Greeting:
        \"\"\"Greets whoever the input names.\"\"\"
        if not input.name.strip():
            raise Failure.permanent("nobody", "there is no one to greet")
        return Greeting(f"Hello, {input.name}!")

A fresh instance runs every attempt, so nothing is kept between two. What stands outside of functions runs once, when the
component is built.
"""

from . import log
from .context import Context
from .failures import INTERNAL, Failure
from .kv import Found, Kv
from .registry import Checkpoint, Event, FeedEvent, capabilities, event, handler, subscriber

__all__ = [
    "INTERNAL",
    "Checkpoint",
    "Context",
    "Event",
    "Failure",
    "FeedEvent",
    "Found",
    "Kv",
    "capabilities",
    "event",
    "handler",
    "log",
    "subscriber",
]

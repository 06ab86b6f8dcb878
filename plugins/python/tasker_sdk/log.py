"""The attempt's log: `log.info("charging", order_id=7)`. What `print` and `logging` write goes there as well."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

Sink = Callable[[str, str, list[tuple[str, str]]], None]


def _to_stderr(level: str, message: str, fields: list[tuple[str, str]]) -> None:
    words = "".join(f" {name}={value}" for name, value in fields)
    print(f"{level} {message}{words}", file=sys.stderr)


_sink: Sink = _to_stderr


def set_sink(sink: Sink) -> None:
    """Sends lines elsewhere."""
    global _sink
    _sink = sink


def _write(level: str, message: object, fields: dict[str, Any]) -> None:
    _sink(level, str(message), [(name, str(value)) for name, value in fields.items()])


def trace(message: object, **fields: Any) -> None:
    """Every detail."""
    _write("trace", message, fields)


def debug(message: object, **fields: Any) -> None:
    """Of use when looking for a mistake."""
    _write("debug", message, fields)


def info(message: object, **fields: Any) -> None:
    """What happened."""
    _write("info", message, fields)


def warn(message: object, **fields: Any) -> None:
    """Odd, yet the attempt goes on."""
    _write("warn", message, fields)


def error(message: object, **fields: Any) -> None:
    """Something failed."""
    _write("error", message, fields)

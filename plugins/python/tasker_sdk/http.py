"""Outgoing HTTP, to the destinations that the component was granted.

    response = http.post("https://api.example.com/v1/refunds", json={"order": 7}, timeout=3).success()
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from .failures import Failure
from .types import read, write

T = TypeVar("T")

DEFAULT_TIMEOUT = 10.0
"""Seconds that a request waits unless told otherwise."""
DEFAULT_MAX_BODY_BYTES = 8 << 20
"""Bytes that a response's body may have unless told otherwise."""

_NOTHING = object()


@dataclass(frozen=True)
class Request:
    """A request that is ready to be sent."""

    method: str
    url: str
    headers: list[tuple[str, str]]
    body: bytes
    timeout: float
    max_body_bytes: int


@dataclass(frozen=True)
class Response:
    """A response, read to its end."""

    url: str
    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> str | None:
        """The first header of that name, in any case."""
        return next((value for header, value in self.headers if header.lower() == name.lower()), None)

    def text(self) -> str:
        """The body as text; a permanent failure `http_invalid_body` where it isn't UTF-8."""
        try:
            return self.body.decode()
        except UnicodeDecodeError as error:
            raise Failure.permanent("http_invalid_body", f"the body of {self.url} is not UTF-8: {error}") from None

    def json(self, kind: type[T] = cast("type[Any]", Any)) -> T:
        """The body read as JSON; a permanent failure `invalid_body` where it doesn't fit."""
        return read("body", self.text(), kind)

    def success(self) -> Response:
        """The response if its status is 2xx, else a failure `http_status` with the status in its details.

        It is retryable for 408, 425, 429 and 5xx, after `Retry-After` where that says seconds.
        """
        if 200 <= self.status < 300:
            return self
        message, details = f"{self.url} answered with status {self.status}", {"status": self.status}
        if self.status not in (408, 425, 429) and not 500 <= self.status < 600:
            raise Failure.permanent("http_status", message, details)
        seconds = (self.header("retry-after") or "").strip()
        if seconds.isdecimal():
            raise Failure.retry_after(int(seconds), "http_status", message, details)
        raise Failure.retryable("http_status", message, details)


def request(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    body: str | bytes = b"",
    json: Any = _NOTHING,
    timeout: float = DEFAULT_TIMEOUT,
    max_body_bytes: int = DEFAULT_MAX_BODY_BYTES,
) -> Response:
    """Sends a request and reads the whole response, whatever its status.

    The timeout is for a connection, for the first byte, and between two pieces of the body, in seconds. Fails for good with
    `http_invalid_request`, `http_denied` (not granted) or `http_body_too_large`, retryably with `http_timeout` or
    `http_failed`.
    """
    sent = list((headers or {}).items())
    names = {name.lower() for name, _ in sent}
    if json is not _NOTHING:
        body = write("body", json)
        if "content-type" not in names:
            sent.append(("content-type", "application/json"))
    raw = body.encode() if isinstance(body, str) else body
    if raw and "content-length" not in names:
        sent.append(("content-length", str(len(raw))))
    return _send(Request(method, url, sent, raw, timeout, max_body_bytes))


def get(url: str, **options: Any) -> Response:
    """Sends a GET request; the options are those of `request`."""
    return request("GET", url, **options)


def post(url: str, **options: Any) -> Response:
    """Sends a POST request; the options are those of `request`."""
    return request("POST", url, **options)


def put(url: str, **options: Any) -> Response:
    """Sends a PUT request; the options are those of `request`."""
    return request("PUT", url, **options)


def patch(url: str, **options: Any) -> Response:
    """Sends a PATCH request; the options are those of `request`."""
    return request("PATCH", url, **options)


def delete(url: str, **options: Any) -> Response:
    """Sends a DELETE request; the options are those of `request`."""
    return request("DELETE", url, **options)


_answer: Callable[[Request], Response] | None = None


def answer_with(answer: Callable[[Request], Response] | None) -> None:
    """Says what the requests of a test are answered with."""
    global _answer
    _answer = answer


def _send(request: Request) -> Response:
    if _answer is not None:
        return _answer(request)
    try:
        from . import wasi_http
    except ModuleNotFoundError:
        message = f"no host to send {request.method} {request.url} here; a test says what is answered by answer_with()"
        raise Failure.permanent("http_failed", message) from None
    return wasi_http.send(request)

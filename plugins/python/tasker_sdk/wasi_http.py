"""Sending over `wasi:http`. Only a component can import it."""

from __future__ import annotations

import importlib
import re
from typing import Any

from componentize_py_types import Err
from wit_world.imports import outgoing_handler, streams

from .failures import Failure
from .http import Request, Response

_WRITE_BYTES = 4096
"""`wasi:io` takes this much in one blocking write."""
_READ_BYTES = 65536
_METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH")
_DENIED = ("HttpRequestDenied", "DestinationIpProhibited")
_TIMEOUTS = ("ConnectionTimeout", "ConnectionReadTimeout", "ConnectionWriteTimeout", "HttpResponseTimeout", "DnsTimeout")

try:
    types: Any = importlib.import_module("wit_world.imports.wasi_http_types")
except ModuleNotFoundError:
    types = importlib.import_module("wit_world.imports.types")


def send(request: Request) -> Response:
    """Sends a request and reads the whole response."""
    outgoing = _outgoing(request)
    body = outgoing.body()
    try:
        pending = outgoing_handler.handle(outgoing, _options(request))
    except Err as error:
        raise _failed(request, error.value) from None
    try:
        _write(request.body, body)
    except Err:
        # What comes back says why.
        pass
    pending.subscribe().block()
    answer = pending.get().value
    if isinstance(answer.value, Err):
        raise _failed(request, answer.value.value)
    if isinstance(answer, Err):
        raise _failed(request, answer.value)
    return _read(request, answer.value)


def _outgoing(request: Request) -> Any:
    url = re.match(r"(https?)://([^/?#]+)([^#]*)", request.url)
    if url is None:
        raise _invalid(request, "it is no http:// or https:// URL")
    scheme, authority, rest = url.groups()
    outgoing = types.OutgoingRequest(_fields(request))
    is_known = request.method in _METHODS
    method = getattr(types, f"Method_{request.method.capitalize()}")() if is_known else types.Method_Other(request.method)
    for what, set_it in (
        ("method", lambda: outgoing.set_method(method)),
        ("scheme", lambda: outgoing.set_scheme(types.Scheme_Https() if scheme == "https" else types.Scheme_Http())),
        ("host", lambda: outgoing.set_authority(authority)),
        ("path", lambda: outgoing.set_path_with_query(rest if rest.startswith("/") else f"/{rest}")),
    ):
        try:
            set_it()
        except Err:
            raise _invalid(request, f"its {what} is none") from None
    return outgoing


def _fields(request: Request) -> Any:
    fields = types.Fields()
    for name, value in request.headers:
        try:
            fields.append(name, value.encode())
        except Err as error:
            raise _invalid(request, f"its header `{name}` is refused: {_name(error.value)}") from None
    return fields


def _options(request: Request) -> Any:
    options = types.RequestOptions()
    nanoseconds = int(request.timeout * 1e9)
    options.set_connect_timeout(nanoseconds)
    options.set_first_byte_timeout(nanoseconds)
    options.set_between_bytes_timeout(nanoseconds)
    return options


def _write(data: bytes, body: Any) -> None:
    if data:
        with body.write() as stream:
            for at in range(0, len(data), _WRITE_BYTES):
                stream.blocking_write_and_flush(data[at : at + _WRITE_BYTES])
    types.OutgoingBody.finish(body, None)


def _read(request: Request, incoming: Any) -> Response:
    headers = [(name, value.decode("utf-8", "replace")) for name, value in incoming.headers().entries()]
    status = incoming.status()
    return Response(request.url, status, headers, _read_all(request, incoming.consume()))


def _read_all(request: Request, body: Any) -> bytes:
    pieces, length = [], 0
    with body.stream() as stream:
        while True:
            try:
                piece = stream.blocking_read(_READ_BYTES)
            except Err as error:
                if isinstance(error.value, streams.StreamError_Closed):
                    return b"".join(pieces)
                raise _broken(request, error.value) from None
            pieces.append(piece)
            length += len(piece)
            if length > request.max_body_bytes:
                message = f"the body of {request.url} has more than {request.max_body_bytes} bytes"
                raise Failure.permanent("http_body_too_large", message)


def _name(error: Any) -> str:
    return type(error).__name__.split("_", 1)[-1]


def _invalid(request: Request, why: str) -> Failure:
    return Failure.permanent("http_invalid_request", f"{request.method} {request.url} cannot be sent: {why}")


def _broken(request: Request, error: Any) -> Failure:
    inner = getattr(error, "value", None)
    code = None if inner is None else types.http_error_code(inner)
    if code is not None:
        return _failed(request, code)
    return Failure.retryable("http_failed", f"the body of {request.url} broke off: {_name(error)}")


def _failed(request: Request, error: Any) -> Failure:
    name, why = _name(error), getattr(error, "value", None)
    told = name if why is None else f"{name}: {why}"
    if name in _DENIED:
        return Failure.permanent("http_denied", f"this component may not send to {request.url}")
    if name in _TIMEOUTS:
        return Failure.retryable("http_timeout", f"{request.url} took longer than {request.timeout} s: {told}")
    return Failure.retryable("http_failed", f"{request.url}: {told}")

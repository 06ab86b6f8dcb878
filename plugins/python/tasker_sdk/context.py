"""What a handler may ask about the attempt that it runs in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, cast

from .failures import Failure, Refused
from .host import Host
from .kv import Kv
from .types import read, write

if TYPE_CHECKING:
    from .registry import Event

T = TypeVar("T")
ANY = cast("type[Any]", Any)


class Context:
    """The attempt that a handler runs in. Tests make one with `tasker_sdk.testing.attempt`."""

    def __init__(self, host: Host) -> None:
        self._host = host

    @property
    def task_id(self) -> str:
        """The task, as a UUID."""
        return self._host.task_id()

    @property
    def namespace(self) -> str:
        """The namespace of the task."""
        return self._host.namespace()

    @property
    def step_name(self) -> str:
        """The step's name in its template."""
        return self._host.step_name()

    @property
    def attempt(self) -> int:
        """Which attempt this is, from 1."""
        return self._host.attempt()

    @property
    def max_attempts(self) -> int:
        """How many attempts the step has in all."""
        return self._host.max_attempts()

    @property
    def idempotency_key(self) -> str:
        """The same for every attempt of this step, different for every other step: pass it to downstream services."""
        return self._host.idempotency_key()

    @property
    def correlation_id(self) -> str:
        """The same from the request that made the task to each of its steps."""
        return self._host.correlation_id()

    @property
    def traceparent(self) -> str | None:
        """The W3C trace context to pass on, if the host traces."""
        return self._host.traceparent()

    @property
    def remaining(self) -> float:
        """Seconds until the host ends this attempt."""
        return self._host.remaining_ms() / 1000

    def task_input(self, kind: type[T] = ANY) -> T:
        """The task's input, read as this type."""
        return read("task_input", self._host.task_input(), kind)

    def dependency(self, step: str, kind: type[T] = ANY) -> T:
        """The result of a step that this one depends on; a permanent failure where it has none."""
        text = self._host.dependency(step)
        if text is None:
            message = f"there is no result of a step `{step}` here; name it in this step's depends_on"
            raise Failure.permanent("missing_dependency", message)
        return read("dependency", text, kind)

    def optional_dependency(self, step: str, kind: type[T] = ANY) -> T | None:
        """The same, None where there is none."""
        text = self._host.dependency(step)
        return None if text is None else read("dependency", text, kind)

    def config(self, kind: type[T] = ANY) -> T:
        """The step's `config` in the template. Where it has none, every default of the type applies."""
        text = self._host.config()
        return read("config", "{}" if text == "null" else text, kind)

    def checkpoint(self, kind: type[T] = ANY) -> T | None:
        """What the last attempt left with `Checkpoint`."""
        text = self._host.last_checkpoint()
        return None if text is None else read("checkpoint", text, kind)

    def heartbeat(self, progress: Any = None) -> None:
        """Reports that the handler is alive and how far it is.

        A permanent failure with the code `cancelled` when the task was cancelled: let it end the handler.
        """
        text = None if progress is None else write("progress", progress)
        if not self._host.heartbeat(text):
            raise Failure.permanent("cancelled", "the task was cancelled")

    def send_event(self, event: str | Event, payload: Any = None) -> None:
        """Sends an event under a dotted name such as `orders.charged`, or one that was declared with `event`.

        It is recorded together with the attempt's result or checkpoint, once; an attempt that fails sends nothing. Fails
        for good with `event_not_granted` or `event_invalid`.
        """
        name = event if isinstance(event, str) else event.name
        text = write("event", payload)
        try:
            self._host.send_event(name, text)
        except Refused as refused:
            raise _event_failure(name, refused) from None

    def kv(self, bucket: str) -> Kv:
        """A bucket of small values that outlive tasks."""
        return Kv(self._host, bucket)

    def secret(self, name: str) -> str:
        """A placeholder for a secret of the namespace.

        In a header of a request, or in a small JSON or form body, the host puts the secret in its place. Fails for good
        with `secret_unknown` or `secret_not_granted`.
        """
        try:
            return self._host.secret(name)
        except Refused as refused:
            raise _secret_failure(name, refused) from None

    def secret_in_clear(self, name: str) -> str:
        """A secret in clear, which is a grant of its own. The host redacts it from whatever the attempt leaves."""
        try:
            return self._host.secret_in_clear(name)
        except Refused as refused:
            raise _secret_failure(name, refused) from None


def _event_failure(name: str, refused: Refused) -> Failure:
    if refused.reason == "not-granted":
        return Failure.permanent("event_not_granted", f"this component was not granted the event `{name}`")
    if refused.reason == "invalid":
        return Failure.permanent("event_invalid", f"event `{name}`: {refused.why}")
    return Failure.retryable("event_failed", f"event `{name}`: {refused.reason}")


def _secret_failure(name: str, refused: Refused) -> Failure:
    if refused.reason == "unknown":
        message = f"there is no secret `{name}` in this namespace; an operator can set it"
        return Failure.permanent("secret_unknown", message)
    if refused.reason == "not-granted":
        message = f"this component was not granted the secret `{name}` for this use"
        return Failure.permanent("secret_not_granted", message)
    return Failure.retryable("secret_failed", f"there is no secret `{name}`: {refused.reason}")

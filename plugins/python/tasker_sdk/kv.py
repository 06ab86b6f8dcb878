"""Small values that outlive tasks, in the buckets that the component was granted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, cast

from .failures import Failure, Refused
from .host import Host
from .types import read, write

T = TypeVar("T")


@dataclass(frozen=True)
class Found(Generic[T]):
    """What was found under a key: `value` is None where there is nothing."""

    value: T | None
    version: int | None


class Kv:
    """A bucket, as one attempt sees it.

    Writes take effect together with the attempt's result or checkpoint, once; an attempt that fails writes nothing. Calls
    fail for good with `kv_not_granted` or `kv_invalid` (a key or value out of bounds).
    """

    def __init__(self, host: Host, bucket: str) -> None:
        self._host = host
        self._bucket = bucket

    def get(self, key: str, kind: type[T] = cast("type[Any]", Any)) -> Found[T]:
        """What stands under a key of 1 to 200 bytes, read as this type."""
        found = self._ask(key, lambda: self._host.kv_get(self._bucket, key))
        if found is None:
            return Found(None, None)
        text, version = found
        return Found(read("kv_value", text, kind), version)

    def set(self, key: str, value: Any) -> None:
        """Sets a value of at most 64 KiB as JSON, whatever stands there; at most 100 keys an attempt."""
        text = write("kv_value", value)
        self._ask(key, lambda: self._host.kv_set(self._bucket, key, text))

    def replace(self, key: str, found: Found[Any], value: Any) -> None:
        """Sets a value in the place of what was found (which may be nothing), as long as that stands there.

        Where another was faster, this fails with the retryable `kv_conflict`, or the attempt is repeated when it ends.
        """
        text = write("kv_value", value)
        self._ask(key, lambda: self._host.kv_compare_and_set(self._bucket, key, found.version, text))

    def remove(self, key: str) -> None:
        """Removes what stands there, if anything."""
        self._ask(key, lambda: self._host.kv_delete(self._bucket, key))

    def keys(self, prefix: str = "", limit: int = 1000) -> list[str]:
        """The first keys that begin with this, in byte order; at most `limit`, and 1,000."""
        return self._ask(prefix, lambda: self._host.kv_list_keys(self._bucket, prefix, limit))

    def _ask(self, key: str, call: Callable[[], T]) -> T:
        try:
            return call()
        except Refused as refused:
            raise _failure(f"kv {self._bucket}/{key}", refused) from None


def _failure(place: str, refused: Refused) -> Failure:
    if refused.reason == "not-granted":
        return Failure.permanent("kv_not_granted", f"{place}: this component was not granted the bucket for this use")
    if refused.reason == "invalid":
        return Failure.permanent("kv_invalid", f"{place}: {refused.why}")
    if refused.reason == "conflict":
        return Failure.retryable("kv_conflict", f"{place}: another attempt changed it meanwhile")
    return Failure.retryable("kv_failed", f"{place}: {refused.reason}")

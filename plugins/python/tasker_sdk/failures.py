"""Why an attempt failed, and whether trying again makes sense."""

from __future__ import annotations

from typing import Any

INTERNAL = "internal"
"""The code of a failure that came from an ordinary exception."""

_UNSET = object()


class Failure(Exception):
    """Why an attempt failed. Raise it; any other exception becomes a retryable failure with the code `internal`.

    A code is lower case with underscores or dots, such as `card_declined`. A message is for people. Make one with
    `Failure.permanent`, `Failure.retryable` or `Failure.retry_after`.
    """

    def __init__(self, code: str, message: str, retry: str | float = "policy", details: Any = _UNSET) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.retry = retry
        """`policy`, `never`, or the seconds before another attempt makes sense."""
        self._details = details

    @classmethod
    def permanent(cls, code: str, message: str, details: Any = _UNSET) -> Failure:
        """A failure that another attempt would only repeat: the step ends here."""
        return cls(code, message, "never", details)

    @classmethod
    def retryable(cls, code: str, message: str, details: Any = _UNSET) -> Failure:
        """A failure that may pass: tried again as the step's retry policy says."""
        return cls(code, message, "policy", details)

    @classmethod
    def retry_after(cls, seconds: float, code: str, message: str, details: Any = _UNSET) -> Failure:
        """A failure that may pass, but not within this many seconds."""
        return cls(code, message, float(seconds), details)

    @property
    def has_details(self) -> bool:
        """Whether there are details, which may be None."""
        return self._details is not _UNSET

    @property
    def details(self) -> Any:
        """More for machines: anything that JSON can say."""
        return self._details if self.has_details else None


class Refused(Exception):
    """The host refused a call: `unknown`, `not-granted`, `invalid`, `conflict`, or what a later host says."""

    def __init__(self, reason: str, why: str = "") -> None:
        super().__init__(f"the host refused it: {reason} {why}")
        self.reason = reason
        self.why = why

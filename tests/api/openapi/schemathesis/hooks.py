"""How Schemathesis makes and sends the bodies whose media types it does not know, and how long its requests wait; and which
finding is none."""

import os
import pathlib

import schemathesis
import yaml
from hypothesis import strategies as st
from schemathesis.openapi.checks import JsonSchemaError

# A component that the host knows, so that it is compiled already.
COMPONENT = pathlib.Path(os.environ["TASKER_COMPONENT"]).read_bytes()


def broken(component: bytes, at: int) -> bytes:
    """The component with another byte at a place."""
    return component[:at] + bytes([component[at] ^ 0xFF]) + component[at + 1 :]


places = st.integers(min_value=0, max_value=len(COMPONENT) - 1)
components = st.one_of(
    st.just(COMPONENT),
    st.binary(max_size=64),
    st.builds(broken, st.just(COMPONENT), places),
    st.builds(lambda at: COMPONENT[:at], places),
)
schemathesis.openapi.media_type("application/wasm", components)


@schemathesis.serializer("application/wasm")
def wasm(context, value):
    """Bytes are sent as they are."""
    value = getattr(value, "data", value)
    return value if isinstance(value, bytes) else str(value).encode(errors="ignore")


@schemathesis.serializer("application/yaml", "application/x-yaml", "text/yaml")
def template(context, value):
    """A text is a template as it stands: it is not written as a string of YAML once more."""
    text = value if isinstance(value, str) else yaml.safe_dump(value)
    return text.encode(errors="ignore")


@schemathesis.hook
def before_call(context, case, kwargs):
    """Long polls are short, so that a task that does not end holds nothing up."""
    wait = (case.query or {}).get("wait_ms")
    if isinstance(wait, int) and 100 < wait <= 60_000:
        case.query["wait_ms"] = wait % 100


@schemathesis.hook
def filter_failure(context, failure, case, response):
    """A request is not wrong for a header that nobody knows, which RFC 9110 has servers ignore. And an answer to `fields`
    has only the members that are named, where any name may be one."""
    if isinstance(failure, JsonSchemaError) and "fields" in (case.query or {}):
        return False
    return "in header - object with unexpected properties" not in failure.message

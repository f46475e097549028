"""How adapters write JSON: canonical bytes, and the ordered steps of systems that are written to by several calls."""

import json
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress

from adapters.sdk.contract import Outbound, RequestStep
from adapters.sdk.errors import AdapterDefectError, CannotRenderError
from schemas.canonical import NotCanonicalError, canonical
from schemas.documents import Json, Loss

STEPS_MEDIA_TYPE = "application/vnd.gateway.steps+json"
"""What `Outbound.body` is when it holds steps for the courier instead of one document."""

_PATH = re.compile(r"[A-Za-z0-9_-]+(/[A-Za-z0-9_.~-]*[A-Za-z0-9_~-])*")
"""Below the endpoint: no query, no `..`, no other host."""


def write_json(value: Json) -> bytes:
    """Return canonical bytes (RFC 8785), so that equal input gives equal bytes. Raises CannotRenderError.

    Names of members may be in any script: in a system's own format they are its own.
    """
    with suppress(NotCanonicalError):  # Most have ASCII names, so this is tried before anything is asked.
        return canonical(value)
    try:
        return _in_any_script(value)
    except (NotCanonicalError, UnicodeEncodeError, AttributeError):  # AttributeError: a name that is no text
        raise CannotRenderError("", "not_canonical") from None


def _in_any_script(value: Json) -> bytes:
    """Members stand in the order of their names' UTF-16 units (RFC 8785, section 3.2.3)."""
    if isinstance(value, Mapping):
        ordered = sorted(value, key=lambda name: name.encode("utf-16-be"))
        members = (canonical(name) + b":" + _in_any_script(value[name]) for name in ordered)
        return b"{" + b",".join(members) + b"}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return b"[" + b",".join(map(_in_any_script, value)) + b"]"
    return canonical(value)


def write_steps(steps: Sequence[RequestStep], losses: tuple[Loss, ...] = ()) -> Outbound:
    """Return the steps as one body, in the order the courier makes the calls."""
    body: Json = [{"method": step.method, "path": step.path, "body": step.body} for step in steps]
    return Outbound(write_json(body), STEPS_MEDIA_TYPE, losses)


def read_steps(body: bytes) -> tuple[RequestStep, ...]:
    """Return the steps in a body that `write_steps` made: for the courier, which never takes it from outside.

    Raises AdapterDefectError when it is none: a path that leaves the recipient's endpoint is none either.
    """
    steps = tuple(_step(entry) for entry in _entries(body))
    if not steps:
        raise AdapterDefectError("", "steps")
    return steps


def _entries(body: bytes) -> list[object]:
    try:
        value: object = json.loads(body)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, list):
        raise AdapterDefectError("", "steps")
    return value


def _step(entry: object) -> RequestStep:
    match entry:
        case {"method": "POST" | "PATCH" | "PUT" as method, "path": str() as path, "body": Mapping() as body, **rest}:
            if not rest and _PATH.fullmatch(path) is not None:
                return RequestStep(method, path, body)
        case _:
            pass
    raise AdapterDefectError("", "steps")

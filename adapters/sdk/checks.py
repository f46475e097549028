"""The general promises of the contract, checked on an adapter with documents that mean nothing in any format.

Used by `python -m adapters check` and by the conformance tests, which add documents of the format. A finding names the
check and a rule, never a value.
"""

import builtins
import io
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from adapters.sdk.contract import Adapter, Envelope, Inbound, Outgoing, Parsed
from adapters.sdk.errors import AdapterDefectError, AdapterError
from adapters.sdk.guard import Guard
from adapters.sdk.manifest import Direction
from schemas.documents import Document
from schemas.vocabulary import Purpose, Urgency

CANARY = "CANARY7f3aTHISMUSTNOTAPPEAR"
"""Planted in hostile documents; in no error text."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A promise an adapter does not keep."""

    check: str
    rule: str


class ImpureError(Exception):
    """An adapter touched what it may not touch. Never carries what was touched."""


def check(adapter: Adapter, name: str) -> tuple[Finding, ...]:
    """Return what is wrong with `adapter`, which is installed under `name`; nothing when all is well."""
    return (*_manifest_findings(adapter, name), *_hostile_findings(adapter), *_render_findings(adapter))


def hostile_bodies() -> Iterator[tuple[str, bytes]]:
    """Yield documents no format accepts, each with a name."""
    text = f'{{"data": "{CANARY}", "schema": "{CANARY}"}}'
    yield "empty", b""
    yield "nul", b"\x00" * 64
    yield "noise", bytes((index * 7919 + 13) % 256 for index in range(4096))
    yield "text", CANARY.encode()
    yield "truncated json", text[:-3].encode()
    yield "truncated xml", f"<a><b>{CANARY}</b".encode()
    yield "utf-16", text.encode("utf-16")
    yield "byte order mark", b"\xef\xbb\xbf" + text.encode()
    yield "latin-1", f'{{"data": "{CANARY}é"}}'.encode("latin-1")
    yield "deep json", b"[" * 50_000
    yield "deep json object", b'{"data":' * 20_000 + b"1" + b"}" * 20_000
    yield "deep xml", b"<a>" * 20_000 + b"</a>" * 20_000
    yield "entities", b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname"><!ENTITY y "&x;">]><a>&y;</a>'
    yield "wrong kinds", f'{{"data": [1, null, "{CANARY}", {{}}], "schema": ["{CANARY}"], "subject": 1}}'.encode()
    yield "one mebibyte", b'{"data":"' + b"x" * 1_048_500 + b'"}'


def parse_outcome(adapter: Adapter, inbound: Inbound) -> Parsed | AdapterError:
    """Return what the guarded adapter makes of a document: a result, or the refusal as a value."""
    try:
        return Guard(adapter).parse(inbound)
    except AdapterError as error:
        return error


@contextmanager
def no_side_doors() -> Iterator[None]:
    """Make files, sockets and the clock raise while the block runs: a courtesy to authors, no defence."""

    def refuse(*_arguments: object, **_names: object) -> None:
        raise ImpureError

    places: tuple[tuple[object, str], ...] = (
        (builtins, "open"),
        (io, "open"),
        (os, "open"),
        (socket, "socket"),
        (socket, "getaddrinfo"),
        (time, "time"),
        (time, "time_ns"),
        (time, "sleep"),
    )
    kept = [getattr(owner, name) for owner, name in places]
    try:
        for owner, name in places:
            setattr(owner, name, refuse)
        yield
    finally:
        for (owner, name), original in zip(places, kept, strict=True):
            setattr(owner, name, original)


def sample_outgoing(document: Document) -> Outgoing:
    """Return `document` in an envelope whose every member is a fixed, invented value."""
    return Outgoing(
        Envelope(
            message_id="m-2f6c1d5e8a90",
            sender="agency-a",
            sender_title="Agency A",
            recipient="agency-b",
            purpose=Purpose.ACCOMMODATION,
            urgency=Urgency.ROUTINE,
            sent_on="2031-05-06",
            use_until="2031-08-04",
            obligations=("no_enforcement_use", "no_onward_transfer"),
        ),
        document,
    )


def _manifest_findings(adapter: Adapter, name: str) -> Iterator[Finding]:
    if adapter.manifest.key != name:
        yield Finding("manifest", "key_is_not_the_entry_point")


def _hostile_findings(adapter: Adapter) -> Iterator[Finding]:
    if Direction.PARSE not in adapter.manifest.directions:
        return
    for name, body in hostile_bodies():
        for media_type in adapter.manifest.media_types:
            with no_side_doors():
                first = parse_outcome(adapter, Inbound(body, media_type))
                second = parse_outcome(adapter, Inbound(body, media_type))
            yield from _outcome_findings(f"hostile: {name}", first, second)


def _outcome_findings(
    check_name: str, first: Parsed | AdapterError, second: Parsed | AdapterError
) -> Iterator[Finding]:
    if not isinstance(first, AdapterError):
        yield Finding(check_name, "accepted")
    elif isinstance(first, AdapterDefectError):
        yield Finding(check_name, "defect")
    elif CANARY in f"{first} {first.pointer} {first.rule}":
        yield Finding(check_name, "value_in_error")
    elif str(first) != str(second):
        yield Finding(check_name, "not_deterministic")


def _render_findings(adapter: Adapter) -> Iterator[Finding]:
    """A document without anything is rendered or refused, the same way each time; never a defect."""
    if Direction.RENDER not in adapter.manifest.directions:
        return
    outcomes: list[bytes | str] = []
    for _ in range(2):
        try:
            with no_side_doors():
                outcomes.append(Guard(adapter).render(sample_outgoing({})).body)
        except AdapterDefectError:
            yield Finding("render: empty", "defect")
        except AdapterError as error:
            outcomes.append(str(error))
    if len(set(outcomes)) > 1:
        yield Finding("render: empty", "not_deterministic")

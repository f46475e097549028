"""What an adapter is tried with: documents that mean nothing in any format, closed doors, an invented envelope.

The rules of the kit (`adapters.kit`) and the tests of the built-in adapters are made of these.
"""

import builtins
import io
import os
import random  # noqa: TID251 - its door is closed here, not used
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum

from adapters.sdk.contract import Adapter, Envelope, Inbound, Outgoing, Parsed
from adapters.sdk.errors import AdapterError
from adapters.sdk.guard import Guard
from schemas.documents import Document
from schemas.vocabulary import Purpose, Urgency

CANARY = "CANARY7f3aTHISMUSTNOTAPPEAR"
"""Planted in hostile documents; in no error text."""


class ImpureError(Exception):
    """An adapter touched what it may not touch. Never carries what was touched."""


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


class Door(StrEnum):
    """What an adapter may not reach for."""

    NETWORK = "network"
    FILES = "files"
    CLOCK = "clock"
    ENVIRONMENT = "environment"
    CHANCE = "chance"
    PROCESSES = "processes"

    @property
    def words(self) -> str:
        """As it stands in a sentence."""
        return self.value if self is Door.CHANCE else f"the {self.value}"


_ENVIRONMENT = type(os.environ)  # noqa: TID251 - its door is closed here, not used
_DOORS: tuple[tuple[Door, object, str], ...] = (
    (Door.FILES, builtins, "open"),
    (Door.FILES, io, "open"),
    (Door.FILES, os, "open"),
    (Door.FILES, os, "listdir"),
    (Door.FILES, os, "stat"),
    (Door.NETWORK, socket, "socket"),
    (Door.NETWORK, socket, "getaddrinfo"),
    (Door.NETWORK, socket, "create_connection"),
    (Door.CLOCK, time, "time"),
    (Door.CLOCK, time, "time_ns"),
    (Door.CLOCK, time, "sleep"),
    (Door.CLOCK, time, "localtime"),
    (Door.CLOCK, time, "gmtime"),
    (Door.ENVIRONMENT, os, "getenv"),
    (Door.ENVIRONMENT, _ENVIRONMENT, "__getitem__"),
    (Door.ENVIRONMENT, _ENVIRONMENT, "__iter__"),
    (Door.ENVIRONMENT, _ENVIRONMENT, "get"),
    (Door.CHANCE, os, "urandom"),
    (Door.CHANCE, random, "random"),
    (Door.CHANCE, random, "randint"),
    (Door.CHANCE, random, "choice"),
    (Door.PROCESSES, os, "system"),
    (Door.PROCESSES, os, "fork"),
    (Door.PROCESSES, subprocess, "Popen"),
    (Door.PROCESSES, threading.Thread, "start"),
)


@contextmanager
def watched_doors() -> Iterator[set[Door]]:
    """Make files, sockets, the clock, the environment and the like raise, and collect what was tried nevertheless.

    A courtesy to authors, no defence: an adapter that swallows what is raised is still seen here, one that was built to
    hide is not.
    """
    tried: set[Door] = set()

    def refusing(door: Door) -> Callable[..., None]:
        def refuse(*_arguments: object, **_names: object) -> None:
            tried.add(door)
            raise ImpureError

        return refuse

    missing = object()
    kept = [getattr(owner, "__dict__", {}).get(name, missing) for _, owner, name in _DOORS]
    originals = [getattr(owner, name) for _, owner, name in _DOORS]
    try:
        for door, owner, name in _DOORS:
            setattr(owner, name, refusing(door))
        yield tried
    finally:
        for (_, owner, name), own, original in zip(_DOORS, kept, originals, strict=True):
            if own is missing:
                delattr(owner, name)  # Inherited: what was put in its way goes.
            else:
                setattr(owner, name, original)


@contextmanager
def no_side_doors() -> Iterator[None]:
    """Make every door raise while the block runs."""
    with watched_doors():
        yield


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

"""An adapter that does whatever a test wants, inside the guard; and the adapters of a line in memory."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from importlib import import_module
from typing import TypeVar

from adapters.sdk.contract import Inbound, Outbound, Outgoing, OutgoingNotice, Parsed, ParsedReferral, StatusUpdate
from adapters.sdk.guard import Guard
from adapters.sdk.manifest import Manifest, parse_manifest
from gateway.core.adapter_ports import NoAdapterError, SystemAdapter
from schemas.notice_codes import NoticeAsk, NoticeKind
from schemas.vocabulary import ReferralState

_Result = TypeVar("_Result")

PRIVATE = "Tamsin Wren, Invented Row 7"
"""What must be in no error."""

MANIFEST = """
key = "fake"
title = "Fake"
owner = "Tests"
version = "1.0"
media_types = ["application/json"]
outgoing_media_type = "application/json"
directions = ["parse", "render", "status", "notice"]
schema_versions = ["referral/1.0"]
categories = ["need"]
"""
DOCUMENT = Inbound(PRIVATE.encode(), "application/json")
NOTICE = OutgoingNotice("NOTICE", "MESSAGE", NoticeKind.WITHDRAWAL, NoticeAsk.ERASE, "2031-05-06", "2031-05-09")
UPDATE = StatusUpdate("case/1", ReferralState.ACCEPTED, None, "2031-05-06")


@dataclass
class Fake:
    """An adapter that does whatever a test wants."""

    parses: Callable[[Inbound], Parsed] = lambda _: ParsedReferral({})
    renders: Callable[[Outgoing], Outbound] = lambda _: Outbound(b"{}", "application/json")
    answers: Callable[[StatusUpdate], Outbound] = lambda _: Outbound(b"{}", "text/plain")
    notices: Callable[[OutgoingNotice], Outbound] = lambda _: Outbound(b"{}", "text/plain")
    manifest: Manifest = field(default_factory=lambda: parse_manifest(MANIFEST))

    def parse(self, inbound: Inbound) -> Parsed:
        return self.parses(inbound)

    def render(self, outgoing: Outgoing) -> Outbound:
        return self.renders(outgoing)

    def render_status(self, update: StatusUpdate) -> Outbound:
        return self.answers(update)

    def render_notice(self, notice: OutgoingNotice) -> Outbound:
        return self.notices(notice)


def returning(result: object) -> Guard:
    return Guard(Fake(parses=lambda _: result))


def raising(error: BaseException) -> Guard:
    def fail(_: object) -> Outbound:
        try:
            {}[PRIVATE]
        except KeyError as cause:
            raise error from cause

    return Guard(Fake(parses=fail, renders=fail, answers=fail, notices=fail))


class FakeAdapters:
    """The canonical adapter in its guard, and whatever else a test puts beside it."""

    def __init__(self) -> None:
        canonical = import_module("adapters.systems.canonical.adapter").Canonical()
        self.known: dict[str, SystemAdapter] = {"canonical": Guard(canonical)}

    def of(self, key: str) -> SystemAdapter:
        if key not in self.known:
            raise NoAdapterError("no such adapter")
        return self.known[key]

    async def aside(self, keys: Callable[[], Iterable[str]], work: Callable[[], _Result]) -> _Result:
        return work()

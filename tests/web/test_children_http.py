"""The list of children of whom nobody has been told, over HTTP: to who recorded them, and to nobody else (K-07)."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
from builders import PERSON_REF, POLICE, SHELTER, an_agency
from web_door import Web

from gateway.core.cases.child_clock import ChildBook, ToldOf
from schemas.documents import Json
from schemas.vocabulary import FunctionClass

CHILDREN = "city-children"


@pytest.fixture
def web() -> Web:
    """An application where the police recorded a child's local contact a day ago."""
    web = Web()
    web.line.directory.put(an_agency(CHILDREN, FunctionClass.CHILD_PROTECTION))
    event: dict[str, Json] = {"local_contact_recorded": {"agency": CHILDREN}}
    document: dict[str, Json] = {"schema": "case_event/1.0", "person_ref": PERSON_REF, "event": event}
    assert web.ask("POST", "/v1/case-events", document, {"Idempotency-Key": "key-contact-1"}).status == 201
    web.moved(timedelta(days=1))
    return web


def test_k_07_who_recorded_her_sees_whom_the_deadline_is_about(web: Web) -> None:
    [child] = web.ask("GET", "/v1/child-notifications").json["children"]
    assert child == {
        "person_ref": PERSON_REF,
        "agency": POLICE,
        "since": "2031-03-14",
        "due": "2031-03-15T12:00:00Z",
        "overdue": True,
    }


def test_k_07_nobody_else_sees_anything(web: Web) -> None:
    assert web.ask("GET", "/v1/child-notifications", agency=SHELTER).json == {"children": []}
    assert web.ask("GET", "/v1/child-notifications", query=f"person_ref={PERSON_REF}").status == 400


@dataclass
class Watched:
    """A book of children that notes on which threads it is read."""

    book: ChildBook
    threads: set[str] = field(default_factory=set)

    def recorded_by(self, agency: str | None, after: bytes, limit: int) -> Sequence[bytes]:
        self.threads.add(threading.current_thread().name)
        return self.book.recorded_by(agency, after, limit)

    def responsible(self, agency: str, after: bytes, limit: int) -> Sequence[bytes]:
        self.threads.add(threading.current_thread().name)
        return self.book.responsible(agency, after, limit)

    def told_of(self, people: Sequence[bytes]) -> Sequence[ToldOf]:
        return self.book.told_of(people)

    def references(self, people: Sequence[bytes], agency: str) -> Sequence[tuple[bytes, bytes]]:
        return self.book.references(people, agency)


@pytest.mark.parametrize("path", ["/v1/child-notifications", "/v1/child-birthdays"])
def test_whoever_recorded_many_children_keeps_nobody_else_waiting(web: Web, path: str) -> None:
    """Two thousand take five seconds the first time; the loop that answers everybody must go on."""
    watched = Watched(web.door.children.book)
    apart = web.apart()
    apart.use(replace(web.door, children=replace(web.door.children, book=watched)))
    assert apart.ask("GET", path).status == 200
    assert watched.threads
    assert threading.current_thread().name not in watched.threads

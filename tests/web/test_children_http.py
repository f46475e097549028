"""The list of children of whom nobody has been told, over HTTP: to who recorded them, and to nobody else (K-07)."""

from datetime import timedelta

import pytest
from builders import PERSON_REF, POLICE, SHELTER, an_agency
from web_door import Web

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

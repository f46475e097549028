"""What a text repeats of what stands elsewhere is found for whoever reads it to her; and nothing hangs on it."""

from __future__ import annotations

from dataclasses import replace
from time import process_time
from types import SimpleNamespace
from typing import cast

import pytest
from builders import a_referral, an_agency, an_agreement
from fakes import run
from line import Line, a_line

from consent.decision import Permit
from consent.minimise import MinimalDocument
from gateway.core.answers import Recorded
from gateway.core.previewing import Previewed, Previews
from gateway.core.prose import Recognised, _spans, _wanted, recognised
from schemas.documents import Document, Json
from schemas.profiles import compiled
from schemas.vocabulary import DataCategory, FunctionClass, Purpose

HER_NAME = "Linnet"
SAID: Document = {
    "sender_reference": "CASE-2031-77",
    "subject": {
        "person_ref": "P-0042",
        "names": [{"use": "official", "given": "Zoë-Marie", "family": "Lindenblatt"}, {"use": "other", "full": "阮玉"}],
        "alias": "Wren",
        "identifiers": [{"type": "passport", "value": "AB 12 34"}],
        "contacts": [{"channel": "phone", "value": "+00 555 0101", "safe": "no"}],
        "addresses": [{"use": "current", "locality": "Port Ellen", "line": "12 Willow Lane"}],
    },
    "third_parties": [{"role": "suspect", "name": "Viktor Ostrander"}],
    "staff": [{"name": "Ines Halloran", "phone": "555-0199"}],
}


def found(text: str, whole: Document = SAID) -> list[tuple[str, str]]:
    return [(kind, text[start:end]) for start, end, kind in sorted(_spans(text, *_wanted(whole)))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ZOE was afraid", [("name", "ZOE")]),
        ("with Lindenblatt's sister", [("name", "Lindenblatt")]),
        ("LINDENBLATT, Zoé", [("name", "LINDENBLATT"), ("name", "Zoé")]),
        ("she is called wren here", [("alias", "wren")]),
        ("她叫阮玉。", [("name", "阮玉")]),
        ("lives at 12  willow lane", [("address", "12  willow lane")]),
        ("in Port Ellen, not in Port Mary", [("address", "Port Ellen")]),
        ("passport AB 12 34", [("identifier", "AB 12 34")]),
        ("ring +00 555-0101", [("contact", "00 555-0101")]),
        ("our case CASE-2031-77", [("sender_reference", "CASE-2031-77")]),
        ("known as P-0042", [("person_ref", "P-0042")]),
        ("Ostrander drove", [("third_party", "Ostrander")]),
        ("ask Halloran", [("staff", "Halloran")]),
        ("nothing of the kind, only a willow in a lane", []),
        ("", []),
    ],
)
def test_what_stands_elsewhere_is_found_however_it_is_spelled(text: str, expected: list[tuple[str, str]]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("write to a.b@mail.example today", [("email", "a.b@mail.example")]),
        ("see https://evidence.example/k?x=1", [("web_address", "https://evidence.example/k?x=1")]),
        ("born 4.5.1999 or 1999-05-04", [("date", "4.5.1999"), ("date", "1999-05-04")]),
        ("call +44 (0)20 7946 0018", [("telephone", "+44 (0)20 7946 0018")]),
        ("plate KX12ABC", [("number", "KX12ABC")]),
        ("two beds in 3 rooms from 2031", []),
    ],
)
def test_a_shape_is_found_where_nothing_is_known(text: str, expected: list[tuple[str, str]]) -> None:
    assert found(text, {}) == expected


def test_a_short_word_is_not_looked_for() -> None:
    assert (
        found("we go to a new one", {"subject": {"names": [{"use": "official", "given": "Ng", "family": "Wu"}]}}) == []
    )


@pytest.mark.parametrize("piece", ["a@", "1 ", "1-", "+1", "http://", "12 willow ", "A1", "1.1.1", "wren 1.1.11 "])
def test_a_long_text_of_nothing_but_beginnings_is_read_at_once(piece: str) -> None:
    begun = process_time()
    found(piece * 5_000)
    assert process_time() - begun < 0.5  # Some thirty milliseconds; a shape without bounds takes seconds.


def test_no_more_is_looked_at_than_can_be_read_at_once() -> None:
    permit = cast("Permit", SimpleNamespace(profile=ADVICE))
    entries: list[Json] = [{"text": "x" * 60_000}, {"text": f"{'x' * 30_000} wren"}, {"text": f"{'x' * 10_000} wren"}]
    document: Document = {"schema": "x", "situation": {"narrative": entries}}
    found = recognised(MinimalDocument(permit, document, frozenset()), SAID)
    assert [one.pointer for one in found] == ["/situation/narrative/1/text"]


OFFICE = "quay-advice"
ADVICE = compiled("profile/legal_aid/assistance.legal/1.0")
LEGAL = {"recipient": OFFICE, "purpose": Purpose.LEGAL}


@pytest.fixture
def line() -> Line:
    """She agreed that an advice office gets her needs and the notes beside them."""
    made = a_line()
    made.directory.put(an_agency(OFFICE, FunctionClass.LEGAL_AID))
    agreed = an_agreement(id="advice", recipient=OFFICE, purpose=Purpose.LEGAL, categories=ADVICE.categories)
    made.directory.agree(agreed)
    made.says(recipient=OFFICE, purposes=["assistance.legal"], categories=["need", "free_text", "language"])
    return made


def noted(note: str) -> Document:
    return a_referral(needs=[{"code": "legal.immigration", "note": note}])


def preview(line: Line, note: str) -> Document:
    outcome = run(Previews(line.exchange).preview(line.asked(noted(note), **LEGAL)))
    assert isinstance(outcome, Previewed)
    return outcome.answer


def test_m_13_a_preview_says_where_a_note_repeats_what_stays_and_never_what_it_is(line: Line) -> None:
    shown = preview(line, f"{HER_NAME} asks that nobody calls +00 555 0102")
    assert shown["document"]["needs"][0]["note"].startswith(HER_NAME)
    kinds = [(one["pointer"], one["kind"], one["start"], one["end"]) for one in shown["recognised"]]
    assert kinds == [("/needs/0/note", "alias", 0, len(HER_NAME)), ("/needs/0/note", "telephone", 30, 42)]
    assert preview(line, "asks for a woman as her adviser")["recognised"] == []


def test_m_13_nothing_hangs_on_it(line: Line) -> None:
    note = f"{HER_NAME} asks"
    digest = str(preview(line, note)["digest"])
    asked = line.asked(noted(note), **LEGAL)
    outcome = run(line.exchange.accept(replace(asked, routing=replace(asked.routing, preview=digest))))
    assert isinstance(outcome, Recorded)
    assert outcome.answer["outcome"] == "permitted"


def test_what_her_own_client_sealed_is_not_read() -> None:
    sealed = f"gx-sealed-1.{'A1234567-' * 200}"
    text = {"schema": "x", "situation": {"narrative": [{"text": sealed}]}, "needs": [{"note": "Lindenblatt"}]}
    permit = cast("Permit", SimpleNamespace(profile=ADVICE))
    narrative = frozenset({DataCategory.NARRATIVE})
    assert [one.pointer for one in recognised(MinimalDocument(permit, text, narrative), SAID)] == ["/needs/0/note"]
    plain = {"schema": "x", "situation": {"narrative": [{"text": "Lindenblatt"}] * 300}}
    found = recognised(MinimalDocument(permit, plain, narrative), SAID)
    assert found[1] == Recognised("/situation/narrative/1/text", "name", 0, 11)
    assert len(found) == 200

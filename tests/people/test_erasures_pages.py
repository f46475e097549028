"""A data-protection officer erases a person on the pages, with the passkey shown for exactly that (A-03, A-04)."""

import asyncio
from datetime import timedelta

import pytest
from browsing import House, read_check
from builders import POLICE, SHELTER

from gateway.core.consents.desk import Actor
from gateway.core.erasure.erasures_asked import AskedErasures
from gateway.core.erasure.holds import Hold
from gateway.core.officers import Role
from gateway.people.sentences import sentence
from schemas.documents import Json


def happened(house: House, reference: str, event: dict[str, Json]) -> None:
    document: dict[str, Json] = {"schema": "case_event/1.0", "person_ref": reference, "event": event}
    asyncio.run(house.gateway.door.cases.record(Actor(POLICE, None), document, f"key-of-{reference}-{[*event]}"))


def somebody_known(house: House, number: int) -> str:
    """Let the police ask to break the glass for somebody, which nobody approves, and return their reference for her."""
    reference, ends = f"P-erase-{number}", house.clock.now() + timedelta(hours=6)
    asked: dict[str, Json] = {
        "ground": "danger_to_life",
        "recipient": SHELTER,
        "purpose": "emergency",
        "ends": ends.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "necessity": "She called and says that she will be killed tonight.",
    }
    happened(house, reference, {"override_requested": asked})
    return reference


def test_a_03_what_would_go_is_read_first_then_she_is_gone(house: House) -> None:
    reference, dpo = somebody_known(house, 1), house.somebody(Role.DPO)
    checked = dpo.submits("/people/check/erase", {"agency": POLICE, "person_ref": reference})
    assert "what is known under this record" in checked.text
    _, _, subject = read_check(checked.text)
    assert reference not in subject
    assert len(house.leaves("officer.looked_up")) == 1
    assert dpo.acts("erase", agency=POLICE, person_ref=reference).status_code == 200
    [leaf] = house.leaves("erasure")
    assert (leaf["sender"], leaf["officer"]) == (POLICE, dpo.id)
    again = dpo.acts("erase", agency=POLICE, person_ref=reference)
    assert (again.status_code, sentence("unknown") in again.text) == (404, True)


def test_without_the_passkey_or_with_anothers_nobody_is_erased(house: House) -> None:
    reference, dpo, other = somebody_known(house, 2), house.somebody(Role.DPO), house.somebody(Role.DPO)
    named = {"agency": POLICE, "person_ref": reference}
    assert dpo.submits("/people/do/erase", {**named, "passkey": "{}"}).status_code == 403
    assert dpo.acts("erase", key=other.key, **named).status_code == 403
    assert house.leaves("erasure") == []


@pytest.mark.parametrize("role", [Role.CASEWORKER, Role.SECOND_APPROVER, Role.OPERATOR])
def test_other_roles_neither_see_nor_do_it(house: House, role: Role) -> None:
    reference = somebody_known(house, 10 + [*Role].index(role))
    browser = house.somebody(role, agency=POLICE)
    for answer in (browser.get("/people/erasures"), browser.acts("erase", agency=POLICE, person_ref=reference)):
        assert answer.status_code == 403
        assert sentence("role_missing") in answer.text
    assert "/people/erasures" not in browser.get("/people").text


def test_an_officer_of_an_agency_erases_for_that_agency_only(house: House) -> None:
    """Whatever agency the form names: it is the officer's own that is meant."""
    reference, theirs = somebody_known(house, 3), house.somebody(Role.DPO, agency=SHELTER)
    assert theirs.acts("erase", agency=POLICE, person_ref=reference).status_code == 404
    ours = house.somebody(Role.DPO, agency=POLICE)
    assert "Agency that recorded her" not in ours.get("/people/erasures").text
    assert ours.acts("erase", person_ref=reference).status_code == 200


def test_under_a_court_order_it_is_not_even_asked_for(house: House) -> None:
    order: dict[str, Json] = {
        "kind": "court_order",
        "recipient": SHELTER,
        "categories": ["name"],
        "person_told": "yes",
        "reference": "Order 12",
    }
    reference = somebody_known(house, 4)
    happened(house, reference, {"instrument_recorded": order})
    answer = house.somebody(Role.DPO).acts("erase", agency=POLICE, person_ref=reference)
    assert (answer.status_code, sentence("legal_hold") in answer.text) == (409, True)
    assert house.leaves("erasure") == []


def test_a_04_what_waits_is_listed_for_an_officer_of_no_agency_and_goes_when_the_order_has_ended(house: House) -> None:
    """Whoever asked is told nothing; here stand the agency, the day and what it waits for, and nothing of hers."""
    reference = somebody_known(house, 5)
    order: dict[str, Json] = {"kind": "court_order", "recipient": SHELTER, "categories": ["name"], "person_told": "yes"}
    happened(house, reference, {"instrument_recorded": {**order, "reference": "Order 13"}})
    erasures, dpo = house.gateway.door.erasures, house.somebody(Role.DPO)
    assert "Asked for, and waiting" not in dpo.get("/people/erasures").text
    asyncio.run(erasures.ask(Actor(POLICE, None), reference))
    listed = dpo.get("/people/erasures").text
    assert Hold.LEGAL_HOLD.sentence in listed
    assert reference not in listed
    assert "Asked for, and waiting" not in house.somebody(Role.DPO, agency=POLICE).get("/people/erasures").text
    [one] = erasures.book.asked()
    assert house.somebody(Role.DPO, agency=POLICE).acts("release-erasure", request=one.id).status_code == 403
    assert dpo.acts("release-erasure", request=one.id).status_code == 200
    asyncio.run(AskedErasures(erasures).carry_out())
    assert (erasures.book.asked(), erasures.book.pending()) == ((), ())
    assert dpo.acts("release-erasure", request=one.id).status_code == 404

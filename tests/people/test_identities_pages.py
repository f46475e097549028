"""Who a pseudonym is: two officers, a reason, a passkey for each step, and an answer shown once."""

import asyncio
import re
from datetime import timedelta

import pytest
from browsing import Browser, House
from builders import POLICE, SHELTER, a_consent_document
from stores import Doing

from gateway.core.consents.bindings import sealed_binding
from gateway.core.consents.desk import Actor
from gateway.core.crypto.blind import blind_person_ref
from gateway.core.crypto.pseudonyms import Domain, pseudonym
from gateway.core.log.leaves import PersonSecret
from gateway.core.officers import Role
from gateway.people.sentences import sentence

_NUMBER = re.compile(r"[0-9A-HJKMNP-TV-Z]{26}")


def held(house: House, reference: str) -> str:
    """Let the police record somebody, and the shelter hold a pseudonym for her; the pseudonym."""
    base = house.gateway.base
    document = a_consent_document(person_ref=reference)
    asyncio.run(house.gateway.door.desk.record(Actor(POLICE, None), document, f"key of {reference}"))
    found = base.people.known(blind_person_ref(base.ring, POLICE, reference))
    assert found is not None
    named = pseudonym(base.ring, Domain(SHELTER, 1), found.id)
    secret, blind = PersonSecret(found.id, base.person_keys.of(found.id)), blind_person_ref(base.ring, SHELTER, named)
    row = sealed_binding(base.entropy, secret, blind, SHELTER, named)

    async def bound() -> None:
        await base.writer.record(Doing(lambda transaction: transaction.add(row)))

    asyncio.run(bound())
    return named


def asked(dpo: Browser, named: str, reason: str = "danger_to_life") -> str:
    """Ask, and return the number of the request."""
    answer = dpo.acts("ask-identity", recipient=SHELTER, pseudonym=named, reason=reason)
    assert answer.status_code == 200, answer.text
    return str(_NUMBER.findall(answer.text)[-1])


def kinds(house: House) -> list[str]:
    return [
        str(leaf["type"]).removeprefix("reidentification.") for leaf in house.leaves() if "reident" in str(leaf["type"])
    ]


def test_two_officers_and_one_answer_shown_once(house: House) -> None:
    named, dpo, second = held(house, "CASE-00417"), house.somebody(Role.DPO), house.somebody(Role.SECOND_APPROVER)
    number = asked(dpo, named.lower())
    assert second.acts("agree-identity", request=number).status_code == 200

    shown = dpo.acts("show-identity", request=number)

    assert shown.status_code == 200
    assert f"{POLICE}: CASE-00417" in shown.text
    assert named not in shown.text
    again = dpo.acts("show-identity", request=number)
    assert again.status_code == 404
    assert "CASE-00417" not in again.text
    assert kinds(house) == ["asked", "agreed", "shown"]
    told = str(house.leaves())
    assert not any(secret in told for secret in (named, "CASE-00417"))


def test_it_stands_in_her_own_history(house: House) -> None:
    named, dpo, second = held(house, "CASE-00418"), house.somebody(Role.DPO), house.somebody(Role.SECOND_APPROVER)
    number = asked(dpo, named)
    second.acts("agree-identity", request=number)
    dpo.acts("show-identity", request=number)
    base = house.gateway.base
    person = base.people.known(blind_person_ref(base.ring, POLICE, "CASE-00418"))
    assert person is not None
    with base.reading.connect() as connection:
        query = "select leaf_index from person_leaf where person = ? order by leaf_index desc limit 1"
        [(index,)] = connection.exec_driver_sql(query, (person.id,)).all()
    assert b"reidentification.shown" in house.gateway.log.leaf(index)


def test_one_person_alone_is_shown_nothing(house: House) -> None:
    named, dpo = held(house, "CASE-00419"), house.somebody(Role.DPO)
    number = asked(dpo, named)
    assert dpo.acts("show-identity", request=number).status_code == 404
    assert sentence("second_person_needed") in dpo.acts("agree-identity", request=number).text
    assert dpo.acts("show-identity", request=number).status_code == 404


def test_nobody_else_is_shown_what_one_asked(house: House) -> None:
    named, dpo = held(house, "CASE-00420"), house.somebody(Role.DPO)
    other, second = house.somebody(Role.DPO), house.somebody(Role.SECOND_APPROVER)
    number = asked(dpo, named)
    assert second.acts("agree-identity", request=number).status_code == 200
    assert other.acts("show-identity", request=number).status_code == 404
    assert second.acts("show-identity", request=number).status_code == 403


@pytest.mark.parametrize("role", [Role.SECOND_APPROVER, Role.ADVOCATE, Role.OPERATOR])
def test_other_roles_ask_nothing(house: House, role: Role) -> None:
    answer = house.somebody(role).acts("ask-identity", recipient=SHELTER, pseudonym="X", reason="court_order")
    assert sentence("role_missing") in answer.text


def test_a_wrong_pseudonym_reason_or_agency_is_refused_and_an_unknown_one_is_not_told(house: House) -> None:
    named, dpo, second = held(house, "CASE-00421"), house.somebody(Role.DPO), house.somebody(Role.SECOND_APPROVER)
    wrong = named[:-1] + ("0" if named[-1] != "0" else "1")
    for recipient, pseudonym_, reason, status in (
        (SHELTER, wrong, "court_order", 400),
        (SHELTER, named, "curiosity", 400),
        (SHELTER, "", "court_order", 400),
        ("nobody-here", named, "court_order", 403),
    ):
        answer = dpo.acts("ask-identity", recipient=recipient, pseudonym=pseudonym_, reason=reason)
        assert answer.status_code == status
    number = asked(dpo, pseudonym(house.gateway.base.ring, Domain(SHELTER, 1), bytes(16)))
    assert second.acts("agree-identity", request=number).status_code == 200
    assert dpo.acts("show-identity", request=number).status_code == 404


def test_after_a_day_nothing_is_agreed_to_or_shown(house: House) -> None:
    named, dpo, second = held(house, "CASE-00422"), house.somebody(Role.DPO), house.somebody(Role.SECOND_APPROVER)
    late, agreed = asked(dpo, named), asked(dpo, named)
    assert second.acts("agree-identity", request=agreed).status_code == 200
    house.clock.advance(timedelta(hours=24))
    for browser in (dpo, second):
        assert browser.signs_in().status_code == 200
    assert second.acts("agree-identity", request=late).status_code == 404
    assert dpo.acts("show-identity", request=agreed).status_code == 404


def test_a_fourth_answer_in_a_day_raises_the_alarm(house: House) -> None:
    named, dpo, second = held(house, "CASE-00423"), house.somebody(Role.DPO), house.somebody(Role.SECOND_APPROVER)
    for alarms in (0, 0, 0, 1):
        number = asked(dpo, named, "rights_request")
        second.acts("agree-identity", request=number)
        assert dpo.acts("show-identity", request=number).status_code == 200
        assert kinds(house).count("rate_alarm") == alarms


def test_the_page_offers_to_ask_only_to_who_may(house: House) -> None:
    assert "ask-identity" in house.somebody(Role.DPO).get("/people/identities").text
    page = house.somebody(Role.SECOND_APPROVER).get("/people/identities").text
    assert "ask-identity" not in page
    assert "agree-identity" in page


def let_in_by(dpo: Browser, house: House) -> Browser:
    """Another data-protection officer, whom this one invited."""
    link = dpo.acts("invite", role=["dpo"], label="Puppet").text.split("/people/enrol#", 1)[1][:43]
    invited = house.browser()
    assert invited.enrols(link).status_code == 200
    assert invited.signs_in().status_code == 200
    return invited


def test_whom_one_let_in_is_no_second_person_in_either_order(house: House) -> None:
    """Somebody who makes up an officer could ask as that one and agree as himself."""
    named, dpo = held(house, "CASE-00430"), house.somebody(Role.DPO)
    puppet = let_in_by(dpo, house)
    for asking, agreeing in ((dpo, puppet), (puppet, dpo)):
        number = asked(asking, named)
        answer = agreeing.acts("agree-identity", request=number)
        assert (answer.status_code, sentence("second_person_needed") in answer.text) == (403, True)
    assert kinds(house) == ["asked", "asked"]


def test_what_was_agreed_to_by_somebody_who_is_no_officer_any_more_is_not_shown(house: House) -> None:
    named, dpo, second = held(house, "CASE-00431"), house.somebody(Role.DPO), house.somebody(Role.SECOND_APPROVER)
    number = asked(dpo, named)
    assert second.acts("agree-identity", request=number).status_code == 200
    asyncio.run(house.gateway.people.granting.revoke(second.id, None))
    answer = dpo.acts("show-identity", request=number)
    assert (answer.status_code, "CASE-00431" in answer.text) == (403, False)
    assert kinds(house) == ["asked", "agreed"]

"""The register of breaches on the pages: written with a passkey, followed up, late, closed; codes only (A-05)."""

import asyncio
from dataclasses import dataclass, replace
from datetime import timedelta
from html import unescape

import pytest
from browsing import House
from builders import POLICE, SHELTER
from structlog.testing import capture_logs

from gateway.core.consents.desk import Actor
from gateway.core.crypto.blind import blind_person_ref
from gateway.core.heads import person_head
from gateway.core.log.leaves import sealed_leaf
from gateway.core.officers import Role
from gateway.core.oversight.breaches import MOST
from gateway.core.ports import Needs, Transaction
from gateway.core.rows import ReferralRow
from gateway.courier.duties import tell_of_breaches
from gateway.people.sentences import sentence
from schemas.breach_codes import BreachStep, SafeWay, WhyNotTold
from schemas.documents import Json
from schemas.validation import satisfies
from schemas.vocabulary import Purpose, ReferralState


def recorded(house: House, dpo: object, **wrong: str) -> str:
    """Write a breach down that was noticed now; its number."""
    noticed = house.clock.now().strftime("%Y-%m-%dT%H:%M")
    asked = {"kind": "wrong_recipient", "noticed": noticed, "agencies": f"{POLICE} {SHELTER}", "referrals": "", **wrong}
    done = dpo.acts("record-breach", **asked)
    assert done.status_code == 200, unescape(done.text)
    return str(house.gateway.people.breaches.book.breaches()[0].id)


@dataclass(frozen=True)
class Referred:
    """What the line writes when the police refer somebody to the shelter."""

    house: House
    person: bytes

    @property
    def needs(self) -> Needs:
        return Needs((person_head(self.person),))

    def apply(self, transaction: Transaction) -> None:
        now, permitted = transaction.now, ("permitted", ReferralState.SUBMITTED)
        route = {"sender": POLICE, "recipient": SHELTER, "purpose": Purpose.ACCOMMODATION}
        entropy = self.house.gateway.base.entropy
        leaf = sealed_leaf(entropy, "decision.permitted", now, {**route, "categories": ["age_band", "need"]})
        transaction.append(replace(leaf, person=self.person, referral="referral-of-a-breach"))
        transaction.add(
            ReferralRow("referral-of-a-breach", "client", *route.values(), *permitted, now, self.person, 0, {}, None)
        )


def referred(house: House, reference: str) -> str:
    """Let the police know somebody, and refer her; the number of the referral."""
    event: dict[str, Json] = {"child_heard": {"informed": "yes", "views": "agrees"}}
    document: dict[str, Json] = {"schema": "case_event/1.0", "person_ref": reference, "event": event}
    door = house.gateway.door
    asyncio.run(door.cases.record(Actor(POLICE, None), document, f"key-of-{reference}"))
    known = door.desk.people.known(blind_person_ref(house.gateway.base.ring, POLICE, reference))
    assert known is not None

    async def written() -> None:
        await house.gateway.writer.record(Referred(house, known.id))

    asyncio.run(written())
    return "referral-of-a-breach"


def follow(dpo: object, breach: str, step: str, said: str = "") -> int:
    return dpo.acts("follow-breach", breach=breach, step=step, said=said).status_code


def test_a_05_a_breach_is_written_down_followed_up_and_closed_with_a_leaf_for_each_step(house: House) -> None:
    dpo = house.somebody(Role.DPO)
    assert "/people/breaches" in dpo.get("/people").text
    breach = recorded(house, dpo)
    assert breach in dpo.get("/people/breaches").text
    assert follow(dpo, breach, "closed") == 409
    steps = [
        ("authority_told", ""),
        ("agency_told", POLICE),
        ("agency_told", SHELTER),
        ("persons_not_needed", WhyNotTold.NO_SAFE_WAY),
        ("persons_told", SafeWay.HER_ADVOCATE),
        ("closed", ""),
    ]
    assert [follow(dpo, breach, *step) for step in steps] == [200] * 6
    leaves = [leaf for leaf in house.leaves() if str(leaf["type"]).startswith("breach.")]
    assert [leaf["type"] for leaf in leaves] == ["breach.recorded", *(f"breach.{step}" for step, _ in steps)]
    assert all(satisfies(leaf, "ledger/1.0") for leaf in leaves)
    assert {(leaf["officer"], leaf["breach"]) for leaf in leaves} == {(dpo.id, breach)}
    assert [leaf.get("recipient") for leaf in leaves[2:4]] == [POLICE, SHELTER]
    assert [leaf.get("reasons") for leaf in leaves[4:6]] == [["no_safe_way"], ["her_advocate"]]
    shown = dpo.submits("/people/breaches", {"breach": breach}).text
    assert BreachStep.CLOSED.sentence in shown


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ("recorded", ""),
        ("authority_told", "by telephone"),
        ("agency_told", ""),
        ("agency_told", "hill-shelter"),
        ("persons_told", "by letter"),
        ("persons_told", ""),
        ("persons_not_needed", "because"),
        ("no_such_step", ""),
    ],
)
def test_a_05_what_is_not_of_the_list_or_not_safe_is_not_written_down(house: House, step: str, said: str) -> None:
    dpo = house.somebody(Role.DPO)
    breach = recorded(house, dpo)
    assert follow(dpo, breach, step, said) in {400, 409}
    assert len([leaf for leaf in house.leaves() if str(leaf["type"]).startswith("breach.")]) == 1


def test_a_05_each_thing_is_done_once_and_what_was_told_is_not_taken_back(house: House) -> None:
    dpo = house.somebody(Role.DPO)
    breach = recorded(house, dpo, agencies=POLICE)
    done = [("authority_told", ""), ("agency_told", POLICE), ("persons_told", SafeWay.IN_PERSON)]
    assert [follow(dpo, breach, *step) for step in done] == [200] * 3
    again = [*done, ("authority_not_needed", ""), ("persons_not_needed", WhyNotTold.AVERTED)]
    assert [follow(dpo, breach, *step) for step in again] == [409] * 5
    assert follow(dpo, breach, "closed") == 200
    assert follow(dpo, breach, "closed") == 409
    assert follow(dpo, "no-such-breach-anywhere", "closed") == 404


def test_a_05_what_is_unknown_or_ahead_of_time_is_not_written_down(house: House) -> None:
    dpo = house.somebody(Role.DPO)
    noticed = house.clock.now().strftime("%Y-%m-%dT%H:%M")
    later = (house.clock.now() + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M")
    whole = {"kind": "wrong_recipient", "noticed": noticed, "agencies": POLICE, "referrals": ""}
    wrong = {
        "form_unreadable": [{"kind": "bad luck"}, {"noticed": later}, {"noticed": "today"}, {"agencies": ""}],
        "agency_unknown": [{"agencies": "nobody"}],
        "referral_unknown": [{"referrals": "no-such-referral-here"}],
    }
    for code, changes in wrong.items():
        for change in changes:
            answer = dpo.acts("record-breach", **{**whole, **change})
            assert sentence(code) in unescape(answer.text), change
    assert house.leaves("breach.recorded") == []


def test_a_05_the_alarm_rings_once_when_the_countrys_clock_runs_out(house: House) -> None:
    breaches = house.gateway.people.breaches
    breach = recorded(house, house.somebody(Role.DPO))
    house.clock.advance(breaches.within - timedelta(minutes=1))
    assert breach not in asyncio.run(breaches.watch())
    house.clock.advance(timedelta(minutes=1))
    assert asyncio.run(breaches.watch()) == (breach,)
    assert breach not in asyncio.run(breaches.watch())
    [leaf] = [leaf for leaf in house.leaves("breach.overdue") if leaf["breach"] == breach]
    assert leaf["reasons"] == ["wrong_recipient"]
    assert satisfies(leaf, "ledger/1.0")
    assert [told["overdue"] for told in breaches.coded() if told["breach"] == breach] == [True]
    assert "(this is over)" in house.somebody(Role.DPO).get("/people/breaches").text


def test_a_05_whom_it_concerns_is_found_in_the_log_and_stands_in_her_history(house: House) -> None:
    """What was sent is read from the log: agencies, purpose and kinds of data, and no name."""
    dpo, breaches = house.somebody(Role.DPO), house.gateway.people.breaches
    referral = referred(house, "P-breach")
    breach = recorded(house, dpo, referrals=referral, agencies="")
    shown = dpo.submits("/people/breaches", {"breach": breach}).text
    assert "decision.permitted" in shown
    history = asyncio.run(house.gateway.histories.of_reference(POLICE, "P-breach"))
    assert [entry for entry in history["entries"] if '"breach.recorded"' in entry["leaf"]]
    asyncio.run(house.gateway.door.erasures.erase(Actor(POLICE, None), "P-breach"))
    assert breaches.book.sent([referral]) == []
    assert "whoever they were about was erased" in dpo.submits("/people/breaches", {"breach": breach}).text


@pytest.mark.parametrize(("role", "agency"), [(Role.DPO, POLICE), (Role.CASEWORKER, POLICE), (Role.OPERATOR, None)])
def test_nobody_but_a_data_protection_officer_of_no_agency_reads_or_writes_it(
    house: House, role: Role, agency: str | None
) -> None:
    breach = recorded(house, house.somebody(Role.DPO))
    other = house.somebody(role, agency=agency)
    noticed = house.clock.now().strftime("%Y-%m-%dT%H:%M")
    asked = {"kind": "altered", "noticed": noticed, "agencies": POLICE, "referrals": ""}
    answers = [
        other.get("/people/breaches"),
        other.submits("/people/breaches", {"breach": breach}),
        other.acts("record-breach", **asked),
        other.acts("follow-breach", breach=breach, step="authority_told", said=""),
    ]
    assert [answer.status_code for answer in answers] == [403] * 4
    assert "/people/breaches" not in other.get("/people").text


def test_a_05_a_breach_may_concern_as_many_referrals_as_one_entry_holds(house: House) -> None:
    dpo, names = house.somebody(Role.DPO), [f"{number:026d}" for number in range(MOST)]

    class Many:
        needs = Needs()

        def apply(self, transaction: Transaction) -> None:
            route, permitted = (POLICE, SHELTER, Purpose.ACCOMMODATION), ("permitted", ReferralState.SUBMITTED)
            for name in names:
                transaction.add(ReferralRow(name, "client", *route, *permitted, transaction.now, None, 0, {}, None))

    async def written() -> None:
        await house.gateway.writer.record(Many())

    asyncio.run(written())
    breach = recorded(house, dpo, agencies="", referrals=" ".join(names))
    found = house.gateway.people.breaches.book.breach(breach)
    assert found is not None
    assert found.noticed.referrals == {*names}


def test_without_the_passkey_or_with_anothers_nothing_is_written_down(house: House) -> None:
    dpo, other = house.somebody(Role.DPO), house.somebody(Role.DPO)
    breach = recorded(house, dpo)
    done = {"breach": breach, "step": "authority_told", "said": ""}
    assert dpo.submits("/people/do/follow-breach", {**done, "passkey": "{}"}).status_code == 403
    assert dpo.acts("follow-breach", key=other.key, **done).status_code == 403
    assert house.leaves("breach.authority_told") == []


def test_a_05_whoever_runs_the_gateway_is_told_by_a_line_of_codes(house: House) -> None:
    breach = recorded(house, house.somebody(Role.DPO))
    house.clock.advance(house.gateway.people.breaches.within)
    with capture_logs() as lines:
        assert asyncio.run(tell_of_breaches(house.gateway.people.breaches)) is False
    assert {"event": "breach_overdue", "code": "A-05", "breach": breach, "log_level": "warning"} in lines

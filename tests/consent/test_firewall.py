"""F-01: the proof that nothing reaches immigration enforcement, and that it would find what does."""

from dataclasses import replace
from itertools import product

import pytest
from builders import SHELTER, a_disclosure, a_party, an_agreement

from consent import firewall
from consent.decision import Permit, decide
from consent.disclosure import Disclosure, Party
from consent.errors import ConsentError, PolicyError, ReachableEnforcementError
from consent.firewall import Member, everything_for, unreachable
from consent.policy import Policy
from consent.records import Records
from schemas.vocabulary import AgeStatus, FunctionClass, Ground, Purpose

ENFORCERS = Member(
    a_party("border-force", FunctionClass.IMMIGRATION_ENFORCEMENT),
    "ministry-of-borders",
    frozenset({"border-client"}),
    frozenset({"border-key"}),
    frozenset({"https://border.example"}),
)
SHELTERS = Member(
    a_party(SHELTER, FunctionClass.SHELTER),
    "open-houses",
    frozenset({"shelter-client"}),
    frozenset({"shelter-key"}),
    frozenset({"https://shelter.example"}),
)


def test_f_01_a_directory_in_order_is_let_through() -> None:
    unreachable(Policy(), [an_agreement()], [SHELTERS, ENFORCERS])
    unreachable(Policy(), [], [])


def test_f_01_an_agreement_with_enforcement_as_recipient_is_refused() -> None:
    with pytest.raises(ReachableEnforcementError, match="an agreement names") as caught:
        unreachable(Policy(), [an_agreement(), an_agreement(recipient="border-force")], [SHELTERS, ENFORCERS])
    assert caught.value.agency == "border-force"
    unreachable(Policy(), [an_agreement(sender="border-force")], [SHELTERS, ENFORCERS])


@pytest.mark.parametrize("shared", ["operator", "clients", "keys", "endpoints"])
def test_f_01_whoever_shares_hands_with_enforcement_is_refused(shared: str) -> None:
    beside = replace(SHELTERS, **{shared: getattr(ENFORCERS, shared)})
    with pytest.raises(ReachableEnforcementError, match="shares operator") as caught:
        unreachable(Policy(), [], [beside, ENFORCERS])
    assert caught.value.agency == SHELTER


def test_f_01_two_that_both_enforce_may_share_and_so_may_two_that_do_not() -> None:
    police = replace(SHELTERS, party=a_party("hill-shelter", FunctionClass.SHELTER))
    border = replace(ENFORCERS, party=a_party("air-border", FunctionClass.IMMIGRATION_ENFORCEMENT))
    unreachable(Policy(), [], [SHELTERS, police, ENFORCERS, border])


def test_having_nothing_is_not_sharing_it() -> None:
    bare = Member(SHELTERS.party, "open-houses")
    unreachable(Policy(), [], [bare, Member(ENFORCERS.party, "ministry-of-borders")])


def test_f_01_a_rule_that_lets_enforcement_receive_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """A canary: with the wall taken out of the rules, the proof fails."""
    honest = firewall.decide

    def without_the_wall(asked: object, *rest: object) -> object:
        opened = replace(asked, recipient=replace(asked.recipient, function=FunctionClass.SHELTER))
        return honest(opened, *rest)

    monkeypatch.setattr(firewall, "decide", without_the_wall)
    with pytest.raises(ReachableEnforcementError, match="a rule lets"):
        unreachable(Policy(), [], [SHELTERS, ENFORCERS])


ABROAD = replace(ENFORCERS, party=replace(ENFORCERS.party, country="YY"))
TO_NOBODY = {(Ground.CHILD_PROTECTION, True), (Ground.BEST_INTERESTS, True), (Ground.DUTY_TO_NOTIFY, False)}
"""Grounds for children that no rule takes of an adult, and the notice that names no child."""


@pytest.mark.parametrize("country", [Policy().country, "YY"])
@pytest.mark.parametrize(("ground", "adult"), sorted({*product(Ground, (True, False))} - TO_NOBODY))
def test_f_01_a_hole_is_found_however_narrow(
    monkeypatch: pytest.MonkeyPatch,
    ground: Ground,
    adult: bool,  # noqa: FBT001 - a row of a table
    country: str,
) -> None:
    """A canary for each: one ground, of adults or of children, at home or across a border."""
    honest = firewall.decide

    def with_a_hole(asked: Disclosure, records: Records, *rest: object) -> object:
        known = records.case.age is not None
        if (asked.ground, known, asked.recipient.country) != (ground, adult, country):
            return honest(asked, records, *rest)
        opened = replace(asked.recipient, function=FunctionClass.SHELTER)
        return honest(replace(asked, recipient=opened), records, *rest)

    monkeypatch.setattr(firewall, "decide", with_a_hole)
    with pytest.raises(ReachableEnforcementError, match="a rule lets"):
        unreachable(Policy(), [], [SHELTERS, ABROAD])


def test_f_01_the_rules_are_asked_where_nobody_is_registered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever registers enforcement later finds the wall there: an invented one is asked about, by an invented one."""
    heard: set[tuple[FunctionClass, str]] = set()

    def hears(asked: Disclosure, *_rest: object) -> None:
        heard.add((asked.sender.function, asked.sender.country))
        heard.add((asked.recipient.function, asked.recipient.country))

    monkeypatch.setattr(firewall, "decide", hears)
    unreachable(Policy(), [], [])
    home = Policy().country
    assert heard == {(FunctionClass.SHELTER, home), (FunctionClass.IMMIGRATION_ENFORCEMENT, home)}


def test_the_proof_asks_with_everything_that_could_ever_permit() -> None:
    """Put to a recipient that may receive, the same questions are answered yes, for every ground there is."""
    permitted = set()
    for purpose, ground, age, function, adult in product(Purpose, Ground, AgeStatus, FunctionClass, (True, False)):
        recipient = Party(SHELTER, function, "XX")
        asked = a_disclosure(
            recipient=recipient, purpose=purpose, ground=ground, age=age, profile=firewall._profile(purpose)
        )
        records = everything_for(asked, Policy(), adult=adult)
        if isinstance(decide(asked, records, Policy(), firewall._AT), Permit):
            permitted.add((ground, purpose, function))
    assert {ground for ground, _, _ in permitted} == set(Ground)
    assert {purpose for _, purpose, _ in permitted} == set(Purpose)
    assert {function for _, _, function in permitted} == set(FunctionClass) - {FunctionClass.IMMIGRATION_ENFORCEMENT}


def test_a_start_up_can_tell_why_it_refuses() -> None:
    assert issubclass(ReachableEnforcementError, PolicyError)
    assert issubclass(PolicyError, ConsentError)

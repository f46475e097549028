"""The decision table of decision_table.toml: every row is asked, and every answer is the one its words promise."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

import pytest
from builders import HOUR, NOON, SHELTER, a_consent, a_disclosure, a_party, an_agreement, an_event

from consent.case import case_of
from consent.decision import Permit, Refusal, decide
from consent.disclosure import Disclosure
from consent.policy import DECISION_OF, ConsentDecision, Policy
from consent.reasons import Reason
from consent.records import Consent, Records
from schemas.case_codes import CaseEventType
from schemas.catalogue import profile_name
from schemas.documents import CompiledProfile, Json
from schemas.profiles import compiled
from schemas.vocabulary import AgeStatus, ConsentState, DataCategory, FunctionClass, GivenBy, Ground, Purpose

TABLE = Path(__file__).with_name("decision_table.toml")
WORDS = {"rule", "given", "when", "then"}
KNOWN = WORDS | {"ask", "consents", "events", "crowd", "permits", "refuses", "passes", "withholds"}


@dataclass(frozen=True, slots=True)
class Row:
    """One row, read."""

    number: int
    rule: str
    asked: Disclosure
    records: Records
    reason: Reason | None
    ground: Ground | None
    passes: frozenset[DataCategory]
    withholds: frozenset[DataCategory]


def _profile(function: FunctionClass, purpose: Purpose, also: list[str]) -> CompiledProfile | None:
    name = profile_name(function, purpose)
    found = None if name is None else compiled(name)
    return None if found is None else replace(found, categories=found.categories | frozenset(map(DataCategory, also)))


def _asked(ask: Mapping[str, str]) -> Disclosure:
    function, purpose = FunctionClass(ask.get("to", "shelter")), Purpose(ask.get("purpose", "assistance.accommodation"))
    return a_disclosure(
        recipient=a_party(SHELTER, function, ask.get("country", "XX")),
        purpose=purpose,
        profile=_profile(function, purpose, list(ask.get("profile_also", ()))),
        age=AgeStatus(ask.get("age", "adult")),
        ground=Ground(ask.get("ground", "consent")),
    )


def _consent(number: int, said: Mapping[str, str], purpose: Purpose) -> Consent:
    purpose = Purpose(said.get("purpose", purpose))
    return a_consent(
        id=f"consent-{number}",
        purposes=frozenset({purpose}),
        decision=ConsentDecision(said.get("decision", DECISION_OF[purpose])),
        categories=frozenset(DataCategory),
        state=ConsentState(said.get("state", "given")),
        given_by=GivenBy(said.get("given_by", "self")),
        decided_at=NOON - int(said.get("hours_ago", 1)) * HOUR,
    )


def _records(row: Mapping[str, list[dict[str, str]]], purpose: Purpose) -> Records:
    said = tuple(_consent(number, one, purpose) for number, one in enumerate(row.get("consents", [{}])))
    events = []
    for terms in row.get("events", []):
        kind, ago, by = (
            terms.pop(key, usual) for key, usual in (("type", ""), ("hours_ago", 1), ("by", "city-children"))
        )
        events.append(an_event(CaseEventType(kind), at=NOON - int(ago) * HOUR, by=by, **cast("dict[str, Json]", terms)))
    crowd = {frozenset(map(DataCategory, entry["of"])): int(entry["people"]) for entry in row.get("crowd", [])}
    agreement = an_agreement(purpose=purpose, categories=frozenset(DataCategory))
    return Records(agreement, said, case=case_of(events), crowd=crowd)


def _rows() -> list[Row]:
    rows = []
    for number, row in enumerate(tomllib.loads(TABLE.read_text("utf-8"))["row"], 1):
        assert WORDS <= row.keys() <= KNOWN
        assert ("permits" in row) != ("refuses" in row)
        asked = _asked(row.get("ask", {}))
        rows.append(
            Row(
                number,
                row["rule"],
                asked,
                _records(row, asked.purpose),
                Reason(row["refuses"]) if "refuses" in row else None,
                Ground(row["permits"]) if "permits" in row else None,
                frozenset(map(DataCategory, row.get("passes", ()))),
                frozenset(map(DataCategory, row.get("withholds", ()))),
            )
        )
    return rows


ROWS = _rows()


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"row {row.number} {row.rule}")
def test_the_answer_is_the_one_the_words_promise(row: Row) -> None:
    decision = decide(row.asked, row.records, Policy(), NOON)
    match decision:
        case Permit():
            assert row.reason is None
            assert decision.ground is row.ground
            assert row.passes <= decision.categories
            sent = decision.categories & decision.profile.categories
            assert not row.withholds & sent
            assert decision.holds_until > NOON
        case Refusal(reasons=reasons):
            assert reasons == (row.reason,)


@pytest.mark.parametrize("row", [row for row in ROWS if row.ground], ids=lambda row: f"row {row.number} {row.rule}")
def test_a_yes_of_the_table_ends_with_its_moment(row: Row) -> None:
    permit = decide(row.asked, row.records, Policy(), NOON)
    assert isinstance(permit, Permit)
    assert isinstance(decide(row.asked, row.records, Policy(), permit.holds_until), Refusal)
    assert permit.rests_on
    assert (permit.consent is None) or permit.rests_on == permit.consent.id


def test_beside_every_no_of_a_rule_stands_a_yes() -> None:
    refused = {row.rule for row in ROWS if row.reason}
    assert refused <= {row.rule for row in ROWS if row.ground}


SPOKEN_OF = {
    *("C-01", "C-11", "C-13", "C-14", "C-15", "M-10", "F-01", "F-02", "A-03", "A-07", "A-08", "A-09", "P-05"),
    *("K-01", "K-02", "K-03", "K-04", "K-05", "K-06", "K-08", "K-09", "E-01", "E-02", "E-03"),
}


def test_the_table_speaks_of_these_rules() -> None:
    assert {row.rule for row in ROWS} == SPOKEN_OF


def test_the_words_of_no_two_rows_are_the_same() -> None:
    rows = tomllib.loads(TABLE.read_text("utf-8"))["row"]
    told = [(row["given"], row["when"], row["then"], row["rule"]) for row in rows]
    assert len(set(told)) == len(told)
    assert all(text.endswith(".") for row in told for text in row[:3])

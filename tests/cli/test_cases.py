"""`case`: recorded and shown; what is sealed and her reference are never said."""

from builders import POLICE, SHELTER
from operators import Operator, Said
from papers import MARK, consent

from schemas.documents import Json

INSTRUMENT: dict[str, Json] = {
    "kind": "court_order",
    "recipient": SHELTER,
    "categories": ["name"],
    "person_told": "yes",
    "reference": MARK,
}

LEFT: Json = True


def _recorded(operator: Operator, person_ref: str, kind: str, terms: Json, *more: str) -> Said:
    event: dict[str, Json] = {"schema": "case_event/1.0", "person_ref": person_ref, "event": {kind: terms}}
    file = operator.paper("event.json", event)
    return operator.types("case", "record", file, "--agency", POLICE, "--json", *more)


def test_a_fact_is_recorded_and_shown(operator: Operator) -> None:
    said = _recorded(operator, "P-case", "instrument_recorded", INSTRUMENT)
    assert said.code == 0, said.err
    file = operator.paper("reference", "P-case\n")
    shown = operator.types("case", "show", "--agency", POLICE, "--person-ref-file", file, "--json")
    assert shown.code == 0, shown.err
    assert [event["type"] for event in shown.json["events"]] == ["instrument_recorded"]
    for text in (said.out, said.err, shown.out, shown.err):
        assert MARK not in text
        assert "P-case" not in text


def test_a_01_what_was_tried_is_shown_and_nothing_is_lifted_here(operator: Operator) -> None:
    file = operator.paper("reference", "P-case-tried\n")
    shown = operator.types("case", "tries", "--agency", POLICE, "--person-ref-file", file, "--json")
    assert shown.code == 0, shown.err
    assert shown.json == {"locked": False, "locked_under_her": False, "recipients": []}
    assert operator.types("case", "release", "--agency", POLICE, "--person-ref-file", file).code == 2


def test_a_dry_run_records_nothing(operator: Operator) -> None:
    said = _recorded(operator, "P-case-dry", "instrument_recorded", INSTRUMENT, "--dry-run")
    assert said.code == 0, said.err
    assert said.json["dry_run"] is True
    assert _recorded(operator, "P-case-dry", "nrm_withdrawn", LEFT).code == 1


def test_e_01_the_operators_socket_is_no_second_person(operator: Operator) -> None:
    file = operator.paper("consent.json", consent("P-case-two"))
    operator.types("consent", "record", file, "--agency", POLICE, "--json")
    said = _recorded(operator, "P-case-two", "override_approved", {"override": "0V000000000000000020310007"})
    assert (said.code, said.json["error"]) == (4, "case_event_not_recordable")

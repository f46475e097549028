"""`erase`: said twice before it is done, tried without doing it, and the same under a court order."""

from builders import POLICE, SHELTER
from operators import Operator, Said
from papers import MARK, consent

from schemas.documents import Json

ORDER: dict[str, Json] = {
    "kind": "court_order",
    "recipient": SHELTER,
    "categories": ["name"],
    "person_told": "yes",
    "reference": MARK,
}


def _known(operator: Operator, person_ref: str) -> str:
    file = operator.paper("consent.json", consent(person_ref))
    assert operator.types("consent", "record", file, "--agency", POLICE, "--json").code == 0
    return operator.paper("reference", f"{person_ref}\n")


def _erase(operator: Operator, file: str, *more: str) -> Said:
    return operator.types("erase", "--agency", POLICE, "--person-ref-file", file, "--json", *more)


def test_a_04_she_is_erased_and_nobody_is_known_by_that_reference(operator: Operator) -> None:
    file = _known(operator, "P-erase")
    said = _erase(operator, file, "--yes")
    assert said.code == 0, said.err
    assert said.json["outcome"] == "asked"
    assert "P-erase" not in said.out + said.err
    again = _erase(operator, file, "--yes")
    assert (again.code, again.json["error"]) == (1, "person_unknown")


def test_where_nobody_serves_it_is_said_that_nobody_destroys_her_key_yet(running: Operator, operator: Operator) -> None:
    for place, nobody in ((running, False), (operator, True)):
        file = _known(place, "P-erase-by-whom")
        for how, said in ((how, _erase(place, file, how)) for how in ("--dry-run", "--yes")):
            assert said.code == 0, said.err
            assert ("Next: referral-gateway serve" in said.err) is (nobody and how == "--yes")


def test_nothing_is_done_before_it_was_said_twice(operator: Operator) -> None:
    file = _known(operator, "P-erase-not-yet")
    assert _erase(operator, file).code == 2
    tried = _erase(operator, file, "--dry-run")
    assert (tried.code, tried.json["dry_run"]) == (0, True)
    assert _erase(operator, file, "--yes").code == 0


def test_a_04_the_operator_is_not_told_either_that_a_court_order_keeps_her(operator: Operator) -> None:
    told = []
    for reference in ("P-erase-held", "P-erase-free"):
        file = _known(operator, reference)
        if reference == "P-erase-held":
            event: dict[str, Json] = {
                "schema": "case_event/1.0",
                "person_ref": reference,
                "event": {"instrument_recorded": ORDER},
            }
            assert operator.types("case", "record", operator.paper("event.json", event), "--agency", POLICE).code == 0
        told += [_erase(operator, file, how) for how in ("--dry-run", "--yes")]
    held, free = told[:2], told[2:]
    assert [(said.code, said.json, said.err) for said in held] == [(said.code, said.json, said.err) for said in free]

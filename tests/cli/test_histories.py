"""`history`: what an officer sees and takes away, and that `python -m consent` proves it."""

import json

import pytest
from builders import POLICE
from operators import Operator
from papers import consent

from consent.__main__ import Exit, main


def _recorded(operator: Operator, person_ref: str) -> str:
    paper = operator.paper("consent.json", consent(person_ref))
    said = operator.types("consent", "record", paper, "--agency", POLICE, "--json")
    assert said.code == 0, said.err
    return str(said.json["consent"])


def test_a_02_a_history_is_shown_and_exported_and_verifies(
    either: Operator, capsys: pytest.CaptureFixture[str]
) -> None:
    hers = _recorded(either, "P-history")
    either.types("consent", "withdraw", hers)
    export = either.home / "history.jsonl"

    said = either.types("history", "--agency", POLICE, "--person-ref-file", "-", "--export", export, stdin=b"P-history")

    assert said.code == 0, said.err
    kinds = [line.split("\t")[3] for line in said.out.splitlines()]
    assert kinds == ["consent.recorded", "consent.withdrawn", "history.read"]
    assert "P-history" not in said.out + said.err + export.read_text()
    key = said.err.strip().rsplit("--key ", 1)[-1]
    assert main(["verify-history", str(export), "--key", key]) == Exit.PROVEN
    assert "All 3 entries" in capsys.readouterr().out


def test_by_a_consent_of_hers_as_json(either: Operator) -> None:
    hers = _recorded(either, "P-by-consent")

    told = either.types("history", hers, "--json").json

    assert [json.loads(str(entry["leaf"]))["type"] for entry in told["entries"]] == ["consent.recorded", "history.read"]


def test_of_somebody_nobody_knows_there_is_none(running: Operator) -> None:
    said = running.types("history", "no-such-consent", "--json")

    assert (said.code, said.json["error"]) == (1, "person_unknown")


@pytest.mark.parametrize("arguments", [(), ("--agency", POLICE), ("one", "--agency", POLICE)])
def test_a_look_that_does_not_say_whose_is_wrong_use(running: Operator, arguments: tuple[str, ...]) -> None:
    assert running.types("history", *arguments).code == 2

"""`adapter allow|disallow|allowed`: the operator names what may run, and `doctor` says what does and what does not."""

from pathlib import Path

import pytest
from elsewhere import KEY, NAME, Lines, distribution
from operators import Operator, Said


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The operator's folder for adapters, with the visitor in it."""
    made = tmp_path / "adapters"
    made.mkdir()
    distribution(made)
    return made


def types(operator: Operator, folder: Path, *words: str) -> Said:
    return operator.types(*words, GATEWAY_ADAPTERS_FOLDER=str(folder))


def adapters(operator: Operator, folder: Path) -> tuple[bool, str]:
    """What doctor finds about adapters."""
    checks = types(operator, folder, "doctor", "--json").json["checks"]
    assert isinstance(checks, list)
    [found] = [one for one in checks if one["name"] == "adapters"]
    return bool(found["ok"]), str(found["says"])


def test_what_nobody_allowed_is_named_and_no_problem(operator: Operator, folder: Path) -> None:
    ok, says = adapters(operator, folder)

    assert ok
    assert f"Not run: {NAME}, it is not on the list of allowed adapters." in says
    assert (
        types(operator, folder, "adapter", "allowed").out == f"{NAME}\t-\tit is not on the list of allowed adapters\n"
    )


def test_allowed_it_runs_and_disallowed_it_does_not(operator: Operator, folder: Path) -> None:
    said = types(operator, folder, "adapter", "allow", NAME.upper(), "--json")

    assert (said.code, said.json["distribution"], said.json["version"]) == (0, NAME, "1.0")
    assert types(operator, folder, "adapter", "allowed").out == f"{NAME}\t1.0\tit may run\n"
    ok, says = adapters(operator, folder)
    assert ok
    assert KEY in says
    assert "Not run" not in says

    assert types(operator, folder, "adapter", "disallow", NAME).code == 0
    assert "Not run" in adapters(operator, folder)[1]


def test_the_list_shows_what_is_allowed_with_its_level_and_hash(operator: Operator, folder: Path) -> None:
    assert KEY not in keys(operator, folder), "nobody allowed it yet"
    told = types(operator, folder, "adapter", "allow", NAME, "--json").json
    [found] = [one for one in listed(operator, folder) if one["key"] == KEY]
    assert (found["from"], found["sha256"]) == (f"{NAME} 1.0", told["sha256"])
    assert found["level"] in {"none", "bronze", "silver", "gold"}
    assert f"{NAME} 1.0" in types(operator, folder, "adapter", "list").out
    (folder / "visitor_adapter" / "planted.py").write_text("")
    assert KEY not in keys(operator, folder), "it is not what was allowed any more"


def listed(operator: Operator, folder: Path) -> list[dict[str, object]]:
    return types(operator, folder, "adapter", "list", "--json").json["adapters"]


def keys(operator: Operator, folder: Path) -> set[object]:
    found = {one["key"] for one in listed(operator, folder)}
    assert "fhir" in found
    return found


def test_a_rehearsal_allows_nothing(operator: Operator, folder: Path) -> None:
    assert types(operator, folder, "adapter", "allow", NAME, "--dry-run").code == 0
    assert not (operator.data / "adapters-allowed.json").exists()


def test_allowed_and_changed_since_is_a_problem(operator: Operator, folder: Path) -> None:
    types(operator, folder, "adapter", "allow", NAME)
    distribution(folder, Lines(parses="os._exit(0)"))

    assert adapters(operator, folder)[0] is False


def test_allowed_and_gone_is_a_problem(operator: Operator, folder: Path) -> None:
    types(operator, folder, "adapter", "allow", NAME)

    ok, says = adapters(operator, folder.parent)
    assert not ok
    assert f"Not run: {NAME}, it is allowed, and not installed." in says


def test_allowed_and_unable_to_start_is_a_problem(operator: Operator, folder: Path) -> None:
    distribution(folder, Lines(imported="raise RuntimeError"))
    types(operator, folder, "adapter", "allow", NAME)

    assert adapters(operator, folder)[0] is False


@pytest.mark.parametrize("words", [("allow", "nobody"), ("disallow", NAME)])
def test_what_is_not_there_cannot_be_allowed_or_disallowed(
    operator: Operator, folder: Path, words: tuple[str, str]
) -> None:
    assert types(operator, folder, "adapter", *words).code == 1


def test_what_cannot_be_proven_cannot_be_allowed(operator: Operator, folder: Path) -> None:
    (folder / "visitor_adapter" / "more.py").touch()
    said = types(operator, folder, "adapter", "allow", NAME)

    assert said.code == 4
    assert "stand in no record" in said.err

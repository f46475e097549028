"""The rules about what is dropped, for a mapping of XML: what repeats, and attributes."""

from pathlib import Path

import pytest

from adapters.kit.folder import judged_at
from adapters.kit.rules import RULES, judge
from adapters.kit.scaffold import files_of, write

SAMPLE = b'<Cases><Case no="7"><Word k="a">one</Word><Word k="b">two</Word><Sex>female</Sex></Case></Cases>'


def _broken(folder: Path, key: str, mapping: str) -> set[str]:
    files, _ = files_of(key, "Tide records", "Tide", SAMPLE)
    write(folder, files)
    place = folder / f"src/{key}_adapter/mapping.toml"
    text = place.read_text("utf-8")
    was, _, becomes = mapping.partition("=>")
    assert was in text
    place.write_text(text.replace(was, becomes), "utf-8")
    judged = judged_at(folder)
    return {rule.id for rule in RULES if rule.id in {"C2", "C3"} and judge(rule, judged).findings}


def test_what_repeats_and_stays_is_not_dropped_in_silence(tmp_path: Path) -> None:
    """A new adapter for XML with repeating elements broke C2 as it was, and was told to list what it had listed."""
    assert _broken(tmp_path / "a", "tidelist", "=>") == set()


@pytest.mark.parametrize("name", ["/@no", "/Word/*/@k"])
def test_an_attribute_that_a_mapping_forgets_is_reported_by_the_gateway_and_not_silent(
    tmp_path: Path, name: str
) -> None:
    field = f'[[field]]\nname = "{name}"\nnever_send = "not reviewed yet"\n\n'
    assert _broken(tmp_path / "b", "tideattr", f"{field}=>") == set()

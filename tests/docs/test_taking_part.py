"""docs/taking-part.md, followed to the letter: keys, agencies, agreement, client, consent, and what would be sent."""

import json
import re
import runpy
import shlex
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

import pytest
from checkout import ROOT
from operators import Operator

from schemas.documents import Json

TEXT = (ROOT / "docs" / "taking-part.md").read_text("utf-8")
BLOCKS = re.findall(r"^```(json|console)(?: ([^\n]*))?\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
SCRIPT = "docs/taking_part.py"

Keys: TypeAlias = dict[tuple[str, str], Json]
"""Public keys by agency and id."""
Script: TypeAlias = Callable[..., str]


def _today(body: str) -> str:
    """Write the page's invented days as if it was read today."""
    now, day = datetime.now(UTC), timedelta(days=1)
    days = {
        "2031-03-01": now - day,
        "2032-02-29": now + 300 * day,
        "2031-03-14": now - day,
        "2031-06-12": now + 80 * day,
    }
    for written, meant in days.items():
        body = body.replace(written, meant.date().isoformat())
    return body


def _with_keys(document: Json, made: Keys, owner: str) -> Json:
    """Put in what step 1 printed where the page has three dots."""
    if isinstance(document, dict):
        if document.get("public_key") == "...":
            return made[owner, str(document["id"])]
        return {name: _with_keys(value, made, owner) for name, value in document.items()}
    return [_with_keys(one, made, owner) for one in document] if isinstance(document, list) else document


@pytest.fixture
def reader(operator: Operator, monkeypatch: pytest.MonkeyPatch) -> Operator:
    """Somebody with an installation, in a folder of his own."""
    monkeypatch.chdir(operator.home)
    return operator


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Script:
    """Run the page's script; what it prints."""

    def run(*words: str) -> str:
        monkeypatch.setattr(sys, "argv", [*words])
        runpy.run_path(str(ROOT / words[0]), run_name="__main__")
        return capsys.readouterr().out

    return run


def _commands(body: str) -> Iterator[tuple[list[str], list[str]]]:
    for part in re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]:
        command, *expected = part.splitlines()
        yield shlex.split(command), expected


def test_the_page_can_be_followed_to_the_letter(reader: Operator, script: Script) -> None:
    made: Keys = {}
    for kind, name, body in BLOCKS:
        if kind == "json":
            owner = "lake-shelter" if name == "agreement.json" else name.removesuffix(".json")
            document = _with_keys(json.loads(_today(body)), made, owner)
            (reader.home / name).write_text(json.dumps(document), "utf-8")
            continue
        for (program, *words), expected in _commands(body):
            if program == "python":
                printed = script(*words)
                made |= {(words[2], key["id"]): key for keys in json.loads(printed or "{}").values() for key in keys}
            else:
                said = reader.types(*words)
                assert said.code == 0, (words, said.err)
                assert [line for line in expected if line not in said.out.splitlines()] == []
    assert len(made) == 4
    file = reader.home / "agreement.json"
    file.write_text(file.read_text("utf-8").replace("180", "181"), "utf-8")
    assert reader.types("agreement", "add", "agreement.json", "--dry-run").code == 4, "what was signed was changed"


def test_private_keys_are_for_their_owner_alone_and_never_written_over(reader: Operator, script: Script) -> None:
    script(SCRIPT, "keys", "some-agency")
    private = [reader.home / f"some-agency.{name}" for name in ("signing", "sealing", "client.json")]
    assert {file.stat().st_mode & 0o077 for file in private} == {0}
    with pytest.raises(FileExistsError):
        script(SCRIPT, "keys", "some-agency")

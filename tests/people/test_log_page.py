"""The whole log, taken away on a page and proven by Python alone; for officers of no agency (A-01)."""

import base64
import re
from html import unescape
from pathlib import Path

import pytest
from browsing import House
from builders import POLICE
from told import recorded

from consent.__main__ import Exit, main
from gateway.core.officers import Role
from gateway.people import whole_log
from gateway.people.sentences import sentence

KEPT = re.compile(r'href="data:text/plain;base64,([^"]*)"')
SIZE = re.compile(r'name="size" value="(\d+)"')


def test_a_01_what_is_taken_away_is_proven_and_that_it_was_taken_is_an_entry(
    house: House, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(whole_log, "_AT_ONCE", 3)
    recorded(house, "P-whole-log")
    dpo = house.somebody(Role.DPO)
    page = unescape(dpo.get("/people/log").text)
    [kept], [size], [key] = KEPT.findall(page), SIZE.findall(page), re.findall(r"--key ([^<\s]+)<", page)
    assert house.leaves("officer.looked_up") == []
    taken = dpo.submits("/people/log/entries", {"size": size})
    assert taken.headers["content-disposition"] == 'attachment; filename="log.jsonl"'
    assert taken.headers["cache-control"] == "no-store"
    assert taken.text.count("\n") == int(size)
    assert [leaf["officer"] for leaf in house.leaves("officer.looked_up")] == [dpo.id]
    file, checkpoint = tmp_path / "log.jsonl", tmp_path / "checkpoint.txt"
    checkpoint.write_bytes(base64.b64decode(kept))
    verify = ["verify", str(file), "--checkpoint", str(checkpoint), "--key", key]
    file.write_bytes(taken.content)
    assert main(verify) == Exit.PROVEN
    file.write_bytes(taken.content.replace(b"consent.recorded", b"consent.refused"))
    assert main(verify) not in {Exit.PROVEN, 0}
    assert "P-whole-log" not in page + taken.text
    capsys.readouterr()


@pytest.mark.parametrize(("size", "status"), [("999999999", 404), ("-1", 400), ("", 400), ("9" * 16, 400), ("٣", 400)])
def test_what_is_not_there_is_not_given(house: House, size: str, status: int) -> None:
    answer = house.somebody(Role.DPO).submits("/people/log/entries", {"size": size})
    assert answer.status_code == status
    assert house.leaves("officer.looked_up") == []


@pytest.mark.parametrize(
    ("role", "agency", "code"),
    [(Role.DPO, POLICE, "no_agencys_officer"), (Role.OPERATOR, None, "role_missing")],
)
def test_m_04_it_names_agencies_and_is_for_officers_of_no_agency(
    house: House, role: Role, agency: str | None, code: str
) -> None:
    other = house.somebody(role, agency=agency)
    for answer in (other.get("/people/log"), other.submits("/people/log/entries", {"size": "1"})):
        assert (answer.status_code, sentence(code) in unescape(answer.text)) == (403, True)
    assert house.leaves("officer.looked_up") == []

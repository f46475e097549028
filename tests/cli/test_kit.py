"""`adapter`: from nothing, or from somebody's sheet, to an adapter that passes; what stays with the sender is shown."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from checkout import ROOT
from operators import Operator, Said

from gateway.cli.failures import Exit
from gateway.packaging_guard import with_extra

SHEET = "Beneficiary ID,Full name,Gender,Nationality,DOB,Notes\nB-12,Tamsin Wren,woman,Romanian,1999-01-02,He waits\n"


@pytest.fixture
def author(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Operator]:
    """Somebody who writes an adapter, in a folder of hers."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    (tmp_path / "sheet.csv").write_text(SHEET, "utf-8")
    yield Operator(tmp_path)
    for name in [name for name in sys.modules if name.startswith("tide_adapter")]:
        del sys.modules[name]


def made(author: Operator) -> Said:
    return author.types("adapter", "new", "tide", "--from", "sheet.csv")


def rows(said: Said) -> dict[str, list[str]]:
    return {line.split("\t")[0]: line.split("\t") for line in said.out.splitlines()[1:]}


def test_new_says_what_it_took_and_what_stays(author: Operator) -> None:
    said = made(author)
    assert said.code == 0
    assert "taken by its name, so read it: Gender -> /subject/sex" in said.out
    assert "stays with you until you say otherwise: Full name" in said.out
    assert (author.home / "tide" / "src" / "tide_adapter" / "mapping.toml").exists()
    assert made(author).code == Exit.USAGE


def test_new_rehearsed_writes_nothing(author: Operator) -> None:
    assert author.types("adapter", "new", "tide", "--dry-run").code == 0
    assert not (author.home / "tide").exists()


def test_a_new_adapter_passes_as_it_is(author: Operator) -> None:
    """As a process of its own, for pytest inside pytest is another thing than pytest."""
    made(author)
    command = [sys.executable, "-m", "gateway", "adapter", "check", "tide"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "200"}
    run = subprocess.run(command, cwd=author.home, env=environment, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    assert "tide: silver claimed, gold reached." in run.stdout


def test_check_as_json_names_each_rule_and_ends_with_1_where_one_is_broken(author: Operator) -> None:
    made(author)
    mapping = author.home / "tide" / "src" / "tide_adapter" / "mapping.toml"
    mapping.write_text(mapping.read_text("utf-8").replace('key = "tide"', 'key = "other"'), "utf-8")
    told = author.types("adapter", "check", "tide", "--json")
    assert told.code == Exit.PROBLEM
    assert (
        '"rule": "A1", "says": "Its key is the name of its entry point.", "level": "bronze", "outcome": "broken"'
        in told.out
    )
    assert "Tamsin" not in told.out + told.err


def test_without_pytest_the_command_that_installs_it_is_said(author: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    made(author)
    monkeypatch.setitem(sys.modules, "pytest", None)
    said = author.types("adapter", "check", "tide")
    assert (said.code, said.next) == (Exit.USAGE, with_extra("kit"))


def test_try_shows_field_by_field_what_is_sent_and_what_stays(author: Operator) -> None:
    made(author)
    said = author.types("adapter", "try", "sheet.csv", "--adapter", "tide")
    shown = rows(said)
    assert shown["Gender"] == ["Gender", "woman", "/subject/sex", "/subject/sex", "female", "-"]
    assert shown["DOB"][3] == "/subject/age_band"
    assert "1999" not in shown["DOB"][4]
    assert shown["Full name"][5] == "not reviewed yet"
    assert shown["Nationality"][5] == "this profile does not ask for it"
    assert "\x1b" not in said.out  # no terminal, no colour


def test_try_shows_another_profile_and_refuses_where_there_is_none(author: Operator) -> None:
    made(author)
    identification = ("--to", "competent_authority", "--purpose", "identification")
    said = author.types("adapter", "try", "sheet.csv", "--adapter", "tide", *identification)
    assert rows(said)["Nationality"][4] == "RO"
    enforcement = ("--to", "immigration_enforcement", "--purpose", "identification")
    refused = author.types("adapter", "try", "sheet.csv", "--adapter", "tide", *enforcement)
    assert refused.code == Exit.REFUSED


def test_try_says_where_a_document_is_wrong_and_not_what_it_says(author: Operator) -> None:
    made(author)
    (author.home / "sheet.csv").write_text(SHEET.replace("Romanian", "Elbonian"), "utf-8")
    said = author.types("adapter", "try", "sheet.csv", "--adapter", "tide")
    assert said.code == Exit.PROBLEM
    assert "/Nationality: unknown_code:country.name" in said.err
    assert "Elbonian" not in said.out + said.err


def test_try_of_a_terminal_is_in_colour_unless_somebody_wants_none(author: Operator) -> None:
    made(author)
    command = ("adapter", "try", "sheet.csv", "--adapter", "tide")
    red = author.types(*command, FORCE_COLOR="1", COLUMNS="200").out
    assert "\x1b[31mFull name" in red
    assert "\x1b[31mGender" not in red
    assert "\x1b[31m" not in author.types(*command, FORCE_COLOR="1", NO_COLOR="1", COLUMNS="200").out


def test_what_a_terminal_would_obey_is_not_printed(author: Operator) -> None:
    made(author)
    (author.home / "sheet.json").write_text('{"a":1}', "utf-8")
    (author.home / "sheet.csv").write_text(SHEET.replace("He waits", "\u009b2J\u202e"), "utf-8")
    assert rows(author.types("adapter", "try", "sheet.csv", "--adapter", "tide"))["Notes"][1] == "?2J?"


def test_try_of_a_built_in_adapter_shows_the_canonical_leaves(author: Operator) -> None:
    sample = ROOT / "tests" / "adapters" / "htcds" / "fixtures" / "standard.in.csv"
    said = author.types("adapter", "try", sample, "--adapter", "htcds")
    assert said.code == 0
    assert "/subject/sex" in said.out
    assert author.types("adapter", "try", sample, "--adapter", "nobody").code == Exit.USAGE


def test_docs_renews_the_page_and_a_rehearsal_says_whether_it_is_old(author: Operator) -> None:
    made(author)
    assert author.types("adapter", "docs", "tide", "--dry-run").code == 0
    page = author.home / "tide" / "README.md"
    page.write_text(page.read_text("utf-8").replace("| level | silver |", "| level | gold |"), "utf-8")
    assert author.types("adapter", "docs", "tide", "--dry-run").code == Exit.PROBLEM
    assert author.types("adapter", "docs", "tide", "--json").json["changed"] is True
    assert author.types("adapter", "docs", "tide", "--dry-run").code == 0


def test_list_shows_the_built_in_adapters_with_their_level(author: Operator) -> None:
    said = author.types("adapter", "list")
    assert said.code == 0
    listed = {line.split("\t")[0]: line.split("\t") for line in said.out.splitlines()}
    assert {"canonical", "fhir", "htcds", "ndex", "primero", "uknrm"} <= listed.keys()
    assert listed["htcds"][2:4] == ["gold", "referral-gateway"]


def test_a_mapping_that_cannot_be_read_is_said_once_and_not_by_every_rule(author: Operator) -> None:
    made(author)
    mapping = author.home / "tide" / "src" / "tide_adapter" / "mapping.toml"
    mapping.write_text(mapping.read_text("utf-8").replace('table = "', 'table = "no.'), "utf-8")
    said = author.types("adapter", "check", "tide")
    assert (said.code, said.out) == (Exit.USAGE, "")
    assert said.err.count("unknown_table") == 1

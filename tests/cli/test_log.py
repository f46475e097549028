"""`log`: what is exported is proven, an auditor can check it with Python alone, and a changed log is found."""

import json
import stat
from pathlib import Path

import pytest
from operators import Operator

import consent.__main__ as auditor
from gateway.cli import exporting


def test_the_head_is_signed_and_its_key_is_shown(running: Operator) -> None:
    told = running.types("log", "head", "--json").json

    assert str(told["checkpoint"]).startswith(f"referral-gateway/log\n{told['entries']}\n")
    shown = running.types("log", "head")
    assert str(told["vkey"]) in shown.out


def test_an_export_verifies_with_python_alone(either: Operator, tmp_path: Path) -> None:
    export, checkpoint = tmp_path / "log.jsonl", tmp_path / "checkpoint"

    said = either.types("log", "export", export, "--checkpoint", checkpoint, "--json")

    assert said.code == 0
    assert len(export.read_bytes().splitlines()) == said.json["entries"]
    proven = auditor.main(["verify", str(export), "--checkpoint", str(checkpoint), "--key", str(said.json["vkey"])])
    assert proven == auditor.Exit.PROVEN


def test_an_export_is_private_and_leaves_nothing_beside_it(running: Operator, tmp_path: Path) -> None:
    running.types("log", "export", tmp_path / "log.jsonl", "--checkpoint", tmp_path / "checkpoint")

    assert {path.name for path in tmp_path.iterdir()} == {"log.jsonl", "checkpoint"}
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in tmp_path.iterdir())


def test_a_dry_run_writes_no_file(running: Operator, tmp_path: Path) -> None:
    said = running.types("log", "export", tmp_path / "log.jsonl", "--checkpoint", tmp_path / "c", "--dry-run", "--json")

    assert said.code == 0
    assert "entries" in said.json
    assert list(tmp_path.iterdir()) == []


def test_an_export_goes_on_where_an_earlier_one_ended(
    running: Operator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    running.types("log", "export", tmp_path / "whole.jsonl")
    whole = (tmp_path / "whole.jsonl").read_bytes()
    lines = whole.splitlines(keepends=True)
    (tmp_path / "log.jsonl.part").write_bytes(b"".join(lines[:3]) + lines[3][:10])
    monkeypatch.setattr(exporting, "PAGE", 2)

    assert running.types("log", "export", tmp_path / "log.jsonl").code == 0
    assert (tmp_path / "log.jsonl").read_bytes() == whole


def test_what_was_begun_on_another_log_is_begun_again(running: Operator, tmp_path: Path) -> None:
    running.types("log", "export", tmp_path / "whole.jsonl")
    (tmp_path / "log.jsonl.part").write_bytes(b'{"of":"another log"}\n')

    assert running.types("log", "export", tmp_path / "log.jsonl").code == 0
    assert (tmp_path / "log.jsonl").read_bytes() == (tmp_path / "whole.jsonl").read_bytes()


def test_a_log_that_was_changed_under_the_gateway_does_not_verify(operator: Operator, tmp_path: Path) -> None:
    operator.tampers("UPDATE ledger_leaf SET content = CAST('{}' AS BLOB) WHERE \"index\" = 2")

    said = operator.types("log", "export", tmp_path / "log.jsonl", "--json")

    assert (said.code, said.json["error"]) == (5, "does_not_verify")
    assert list(tmp_path.glob("log.jsonl*")) == []


def test_a_log_that_lost_its_last_entries_does_not_verify(operator: Operator, tmp_path: Path) -> None:
    operator.tampers('DELETE FROM ledger_leaf WHERE "index" > 3')

    assert operator.types("log", "export", tmp_path / "log.jsonl").code == 5


def test_a_place_that_cannot_be_written_is_wrong_use(running: Operator, tmp_path: Path) -> None:
    assert running.types("log", "export", tmp_path / "nowhere" / "log.jsonl").code == 2
    said = running.types("log", "export", tmp_path / "log.jsonl", "--checkpoint", tmp_path / "nowhere" / "c")
    assert said.code == 2


def test_every_line_is_json_without_a_person(running: Operator, tmp_path: Path) -> None:
    running.types("log", "export", tmp_path / "log.jsonl")

    types = [json.loads(line)["type"] for line in (tmp_path / "log.jsonl").read_bytes().splitlines()]
    assert types[:6] == ["agency.registered"] * 4 + ["agreement.signed", "client.registered"]

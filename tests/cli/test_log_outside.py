"""`log tiles`, `log anchors`, `witness`: the log in forms that others read, and what others said of it."""

from pathlib import Path

import pytest
from operators import Operator

import consent.__main__ as auditor
from consent.checkpoint import VerifierKey
from consent.cosignature import WitnessKey


def test_tiles_verify_with_python_alone_and_grow(running: Operator, tmp_path: Path) -> None:
    folder, export = tmp_path / "tiles", tmp_path / "log.jsonl"
    said = running.types("log", "tiles", folder, "--json")
    assert said.code == 0
    whole = {
        path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file() and path.name != "checkpoint"
    }
    assert running.types("log", "tiles", folder).code == 0
    assert {path: path.stat().st_mtime_ns for path in whole} == whole, "what is there is left as it is"
    checkpoint = tmp_path / "checkpoint"
    running.types("log", "export", export, "--checkpoint", checkpoint)
    held = ["--checkpoint", str(checkpoint), "--key", str(said.json["vkey"])]
    assert auditor.main(["verify", str(folder), *held]) == auditor.Exit.PROVEN


def test_a_log_without_entries_is_its_checkpoint_alone(newcomer: Operator, tmp_path: Path) -> None:
    newcomer.types("init")
    folder = tmp_path / "tiles"
    assert newcomer.types("log", "tiles", folder).code == 0
    assert [path.name for path in folder.iterdir()] == ["checkpoint"]


def test_tiles_of_another_log_are_not_grown(running: Operator, tmp_path: Path) -> None:
    folder = tmp_path / "tiles"
    running.types("log", "tiles", folder)
    [entries] = (folder / "tile" / "entries").rglob("*.p/*")
    entries.write_bytes(entries.read_bytes().replace(b'"v":1', b'"v":2', 1))
    (folder / "checkpoint").unlink()
    assert running.types("log", "tiles", folder).code == 5
    assert not (folder / "checkpoint").exists()


def test_where_nobody_is_named_nobody_is_asked_and_disclosures_go_on(running: Operator, tmp_path: Path) -> None:
    for words in ((), ("--now",), (tmp_path / "said",)):
        told = running.types("log", "anchors", *words, "--json")
        assert (told.code, told.json["disclosures"], told.json["seen"]) == (0, "go_on", {})
    assert list((tmp_path / "said").iterdir()) == []


def test_a_witness_is_founded_once(operator: Operator, tmp_path: Path) -> None:
    folder = tmp_path / "witness"
    said = operator.types("witness", "init", folder, "--name", "w.example/log", "--json")
    key = WitnessKey.parsed(str(said.json["vkey"]))
    assert key.name == "w.example/log"
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
    assert operator.types("witness", "init", folder, "--name", "w.example/log").code != 0
    assert operator.types("witness", "init", tmp_path / "other", "--name", "a name").code != 0


def test_a_witness_watches_logs_by_their_keys(operator: Operator, tmp_path: Path) -> None:
    log = VerifierKey("log.example", bytes(31) + b"\x01").text
    assert operator.types("witness", "serve", tmp_path, "--log", "no key").code == 2
    assert operator.types("witness", "serve", tmp_path, "--log", log).code != 0, "there is no witness"


@pytest.mark.parametrize("file", ["stamp", "root"])
def test_a_time_stamp_that_is_none_is_said_to_be_none(operator: Operator, tmp_path: Path, file: str) -> None:
    files = {name: tmp_path / name for name in ("stamp", "checkpoint", "root")}
    files["checkpoint"].write_text("note", "utf-8")
    files[file].write_text("nothing", "utf-8")
    assert operator.types("log", "verify-stamp", *files.values()).code == 2

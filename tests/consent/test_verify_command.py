"""`python -m consent` as an officer meets it: what it says, what it answers, and that Python alone is enough."""

import json
import subprocess
import sys
from base64 import b64encode
from pathlib import Path

import pytest
from audit_office import KEY, ORIGIN, PRIVATE, Office

import consent
from consent import merkle
from consent.__main__ import Exit, main
from consent.checkpoint import Checkpoint, VerifierKey, signed
from consent.errors import Fault

STRANGER = VerifierKey(ORIGIN, bytes(31) + b"\x01")


@pytest.fixture
def office(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Office:
    return Office(tmp_path, capsys)


# ------------------------------------------------------------------------------------------------------------- log


def test_a_whole_log_with_checkpoints_and_key_is_proven(office: Office) -> None:
    held = ("--checkpoint", office.checkpoint(12), "--checkpoint", office.checkpoint(30), "--key", KEY.text)
    answer, said = office.asks("verify", office.export, *held)
    assert answer == 0
    assert "PROVEN: the first 30 entries" in said
    assert "all 2 checkpoints" in said
    assert "NOT PROVEN: that what the entries say is true" in said


def test_entries_after_the_newest_checkpoint_are_said_to_be_unproven(office: Office) -> None:
    answer, said = office.asks("verify", office.export, "--checkpoint", office.checkpoint(12), "--key", KEY.text)
    assert answer == Exit.PROVEN
    assert "NOT PROVEN: the last 18 entries" in said
    assert "with 1 checkpoint." in said


def test_without_a_checkpoint_nothing_is_proven_and_it_says_so(office: Office) -> None:
    for arguments in ((), ("--key", KEY.text), ("--key", KEY.text, "--checkpoint", office.checkpoint(0))):
        answer, said = office.asks("verify", office.export, *arguments)
        assert answer == 1
        assert "30 entries" in said
        assert "NOT PROVEN: that this is the true log" in said
        assert "\nPROVEN" not in said


def test_a_checkpoint_without_the_key_agrees_but_is_not_proof(office: Office) -> None:
    answer, said = office.asks("verify", office.export, "--checkpoint", office.checkpoint(30))
    assert answer == Exit.NOT_PROVEN
    assert "agree with 1 checkpoint" in said
    assert "NOT PROVEN: that the log signed what you hold" in said


def test_a_rewritten_log_does_not_verify_and_the_place_is_named(office: Office) -> None:
    forged = office.rewritten(*office.lines[:14], b'{"event":"refusal"}', *office.lines[15:])
    held = ("--checkpoint", office.checkpoint(12), "--checkpoint", office.checkpoint(30))
    for arguments in (held, (*held, "--key", KEY.text)):
        answer, said = office.asks("verify", forged, *arguments)
        assert answer == 5
        assert said.startswith("DOES NOT VERIFY: the export does not agree with a checkpoint")
        assert "among the entries 13 to 30" in said
        assert "refusal" not in said


def test_a_truncated_log_does_not_verify_and_the_missing_are_counted(office: Office) -> None:
    cut = office.rewritten(*office.lines[:20])
    answer, said = office.asks("verify", cut, "--checkpoint", office.checkpoint(30), "--key", KEY.text)
    assert answer == Exit.DOES_NOT_VERIFY
    assert "10 are missing" in said


def test_two_versions_of_one_log_do_not_verify(office: Office) -> None:
    honest = office.checkpoint(30)
    other = signed(Checkpoint(ORIGIN, 30, bytes(32 * [255])), KEY, PRIVATE.sign)
    held = ("--checkpoint", honest, "--checkpoint", office.wrote("other", other.encode()))
    answer, said = office.asks("verify", office.export, *held, "--key", KEY.text)
    assert (answer, said) == (Exit.DOES_NOT_VERIFY, f"DOES NOT VERIFY: {Fault.CHECKPOINTS_CONTRADICT} (size 30).\n")


def test_a_line_that_is_no_entry_does_not_verify_and_its_number_is_said(office: Office) -> None:
    answer, said = office.asks("verify", office.rewritten(*office.lines[:2], b"sealed"))
    assert (answer, said) == (Exit.DOES_NOT_VERIFY, f"DOES NOT VERIFY: {Fault.LINE_NOT_AN_ENTRY} (line 3).\n")


@pytest.mark.parametrize("note", [b"no note", b"\xff", b""], ids=["text", "bytes", "empty"])
def test_a_checkpoint_file_that_is_none_does_not_verify_and_is_named_by_number(office: Office, note: bytes) -> None:
    held = ("--checkpoint", office.checkpoint(30), "--checkpoint", office.wrote("bad", note))
    answer, said = office.asks("verify", office.export, *held)
    assert answer == Exit.DOES_NOT_VERIFY
    assert "Checkpoint file 2 of those given cannot be relied on." in said


def test_a_checkpoint_that_another_key_signed_does_not_verify(office: Office) -> None:
    held = ("--checkpoint", office.checkpoint(30), "--key", STRANGER.text)
    answer, said = office.asks("verify", office.export, *held)
    assert answer == Exit.DOES_NOT_VERIFY
    assert Fault.SIGNATURE_MISSING in said


# -------------------------------------------------------------------------------------------------------- receipts


def test_a_receipt_is_proven_with_the_key(office: Office) -> None:
    answer, said = office.asks("verify-receipt", office.receipt(office.lines[7]), "--key", KEY.text)
    assert answer == Exit.PROVEN
    assert "index 7 stands in the log of 30 entries" in said
    assert "NOT PROVEN: anything else in the file" in said


def test_a_receipt_without_the_key_is_not_proof(office: Office) -> None:
    answer, said = office.asks("verify-receipt", office.receipt(office.lines[7]))
    assert answer == Exit.NOT_PROVEN
    assert "NOT PROVEN: that the log signed" in said


def test_an_altered_receipt_does_not_verify(office: Office) -> None:
    answer, said = office.asks("verify-receipt", office.receipt(office.lines[8]), "--key", KEY.text)
    assert (answer, said) == (Exit.DOES_NOT_VERIFY, f"DOES NOT VERIFY: {Fault.ROOT_DIFFERS}.\n")


# ----------------------------------------------------------------------------------------------------- wrong use


@pytest.mark.parametrize("arguments", [(), ("verify",), ("prove",), ("verify", "x", "--key", "log+0+AQ==")])
def test_wrong_use_answers_two(arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert "usage: python -m consent" in capsys.readouterr().err


def test_a_file_that_is_not_there_answers_two(office: Office) -> None:
    answer, said = office.asks("verify", str(office.folder / "absent.jsonl"))
    assert (answer, said) == (Exit.USAGE, "A file could not be read: No such file or directory.\n")


# ---------------------------------------------------------------------------------------------------- Python alone


def test_it_runs_on_a_bare_python_without_site_packages_or_working_directory(office: Office) -> None:
    root = Path(consent.__file__).parents[1]
    held = ("--checkpoint", office.checkpoint(30), "--key", KEY.text)
    ran = subprocess.run(
        [sys.executable, "-S", "-P", "-W", "error", "-m", "consent", "verify", office.export, *held],
        env={"PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": "1"},
        cwd=office.folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (ran.returncode, ran.stderr) == (Exit.PROVEN, "")
    assert "PROVEN: the first 30 entries" in ran.stdout


class TestAHistory:
    def wrote(self, office: "Office", *changes: dict[str, object]) -> str:
        """A history of three entries, each changed as asked."""
        grown = merkle.appended(0, [merkle.leaf_hash(line) for line in office.lines], lambda *_: b"")
        note = Path(office.checkpoint(30)).read_text(encoding="utf-8")
        lines = []
        for at, change in zip((3, 7, 20), (*changes, {}, {}, {}), strict=False):
            proof = [b64encode(one).decode() for one in grown.inclusion_proof(at)]
            entry = {"leaf": office.lines[at].decode(), "index": at, "proof": proof, "checkpoint": note}
            lines.append(json.dumps({**entry, **change}).encode() + b"\n")
        return office.wrote("history.jsonl", b"".join(lines))

    def test_it_is_proven_under_the_key(self, office: "Office") -> None:
        code, said = office.asks("verify-history", self.wrote(office), "--key", KEY.text)
        assert code == Exit.PROVEN
        assert "All 3 entries" in said
        assert "NOT PROVEN: that no entry about her was left out" in said

    def test_without_a_key_it_is_not_proven(self, office: "Office") -> None:
        assert office.asks("verify-history", self.wrote(office))[0] == Exit.NOT_PROVEN

    @pytest.mark.parametrize(
        "change",
        [
            {"leaf": '{"event":"decision","n":4}'},
            {"index": 4},
            {"proof": []},
            {"checkpoint": "another"},
            {"index": True},
        ],
    )
    @pytest.mark.parametrize("at", [0, 1])
    def test_a_changed_line_does_not_verify(self, office: "Office", change: dict[str, object], at: int) -> None:
        changes = [{}, {}]
        changes[at] = change
        assert office.asks("verify-history", self.wrote(office, *changes), "--key", KEY.text)[0] == Exit.DOES_NOT_VERIFY

    def test_an_entry_that_stands_twice_or_out_of_order_does_not_verify(self, office: "Office") -> None:
        whole = Path(self.wrote(office)).read_bytes().splitlines(keepends=True)
        for lines in ([whole[0], whole[0]], whole[::-1], []):
            path = office.wrote("other.jsonl", b"".join(lines))
            assert office.asks("verify-history", path, "--key", KEY.text)[0] == Exit.DOES_NOT_VERIFY

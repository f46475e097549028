"""What stands after `Next:` brings somebody further: never in a circle, never to a check that knows nothing of it."""

import os
from pathlib import Path
from shlex import quote

import pytest
from operators import Operator, Said

from gateway.installation.unlocking import HOW_TO_UNLOCK

DOCTOR = "referral-gateway doctor"


def found(operator: Operator, check: str, **settings: str) -> tuple[bool, str]:
    """Return whether the doctor is content with one thing, and what it says to type."""
    checks = operator.types("doctor", "--json", **settings).json["checks"]
    assert isinstance(checks, list)
    (one,) = [one for one in checks if isinstance(one, dict) and one["name"] == check]
    return bool(one["ok"]), str(one["next"])


def test_where_keys_are_nobody_is_told_to_make_a_secret_that_opens_nothing(operator: Operator, tmp_path: Path) -> None:
    assert operator.types("init", GATEWAY_SECRET_FILE="").next != HOW_TO_UNLOCK
    there, new = {"GATEWAY_DATA": str(operator.data)}, {"GATEWAY_DATA": str(tmp_path / "new")}
    for folder, following in ((there, "export GATEWAY_SECRET_FILE=ITS_SECRET"), (new, HOW_TO_UNLOCK)):
        assert _unset(operator, "init", **folder).next == following


def test_a_key_ring_that_does_not_open_is_never_answered_by_making_one(operator: Operator) -> None:
    wrong = operator.paper("wrong", "a wrong secret for invented people only")
    wrong.chmod(0o600)
    ring = operator.data / "keyring.json"

    said = found(operator, "key ring", GATEWAY_SECRET_FILE=str(wrong))
    assert said == (False, f"export GATEWAY_SECRET_FILE=ITS_SECRET && {DOCTOR}")
    ring.chmod(0o644)
    assert found(operator, "key ring") == (False, f"chmod 600 {quote(str(ring))}")
    ring.unlink()
    assert found(operator, "key ring") == (False, f"install -m 600 BACKUP {quote(str(ring))}")
    assert operator.types("init").next == DOCTOR


def test_where_nothing_was_ever_made_the_doctor_says_init(operator: Operator, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir(mode=0o700)
    assert found(operator, "key ring", GATEWAY_DATA=str(tmp_path / "empty")) == (False, "referral-gateway init")


def test_somebody_elses_folder_is_said_to_be_that_and_the_doctor_says_how_to_ask(
    operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    somebody = os.geteuid() + 1
    monkeypatch.setattr("gateway.installation.folder.os.geteuid", lambda: somebody)

    said = operator.types("agency", "list")

    assert (said.code, said.next) == (2, DOCTOR)
    assert "another user" in said.err
    fine, following = found(operator, "data folder")
    assert not fine
    assert following.startswith("sudo -u ")
    assert following.endswith(DOCTOR)


def test_a_folder_that_this_user_may_not_look_for_is_no_mistake_of_the_program(
    operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forbidden(_path: Path) -> bool:
        raise PermissionError

    monkeypatch.setattr(Path, "is_dir", forbidden)
    for command in (("agency", "list"), ("serve",)):
        said = operator.types(*command)
        assert (said.code, said.next) == (2, DOCTOR), said.err
        assert "mistake" not in said.err
    assert found(operator, "data folder")[0] is False
    monkeypatch.setattr(Path, "exists", forbidden)
    assert operator.types("init").next == f"sudo ls -l {quote(str(operator.secret))}"


@pytest.mark.parametrize(
    "command",
    [
        ("backup", "take", "{data}/inside"),
        ("backup", "keys", "{home}/k", "--weekly-keys", "{home}"),
        ("restore", "data", "{home}"),
        ("restore", "keys", "{home}/none", "--weekly-key", "{home}/secret", "--erased", "{home}/secret"),
        ("restore", "keys", "{home}/none", "--weekly-key", "{home}/none", "--erased", "{home}/none", "--dry-run"),
        ("keys", "change-secret", "{home}/none", "--yes"),
        ("witness", "serve", "{home}", "--log", "no key"),
    ],
    ids=lambda command: " ".join((*command[:2], command[-1])),
)
def test_what_a_command_was_given_is_mended_with_its_help_and_not_with_the_doctor(
    operator: Operator, command: tuple[str, ...]
) -> None:
    said = operator.types(*(word.format(data=operator.data, home=operator.home) for word in command))
    assert said.code == 2, said.err
    assert said.next.startswith(f"referral-gateway {command[0]}")
    assert "key ring" not in said.err


def _unset(operator: Operator, *arguments: str, **settings: str) -> Said:
    """Type a command where no secret is set at all."""
    with pytest.MonkeyPatch.context() as patched:
        kept = {name: value for name, value in operator.environment.items() if name != "GATEWAY_SECRET_FILE"}
        patched.setattr(Operator, "environment", kept)
        return operator.types(*arguments, **settings)

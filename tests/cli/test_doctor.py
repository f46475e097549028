"""`doctor` finds what an operator can get wrong, names the command that mends it, and changes nothing."""

import json
import os
import time
from collections.abc import Callable
from importlib.resources import files
from shlex import quote

import pytest
from operators import Operator, Said

from gateway.cli.doctor import starts_again
from gateway.installation.examining_records import MANY, dead_letters
from gateway.installation.folder import exclusive


def _names(said: Said, *, ok: bool) -> set[str]:
    checks = said.json["checks"]
    assert isinstance(checks, list)
    return {str(check["name"]) for check in checks if isinstance(check, dict) and check["ok"] is ok}


def test_a_sound_installation_has_no_problem(operator: Operator) -> None:
    said = operator.types("doctor", "--json")

    assert (said.code, said.json["ok"]) == (0, True)
    assert _names(said, ok=True) == {
        "settings", "packages", "data folder", "secret", "file modes", "disk space", "clock", "adapters", "hooks",
        "witnesses", "client authorities", "country profile",
        "key ring", "key ages", "schema", "person keys", "installation", "agency keys", "client keys", "gateway",
        "dead letters", "restored database", "profile approval",
    }  # fmt: skip


def test_beside_a_running_gateway_it_asks_the_gateway(running: Operator) -> None:
    said = running.types("doctor")

    assert said.code == 0
    assert "gateway: It runs; the log holds" in said.out


def _without_key_ring(operator: Operator) -> None:
    (operator.data / "keyring.json").unlink()


def _without_database(operator: Operator) -> None:
    (operator.data / "gateway.db").unlink()


def _without_person_keys(operator: Operator) -> None:
    (operator.data / "person-keys.db").unlink()


def _open_folder(operator: Operator) -> None:
    operator.data.chmod(0o750)


def _open_file(operator: Operator) -> None:
    (operator.data / "gateway.db").chmod(0o644)


def _open_secret(operator: Operator) -> None:
    operator.secret.chmod(0o644)


def _wrong_secret(operator: Operator) -> None:
    operator.secret.write_text("another secret altogether")


def _written_in_the_future(operator: Operator) -> None:
    os.utime(operator.data / "gateway.db", (time.time() + 86_400,) * 2)


def _waits_for_release(operator: Operator) -> None:
    operator.tampers("INSERT INTO head (id, version) VALUES ('restored', 1)")


def _older_schema(operator: Operator) -> None:
    operator.tampers("UPDATE alembic_version SET version_num = '0000'")


@pytest.mark.parametrize(
    ("name", "spoil"),
    [
        ("key ring", _without_key_ring),
        ("schema", _without_database),
        ("schema", _older_schema),
        ("person keys", _without_person_keys),
        ("data folder", _open_folder),
        ("file modes", _open_file),
        ("secret", _open_secret),
        ("key ring", _wrong_secret),
        ("clock", _written_in_the_future),
        ("restored database", _waits_for_release),
    ],
    ids=lambda one: one.__name__ if callable(one) else one,
)
def test_one_thing_wrong_is_the_one_problem_found(
    operator: Operator, name: str, spoil: Callable[[Operator], None]
) -> None:
    spoil(operator)
    before = sorted(path.name for path in operator.data.iterdir())

    said = operator.types("doctor", "--json")

    assert (said.code, said.json["ok"]) == (1, False)
    assert _names(said, ok=False) == {name}
    assert sorted(path.name for path in operator.data.iterdir() if not path.name.endswith(("-wal", "-shm"))) == before


def test_every_problem_comes_with_a_command(operator: Operator) -> None:
    for spoil in (_wrong_secret, _open_secret, _open_file, _without_person_keys):
        spoil(operator)

    lines = operator.types("doctor").out.splitlines()

    problems = [number for number, line in enumerate(lines) if line.startswith("PROBLEM")]
    assert len(problems) == 4
    assert all(lines[number + 1].strip().startswith("Next: ") for number in problems)


def test_what_was_given_up_is_counted_up_to_a_bound() -> None:
    assert dead_letters(0).ok
    assert (dead_letters(2).ok, dead_letters(2).says[:2]) == (False, "2 ")
    assert dead_letters(MANY + 1).says.startswith("More than 1000 ")
    assert dead_letters(2).next == "referral-gateway courier dead"


@pytest.mark.parametrize(
    ("approved", "missing", "goes_on"), [(True, 2, True), (False, 0, True), (False, 1, False)], ids=str
)
def test_a_profile_in_force_starts_again_where_two_approved_it(approved: bool, missing: int, goes_on: bool) -> None:  # noqa: FBT001 - parameters of the test
    waiting = [{"digest": "other", "missing": 0}, {"digest": "this", "missing": missing}]
    told = {"in_force": {"digest": "this", "approved": approved}, "proposals": waiting}
    assert starts_again(told) is goes_on


ENDPOINT = {
    "schema": "endpoint/1.0",
    "agency": "shelter",
    "brings": "referrals",
    "url": "https://shelter.example/inbound",
    "authentication": {"method": "none"},
}


def test_a_machine_that_believes_nobody_is_told_where_others_are_to_be_reached(operator: Operator) -> None:
    """TLS is checked against the machine's own list; a small base for containers has none."""
    empty = operator.home / "no-certificates"
    empty.mkdir()
    nobody = {"SSL_CERT_FILE": str(empty / "none.pem"), "SSL_CERT_DIR": str(empty)}
    for loopback, told in ((True, set()), (False, {"authorities"})):
        document = json.dumps({**ENDPOINT, "loopback": loopback})
        operator.tampers("DELETE FROM endpoint")
        operator.tampers(f"INSERT INTO endpoint VALUES ('shelter', 'referrals', '{document}', 0, x'00')")  # noqa: S608 - no foreign words
        assert _names(operator.types("doctor", "--json", **nobody), ok=False) == told
    (empty / "0a1b2c3d.0").write_text("one that is believed")
    assert operator.types("doctor", "--json", **nobody).code == 0, "the canary"


def test_a_profile_that_no_two_officers_approved_is_told_before_the_start(operator: Operator) -> None:
    shipped = json.loads(files("consent").joinpath("protective.json").read_text("ascii"))
    profile = operator.paper("profile.json", {**shipped, "country": "DE", "reflection_days": 60})
    named = {"GATEWAY_COUNTRY_PROFILE": str(profile), "GATEWAY_COUNTRY": "DE"}
    assert operator.types("doctor", "--json", **named).code == 0  # Nobody was ever enrolled: there is nobody to ask.
    operator.tampers(
        "INSERT INTO officer (id, label, roles, enrolled_by, at) VALUES ('one', 'one', 'dpo', 'operator', 1)"
    )
    assert _names(operator.types("doctor", "--json", **named), ok=False) == {"profile approval"}


def test_a_wrong_setting_is_the_only_thing_it_can_say(operator: Operator) -> None:
    said = operator.types("doctor", "--json", GATEWAY_PORT="eighty")

    assert said.code == 1
    assert _names(said, ok=False) == {"settings"}
    assert "eighty" not in said.out + said.err


def test_a_gateway_that_does_not_answer_is_a_problem(operator: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.cli.session.PATIENCE", 0.2)
    with exclusive(operator.data):
        said = operator.types("doctor", "--json")

    assert _names(said, ok=False) == {"gateway"}


def test_before_anything_is_installed_it_says_how_to_begin(tmp_path_factory: pytest.TempPathFactory) -> None:
    said = Operator(tmp_path_factory.mktemp("nothing")).types("doctor")

    assert said.code == 1
    assert "Next: referral-gateway init" in said.out


@pytest.mark.parametrize("instead", ["a file", "a link to nowhere"])
def test_what_is_no_folder_in_the_data_folders_place_is_not_for_init(operator: Operator, instead: str) -> None:
    operator.data.rename(operator.home / "aside")
    if instead == "a file":
        operator.data.touch()
    else:
        operator.data.symlink_to(operator.home / "nowhere")
    told = operator.types("doctor", "--json").json
    checks = told["checks"]
    assert isinstance(checks, list)
    (found,) = [one for one in checks if one["name"] == "data folder"]
    assert (found["ok"], found["next"]) == (False, f"ls -ld {quote(str(operator.data))}")


def test_a_lock_that_cannot_be_opened_is_a_problem_for_doctor_too(operator: Operator) -> None:
    """Every command fails for it and sends one to `doctor`, which found nothing."""
    lock = operator.data / "gateway.lock"
    lock.unlink(missing_ok=True)
    lock.mkdir(mode=0o700)
    assert operator.types("agency", "list").next == "referral-gateway doctor"
    told = operator.types("doctor")
    assert told.code == 1
    assert "PROBLEM gateway: The data folder's lock cannot be opened." in told.out
    assert f"ls -ld {quote(str(operator.data))} {quote(str(lock))}" in told.out

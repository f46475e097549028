"""`init` makes what is missing, changes nothing that is there, and refuses what would lose something."""

import stat
from shlex import quote

import pytest
from operators import SECRET, Operator, Said

NEW = ("data_folder", "key_ring", "schema")


def test_it_makes_a_private_folder_the_key_ring_and_the_databases(newcomer: Operator) -> None:
    said = newcomer.types("init", "--json")

    assert said.code == 0
    assert said.json == {**dict.fromkeys(NEW, True), "dry_run": False}
    assert stat.S_IMODE(newcomer.data.stat().st_mode) == 0o700
    assert {path.name for path in newcomer.data.iterdir()} >= {"keyring.json", "gateway.db", "person-keys.db"}
    assert all(stat.S_IMODE(path.stat().st_mode) & 0o077 == 0 for path in newcomer.data.iterdir())


def test_a_second_time_it_keeps_the_key_ring_and_finds_nothing_to_do(operator: Operator) -> None:
    before = (operator.data / "keyring.json").read_bytes()

    said = operator.types("init", "--json")

    assert (said.code, said.json) == (0, {**dict.fromkeys(NEW, False), "dry_run": False})
    assert (operator.data / "keyring.json").read_bytes() == before


def test_a_dry_run_says_the_same_and_makes_nothing(newcomer: Operator) -> None:
    said = newcomer.types("init", "--dry-run", "--json")

    assert (said.code, said.json) == (0, {**dict.fromkeys(NEW, True), "dry_run": True})
    assert not newcomer.data.exists()


def test_it_takes_a_folder_that_others_may_enter_away_from_them(newcomer: Operator) -> None:
    newcomer.data.mkdir(mode=0o755)

    assert newcomer.types("init").code == 0
    assert stat.S_IMODE(newcomer.data.stat().st_mode) == 0o700


def test_without_a_secret_it_says_in_one_line_how_to_make_one(newcomer: Operator) -> None:
    said = _without_secret(newcomer)

    assert said.code == 2
    assert "GATEWAY_SECRET_FILE" in said.next
    assert not newcomer.data.exists()


def test_a_secret_that_is_not_where_it_was_said_to_be_is_made_by_the_next_command(newcomer: Operator) -> None:
    newcomer.secret.unlink()
    said = newcomer.types("init")
    assert (said.code, newcomer.data.exists()) == (2, False)
    assert f"base64 > {quote(str(newcomer.secret))}" in said.next


def test_a_secret_beside_the_database_is_refused(newcomer: Operator) -> None:
    newcomer.data.mkdir(mode=0o700)
    beside = newcomer.data / "secret"
    beside.write_text(SECRET)

    said = newcomer.types("init", GATEWAY_SECRET_FILE=str(beside))

    assert said.code == 2
    assert "beside the database" in said.err
    assert not (newcomer.data / "keyring.json").exists()


def test_a_wrong_secret_does_not_open_the_key_ring_and_is_not_repeated(operator: Operator) -> None:
    operator.secret.write_text("another secret altogether")

    said = operator.types("init")

    assert said.code == 2
    assert said.next == "referral-gateway doctor"
    assert "another secret" not in said.out + said.err


def test_a_lost_key_ring_is_never_replaced_by_a_new_one(operator: Operator) -> None:
    (operator.data / "keyring.json").unlink()

    for arguments in (("init",), ("init", "--dry-run")):
        said = operator.types(*arguments)
        assert said.code == 2
        assert "restore it" in said.err
    assert not (operator.data / "keyring.json").exists()


def test_a_database_of_another_version_is_left_as_it_is(operator: Operator) -> None:
    operator.tampers("UPDATE alembic_version SET version_num = '9999'")

    assert operator.types("init", "--dry-run", "--json").json["schema"] is True
    said = operator.types("init")

    assert (said.code, said.next) == (2, "referral-gateway doctor")
    assert "newer version" in said.err


@pytest.mark.parametrize("variable", ["GATEWAY_PROT", "GATEWAY_PORT"])
def test_a_setting_that_is_unknown_or_not_valid_is_named_without_its_value(newcomer: Operator, variable: str) -> None:
    said = newcomer.types("init", **{variable: "port-nobody-has"})

    assert said.code == 2
    assert variable in said.err
    assert "port-nobody-has" not in said.err


def _without_secret(operator: Operator) -> Said:
    environment = operator.environment
    del environment["GATEWAY_SECRET_FILE"]

    class Forgetful(Operator):
        @property
        def environment(self) -> dict[str, str]:
            return environment

    return Forgetful(operator.home).types("init")

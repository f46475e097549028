"""The file of hooks: read whole or refused, with the place and the rule, and never with what stands there."""

from collections.abc import Callable
from pathlib import Path

import pytest

from gateway.core.errors import OperatorError
from gateway.courier.primero_hooks import read_hooks
from gateway.installation.examining_files import _hooks
from gateway.settings import Settings
from schemas.vocabulary import Purpose

CANARY = "canary-value-of-some-length"
WORDS = {
    "agency": "police",
    "client": "police-primero",
    "base_url": "https://primero.example/base",
    "to": "river-shelter",
    "purpose": "assistance.accommodation",
    "secret_file": "secret",
    "credential_file": "credential",
}


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Settings]:
    """Write a file with one hook, changed as asked; a change to None takes a word away."""
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    for folder in (tmp_path, data):
        for name in ("secret", "credential"):
            (folder / name).write_text(f"{name}:{CANARY}\n")
            (folder / name).chmod(0o600)
    (tmp_path / "short").write_text("fifteen letters")
    (tmp_path / "short").chmod(0o600)
    (tmp_path / "open").write_text(CANARY)
    (tmp_path / "open").chmod(0o640)

    def written(text: str | None = None, **changes: str | None) -> Settings:
        words = {name: f'"{value}"' for name, value in WORDS.items()} | changes
        lines = ["[from-primero]", *(f"{name} = {value}" for name, value in words.items() if value is not None)]
        (tmp_path / "hooks.toml").write_text("\n".join(lines) if text is None else text)
        (tmp_path / "hooks.toml").chmod(0o644)
        return Settings(data=data, primero_hooks=tmp_path / "hooks.toml")

    return written


def test_no_file_is_no_hook() -> None:
    assert read_hooks(Settings()) == {}


def test_a_hook_is_read_whole_and_prints_no_secret(write: Callable[..., Settings]) -> None:
    [(name, hook)] = read_hooks(write()).items()
    assert (name, hook.id, hook.agency, hook.client) == ("from-primero", "from-primero", "police", "police-primero")
    assert (hook.recipient, hook.purpose) == ("river-shelter", Purpose.ACCOMMODATION)
    assert hook.secret == f"secret:{CANARY}".encode()
    assert CANARY not in repr(hook)
    assert CANARY not in repr(hook.cases)


def test_this_machine_serves_where_the_operator_says_so(write: Callable[..., Settings]) -> None:
    assert read_hooks(write(base_url='"http://127.0.0.1:3000"', loopback="true"))


WRONG: dict[str, tuple[dict[str, str | None], str]] = {
    **{f"no {word}": ({word: None}, f"/from-primero/{word}': required") for word in WORDS},
    "another type": ({"agency": "7"}, "/from-primero/agency': required"),
    "an agency that cannot be": ({"agency": f'"{CANARY.upper()}"'}, "/from-primero/agency': pattern"),
    "a recipient that cannot be": ({"to": '"../x"'}, "/from-primero/to': pattern"),
    "a client that cannot be": ({"client": '"a b"'}, "/from-primero/client': pattern"),
    "an unknown purpose": ({"purpose": f'"{CANARY}"'}, "/from-primero/purpose': unknown"),
    "an unknown word": ({"canary": "1"}, "/from-primero': unknown_member"),
    "not https": ({"base_url": '"http://primero.example"'}, "/from-primero/base_url': not_https"),
    "loopback unasked": ({"base_url": '"http://127.0.0.1"', "loopback": "false"}, "/from-primero/base_url': not_https"),
    "loopback as text": ({"loopback": '"true"'}, "/from-primero/loopback': type"),
    "a password in the address": (
        {"base_url": f'"https://a:{CANARY}@primero.example"'},
        "/from-primero/base_url': more_than_an_address",
    ),
    "no secret": ({"secret_file": f'"{CANARY}"'}, "/from-primero/secret_file': unreadable"),
    "a short secret": ({"secret_file": '"short"'}, "/from-primero/secret_file': too_short"),
    "a secret others may read": ({"secret_file": '"open"'}, "/from-primero/secret_file': open_to_others"),
    "a credential others may read": ({"credential_file": '"open"'}, "/from-primero/credential_file': open_to_others"),
    "a secret beside the data": ({"secret_file": '"data/secret"'}, "/from-primero/secret_file': beside_the_database"),
    "a credential beside the data": (
        {"credential_file": '"data/../data/credential"'},
        "/from-primero/credential_file': beside_the_database",
    ),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_hook_that_is_wrong_refuses_the_start(write: Callable[..., Settings], what: str) -> None:
    changes, said = WRONG[what]
    with pytest.raises(OperatorError) as caught:
        read_hooks(write(**changes))
    assert str(caught.value).endswith(said)
    assert CANARY not in str(caught.value).lower()


@pytest.mark.parametrize(
    ("text", "rule"),
    [(f"[{CANARY}", "toml"), (f'["{CANARY.upper()}"]', "hook_id"), ("from-primero = 1", "table"), ("\0", "toml")],
    ids=["no TOML", "no id", "no table", "no text"],
)
def test_a_file_that_is_wrong_refuses_the_start(write: Callable[..., Settings], text: str, rule: str) -> None:
    with pytest.raises(OperatorError) as caught:
        read_hooks(write(text))
    assert str(caught.value).endswith(f": {rule}")
    assert CANARY not in str(caught.value).lower()
    assert CANARY not in repr(caught.value.__context__)


def test_a_file_that_others_may_write_is_refused(write: Callable[..., Settings]) -> None:
    settings = write()
    settings.primero_hooks.chmod(0o664)
    with pytest.raises(OperatorError, match="open_to_others"):
        read_hooks(settings)


def test_doctor_says_what_is_wrong_with_hooks(write: Callable[..., Settings]) -> None:
    assert _hooks(Settings()).ok
    assert _hooks(write()).ok
    found = _hooks(write(purpose=None))
    assert not found.ok
    assert found.next.startswith("less ")

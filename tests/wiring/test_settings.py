"""Settings: read from the environment only, an unknown one refused, and never a value in what is said."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from checkout import ROOT
from pydantic import ValidationError

from gateway.core.errors import OperatorError
from gateway.settings import PREFIX, Settings, described, read

CANARY = "Anamaria-Canary-secret"


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.upper().startswith(PREFIX):
            monkeypatch.delenv(name)


def test_nothing_needs_to_be_set() -> None:
    settings = read()
    assert settings == Settings()
    assert (settings.host, settings.port, settings.demo) == ("127.0.0.1", 8470, False)
    assert settings.database() == "sqlite:///gateway-data/gateway.db"
    assert settings.person_key_database() == "sqlite:///gateway-data/person-keys.db"
    assert settings.public_url == "http://127.0.0.1:8470"


def test_every_setting_is_read_from_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    given = {
        "data": "/srv/gateway",
        "database_url": "postgresql+psycopg://gateway@db/gateway",
        "database_owner_url": "postgresql+psycopg://owner@db/gateway",
        "person_keys_url": "postgresql+psycopg://gateway@keys/keys",
        "keyring": "/etc/gateway/ring.json",
        "secret_file": "/etc/gateway/secret",
        "secret": CANARY,
        "host": "0.0.0.0",  # noqa: S104 - a value to be read, nobody listens
        "port": "1",
        "workers": "3",
        "url": "https://gateway.example",
        "proxy_socket": "/run/gateway/proxy.sock",
        "mutual_tls_url": "https://mtls.gateway.example",
        "client_authorities": "/etc/gateway/authorities.pem",
        "country": "NL",
        "country_profile": "/etc/gateway/profile.json",
        "origin": "gateway.example/log",
        "largest_body": "2048",
        "largest_attachment": "4096",
        "rate_client": "5",
        "rate_address": "6",
        "rate_failures": "7",
        "proxies": "10.0.0.1, 2001:db8::1",
        "adapters_allowed": "/etc/gateway/adapters.json",
        "adapters_folder": "/srv/gateway-adapters",
        "adapter_memory": "134217728",
        "adapter_seconds": "2",
        "primero_hooks": "/etc/gateway/hooks.toml",
        "anchors": "/etc/gateway/anchors.toml",
        "courier": "false",
        "metrics_port": "9100",
        "access_log": "true",
        "demo": "false",
    }
    assert given.keys() == Settings.model_fields.keys()
    for name, value in given.items():
        monkeypatch.setenv(f"{PREFIX}{name.upper()}", value)
    settings = read()
    assert settings.database() == given["database_url"]
    assert settings.person_key_database() == given["person_keys_url"]
    assert settings.secret is not None
    assert settings.secret.get_secret_value() == CANARY
    told = settings.model_dump()
    assert {name: str(told[name]) for name in ("host", "port", "url", "country", "origin", "largest_body", "data")} == {
        name: given[name] for name in ("host", "port", "url", "country", "origin", "largest_body", "data")
    }
    assert settings.keyring_file == Path("/etc/gateway/ring.json")
    assert settings.trusted_proxies == {"10.0.0.1", "2001:db8::1"}


@pytest.mark.parametrize("name", ["GATEWAY_TYPO", "GATEWAY_SECRETS", "GATEWAY_", "gateway_typo", "Gateway_Secret_Fil"])
def test_an_unknown_setting_is_refused_by_name_and_not_by_value(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, CANARY)
    with pytest.raises(OperatorError) as caught:
        read()
    assert name in str(caught.value)
    assert CANARY not in repr(caught.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", CANARY),
        ("PORT", "65536"),
        ("COUNTRY", CANARY),
        ("COUNTRY", "xx"),
        ("COUNTRY", "XX\n"),
        ("ORIGIN", CANARY),
        ("LARGEST_BODY", "1023"),
        ("LARGEST_BODY", "16777217"),
        ("DEMO", CANARY),
        ("RATE_CLIENT", "-1"),
        ("PROXIES", CANARY),
        ("PROXIES", "10.0.0.1;10.0.0.2"),
    ],
    ids=ascii,
)
def test_a_setting_that_is_not_valid_is_named_and_its_value_is_not(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(PREFIX + name, value)
    with pytest.raises(OperatorError) as caught:
        read()
    assert PREFIX + name in str(caught.value)
    assert CANARY not in repr(caught.value)
    assert caught.value.__context__ is None, "the error carries another one along, with the value in it"


@pytest.mark.parametrize("host", ["0.0.0.0", "localhost", "::1", "gateway.example", ""])  # noqa: S104 - refused
def test_a_demonstration_stays_on_loopback(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValidationError):
        Settings(demo=True, host=host)
    monkeypatch.setenv("GATEWAY_HOST", host)
    with pytest.raises(OperatorError):
        read(demo=True)
    assert read().host == host


def test_settings_do_not_change() -> None:
    with pytest.raises(ValidationError):
        Settings().demo = True
    with pytest.raises(ValidationError):
        Settings(unknown=CANARY)


def test_what_is_secret_is_not_printed() -> None:
    url = f"postgresql+psycopg://gateway:{CANARY}@db/gateway"
    settings = Settings(secret=CANARY, database_url=url, person_keys_url=url)
    for said in (repr(settings), str(settings), f"{settings}", f"{settings!r}"):
        assert CANARY not in said
    assert settings.database() == url


# the secret that unlocks the key ring


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with a secret in it, and one outside."""
    folder = tmp_path / "data"
    (folder / "deeper").mkdir(parents=True)
    for place in (folder, folder / "deeper", tmp_path):
        (place / "secret").write_bytes(b"a secret of some length")
    return folder


def test_a_secret_that_lies_elsewhere_is_read(data: Path) -> None:
    assert Settings(data=data, secret_file=data.parent / "secret").unlocking_secret() == b"a secret of some length"
    assert Settings(data=data, secret=CANARY).unlocking_secret() == CANARY.encode()


@pytest.mark.parametrize("name", ["secret", "deeper/secret", "../data/secret", "deeper/../secret"])
def test_a_secret_beside_the_database_is_refused_without_demo(data: Path, name: str) -> None:
    with pytest.raises(OperatorError, match="beside the database"):
        Settings(data=data, secret_file=data / name).unlocking_secret()
    assert Settings(data=data, secret_file=data / name, demo=True).unlocking_secret()


def test_a_link_does_not_hide_where_a_secret_lies(data: Path) -> None:
    link = data.parent / "link"
    link.symlink_to(data / "secret")
    with pytest.raises(OperatorError, match="beside the database"):
        Settings(data=data, secret_file=link).unlocking_secret()
    aside = data.parent / "aside"
    aside.symlink_to(data, target_is_directory=True)
    with pytest.raises(OperatorError, match="beside the database"):
        Settings(data=aside, secret_file=data / "secret").unlocking_secret()


@pytest.mark.parametrize("which", ["database_url", "person_keys_url"])
def test_a_database_kept_elsewhere_counts_too(data: Path, which: str) -> None:
    elsewhere = data.parent / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "secret").write_bytes(b"x")
    url = {which: f"sqlite:///{elsewhere / 'some.db'}"}
    with pytest.raises(OperatorError, match="beside the database"):
        Settings(data=data, secret_file=elsewhere / "secret", **url).unlocking_secret()


def test_a_secret_that_is_not_there_is_told_without_its_place(data: Path) -> None:
    with pytest.raises(OperatorError) as caught:
        Settings(data=data, secret_file=data.parent / CANARY).unlocking_secret()
    assert CANARY not in repr(caught.value)
    with pytest.raises(OperatorError, match="GATEWAY_SECRET_FILE"):
        Settings(data=data).unlocking_secret()


# the document


def test_the_document_is_the_one_the_settings_make() -> None:
    assert (ROOT / "docs/settings.md").read_text("utf-8") == described()
    assert not {"`True`", "`False`"} & set(described().split()), "an operator types true or false"


def test_every_setting_has_a_sentence_and_stands_in_the_document() -> None:
    for name, setting in Settings.model_fields.items():
        assert setting.description
        assert f"| `{PREFIX}{name.upper()}` | {setting.description} |" in described()


def test_the_command_writes_the_document() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "gateway.settings"], capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert ran.stdout == described()


def test_a_process_beside_this_one_reads_what_was_decided_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"{PREFIX}PORT", "0")
    decided = read(demo=True).model_copy(update={"port": 8471})

    for name, value in decided.handed_on().items():
        monkeypatch.setenv(name, value)

    assert read() == decided


@pytest.mark.parametrize("name", ["MUTUAL_TLS_URL", "CLIENT_AUTHORITIES"])
def test_client_certificates_come_through_the_proxys_socket_or_not_at_all(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"{PREFIX}{name}", "https://mtls.gateway.example")
    with pytest.raises(OperatorError, match="GATEWAY_PROXY_SOCKET"):
        read()
    monkeypatch.setenv(f"{PREFIX}PROXY_SOCKET", "/run/gateway/proxy.sock")
    assert read().mutual_tls in {"https://mtls.gateway.example", "http://127.0.0.1:8470"}


def test_one_process_answers_on_sqlite_and_one_for_two_processors_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    url = "postgresql+psycopg://gateway@db/gateway"
    for there, found in (({0}, 1), ({0, 1}, 1), ({*range(4)}, 2), ({*range(64)}, 4)):
        monkeypatch.setattr("os.sched_getaffinity", lambda _pid, there=there: there)
        assert Settings(database_url=url).processes == found
        assert Settings().processes == 1
        assert Settings(database_url=url, workers=8).processes == Settings(workers=8).processes == 8

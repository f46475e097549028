"""Each thing `doctor` looks at, where a whole installation would not show it going wrong."""

import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from builders import NOON

from gateway.core.errors import OperatorError
from gateway.core.lately import RELEASED
from gateway.installation import examining
from gateway.installation.examining import examine
from gateway.installation.findings import Finding
from gateway.installation.folder import make_private
from gateway.plugins.finding import InstalledAdapters
from gateway.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """The settings of an empty private folder, with a secret elsewhere."""
    make_private(tmp_path / "the data")
    secret = tmp_path / "secret"
    secret.touch(mode=0o600)
    return Settings(data=tmp_path / "the data", secret_file=secret)


def _wrong(settings: Settings, **changes: object) -> list[Finding]:
    return [one for one in examine(settings.model_copy(update=changes), NOON) if not one.ok]


def test_nothing_is_wrong_with_an_empty_private_folder(settings: Settings) -> None:
    assert _wrong(settings) == []


def test_a_clock_before_this_program_was_made_is_wrong(settings: Settings) -> None:
    found = examine(settings, RELEASED - timedelta(seconds=1))

    assert [one.name for one in found if not one.ok] == ["clock"]


def test_too_little_space_is_a_problem(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examining, "SMALLEST_SPACE", 1 << 62)

    (found,) = _wrong(settings)
    assert found.name == "disk space"


def test_a_secret_beside_the_database_is_moved_away(settings: Settings) -> None:
    beside = settings.data / "secret"
    beside.touch(mode=0o600)

    (found,) = _wrong(settings, secret_file=beside)
    assert found.name == "secret"
    assert found.next.startswith(f"mv '{beside}' ")


def test_a_secret_that_was_never_made_is_made_where_it_was_said_to_be(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "not there" / "secret"
    (found,) = _wrong(settings, secret_file=file)
    assert subprocess.run(["/bin/sh", "-c", found.next], check=False).returncode == 0
    assert file.stat().st_mode & 0o077 == 0
    assert len(file.read_bytes()) > 32
    assert _wrong(settings, secret_file=file) == []


def test_a_secret_that_was_lost_is_never_made_anew(settings: Settings, tmp_path: Path) -> None:
    """A new one would not open the keys there are, and whoever made it would look no further for the old."""
    settings.keyring_file.write_text("{}")
    found = next(one for one in _wrong(settings, secret_file=tmp_path / "lost") if one.name == "secret")
    assert "bring it back" in found.says
    assert ">" not in found.next


def test_the_pin_of_a_device_is_typed_and_not_made_up(settings: Settings, tmp_path: Path) -> None:
    device = "pkcs11:token=none?module-path=/nowhere.so"
    found = next(one for one in _wrong(settings, secret_file=tmp_path / "pin", keyring=device) if one.name == "secret")
    assert "PIN" in found.says
    assert "random" not in found.next


def test_without_a_secret_of_its_own_doctor_asks_for_none(settings: Settings) -> None:
    assert _wrong(settings, secret_file=None) == []


def test_no_adapter_or_a_wrong_one_is_a_problem(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def refusing(_settings: object) -> InstalledAdapters:
        raise OperatorError("an adapter is announced under a key that is not its own")

    for found_there in (lambda _settings: InstalledAdapters({}), refusing):
        monkeypatch.setattr(examining, "adapters_of", found_there)
        (found,) = _wrong(settings)
        assert found.name == "adapters"


def test_every_finding_that_is_wrong_names_a_command_fit_for_a_shell(settings: Settings) -> None:
    settings.data.chmod(0o755)
    (settings.data / "file").touch(mode=0o644)

    found = _wrong(settings)

    assert [one.name for one in found] == ["data folder", "file modes"]
    assert all(f"'{settings.data}'" in one.next for one in found)

"""The files that settings name: `doctor` reads them as the gateway will when it starts, and looks when they end."""

from datetime import timedelta
from pathlib import Path
from shlex import quote

import pytest
from builders import NOON
from certified import self_signed

from consent.cosignature import WitnessKey
from gateway.installation.examining import examine
from gateway.installation.findings import Finding
from gateway.installation.folder import make_private
from gateway.settings import Settings

DAY = timedelta(days=1)
KEY = WitnessKey("w.example/log", bytes(31) + b"\x01").text
WITNESS = f'needed = 1\nevery_minutes = 30\n[witness.near]\nkey = "{KEY}"\nurl = "https://w.example/log"\n'
STAMPS = '[authority.post]\nurl = "https://t.example"\nroot = "root.pem"\n'


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """The settings of an empty private folder, with a secret elsewhere."""
    make_private(tmp_path / "data")
    secret = tmp_path / "secret"
    secret.touch(mode=0o600)
    return Settings(data=tmp_path / "data", secret_file=secret)


def _found(settings: Settings, name: str, **changes: object) -> Finding:
    (found,) = (one for one in examine(settings.model_copy(update=changes), NOON) if one.name == name)
    return found


@pytest.mark.parametrize(("name", "setting"), [
    ("witnesses", "anchors"), ("client authorities", "client_authorities"), ("country profile", "country_profile"),
])  # fmt: skip
def test_a_file_that_would_stop_the_start_is_a_problem_and_none_is_not(
    settings: Settings, tmp_path: Path, name: str, setting: str
) -> None:
    assert _found(settings, name).ok
    absent, wrong = tmp_path / "absent", tmp_path / "wrong"
    wrong.write_text("Marigold")
    for file in (absent, wrong):
        found = _found(settings, name, **{setting: file})
        assert not found.ok
        assert found.next.endswith(quote(str(file)))
        assert "Marigold" not in found.says


def test_files_that_are_right_are_no_problem(settings: Settings, tmp_path: Path) -> None:
    anchors = tmp_path / "anchors.toml"
    anchors.write_text(WITNESS)
    found = _found(settings, "witnesses", anchors=anchors)
    assert (found.ok, found.says) == (True, "1 see the log, 1 of them needed.")


@pytest.mark.parametrize(("days", "ok"), [(29, False), (31, True), (-1, False)], ids=["soon", "later", "ended"])
def test_authorities_that_end_are_told_of_a_month_before(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, days: int, *, ok: bool
) -> None:
    monkeypatch.setattr("gateway.courier.anchor_file.require_library", lambda: None)  # Nothing is stamped here.
    (tmp_path / "root.pem").write_bytes(self_signed(until=NOON + days * DAY).pem)
    (tmp_path / "anchors.toml").write_text(WITNESS + STAMPS)
    for name, changes in (
        ("client authorities", {"client_authorities": tmp_path / "root.pem"}),
        ("witnesses", {"anchors": tmp_path / "anchors.toml"}),
    ):
        found = _found(settings, name, **changes)
        assert found.ok is ok, name
        assert ok or (NOON + days * DAY).date().isoformat() in found.says

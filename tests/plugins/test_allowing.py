"""Only what the operator allowed, exactly as it was then, is run; everything else is left out by name and reason."""

import hashlib
import json
import sys
from base64 import urlsafe_b64encode
from collections.abc import Callable
from pathlib import Path

import pytest
from elsewhere import KEY, MANIFEST, NAME, PACKAGE, Lines, allow, distribution

from adapters.sdk.guard import Limits
from gateway.core.adapter_ports import NoAdapterError
from gateway.core.errors import OperatorError
from gateway.plugins import confinement
from gateway.plugins.allowing import Pin, allowed, write
from gateway.plugins.distributions import UnfitError, announced, proven
from gateway.plugins.finding import Elsewhere, InstalledAdapters, installed

TOUCHES = Lines(imported="__import__('pathlib').Path(__file__).with_name('imported').touch()")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The operator's folder for adapters, empty."""
    made = tmp_path / "adapters"
    made.mkdir()
    return made


@pytest.fixture
def pins(tmp_path: Path) -> Path:
    """Where the list lies."""
    return tmp_path / "adapters-allowed.json"


def found(folder: Path, pins: Path) -> InstalledAdapters:
    return installed(Limits(), Elsewhere(pins, folder))


def left_out(folder: Path, pins: Path) -> str:
    """Why it is left out; nothing of it was loaded."""
    seen = found(folder, pins)
    [left] = [one for one in seen.left_out if one.name == NAME]
    assert KEY not in seen.by_key
    assert seen.crews == {}
    return left.why


def test_what_was_allowed_is_there_and_not_imported_here(folder: Path) -> None:
    distribution(folder, TOUCHES)
    seen = found(folder, allow(folder))

    assert seen.left_out == ()
    assert seen.of(KEY).manifest.title == "Visitor"
    assert not (folder / PACKAGE / "imported").exists()
    assert PACKAGE not in sys.modules


def test_what_nobody_allowed_is_left_out(folder: Path, pins: Path) -> None:
    distribution(folder)

    assert left_out(folder, pins) == "it is not on the list of allowed adapters"
    with pytest.raises(NoAdapterError):
        found(folder, pins).of(KEY)


def test_another_version_is_left_out(folder: Path) -> None:
    distribution(folder)
    pins = allow(folder)
    [pin] = allowed(pins).values()
    write(pins, {NAME: Pin(NAME, "0.9", pin.sha256)})

    assert left_out(folder, pins) == "another version of it is allowed"


def test_other_content_under_the_same_version_is_left_out(folder: Path) -> None:
    distribution(folder)
    pins = allow(folder)
    distribution(folder, TOUCHES)

    assert left_out(folder, pins) == "it is not what was allowed: the hash differs"


def test_a_file_changed_after_the_installation_is_left_out(folder: Path) -> None:
    package = distribution(folder)
    pins = allow(folder)
    (package / "adapter.py").write_text(TOUCHES.program())

    assert left_out(folder, pins) == "a file is not as its record says"


NO_RECORD = "there are files among its own that stand in no record"
UNFIT = {
    NO_RECORD: lambda package: (package / "more.py").touch(),
    "a file of its record is not there": lambda package: (package / "__init__.py").unlink(),
    "it has no record of its files; install it with pip, not for development": lambda package: next(
        package.parent.glob("*.dist-info/RECORD")
    ).unlink(),
}


@pytest.mark.parametrize("why", UNFIT)
def test_what_its_record_does_not_cover_is_left_out(folder: Path, why: str) -> None:
    package = distribution(folder)
    pins = allow(folder)
    UNFIT[why](package)

    assert left_out(folder, pins) == why


def _cached_source(package: Path) -> None:
    """Python imports `visitor_adapter.__pycache__.more` like any other module."""
    (package / "__pycache__").mkdir()
    (package / "__pycache__" / "more.py").touch()


def _linked_folder(package: Path) -> None:
    (package.parent / "more").mkdir()
    (package / "more").symlink_to(package.parent / "more")


def _linked_package(package: Path) -> None:
    package.rename(package.parent / "elsewhere")
    package.symlink_to(package.parent / "elsewhere")


@pytest.mark.parametrize("change", [_cached_source, _linked_folder, _linked_package])
def test_what_could_be_imported_and_has_no_hash_is_left_out(folder: Path, change: Callable[[Path], None]) -> None:
    package = distribution(folder)
    pins = allow(folder)
    change(package)

    assert left_out(folder, pins) == NO_RECORD


def test_source_in_the_cache_of_compiled_files_changes_the_hash(folder: Path) -> None:
    distribution(folder, more={f"{PACKAGE}/__pycache__/more.py": "FIRST = 1"})
    pins = allow(folder)
    distribution(folder, more={f"{PACKAGE}/__pycache__/more.py": "SECOND = 2"})

    assert left_out(folder, pins) == "it is not what was allowed: the hash differs"


def test_announcements_that_cannot_be_read_announce_nothing(folder: Path, pins: Path) -> None:
    distribution(folder)
    next(folder.glob("*.dist-info/entry_points.txt")).write_bytes(b"\xff\xfe[referral_gateway.adapters]")

    assert found(folder, pins).left_out == ()


def test_a_manifest_that_is_no_text_is_left_out(folder: Path) -> None:
    package = distribution(folder)
    (package / "manifest.toml").write_bytes(MANIFEST.replace("Visitor", "Visit\xf6r").encode("latin-1"))
    _record_anew(folder, package / "manifest.toml")

    assert left_out(folder, allow(folder)) == "its manifest is not UTF-8"


def _record_anew(folder: Path, file: Path) -> None:
    [record] = folder.glob("*.dist-info/RECORD")
    name, digest = str(file.relative_to(folder)), hashlib.sha256(file.read_bytes()).digest()
    line = f"{name},sha256={urlsafe_b64encode(digest).decode().rstrip('=')},"
    lines = [line if one.startswith(f"{name},") else one for one in record.read_text().splitlines()]
    record.write_text("\n".join(lines) + "\n")


RECORDED = {
    "its entry point names no module": {
        "visitor_gateway_adapter-1.0.dist-info/entry_points.txt": f"[referral_gateway.adapters]\n{KEY} = no module!\n"
    },
    "it brings a .pth file, which would run in every process": {"more.pth": "import os"},
    "it takes the name of a package that is not its own": {"consent/evil.py": ""},
    "its manifest.toml is not valid": {f"{PACKAGE}/manifest.toml": "key = 1"},
    "it announces an adapter under a key that is not its own": {
        f"{PACKAGE}/manifest.toml": MANIFEST.replace(KEY, "other")
    },
    "it announces a key that another adapter has": {
        f"{PACKAGE}/manifest.toml": MANIFEST.replace(KEY, "canonical"),
        "visitor_gateway_adapter-1.0.dist-info/entry_points.txt": (
            f"[referral_gateway.adapters]\ncanonical = {PACKAGE}.adapter:Visitor\n"
        ),
    },
}


@pytest.mark.parametrize("why", RECORDED)
def test_what_an_adapter_may_not_bring_is_left_out_even_when_allowed(folder: Path, pins: Path, why: str) -> None:
    distribution(folder, more=RECORDED[why])
    [one] = announced(folder)
    try:
        digest = proven(one).digest
    except UnfitError:
        digest = "0" * 64
    write(pins, {NAME: Pin(NAME, "1.0", digest)})

    assert left_out(folder, pins) == why


@pytest.mark.parametrize("line", ["../../elsewhere.py,sha256=x,1", f"{PACKAGE}/unhashed.py,,", "os.py,sha256=x,1"])
def test_a_record_that_reaches_out_or_has_no_hash_is_unfit(folder: Path, line: str) -> None:
    distribution(folder)
    [record] = folder.glob("*.dist-info/RECORD")
    record.write_text(f"{record.read_text()}{line}\n")
    (folder / PACKAGE / "unhashed.py").touch()
    [one] = announced(folder)

    with pytest.raises(UnfitError):
        proven(one)


def test_a_compiled_file_does_not_change_the_hash(folder: Path) -> None:
    """It is in no record and is never run (`gateway.plugins.worker`)."""
    package = distribution(folder)
    pins = allow(folder)
    (package / "__pycache__").mkdir()
    (package / "__pycache__" / "adapter.cpython-311.pyc").write_bytes(b"\x00")

    assert found(folder, pins).left_out == ()


def test_where_a_worker_cannot_be_held_none_is_run(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    distribution(folder)
    pins = allow(folder)
    monkeypatch.setattr("gateway.plugins.landlock.version", lambda: 0)

    assert left_out(folder, pins) == confinement.missing()


def test_a_distribution_of_our_own_name_in_the_folder_is_never_built_in(folder: Path, pins: Path) -> None:
    distribution(folder, TOUCHES, name="referral-gateway")

    assert KEY not in found(folder, pins).by_key
    assert not (folder / PACKAGE / "imported").exists()


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"allowed": {}}', '{"allowed": [{}]}', '{"allowed": ["visitor"]}', "\xff",
     '{"allowed": [{"distribution": "a", "version": 1, "sha256": "b"}]}'],
)  # fmt: skip
def test_a_list_that_is_not_understood_stops_everything(folder: Path, pins: Path, text: str) -> None:
    pins.write_text(text, "latin-1")

    with pytest.raises(OperatorError):
        found(folder, pins)


def test_a_list_that_others_may_write_stops_everything(folder: Path, pins: Path) -> None:
    write(pins, {})
    pins.chmod(0o622)

    with pytest.raises(OperatorError, match="others may write"):
        found(folder, pins)


def test_the_list_is_written_for_its_owner_alone_and_read_again(pins: Path) -> None:
    pin = Pin(NAME, "1.0", "0" * 64)
    write(pins, {NAME: pin})

    assert pins.stat().st_mode & 0o777 == 0o600
    assert allowed(pins) == {NAME: pin}
    assert json.loads(pins.read_bytes()) == {"allowed": [{"distribution": NAME, "version": "1.0", "sha256": "0" * 64}]}

"""The private file: private, whole after a crash, never overwritten by somebody who had not read it."""

import stat
from pathlib import Path

import pytest

from gateway.core.errors import OperatorError
from gateway.keyring.files import read_private, write_private


def test_a_written_file_is_private_and_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "ring"
    write_private(path, b"first", replaces=None)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert read_private(path) == b"first"
    write_private(path, b"second", replaces=b"first")
    assert read_private(path) == b"second"
    assert [entry.name for entry in tmp_path.iterdir()] == ["ring"]


def test_an_existing_file_is_not_overwritten_unread(tmp_path: Path) -> None:
    path = tmp_path / "ring"
    write_private(path, b"first", replaces=None)
    for believed in (None, b"something else"):
        with pytest.raises(OperatorError):
            write_private(path, b"second", replaces=believed)
    assert read_private(path) == b"first"


def test_a_file_that_vanished_is_not_written_again(tmp_path: Path) -> None:
    with pytest.raises(OperatorError):
        write_private(tmp_path / "ring", b"second", replaces=b"first")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o610], ids=oct)
def test_a_file_that_others_may_touch_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "ring"
    write_private(path, b"first", replaces=None)
    path.chmod(mode)
    with pytest.raises(OperatorError):
        read_private(path)


def test_absent_folder_and_oversized_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(OperatorError):
        read_private(tmp_path / "absent")
    with pytest.raises(OperatorError):
        read_private(tmp_path)
    with pytest.raises(OperatorError):
        write_private(tmp_path / "absent" / "ring", b"", replaces=None)
    write_private(tmp_path / "large", b"x" * ((1 << 20) + 1), replaces=None)
    with pytest.raises(OperatorError):
        read_private(tmp_path / "large")


def test_what_a_crash_left_beside_it_is_no_obstacle_and_no_trap(tmp_path: Path) -> None:
    path, left = tmp_path / "ring", tmp_path / "ring.new"
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_bytes(b"untouched")
    left.symlink_to(elsewhere)
    write_private(path, b"first", replaces=None)
    assert elsewhere.read_bytes() == b"untouched"
    assert read_private(path) == b"first"


def test_a_refusing_disk_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "ring"
    write_private(path, b"first", replaces=None)
    (tmp_path / "ring.new").mkdir()  # unlink and open both fail on it, whoever runs the tests
    with pytest.raises(OperatorError) as refused:
        write_private(path, b"second", replaces=b"first")
    assert str(tmp_path) not in str(refused.value)
    assert read_private(path) == b"first"


def test_no_descriptor_stays_open(tmp_path: Path) -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))
    write_private(tmp_path / "ring", b"first", replaces=None)
    with pytest.raises(OperatorError):
        write_private(tmp_path / "ring", b"second", replaces=None)
    assert len(list(Path("/proc/self/fd").iterdir())) == before

"""The data folder: private, and one process at a time."""

import os
import stat
from pathlib import Path

import pytest

from gateway.core.errors import OperatorError
from gateway.installation.folder import (
    InUseError,
    NoFolderError,
    OpenFolderError,
    exclusive,
    is_open_to_others,
    make_private,
    require_private,
)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A private folder."""
    made = tmp_path / "deep" / "data"
    make_private(made)
    return made


def test_it_is_made_private_with_its_parents(data: Path) -> None:
    assert stat.S_IMODE(data.stat().st_mode) == 0o700
    require_private(data)


def test_a_folder_that_is_not_there_is_no_folder(tmp_path: Path) -> None:
    with pytest.raises(NoFolderError):
        require_private(tmp_path / "nothing")
    with pytest.raises(NoFolderError), exclusive(tmp_path / "nothing"):
        pytest.fail("held a folder that is not there")


@pytest.mark.parametrize("mode", [0o701, 0o710, 0o707, 0o770])
def test_a_folder_that_others_may_enter_is_refused_and_can_be_made_private(data: Path, mode: int) -> None:
    data.chmod(mode)
    with pytest.raises(OpenFolderError):
        require_private(data)

    make_private(data)
    require_private(data)


def test_a_file_in_its_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / "data").touch()
    with pytest.raises(OperatorError):
        make_private(tmp_path / "data")


def test_one_holds_it_at_a_time_and_the_next_one_after(data: Path) -> None:
    with exclusive(data):
        with pytest.raises(InUseError), exclusive(data):
            pytest.fail("two held it")
        with pytest.raises(InUseError), exclusive(data):
            pytest.fail("the one that was refused let it go")
    with exclusive(data):
        pass


def test_an_error_inside_lets_it_go(data: Path) -> None:
    with pytest.raises(ValueError, match="inside"), exclusive(data):
        raise ValueError("inside")
    with exclusive(data):
        pass


def test_the_lock_is_private_and_not_a_link(data: Path, tmp_path: Path) -> None:
    with exclusive(data):
        assert not is_open_to_others(data / "gateway.lock")
    (data / "gateway.lock").unlink()
    (data / "gateway.lock").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OperatorError), exclusive(data):
        pytest.fail("followed a link")
    assert not os.path.lexists(tmp_path / "elsewhere")

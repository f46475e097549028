"""The demonstration empties its own folder and nothing else."""

import os
from pathlib import Path

import pytest

from gateway.core.errors import OperatorError
from gateway.demo.folder import MARK, emptied


def test_a_new_folder_is_private_and_holds_places_for_everything(tmp_path: Path) -> None:
    with emptied(tmp_path / ".demo") as folder:
        assert folder.root.stat().st_mode & 0o777 == 0o700
        assert folder.data.is_dir()
        assert folder.clients.is_dir()
        assert folder.log.is_dir()


def test_what_the_last_demonstration_left_is_gone(tmp_path: Path) -> None:
    with emptied(tmp_path / ".demo") as folder:
        (folder.data / "gateway.db").write_text("old")
        folder.secret.write_text("old")
    with emptied(tmp_path / ".demo") as folder:
        assert not folder.secret.exists()
        assert list(folder.data.iterdir()) == []


def test_a_link_inside_is_removed_and_not_followed(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "file").write_text("mine")
    with emptied(tmp_path / ".demo") as folder:
        (folder.root / "link").symlink_to(kept)
    with emptied(tmp_path / ".demo") as folder:
        assert not (folder.root / "link").is_symlink()
    assert (kept / "file").read_text() == "mine"


def test_a_folder_that_others_may_enter_is_made_private(tmp_path: Path) -> None:
    (tmp_path / ".demo").mkdir(mode=0o755)
    with emptied(tmp_path / ".demo") as folder:
        assert folder.root.stat().st_mode & 0o777 == 0o700


def test_a_folder_that_no_demonstration_made_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / ".demo").mkdir()
    (tmp_path / ".demo" / "thesis").write_text("mine")
    with pytest.raises(OperatorError, match="holds something"), emptied(tmp_path / ".demo"):
        pass
    assert (tmp_path / ".demo" / "thesis").read_text() == "mine"


def test_a_link_to_somebody_elses_folder_is_refused(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / MARK).touch()
    (other / "thesis").write_text("mine")
    (tmp_path / ".demo").symlink_to(other)
    with pytest.raises(OperatorError, match="link"), emptied(tmp_path / ".demo"):
        pass
    assert (other / "thesis").exists()


def test_a_file_in_its_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / ".demo").write_text("mine")
    with pytest.raises(OperatorError, match="file"), emptied(tmp_path / ".demo"):
        pass


def test_two_demonstrations_do_not_share_a_folder(tmp_path: Path) -> None:
    with emptied(tmp_path / ".demo") as folder:
        folder.secret.write_text("of the first")
        with pytest.raises(OperatorError, match="running"), emptied(tmp_path / ".demo"):
            pass
        assert folder.secret.read_text() == "of the first"


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give a folder away")
def test_a_folder_of_another_user_is_refused(tmp_path: Path) -> None:
    (tmp_path / ".demo").mkdir()
    os.chown(tmp_path / ".demo", 65534, 65534)
    with pytest.raises(OperatorError, match="another user"), emptied(tmp_path / ".demo"):
        pass

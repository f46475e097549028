"""The promise about backups: whoever was erased does not come back with one."""

from dataclasses import asdict
from pathlib import Path

from evidence.findings import Found, Promise
from furnished import install
from trials.coming_back import came_back


def _coming_back(folder: Path, share: float) -> Found:
    """Erase people after a backup, lose everything, come back."""
    count = max(2, int(200 * share))
    (folder / "outside").mkdir(parents=True)
    back = came_back(install(folder / "data", persons=count + 5), folder / "outside", count)
    return Found(back.held, asdict(back))


BACKUPS = {
    "coming_back": Promise(
        "Who was erased after a backup does not come back with it: no row, no key that opens, nothing sealed to her; "
        "and nothing is served or brought before a person releases it.",
        _coming_back,
    ),
}

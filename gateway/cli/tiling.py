"""Writes the log as a folder of tiles (C2SP tlog-tiles), proven before the checkpoint stands in it.

What is whole there already is left as it is: a later run adds what came since, and no more.
"""

from pathlib import Path

from consent.checkpoint import unproven
from consent.errors import ConsentError
from consent.tiles import Tile, tiles, verified_tiles
from gateway.cli.exporting import made, written
from gateway.cli.failures import CommandFailedError, Exit
from gateway.cli.progress import progress
from gateway.cli.session import Session


async def tiled(session: Session, folder: Path) -> dict[str, object]:
    """Bring the folder to the log as it stands; answer its head. Raises CommandFailedError, also where it differs."""
    told = await session.get("/log/head")
    size, checkpoint = int(str(told["entries"])), str(told["checkpoint"])
    wanted = [*tiles(size)]
    made(folder)
    with progress(len(wanted), 0) as tell:
        for done, tile in enumerate(wanted, 1):
            await _brought(session, folder, tile)
            tell(done)
    try:
        verified_tiles(lambda path: (folder / path).read_bytes(), size, [unproven(checkpoint)])
    except (ConsentError, OSError):
        raise CommandFailedError(
            Exit.DOES_NOT_VERIFY,
            "does_not_verify",
            "The tiles are not those the head speaks of; the checkpoint was not written.",
            "python -m consent verify OLDER_TILES --checkpoint OLDER_CHECKPOINT",
        ) from None
    written(folder / "checkpoint", str(told["cosigned"] or checkpoint).encode() if _same(told) else checkpoint.encode())
    return told


def _same(told: dict[str, object]) -> bool:
    """Say whether the cosigned checkpoint is the one of this very tree."""
    cosigned = told["cosigned"]
    return isinstance(cosigned, str) and cosigned.startswith(str(told["checkpoint"]).rpartition("\n\n")[0])


async def _brought(session: Session, folder: Path, tile: Tile) -> None:
    for path in (tile.path, *((tile.entries_path,) if tile.level == 0 else ())):
        file = folder / path
        if not file.exists():
            content = await session.get_bytes("/log/tile", tile=path)
            made(file.parent)
            written(file, content)

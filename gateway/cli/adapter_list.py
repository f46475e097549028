"""`adapter list`: every adapter that may run here. Those of others are read about and never imported."""
# ruff: noqa: PLC0415 - what only this command needs is imported when it runs

from collections.abc import Iterator
from typing import TYPE_CHECKING

from gateway.cli.failures import of_installation
from gateway.cli.options import Json
from gateway.cli.output import result, rows
from gateway.cli.session import settings
from gateway.core.errors import OperatorError
from gateway.packaging_guard import DISTRIBUTION

if TYPE_CHECKING:
    from adapters.sdk.contract import Adapter
    from adapters.sdk.manifest import Manifest
    from gateway.plugins.allowing import Pin

_COLUMNS = ("key", "version", "level", "from", "pinned", "does", "reads", "writes", "title")
_SHOWN = 12
"""Characters of a hash on the screen; `--json` has all of it."""


def listed(*, json: Json = False) -> None:
    """List the adapters that may run: key, level, which distribution they are from, and the hash that is pinned."""
    told = [_told(adapter.manifest, None) for _, adapter in sorted(built_in().items())]
    try:
        told += [_told(manifest, pin) for pin, manifest in _of_others()]
    except OperatorError as error:
        raise of_installation(error) from None
    shown = [{**one, "pinned": str(one["sha256"])[:_SHOWN]} for one in told]
    result({"adapters": told}, rows(shown, *_COLUMNS), as_json=json)


def built_in() -> "dict[str, Adapter]":
    """Load those of our own distribution; nobody else's are imported here."""
    from importlib.metadata import entry_points

    from adapters.kit.folder import GROUP

    ours = (each for each in entry_points(group=GROUP) if each.dist is not None and each.dist.name == DISTRIBUTION)
    return {each.name: each.load()() for each in ours}


def _of_others() -> "Iterator[tuple[Pin, Manifest]]":
    from gateway.plugins.finding import Elsewhere, permitted

    given = settings()
    return permitted(Elsewhere(given.adapters_allowed_file, given.adapters_folder))


def _told(manifest: "Manifest", pin: "Pin | None") -> dict[str, object]:
    """Say what an adapter says of itself, and where it is from; a built-in one is pinned by the installation."""
    return {
        "key": manifest.key,
        "version": manifest.version,
        "level": manifest.level.value,
        "from": DISTRIBUTION if pin is None else f"{pin.distribution} {pin.version}",
        "sha256": "" if pin is None else pin.sha256,
        "does": sorted(manifest.directions),
        "reads": list(manifest.media_types),
        "writes": manifest.outgoing_media_type,
        "title": manifest.title,
    }

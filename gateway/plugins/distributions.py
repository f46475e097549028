"""Distributions that announce adapters and are not ours: found, and proven to be what they were when they were allowed.

Nothing of them is imported here or anywhere in this process. What pip recorded at installation (RECORD) is held against
the files that are there; what no record has a hash of is refused, so that a hash says all that can run.
"""

import csv
import hashlib
import sys
from base64 import urlsafe_b64encode
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from importlib.metadata import Distribution, EntryPoint, PackagePath, distributions
from pathlib import Path, PurePath, PurePosixPath
from typing import Final

from adapters.sdk.manifest import Manifest, parse_manifest
from adapters.sdk.mapping.reading import stated
from gateway.packaging_guard import PACKAGES

GROUP: Final = "referral_gateway.adapters"
"""Where adapters announce themselves."""
BUILT_IN: Final = "referral-gateway"
"""The one distribution whose adapters run in this process."""

_NOT_THERE: Final = "a file of its record is not there"
_CACHE: Final = "__pycache__"
_OF_THE_INSTALLATION: Final = frozenset({"RECORD", "INSTALLER", "REQUESTED", "direct_url.json"})
"""What pip writes about an installation, different on each machine: proven like the rest, and no part of the hash."""


class UnfitError(Exception):
    """A distribution that cannot be proven, or holds what an adapter may not bring; the sentence says what."""


@dataclass(frozen=True, slots=True)
class Announced:
    """A distribution that announces adapters: not proven, not imported."""

    name: str
    version: str
    source: Distribution

    @property
    def entries(self) -> tuple[EntryPoint, ...]:
        """Its adapters."""
        return tuple(self.source.entry_points.select(group=GROUP))


@dataclass(frozen=True, slots=True)
class Proven:
    """A distribution whose every file is as its record says. `digest` is over all of them; `root` is where it lies."""

    announced: Announced
    digest: str
    root: Path
    pinned: tuple[Path, ...]
    """Its top-level packages and modules."""
    contents: frozenset[str]

    @property
    def own(self) -> tuple[Path, ...]:
        """All of it and nothing beside it: its packages and modules, and the proven files that describe it."""
        return (*self.pinned, *sorted(self.root / name for name in self.contents if _is_about(name)))

    def manifest(self, entry: EntryPoint) -> Manifest:
        """Read the manifest.toml, or the mapping.toml, beside an adapter's module, without running it.

        Raises UnfitError and AdapterError.
        """
        if entry.pattern.match(entry.value) is None:
            raise UnfitError("its entry point names no module")
        module = PurePosixPath(*entry.module.split("."))
        package = module if str(module / "__init__.py") in self.contents else module.parent
        for name, read in (("manifest.toml", parse_manifest), ("mapping.toml", stated)):
            if str(package / name) in self.contents:
                return read(_text(self.root / package / name))
        raise UnfitError("there is no manifest.toml and no mapping.toml beside its module")


def announced(folder: Path | None) -> Iterator[Announced]:
    """Yield the distributions that are not ours, in this environment and in the operator's own folder for them."""
    seen: set[str] = set()
    places = [*sys.path, *([str(folder)] if folder else [])]
    for found in distributions(path=places):
        if not _announces(found):  # Asked first: reading everybody's metadata takes far longer.
            continue
        name = normal(str(found.metadata["Name"]))
        if name not in seen and name != BUILT_IN:
            seen.add(name)
            yield Announced(name, str(found.metadata["Version"]), found)


def _announces(found: Distribution) -> bool:
    """Whether it announces adapters; one whose announcements cannot be read announces none."""
    try:
        return bool(found.entry_points.select(group=GROUP))
    except ValueError:
        return False


def normal(name: str) -> str:
    """Return a distribution's name as it is compared (PEP 503)."""
    return "-".join(part for part in name.lower().replace("_", "-").replace(".", "-").split("-") if part)


def proven(found: Announced) -> Proven:
    """Hold every file against the record. Raises UnfitError."""
    files = found.source.files
    if not files or not any(file.name == "RECORD" for file in files):
        raise UnfitError("it has no record of its files; install it with pip, not for development")
    if len(files) < sum(1 for row in csv.reader((found.source.read_text("RECORD") or "").splitlines()) if row):
        raise UnfitError(_NOT_THERE)  # Since Python 3.12 the library passes over such files.
    root = Path(str(found.source.locate_file("")))
    hashes = {str(file): _proven_hash(root, file) for file in files if _must_be_proven(file)}
    if not hashes:
        raise UnfitError("it has no files")
    pinned = tuple(sorted({root / PurePosixPath(name).parts[0] for name in hashes if not _is_about(name)}))
    _require_nothing_else(root, pinned, hashes.keys())
    lines = [f"{name} {hashes[name]}" for name in sorted(hashes) if not _differs_by_machine(name)]
    digest = hashlib.sha256("\n".join([found.name, found.version, *lines]).encode()).hexdigest()
    return Proven(found, digest, root, pinned, frozenset(hashes))


def _must_be_proven(file: PackagePath) -> bool:
    """Tell whether a file of the record counts. Raises UnfitError for one that may not be there at all."""
    if ".." in file.parts or file.is_absolute():
        raise UnfitError("it puts files outside its own folder")
    if file.suffix == ".pth":
        raise UnfitError("it brings a .pth file, which would run in every process")
    if file.parts[0] in PACKAGES or file.parts[0].partition(".")[0] in sys.stdlib_module_names:
        raise UnfitError("it takes the name of a package that is not its own")
    return file.name != "RECORD" and not _is_compiled(file)


def _is_compiled(file: PurePath) -> bool:
    """Whether nothing of it can be imported or read as source: what Python itself writes, and a worker never runs."""
    return file.suffix == ".pyc" and _CACHE in file.parts


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError:
        pass
    raise UnfitError("its manifest is not UTF-8")


def _proven_hash(root: Path, file: PackagePath) -> str:
    path = root / file
    if file.hash is None or file.hash.mode != "sha256":
        raise UnfitError("its record has a file without a hash")
    if path.is_symlink() or not path.is_file():
        raise UnfitError(_NOT_THERE)
    found = hashlib.sha256(path.read_bytes()).digest()
    if urlsafe_b64encode(found).decode().rstrip("=") != file.hash.value:
        raise UnfitError("a file is not as its record says")
    return found.hex()


def _require_nothing_else(root: Path, pinned: tuple[Path, ...], names: Collection[str]) -> None:
    """Refuse files that lie among its own and stand in no record: they could be imported. Compiled ones never are.

    A link is a file here wherever it leads: no record has any.
    """
    for place in pinned:
        for path in (place, *place.rglob("*")):
            name = str(PurePosixPath(path.relative_to(root)))
            if (path.is_symlink() or not path.is_dir()) and not _is_compiled(path) and name not in names:
                raise UnfitError("there are files among its own that stand in no record")


def _is_about(name: str) -> bool:
    return PurePosixPath(name).parts[0].endswith(".dist-info")


def _differs_by_machine(name: str) -> bool:
    return _is_about(name) and PurePosixPath(name).name in _OF_THE_INSTALLATION

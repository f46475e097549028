"""Start-up guard: each of our four package names belongs to our one distribution, and to nobody else.

`gateway`, `schemas`, `consent` and `adapters` are generic names that other distributions carry too. pip installs such
a distribution over ours, file by file, without a word, and `pip check` is content: the code that decides whether data
may move could be somebody else's. So a process proves its own packages before it opens a door. The guard must never
be made a warning, and must never repair anything.
"""

from __future__ import annotations

import json
import re
import shlex
import sys
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution, distributions
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from gateway.core.errors import OperatorError

DISTRIBUTION = "referral-gateway"
"""The one distribution that may carry the packages."""

PACKAGES = ("gateway", "schemas", "consent", "adapters")
"""The names it guards."""

OURS = "pip install --no-deps --force-reinstall dist/referral_gateway-*.whl"
"""As docs/running.md installs it: from the wheel. What an index has under our name is somebody else's."""

_LISTS = ("top_level.txt", "installed-files.txt", "SOURCES.txt")
"""Where a distribution says what it installed, beside its RECORD."""

_NAMED = re.compile(rf"^\W*(?:\w+/)?(?:{'|'.join(PACKAGES)})\b", re.MULTILINE)
"""One of the names at the beginning of a path, or where sources lie in a folder of their own."""

_CHECKOUT = (".run", "../Makefile")
"""What `make` leaves in the environment of a checkout, and where it was told to."""


def pip(arguments: str) -> str:
    """Write a command for the pip of the environment this process runs in: a shell's own belongs to another one."""
    return f"{shlex.quote(sys.executable)} -m pip {arguments}"


def with_extra(name: str) -> str:
    """Write the command that adds what an extra of ours needs; in a checkout `make` has all of them, with hashes."""
    home = Path(sys.prefix)
    if all((home / mark).is_file() for mark in _CHECKOUT):
        return f"make -C {shlex.quote(str(home.parent))} setup"
    return pip(f"install '{DISTRIBUTION}[{name}]'")


class ForeignPackageError(OperatorError):
    """One of our package names is carried by another distribution too, or by none; `package` says which."""

    def __init__(self, package: str, owners: Collection[str]) -> None:
        """Keep the name; distribution names are the installation's, not the data's, so they may be said."""
        said = ", ".join(sorted(owners)) or "no distribution"
        super().__init__(
            f"package '{package}' belongs to {said}, and must belong to {DISTRIBUTION} alone and be imported from it: "
            "install the gateway by itself in a new virtual environment"
        )
        self.package = package


@dataclass(frozen=True, slots=True)
class Installed:
    """What the environment says about who carries which package, and where the packages are found."""

    owners: Mapping[str, Collection[str]]
    """Distributions by the one of our packages they installed files of."""
    places: Mapping[str, Path]
    """The directory each of our packages is imported from; a package that is not found has none."""
    home: Path | None
    """Where our distribution keeps its packages: site-packages, or the source tree of an editable install."""
    editable: bool
    """An editable install (PEP 660) installs no files of the packages, so it owns them by place only."""


def installed() -> Installed:
    """Read the environment this process runs in."""
    home, editable = _home()
    return Installed(_owners(), _places(), home, editable)


def require_own_packages(found: Installed | None = None) -> None:
    """Pass if all four packages are ours alone and are imported from our distribution.

    Raises:
        ForeignPackageError: another distribution carries one of them too, or it is imported from another place.
    """
    seen = installed() if found is None else found
    expected = set() if seen.editable else {DISTRIBUTION}
    for package in PACKAGES:
        owners = {name.lower() for name in seen.owners.get(package, ())}
        if owners != expected or seen.home is None or seen.places.get(package) != seen.home / package:
            raise ForeignPackageError(package, owners)


def _owners() -> dict[str, set[str]]:
    """Who carries our packages, as `importlib.metadata.packages_distributions` says it of every package.

    That takes a quarter of a second of each start. Most lists of files begin no path with one of the names, and are
    not taken apart.
    """
    owners: dict[str, set[str]] = {package: set() for package in PACKAGES}
    for found in distributions():
        if _NAMED.search(_listed(found)):
            for package in _top_level(found) & owners.keys():
                owners[package].add(str(found.metadata["Name"]))
    return owners


def _listed(found: Distribution) -> str:
    """Return all it says of what it installed. What is not in its own record is not looked for."""
    record = found.read_text("RECORD")
    names = _LISTS if record is None else [name for name in _LISTS if name in record]
    return "".join([record or "", *(found.read_text(name) or "" for name in names)])


def _top_level(found: Distribution) -> set[str]:
    declared = (found.read_text("top_level.txt") or "").split()
    modules = (file for file in found.files or () if file.suffix == ".py")
    return set(declared) or {file.parts[0] if len(file.parts) > 1 else file.stem for file in modules}


def _places() -> dict[str, Path]:
    specs = {package: find_spec(package) for package in PACKAGES}
    return {name: Path(spec.origin).resolve().parent for name, spec in specs.items() if spec and spec.origin}


def _home() -> tuple[Path | None, bool]:
    """Where our distribution keeps its packages, and whether that is a source tree (PEP 610, PEP 660)."""
    try:
        ours: Distribution = distribution(DISTRIBUTION)
    except PackageNotFoundError:
        return None, False
    direct = json.loads(ours.read_text("direct_url.json") or "{}")
    if direct.get("dir_info", {}).get("editable", False):
        return Path(url2pathname(urlsplit(direct["url"]).path)).resolve(), True
    return Path(str(ours.locate_file(""))).resolve(), False

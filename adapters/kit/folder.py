"""An adapter in a folder, as its author works on it: found by its pyproject.toml, imported from `src`.

This imports the adapter into the process that judges it, as any test does; a gateway never does that with what it did
not bring itself.
"""

import sys
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from adapters.kit.errors import KitError
from adapters.kit.judged import Judged
from adapters.kit.sampling import samples_in
from adapters.sdk.contract import Adapter
from adapters.sdk.errors import ManifestError

GROUP = "referral_gateway.adapters"
SAMPLES, PAGE = "samples", "README.md"


@dataclass(frozen=True, slots=True)
class Home:
    """Where an adapter lives: its folder, key, module and class."""

    folder: Path
    key: str
    module: str
    name: str

    @property
    def package(self) -> Path:
        """The folder of its code and mapping."""
        return self.folder.joinpath("src", *self.module.split(".")[:-1])


def home(folder: Path) -> Home:
    """Return the one adapter that a folder's pyproject.toml announces. Raises KitError."""
    try:
        project: Mapping[str, object] = tomllib.loads((folder / "pyproject.toml").read_text("utf-8"))["project"]
    except (OSError, KeyError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        raise KitError("no_adapter", "There is no adapter here: no pyproject.toml with a [project].") from None
    groups = project.get("entry-points")
    announced = groups.get(GROUP) if isinstance(groups, Mapping) else None
    if not isinstance(announced, Mapping) or len(announced) != 1:
        raise KitError("no_adapter", f'The pyproject.toml announces no single adapter under "{GROUP}".')
    [(key, target)] = announced.items()
    module, _, name = str(target).partition(":")
    return Home(folder, str(key), module, name)


def adapter_at(place: Home) -> Adapter:
    """Import and make the adapter. Raises KitError, which names file, line and rule of a mapping that is wrong."""
    source = str(place.folder.resolve() / "src")
    if source not in sys.path:
        sys.path.insert(0, source)
    try:
        made: Adapter = getattr(import_module(place.module), place.name)()
    except ManifestError as error:
        raise KitError("mapping", str(error)) from None
    except Exception as error:
        raise KitError("not_made", f"The adapter cannot be made: {type(error).__name__} in {place.module}.") from error
    return made


def judged_at(folder: Path) -> Judged:
    """Return the adapter of a folder with its samples, source and page. Raises KitError."""
    place = home(folder)
    page = folder / PAGE
    return Judged(
        adapter_at(place),
        place.key,
        samples_in(folder / SAMPLES),
        tuple((path.name, path.read_text("utf-8")) for path in sorted(place.package.rglob("*.py"))),
        page.read_text("utf-8") if page.exists() else None,
    )

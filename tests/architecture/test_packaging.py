"""One distribution carries the four packages, alone; a process refuses to start when that is not so."""

from __future__ import annotations

import csv
import os
import re
import subprocess
import sys
import tomllib
from dataclasses import replace
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from checkout import PACKAGES, ROOT

from gateway.packaging_guard import (
    DISTRIBUTION,
    ForeignPackageError,
    Installed,
    installed,
    require_own_packages,
    with_extra,
)

HOME = Path("site")
WHEEL = Installed(
    owners={name: ["referral-gateway"] for name in PACKAGES},
    places={name: HOME / name for name in PACKAGES},
    home=HOME,
    editable=False,
)
EDITABLE = replace(WHEEL, owners={}, editable=True)


def test_a_wheel_alone_passes() -> None:
    require_own_packages(WHEEL)


def test_an_editable_install_alone_passes() -> None:
    require_own_packages(EDITABLE)


@pytest.mark.parametrize("package", PACKAGES)
@pytest.mark.parametrize("install", [WHEEL, EDITABLE], ids=["wheel", "editable"])
def test_a_second_distribution_with_one_of_the_names_is_refused(package: str, install: Installed) -> None:
    ours = install.owners.get(package, [])
    shared = replace(install, owners={**install.owners, package: [*ours, "other-adapters"]})

    with pytest.raises(ForeignPackageError, match="other-adapters") as refused:
        require_own_packages(shared)

    assert refused.value.package == package


@pytest.mark.parametrize("package", PACKAGES)
@pytest.mark.parametrize("install", [WHEEL, EDITABLE], ids=["wheel", "editable"])
def test_a_package_imported_from_another_place_is_refused(package: str, install: Installed) -> None:
    with pytest.raises(ForeignPackageError):
        require_own_packages(replace(install, places={**install.places, package: Path("elsewhere") / package}))


def test_a_package_that_nobody_carries_is_refused() -> None:
    with pytest.raises(ForeignPackageError, match="no distribution"):
        require_own_packages(replace(WHEEL, owners={}))


def test_a_checkout_without_an_install_is_refused() -> None:
    with pytest.raises(ForeignPackageError):
        require_own_packages(replace(WHEEL, owners={}, home=None))


def _environment(site: Path, *, intruder: bool) -> subprocess.CompletedProcess[str]:
    """Ask the guard inside an interpreter whose only site directory is `site`, which our wheel is installed in."""
    for package in PACKAGES:
        (site / package).symlink_to(ROOT / package)
    _install(site, "referral_gateway", "referral-gateway", PACKAGES)
    if intruder:
        _install(site, "adapters", "adapters", ("adapters",))
    program = (
        "import sys; sys.path.insert(0, sys.argv[1]);"
        "import gateway.packaging_guard as guard; from dataclasses import replace;"
        "seen = guard.installed();"
        "guard.require_own_packages(replace(seen, places={p: seen.home / p for p in guard.PACKAGES}))"
    )
    command = [sys.executable, "-I", "-S", "-B", "-c", program, str(site)]
    return subprocess.run(command, env=dict(os.environ), capture_output=True, text=True, check=False)


def _install(site: Path, folder: str, name: str, packages: tuple[str, ...]) -> None:
    info = site / f"{folder}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n", "utf-8")
    (info / "RECORD").write_text("".join(f"{package}/__init__.py,,\n" for package in packages), "utf-8")


def test_the_guard_reads_a_real_environment(tmp_path: Path) -> None:
    run = _environment(tmp_path, intruder=False)
    assert run.returncode == 0, run.stderr


def test_an_intruder_that_pip_let_in_is_refused(tmp_path: Path) -> None:
    run = _environment(tmp_path, intruder=True)
    assert run.returncode != 0
    assert "ForeignPackageError: package 'adapters' belongs to adapters, referral-gateway" in run.stderr


CARRIED = {
    "in its record": {"RECORD": "adapters/__init__.py,,\nother/x.py,,\n"},
    "as a module": {"RECORD": "consent.py,sha256=x,1\n"},
    "as a file of no code": {"RECORD": "schemas/words.json,,\n"},
    "with a path that is quoted": {"RECORD": '"gateway/a,b.py",,\n'},
    "with a path from here": {"RECORD": "./gateway/x.py,,\n"},
    "below another": {"RECORD": "other/gateway/x.py,,\n"},
    "in a list of its names": {"RECORD": "other-1.0.dist-info/top_level.txt,,\n", "top_level.txt": "other\nschemas\n"},
    "in a list of its names alone": {"top_level.txt": "consent\n"},
    "among its sources": {"SOURCES.txt": "setup.py\nadapters/__init__.py\n"},
    "nowhere": {"RECORD": "my_gateway/x.py,,\nother/consents.py,,\n"},
    "without a list": {},
}


@pytest.mark.parametrize("how", CARRIED)
def test_who_carries_a_package_is_whom_the_library_names(
    how: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The guard passes by most lists of files, and the library takes every one apart."""
    info = tmp_path / "other-1.0.dist-info"
    info.mkdir()
    for name, text in {"METADATA": "Metadata-Version: 2.1\nName: other\nVersion: 1.0\n", **CARRIED[how]}.items():
        (info / name).write_text(text, "utf-8")
        listed = [row[0] for row in csv.reader(text.splitlines())] if name in {"RECORD", "SOURCES.txt"} else []
        for path in [path for path in listed if path.endswith(".py")]:  # Some Pythons pass over what is not there.
            tmp_path.joinpath(path).parent.mkdir(parents=True, exist_ok=True)
            tmp_path.joinpath(path).touch()
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    library = packages_distributions()
    assert installed().owners == {package: set(library.get(package, ())) for package in PACKAGES}
    assert bool(library.keys() & {*PACKAGES}) == (
        how not in {"as a file of no code", "below another", "nowhere", "without a list"}
    )


def test_no_folder_of_tests_is_a_package() -> None:
    """`tests/consent/__init__.py` would make `import consent` find the tests, in every import mode of pytest."""
    assert [path for path in (ROOT / "tests").rglob("__init__.py") if "__pycache__" not in path.parts] == []


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_is_imported_from_the_product(package: str) -> None:
    found = __import__(package).__file__
    assert found is not None
    assert Path(found).resolve() == ROOT / package / "__init__.py"


def test_every_announced_adapter_and_command_exists() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    announced = project["scripts"] | project["entry-points"]["referral_gateway.adapters"]
    for target in announced.values():
        module, _, name = target.partition(":")
        code = ROOT.joinpath(*module.split(".")).with_suffix(".py").read_text("utf-8")
        assert re.search(rf"^(class|def) {name}\b|^{name}\b.* = ", code, re.MULTILINE), target


def test_what_installs_an_extra_names_the_environment_that_runs_and_in_a_checkout_its_make(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "a checkout" / ".venv"
    home.mkdir(parents=True)
    monkeypatch.setattr(sys, "prefix", str(home))
    monkeypatch.setattr(sys, "executable", f"{home}/bin/python")
    assert with_extra("kit") == f"'{home}/bin/python' -m pip install 'referral-gateway[kit]'"
    for mark in (home / ".run", home.parent / "Makefile"):
        mark.touch()
    assert with_extra("kit") == f"make -C '{home.parent}' setup"


def _by_name(text: str) -> list[str]:
    """Every command that installs our distribution from whatever index answers; an extra of what is there is none."""
    return re.findall(rf"pip install [^\n]*\b{DISTRIBUTION}\b(?!\[)", text)


def test_nobody_is_told_to_install_us_by_name() -> None:
    """It is on no index (ADR 0001): under that name there is nothing, or something that somebody else put there."""
    told = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md"), *(ROOT / "gateway").rglob("*.py")]
    assert {str(file): found for file in told if (found := _by_name(file.read_text("utf-8")))} == {}


def test_an_install_by_name_is_noticed() -> None:
    assert _by_name("NEW/bin/pip install --force-reinstall referral-gateway\n")
    assert not _by_name("python -m pip install 'referral-gateway[kit]'\npip install dist/referral_gateway-0.1.whl")

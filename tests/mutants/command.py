"""Changes one thing in a rule and looks whether a test notices; module by module of consent/ (mutmut, pyproject.toml).

What no test notices is explained in docs/evidence/mutants.md, or the run fails: each change that survives must stand
there as mutmut shows it, with a sentence why it changes no behaviour. The figures go to docs/evidence/mutants.json.
"""

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from evidence.command import FOLDER, write
from evidence.findings import Found, Promise
from served import ROOT

EXPLAINED = FOLDER / "mutants.md"
_PROMISE = "Whatever one thing is changed in a rule, a test notices, or it is explained why that changes nothing."
_MUTMUT = ("-m", "mutmut")
_ENDLESS = "timeout"
_CONFIGURED = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["mutmut"]
_MODULES = [Path(path).stem for path in _CONFIGURED["only_mutate"]]


def main(arguments: Sequence[str]) -> int:
    """Try every change in the modules asked for; the exit code is 1 where one survives that nobody explained."""
    parser = argparse.ArgumentParser(prog="make mutants", description="Try the tests of the rules on changed rules.")
    parser.add_argument("modules", nargs="*", choices=[*_MODULES, []], help="only these modules of consent/")
    modules = parser.parse_args(arguments).modules or _MODULES
    with tempfile.TemporaryDirectory() as folder:
        copy = _copied(Path(folder) / "copy")
        outcomes = _tried(copy, *(f"consent.{module}.*" for module in modules))
        if late := [name for name, how in outcomes.items() if how == _ENDLESS]:
            outcomes |= _tried(copy, *late)  # A slow moment of the machine ends nothing a second time.
        survivors = {name: change_in(_told(copy, "show", name)) for name, how in outcomes.items() if _survives(how)}
    found = judged(outcomes, survivors, EXPLAINED.read_text("utf-8"))
    if set(modules) == set(_MODULES):
        write("mutants", Promise(_PROMISE, lambda _folder, _share: found), found, FOLDER)
    return 0 if found.held else 1


def judged(outcomes: dict[str, str], survivors: dict[str, str], explained: str) -> Found:
    """Say what came of it, and name the changes that survived and stand in no explanation."""
    unexplained = {name: change for name, change in survivors.items() if not change or change not in explained}
    for name, change in unexplained.items():
        sys.stdout.write(f"{name}: {outcomes[name]}\n{change}\n\n")
    counts = Counter(f"{module_of(name)}: {_kind(name, how, unexplained)}" for name, how in outcomes.items())
    return Found(bool(outcomes) and not unexplained, dict(sorted(counts.items())))


def _kind(name: str, how: str, unexplained: dict[str, str]) -> str:
    if not _survives(how):
        return "noticed"
    return "survived" if name in unexplained else "explained"


def _survives(how: str) -> bool:
    """A change after which the tests do not end is noticed by whoever waits for them."""
    return how not in {"killed", _ENDLESS}


def module_of(name: str) -> str:
    """Return the module of a change: `consent.decision.x_decide__mutmut_1` is one in `consent.decision`."""
    return ".".join(name.split(".")[:2])


def change_in(diff: str) -> str:
    """Return the lines of a diff that were taken away and put in, as they stand in an explanation."""
    return "\n".join(line for line in diff.splitlines() if re.match(r"[-+](?![-+]{2} )", line))


def _tried(copy: Path, *names: str) -> dict[str, str]:
    """Try these changes; what became of every change that was tried so far."""
    _mutmut(copy, "run", "--max-children", "1", *names)
    return dict(_outcomes(_told(copy, "results", "--all", "true")))


def _outcomes(listed: str) -> Iterator[tuple[str, str]]:
    """Read what mutmut lists, those changes only that it tried."""
    for line in listed.splitlines():
        name, _, how = line.strip().partition(": ")
        if how and how != "not checked":
            yield name, how


def _copied(to: Path) -> Path:
    """Copy what the tests of the rules need, so that nothing is changed in the checkout."""
    for name in (*_CONFIGURED["source_paths"], *_CONFIGURED["also_copy"]):
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, to / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, to / name)
    return to


def _mutmut(copy: Path, *words: str) -> None:
    subprocess.run([sys.executable, *_MUTMUT, *words], cwd=copy, check=False)


def _told(copy: Path, *words: str) -> str:
    command = [sys.executable, *_MUTMUT, *words]
    return subprocess.run(command, cwd=copy, check=True, capture_output=True, text=True).stdout


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

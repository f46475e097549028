"""The kit as a pytest plugin (`-p adapters.kit.plugin`): a test for every rule over the adapter of a folder."""

from pathlib import Path

import pytest

from adapters.kit.errors import KitError
from adapters.kit.folder import judged_at
from adapters.kit.judged import Judged
from adapters.kit.rules import LEVELS, RULES, unknown_exemptions
from adapters.sdk.manifest import Level
from schemas.validation import warm

_FOLDER = "--adapter"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Take the folder of the adapter; without it, the folder of the pytest configuration."""
    parser.getgroup("adapter kit").addoption(_FOLDER, metavar="FOLDER", help="the adapter to judge")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Make a test for each rule."""
    if "adapter_rule" in metafunc.fixturenames:
        metafunc.parametrize("adapter_rule", RULES, ids=[rule.id for rule in RULES])


@pytest.fixture(scope="session")
def judged_adapter(pytestconfig: pytest.Config) -> Judged:
    """The adapter of the folder, with its samples."""
    folder: str | None = pytestconfig.getoption(_FOLDER)
    warm()
    try:
        judged = judged_at(Path(folder) if folder else pytestconfig.rootpath)
    except KitError as error:
        pytest.fail(error.says, pytrace=False)
    for finding in unknown_exemptions(judged):
        pytest.fail(str(finding), pytrace=False)
    pytestconfig.stash[_JUDGED] = judged
    return judged


_JUDGED = pytest.StashKey[Judged]()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say which level is claimed, which is reached, and what the next one needs."""
    judged = config.stash.get(_JUDGED, None)
    if judged is None:
        return
    told = {
        rule.id: rule
        for kind in ("failed", "xfailed", "error")
        for report in terminalreporter.getreports(kind)
        for rule in RULES
        if report.nodeid.endswith(f"[{rule.id}]")
    }
    reached = Level.NONE
    for level in LEVELS[1:]:
        if any(rule.level is level for rule in told.values()):
            break
        reached = level
    terminalreporter.write_line(f"{judged.name}: {judged.manifest.level.value} claimed, {reached.value} reached.")
    for rule in told.values():
        terminalreporter.write_line(f"  {rule.level.value} needs {rule.id}. {rule.says}")

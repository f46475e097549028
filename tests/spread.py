"""How the tests are spread over processes, and what those tell the one that began them.

A process that has nothing left takes tests from the end of what another has. A file cut in two makes twice what its
tests share: a running demonstration, a cluster. So each process begins with files that take long, and what is taken
from it is quick.
"""

import json
from collections.abc import Generator, Mapping, MutableMapping, Sequence
from itertools import groupby, islice
from pathlib import Path
from typing import Protocol, TypeVar

import pytest

_AS_TEXT = "$text"


class Placed(Protocol):
    """A test, as far as it matters where it runs."""

    @property
    def path(self) -> Path:
        """The file it stands in."""
        ...

    def get_closest_marker(self, name: str) -> object:
        """Return its nearest mark of that name; None where it has none."""
        ...


_Test = TypeVar("_Test", bound=Placed)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """In one of several processes, put the tests in the order in which they are shared out."""
    told: Mapping[str, int] = getattr(config, "workerinput", {})
    if told:
        items[:] = spread(items, told["workercount"])


@pytest.hookimpl(wrapper=True)
def pytest_report_to_serializable(
    report: pytest.CollectReport | pytest.TestReport,
) -> Generator[None, MutableMapping[str, object] | None, MutableMapping[str, object] | None]:
    """Tell of a test that passed in one text: value by value, three times for each test, takes longer than many do."""
    told = yield
    return {_AS_TEXT: json.dumps(told)} if report.passed else told


@pytest.hookimpl(wrapper=True)
def pytest_report_from_serializable(data: MutableMapping[str, object]) -> Generator[None, object, object]:
    """Read what `pytest_report_to_serializable` wrote."""
    told = data.pop(_AS_TEXT, None)
    if isinstance(told, str):
        data.update(json.loads(told))
    return (yield)


def spread(tests: Sequence[_Test], processes: int) -> list[_Test]:
    """Order them so that, cut into that many equal parts, each part begins with whole files that take long."""
    files = [[*of_file] for _, of_file in groupby(tests, lambda test: test.path)]
    slow = [any(test.get_closest_marker("slow") for test in one) for one in files]
    long = [one for one, is_slow in zip(files, slow, strict=True) if is_slow]
    quick = (test for one, is_slow in zip(files, slow, strict=True) if not is_slow for test in one)
    ordered: list[_Test] = []
    for number in range(processes):
        part = [test for one in long[number::processes] for test in one]
        size = (len(tests) - len(ordered)) // (processes - number)
        ordered += [*part, *islice(quick, max(0, size - len(part)))]
    return ordered

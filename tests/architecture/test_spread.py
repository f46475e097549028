"""The tests are spread over processes so that what a file shares is made once, and none is lost on the way."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from spread import spread


@dataclass(frozen=True)
class Quick:
    """A test as it is collected."""

    path: Path
    number: int
    slow: bool = False

    def get_closest_marker(self, name: str) -> object:
        return (self.slow and name == "slow") or None


def file(name: str, tests: int, *, slow: tuple[int, ...] = ()) -> list[Quick]:
    return [Quick(Path(name), number, number in slow) for number in range(tests)]


FILES = [*file("a", 5), *file("b", 3, slow=(1,)), *file("c", 4), *file("d", 2, slow=(0, 1)), *file("e", 7)]


@pytest.mark.parametrize("processes", range(1, 30))
def test_none_is_lost_or_doubled(processes: int) -> None:
    assert sorted(spread(FILES, processes), key=repr) == sorted(FILES, key=repr)


def test_each_process_begins_with_a_whole_file_that_takes_long() -> None:
    ordered = spread(FILES, 2)
    half = len(FILES) // 2
    assert ordered[:3] == file("b", 3, slow=(1,))
    assert ordered[half : half + 2] == file("d", 2, slow=(0, 1))


def test_where_all_take_long_all_are_there() -> None:
    tests = [*file("a", 9, slow=(0,)), *file("b", 1, slow=(0,))]
    assert spread(tests, 3) == tests


@pytest.mark.parametrize("outcome", ["passed", "failed", "skipped"])
def test_what_is_told_of_a_test_comes_back(outcome: str, request: pytest.FixtureRequest) -> None:
    hook = request.config.hook
    reported = pytest.TestReport(
        "a.py::test", ("a.py", 1, "test"), {"test": 1}, outcome, None, "call", user_properties=[("table", "a line")]
    )
    told = hook.pytest_report_to_serializable(config=request.config, report=reported)
    assert (len(told) == 1) is (outcome == "passed")
    back = hook.pytest_report_from_serializable(config=request.config, data={**told, "worker_id": "gw0"})
    assert (back.nodeid, back.outcome, back.when, back.worker_id) == ("a.py::test", outcome, "call", "gw0")
    assert [tuple(one) for one in back.user_properties] == [("table", "a line")]

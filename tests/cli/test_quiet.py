"""What libraries and threads say is logged without their words, which may quote the data."""

import io
import json
import logging
import threading
import warnings
from collections.abc import Callable

import pytest
from operators import quiet_after
from papers import MARK

from gateway.logs import configure


def _logged(speak: Callable[[], None]) -> list[dict[str, str]]:
    stream = io.StringIO()
    with quiet_after():
        configure(stream)
        speak()
    assert MARK not in stream.getvalue()
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def _a_library_fails() -> None:
    try:
        int(MARK)
    except ValueError:
        logging.getLogger("uvicorn.error").exception("Exception in ASGI application: %s", MARK)


def _a_library_warns() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.showwarning(MARK, UserWarning, MARK, 1)


def _a_thread_dies() -> None:
    def fail() -> None:
        raise ValueError(MARK)

    thread = threading.Thread(target=fail, name="planted")
    thread.start()
    thread.join()


@pytest.mark.parametrize(
    ("speak", "said"),
    [
        (_a_library_fails, {"event": "library", "logger": "uvicorn.error", "level": "error", "code": "ValueError"}),
        (_a_library_warns, {"event": "library", "logger": "py.warnings", "level": "warning"}),
        (_a_thread_dies, {"event": "thread_died", "logger": "planted", "level": "error", "code": "ValueError"}),
    ],
    ids=["library error", "library warning", "thread"],
)
def test_it_is_told_who_spoke_and_the_kind_of_error(speak: Callable[[], None], said: dict[str, str]) -> None:
    (line,) = _logged(speak)

    assert {name: value for name, value in line.items() if name != "timestamp"} == said


def test_what_a_library_says_in_passing_is_not_logged() -> None:
    assert _logged(lambda: logging.getLogger("uvicorn.error").info(MARK)) == []

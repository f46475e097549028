"""What is forked for a test is a process of its own, with what it was asked for and nothing else (tests/forked.py)."""

import json
import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from forked import Forked, Started, python
from stretching import know

TELLS = """
import json, os, sys
open_ = sorted(int(name) for name in os.listdir("/proc/self/fd"))[:-1]
print(json.dumps([sys.argv, __name__, dict(os.environ), os.getppid(), len(os.listdir("/proc/self/task")), open_]))
print("heard", file=sys.stderr)
sys.exit(7)
"""
SLEEPS = "import time; print('here', flush=True); time.sleep(60)"
THREADED = (
    "import threading, sys; threading.Thread(target=lambda: print('to the end')).start(); raise ValueError('why')"
)


def _forked(program: str, *arguments: str, **environment: str) -> Started:
    started = python(("-c", program, *arguments), environment, heard=True)
    assert isinstance(started, Forked)
    return started


def test_it_is_our_child_with_the_arguments_environment_and_streams_it_was_asked_for() -> None:
    one = _forked(TELLS, "a", "b", MINE="1")
    out, err = one.communicate(60)
    assert (one.returncode, err) == (7, "heard\n")
    assert json.loads(out) == [["-c", "a", "b"], "__main__", {"MINE": "1"}, os.getpid(), 1, [0, 1, 2]]


@pytest.mark.parametrize("anew", [False, True])
def test_it_keeps_what_it_is_handed(*, anew: bool) -> None:
    reading, writing = os.pipe()
    one = python(
        ("-c", f"import os; os.write({writing}, b'mine')"), os.environ, heard=True, handed=[writing], anew=anew
    )
    assert one.communicate(timeout=60) == ("", "")
    os.close(writing)
    assert os.read(reading, 8) == b"mine"
    os.close(reading)


def test_started_anew_it_is_asked_the_same_way_and_answers_the_same() -> None:
    one = python(("-c", TELLS, "a", "b"), {"MINE": "1"}, heard=True, anew=True)
    assert isinstance(one, subprocess.Popen)
    out, err = one.communicate(timeout=60)
    assert (one.returncode, err) == (7, "heard\n")
    argv, name, environment, *others = json.loads(out)
    assert [argv, name, environment.pop("MINE"), *others] == [
        ["-c", "a", "b"],
        "__main__",
        "1",
        os.getpid(),
        1,
        [0, 1, 2],
    ]


def test_it_ends_as_any_process_by_an_error_a_signal_or_not_at_all() -> None:
    failing = _forked(THREADED)
    out, err = failing.communicate(60)
    assert (failing.returncode, out, err.splitlines()[-1]) == (1, "to the end\n", "ValueError: why")

    sleeping = _forked(SLEEPS)
    assert sleeping.stdout is not None
    assert sleeping.stdout.readline() == "here\n"
    assert sleeping.poll() is None
    with pytest.raises(subprocess.TimeoutExpired):
        sleeping.wait(0.05)
    sleeping.kill()
    sleeping.communicate(60)
    assert sleeping.returncode == -signal.SIGKILL


def test_what_one_did_is_unknown_to_the_next() -> None:
    for _ in range(2):
        one = _forked("import sys, json; print(hasattr(json, 'mark')); json.mark = 1")
        assert one.communicate(60)[0] == "False\n"


def test_threads_start_theirs_at_once() -> None:
    with ThreadPoolExecutor(4) as threads:
        ours = [*threads.map(lambda number: _forked(f"print({number})"), range(8))]
        heard = [*threads.map(lambda one: one.communicate(60)[0], ours)]
    assert heard == [f"{number}\n" for number in range(8)]


def test_it_has_what_scrypt_gave_here_and_asks_for_nothing_else() -> None:
    secret, salt, key = b"forked" * 3, b"s", b"k"
    know([(secret.hex(), salt.hex(), key.hex())])
    asks = f"from gateway.keyring import local; print(local.stretch({secret!r}, {salt!r}) == {key!r})"
    asks += f"; print(len(local.stretch({secret!r}, b'other')))"
    assert _forked(asks).communicate(60)[0] == "True\n32\n"


def test_outside_the_tests_everything_is_started_anew() -> None:
    told = "from forked import python; one = python(('-c', 'pass'), {}); print(type(one).__name__, one.wait())"
    path = os.pathsep.join(path for path in sys.path if path)
    done = subprocess.run([sys.executable, "-c", told], env={"PYTHONPATH": path}, check=True, capture_output=True)
    assert done.stdout == b"Popen 0\n"

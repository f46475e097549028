"""What a machine refuses a command is told as that, and a Ctrl-C at any moment prints nothing of ours."""

import errno
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

import pytest
from checkout import ROOT
from operators import Operator

from gateway.cli import app
from gateway.cli.machine import refused_by_machine

FULL = Path("/dev/full")


@pytest.mark.parametrize(
    ("command", "asked"),
    [(("agency", "list"), ()), (("restore", "release"), ("--json",))],
    ids=["a result for people", "a failure for programs"],
)
def test_output_that_nothing_takes_is_no_mistake_of_the_program(
    operator: Operator, command: tuple[str, ...], asked: tuple[str, ...]
) -> None:
    """To tell programs of a failure needs the output that takes nothing, too."""
    with FULL.open("wb") as full:
        done = subprocess.run(
            (sys.executable, "-m", "gateway", *command, *asked),
            cwd=ROOT,
            env={**os.environ, **operator.environment, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": ""},
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    said = done.stderr.splitlines()
    assert (done.returncode, len(said)) == (2, 2), done.stderr
    assert said[1].startswith("Next: ")
    assert command[0] == "restore" or said == ["There is no room for what this command writes.", "Next: df -h"]


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (OSError(errno.ENOSPC, "/a/name"), "no_room"),
        (OSError(errno.EMFILE, "/a/name"), "too_few_files"),
        (OSError(errno.EROFS, "/a/name"), "read_only"),
        (NotADirectoryError(errno.ENOTDIR, "/a/name"), "not_a_file"),
        (OSError(errno.ENOMEM, "/a/name"), "no_memory"),
        (MemoryError("/a/name"), "no_memory"),
    ],
)
def test_each_refusal_of_the_machines_has_words_of_its_own(error: Exception, code: str) -> None:
    told = refused_by_machine(error)
    assert told is not None
    assert told.code == code
    assert "/a/name" not in told.says + told.next


@pytest.mark.parametrize("error", [ValueError("x"), OSError(errno.EBADF, "x"), OSError("x")])
def test_what_the_machine_did_not_refuse_is_still_a_mistake(error: Exception) -> None:
    assert refused_by_machine(error) is None


def test_a_witness_in_a_place_that_is_no_folder_is_told_so(operator: Operator) -> None:
    told = operator.types("witness", "init", operator.secret, "--name", "w.example/log")
    assert told.code == 2
    assert "mistake" not in told.err
    assert told.next == "referral-gateway witness init --help"


LOADING = """
import builtins, os, signal, sys
sys.argv = ["referral-gateway", "--version"]
import gateway.__main__ as program
finds = builtins.__import__

def interrupted(name, *given, **named):
    if name == "typer":
        os.kill(os.getpid(), signal.SIGINT)
    return finds(name, *given, **named)

builtins.__import__ = interrupted
program.main()
"""


@pytest.mark.parametrize(("deaf", "ends"), [(False, -signal.SIGINT), (True, 0)])
def test_ctrl_c_while_it_loads_ends_it_without_a_word_and_a_background_job_stays_deaf(*, deaf: bool, ends: int) -> None:
    def before() -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN if deaf else signal.SIG_DFL)

    done = subprocess.run(
        (sys.executable, "-c", LOADING),
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        preexec_fn=before,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (ends, "")


def test_ctrl_c_while_the_commands_are_made_ends_it_without_a_word(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def interrupted() -> NoReturn:
        raise KeyboardInterrupt

    monkeypatch.setattr(app, "_commands", interrupted)
    assert app.run(["doctor"]) == 130
    assert capfd.readouterr() == ("", "")

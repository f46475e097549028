"""The program as a whole: each command explains itself, each failure ends with the next command, nothing is quoted."""

import subprocess
import sys
from pathlib import Path

import pytest
from checkout import ROOT
from operators import Operator

from gateway import __version__
from gateway.cli.app import GROUPS, app
from gateway.cli.failures import Exit

ALONE = ("init", "serve", "demo", "doctor", "preview", "explain", "history", "erase")
COMMANDS = [(name,) for name in ALONE] + [
    (group, str(command.name)) for group, typed in GROUPS.items() for command in typed.registered_commands
]
CHANGING = [
    ("init",),
    ("adapter", "allow"),
    ("adapter", "disallow"),
    ("adapter", "new"),
    ("adapter", "docs"),
    ("agency", "add"),
    ("agency", "endpoint"),
    ("courier", "rerun"),
    ("agreement", "add"),
    ("client", "add"),
    ("client", "revoke"),
    ("consent", "record"),
    ("consent", "withdraw"),
    ("consent", "import"),
    ("backup", "take"),
    ("backup", "keys"),
    ("backup", "erased"),
    ("restore", "data"),
    ("restore", "keys"),
    ("restore", "release"),
    ("token", "rotate"),
    ("keys", "rotate"),
    ("keys", "rewrap"),
    ("keys", "retire"),
    ("keys", "change-secret"),
    ("log", "export"),
    ("erase",),
    ("case", "record"),
    ("officer", "invite"),
    ("officer", "revoke"),
]

PLANTED = """
import sys
from gateway.cli.app import app, main

@app.command()
def planted() -> None:
    marigold = "Marigold" + "-7731"
    raise ValueError(marigold)

sys.argv = ["referral-gateway", "planted"]
main()
"""


@pytest.fixture
def typist(tmp_path: Path) -> Operator:
    """Somebody with nothing installed."""
    return Operator(tmp_path)


def test_the_version_is_shown(typist: Operator) -> None:
    said = typist.types("--version")

    assert (said.code, said.out.strip()) == (0, __version__)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_explains_itself_and_writes_json(typist: Operator, command: tuple[str, ...]) -> None:
    said = typist.types(*command, "--help", COLUMNS="200")

    assert said.code == 0
    assert ("--json" in said.out) == (command != ("demo",))
    assert ("--dry-run" in said.out) == (command in CHANGING)


def test_every_command_that_changes_something_is_there() -> None:
    assert set(CHANGING) <= set(COMMANDS)
    assert {str(command.callback.__name__) for command in app.registered_commands if command.callback} == set(ALONE)


@pytest.mark.parametrize("arguments", [("nothing",), ("agency", "delete"), ("agency", "add"), ("serve", "--fast")])
def test_wrong_use_ends_with_2_and_says_where_help_is(typist: Operator, arguments: tuple[str, ...]) -> None:
    said = typist.types(*arguments)

    assert said.code == 2
    assert "--help" in said.err
    assert said.out == ""


@pytest.mark.parametrize("command", [("agency", "list"), ("log", "head"), ("consent", "show", "an-id"), ("serve",)])
def test_without_an_installation_every_command_says_how_to_make_one(typist: Operator, command: tuple[str, ...]) -> None:
    said = typist.types(*command)

    assert (said.code, said.next) == (2, "referral-gateway init")
    assert said.out == ""


def test_a_failure_as_json_is_the_result_and_the_message_stays_a_message(typist: Operator) -> None:
    said = typist.types("agency", "list", "--json")

    assert said.json["error"] == "not_installed"
    assert said.json["exit"] == said.code == Exit.USAGE
    assert said.json["next"] == said.next


def test_an_unforeseen_error_shows_neither_its_message_nor_a_local_nor_a_traceback() -> None:
    run = subprocess.run([sys.executable, "-c", PLANTED], cwd=ROOT, capture_output=True, text=True, check=False)

    assert run.returncode == Exit.PROBLEM
    assert "ValueError" in run.stderr
    assert run.stderr.splitlines()[-1] == "Next: referral-gateway doctor"
    assert "Marigold" not in run.stdout + run.stderr
    assert "Traceback" not in run.stderr


def test_typer_would_not_show_locals_even_without_the_wall() -> None:
    assert app.pretty_exceptions_show_locals is False
    assert app.pretty_exceptions_enable is False


@pytest.mark.parametrize(("once", "code"), [(("--once",), 0), ((), 1)], ids=["once held", "again did not"])
def test_the_demonstrations_own_answer_is_the_exit_code(
    typist: Operator, monkeypatch: pytest.MonkeyPatch, once: tuple[str, ...], code: int
) -> None:
    def story(*, once: bool) -> int:
        return 0 if once else 1

    monkeypatch.setattr("gateway.demo.story.run", story)

    assert typist.types("demo", *once).code == code


def test_the_module_is_the_program() -> None:
    command = [sys.executable, "-m", "gateway", "--version"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert (run.returncode, run.stdout, run.stderr) == (0, f"{__version__}\n", "")

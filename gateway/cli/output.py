"""Writes results to standard output and messages to standard error, as people or as programs read them."""

import json
import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Final

import typer

from gateway.cli.failures import PROGRAM, CommandFailedError

JSON: Final = "--json"


def result(document: Mapping[str, object], lines: Iterable[str], *, as_json: bool) -> None:
    """Write a result: as one JSON object on one line, or as lines for people."""
    if as_json:
        typer.echo(json.dumps(document))
        return
    for line in lines:
        typer.echo(line)


def message(said: str) -> None:
    """Write a message; never part of a result."""
    typer.echo(said, err=True)


def left_to_nobody() -> None:
    """Say, where a command left work to a gateway, that none is running beside it."""
    message("No gateway serves from this data folder: what one does by itself begins when it does.")
    message(f"Next: {PROGRAM} serve")


def failure(error: CommandFailedError, help_command: str, *, as_json: bool) -> None:
    """Write why a command failed and what to type next; with `as_json` also as a result."""
    following = error.next or help_command
    with suppress(OSError):  # Where nobody can be told, the exit code says it.
        typer.echo(error.says, err=True)
        for pointer, rule in error.faults:
            typer.echo(f"  {pointer or '/'}: {rule}", err=True)
        typer.echo(f"Next: {following}", err=True)
    if not as_json:
        return
    with suppress(OSError):
        errors = [{"pointer": pointer, "rule": rule} for pointer, rule in error.faults]
        document = {"error": error.code, "says": error.says, "errors": errors, "next": following}
        typer.echo(json.dumps({**document, "exit": int(error.exit_code)}))


def fields(document: Mapping[str, object]) -> list[str]:
    """Write an object a line a member; what is empty is left out."""
    shown = {name: _plain(value) for name, value in document.items()}
    return [f"{name.replace('_', ' ')}: {value}" for name, value in shown.items() if value]


def rows(listed: object, *columns: str) -> list[str]:
    """Write a list of objects a line each, columns separated by tabs, so that `cut` and `awk` can read them."""
    entries = listed if isinstance(listed, list) else []
    return ["\t".join(_plain(entry.get(column)) or "-" for column in columns) for entry in entries]


def is_terminal() -> bool:
    """Tell whether a person can be asked something and sees the question."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def _plain(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case list():
            return " ".join(map(_plain, value))
        case dict():
            return " ".join(f"{name}={_plain(inside)}" for name, inside in value.items())
        case _:
            return str(value)

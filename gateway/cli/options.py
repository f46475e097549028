"""What several commands take, written once."""

import sys
from pathlib import Path
from typing import Annotated, Final

import typer

from gateway.cli.failures import CommandFailedError, Exit
from gateway.cli.output import is_terminal, message
from schemas.vocabulary import FunctionClass, Purpose

Function = Annotated[
    FunctionClass, typer.Option("--to", metavar="FUNCTION", help=f"What the recipient is: {', '.join(FunctionClass)}.")
]
Why = Annotated[Purpose, typer.Option("--purpose", metavar="PURPOSE", help=f"Why: {', '.join(Purpose)}.")]
Json = Annotated[bool, typer.Option("--json", help="Write the result as JSON.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Check everything, change nothing.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask for confirmation.")]
Source = Annotated[
    Path,
    typer.Argument(metavar="FILE", help="The file; - reads standard input."),
]

Agency = Annotated[str, typer.Option("--agency", metavar="AGENCY", help="The agency that names the person so.")]
AgencyIfNamed = Annotated[
    str | None, typer.Option("--agency", metavar="AGENCY", help="Whose reference is in the file.")
]
Key = Annotated[
    str, typer.Option("--key", help="Idempotency key: the same key and file are recorded once, however often.")
]

_REFERENCE_FILE = typer.Option(
    "--person-ref-file", metavar="FILE", help="Holds the agency's reference for the person; - reads standard input."
)
# From a file, never as an argument: arguments stand in process lists and shell histories (P-02).
ReferenceFile = Annotated[Path, _REFERENCE_FILE]
ReferenceFileIfNamed = Annotated[Path | None, _REFERENCE_FILE]

LARGEST: Final = 16_777_216
"""Bytes of the largest file a command reads; the gateway's own limit is lower."""


def content(source: Path) -> bytes:
    """Read a file, or standard input for `-`. Raises CommandFailedError when it cannot be read or is too large."""
    try:
        if str(source) == "-":
            read = sys.stdin.buffer.read(LARGEST + 1)
        else:
            with source.open("rb") as file:
                read = file.read(LARGEST + 1)
    except OSError:
        raise CommandFailedError(Exit.USAGE, "file_unreadable", "The file cannot be read.") from None
    if len(read) > LARGEST:
        raise CommandFailedError(Exit.USAGE, "file_too_large", "The file is too large.")
    return read


def one_line(source: Path, what: str) -> str:
    """Read one line of text from a file or standard input; a person at a terminal is told what to type."""
    if str(source) == "-" and is_terminal():
        message(f"{what}, then Enter and Ctrl-D:")
    try:
        text = content(source).decode().strip("\r\n")
    except UnicodeDecodeError:
        text = ""
    if not text or "\n" in text:
        raise CommandFailedError(Exit.USAGE, "not_one_line", f"{what}: one line of text is needed.")
    return text


def agreed(question: str, *, yes: bool) -> None:
    """Ask at a terminal. A script that calls the command means it, and is never asked."""
    if yes or not is_terminal():
        return
    typer.confirm(question, abort=True, err=True)

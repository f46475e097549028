"""`adapter new`, `try`, `check`, `docs`, `list`: for those who write an adapter; none needs a running gateway."""
# ruff: noqa: PLC0415 - what only one of the commands needs is imported when it runs

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from gateway.cli.adapter_list import built_in, listed
from gateway.cli.failures import PROGRAM, CommandFailedError, Exit
from gateway.cli.options import DryRun, Function, Json, Source, Why, content
from gateway.cli.output import message, result, rows
from gateway.packaging_guard import with_extra
from schemas.vocabulary import FunctionClass, Purpose

if TYPE_CHECKING:
    from adapters.kit.errors import KitError
    from adapters.sdk.contract import Adapter
    from gateway.core.adapter_trial import Row

HERE: Final = Path()
_CHECK: Final = f"{PROGRAM} adapter check --help"

Folder = Annotated[Path, typer.Argument(metavar="[FOLDER]", help="The adapter's folder.", show_default="this folder")]
Of = Annotated[str, typer.Option("--adapter", metavar="FOLDER|KEY", help="An adapter's folder, or a built-in key.")]


def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Small letters and digits.")],
    sample: Annotated[
        Path | None,
        typer.Option("--from", metavar="SAMPLE", help="A CSV, JSON or XML file; only its field names are read."),
    ] = None,
    owner: Annotated[str, typer.Option("--owner", metavar="TEXT", help="Who answers for it.")] = "nobody yet",
    *,
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Write a new adapter into the folder NAME; its tests pass as it is."""
    from adapters.kit.errors import KitError
    from adapters.kit.scaffold import files_of, write

    body = None if sample is None else content(sample)
    try:
        files, made = files_of(name, f"{name.capitalize()} records", owner, body)
        if not dry_run:
            write(Path(name), files)
    except KitError as error:
        raise _failed(error) from None
    told = {"folder": name, "files": sorted(files), "taken": dict(made.taken), "stays": list(made.kept)}
    lines = [f"{name}/{path}" for path in sorted(files)]
    lines += [f"taken by its name, so read it: {field} -> {to}" for field, to in made.taken.items()]
    lines += [f"stays with you until you say otherwise: {field}" for field in made.kept]
    result(told, lines, as_json=json)
    message(
        "Values of the sample were not copied: samples/ is invented. Who maps a field that stays gives it a word there."
    )
    message(f"Next: {PROGRAM} adapter check {name}")


def attempt(
    sample: Source,
    of: Of = ".",
    to: Function = FunctionClass.SHELTER,
    purpose: Why = Purpose.ACCOMMODATION,
    subject: Annotated[str | None, typer.Option("--subject", help="Who is meant, where several are in it.")] = None,
    *,
    json: Json = False,
) -> None:
    """Show field by field what would be sent of a document, as what, and what stays with you. Nothing is kept."""
    from adapters.sdk.contract import Inbound
    from adapters.sdk.errors import AdapterError
    from adapters.sdk.mapping.errors import REFUSALS
    from gateway.clock import SystemClock
    from gateway.core.adapter_trial import trial
    from schemas.catalogue import profile_name
    from schemas.errors import SchemaViolationError
    from schemas.profiles import compiled

    profile = profile_name(to, purpose)
    if profile is None:
        raise CommandFailedError(
            Exit.REFUSED, "no_profile", "Nothing moves for that purpose to a recipient of that kind.", ""
        )
    adapter = _adapter(of)
    body = content(sample)
    try:
        inbound = Inbound(body, _media_type(adapter, sample), subject)
        found = trial(adapter, inbound, compiled(profile), SystemClock().now().date())
    except AdapterError as error:
        why = REFUSALS.get(error.rule.partition(":")[0], "see the rule")
        says, faults = f"The adapter refuses the document: {why}.", [(error.pointer, error.rule)]
        raise CommandFailedError(Exit.PROBLEM, "refused", says, "", faults) from None
    except SchemaViolationError as violation:
        faults = [(fault.pointer, fault.rule) for fault in violation.faults]
        raise CommandFailedError(Exit.PROBLEM, "document_invalid", "It is no valid referral.", "", faults) from None
    listed = [{name: getattr(row, name) for name in _COLUMNS} for row in found.rows]
    if json:
        result({"profile": profile, "rows": listed}, [], as_json=True)
    else:
        _show(found.rows)
    message(f"At most this goes to {to.value} for {purpose.value}; what she agreed to can only be less.")


_COLUMNS: Final = ("field", "says", "read_as", "sent_as", "sent", "stays")
_HEADS: Final = ("your field", "says", "read as", "sent as", "sent", "stays with you")


def _show(listed: "Iterable[Row]") -> None:
    """Print the table: in colour and columns for a person, in tabs for a program."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(highlight=False)
    if not console.is_terminal:
        lines = [{name: _printable(getattr(row, name)) for name in _COLUMNS} for row in listed]
        for line in ("\t".join(_HEADS), *rows(lines, *_COLUMNS)):
            typer.echo(line)
        return
    table = Table(*_HEADS, box=None, pad_edge=False)
    for row in listed:
        cells = [_printable(getattr(row, name)) for name in _COLUMNS]
        table.add_row(*(Text(cell, style="red" if row.stays else "") for cell in cells))
    console.print(table)


def _printable(text: str) -> str:
    """A document may hold what a terminal obeys."""
    return "".join(char if char.isprintable() else "?" for char in text)


def check(
    folder: Folder = HERE,
    *,
    accept: Annotated[
        bool, typer.Option("--accept", help="First write what each sample becomes as its golden file; read it after.")
    ] = False,
    json: Json = False,
) -> None:
    """Judge the adapter of a folder by every rule of the kit."""
    from adapters.kit.errors import KitError
    from adapters.kit.folder import SAMPLES, judged_at
    from adapters.kit.sampling import accept as accepted

    try:
        judged = judged_at(folder)  # What cannot even be loaded is said once, and not by each rule.
        for name in accepted(judged, folder / SAMPLES) if accept else ():
            message(f"Written, to be read: {SAMPLES}/{name}")
        kept = _judged(folder) if json else _tested(folder)
    except KitError as error:
        raise _failed(error) from None
    if not kept:
        raise CommandFailedError(Exit.PROBLEM, "rules_broken", "Not every rule is kept.", _CHECK)


def _tested(folder: Path) -> bool:
    """Run the rules as tests; whether all that must be kept are."""
    try:
        import pytest
    except ModuleNotFoundError:
        says = "The kit runs on pytest, which is not installed here."
        raise CommandFailedError(Exit.USAGE, "pytest_missing", says, with_extra("kit")) from None
    from adapters.kit import judge

    # What else is installed in this environment is no part of the judgement, and takes time to load.
    options = ["--disable-plugin-autoload", "-p", "adapters.kit.plugin", "-p", "no:cacheprovider"]
    manner = ["--import-mode=importlib", "-q", "--no-header", "-o", "addopts="]
    place = ["-c", str(folder / "pyproject.toml"), "--adapter", str(folder), str(judge.__file__)]
    return pytest.main([*options, *manner, *place]) == pytest.ExitCode.OK


def _judged(folder: Path) -> bool:
    """Write every verdict as JSON, for programs; whether all that must be kept are."""
    from adapters.kit.folder import judged_at
    from adapters.kit.rules import RULES, Outcome, judge, reached, unknown_exemptions

    judged = judged_at(folder)
    verdicts = [judge(rule, judged) for rule in RULES]
    unknown = [str(finding) for finding in unknown_exemptions(judged)]
    rules = [
        {
            "rule": each.rule.id,
            "says": each.rule.says,
            "level": each.rule.level.value,
            "outcome": each.outcome.value,
            "findings": [str(finding) for finding in each.findings],
        }
        for each in verdicts
    ]
    levels = {"claimed": judged.manifest.level.value, "reached": reached(verdicts).value}
    result({"adapter": judged.name, **levels, "rules": rules, "unknown_exemptions": unknown}, [], as_json=True)
    return not unknown and all(each.outcome is not Outcome.BROKEN for each in verdicts)


def docs(
    of: Annotated[str, typer.Argument(metavar="[FOLDER|KEY]", help="An adapter's folder, or a built-in key.")] = ".",
    into: Annotated[
        Path | None,
        typer.Option("--into", metavar="PAGE", help="The page; README.md of the folder where none is named."),
    ] = None,
    *,
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Write the adapter's page from its manifest and mapping; what you wrote around it stays.

    With --dry-run nothing is written, and the command fails where the page is old.
    """
    from adapters.kit.folder import PAGE
    from adapters.kit.page import renewed

    adapter = _adapter(of)
    page = into or Path(of) / PAGE
    try:
        old = page.read_text("utf-8") if page.exists() else ""
        made = renewed(old, adapter)
        if made != old and not dry_run:
            page.write_text(made, "utf-8")
    except (OSError, UnicodeDecodeError):
        raise CommandFailedError(Exit.USAGE, "page_unwritable", "The page cannot be read or written.", "") from None
    if dry_run and made != old:
        raise CommandFailedError(Exit.PROBLEM, "page_old", "The page is not current.", f"{PROGRAM} adapter docs")
    result({"page": str(page), "changed": made != old}, [str(page)], as_json=json)


def add_to(group: typer.Typer) -> None:
    """Add the commands to `adapter`."""
    commands: dict[str, Callable[..., None]] = {
        "new": new,
        "try": attempt,
        "check": check,
        "docs": docs,
        "list": listed,
    }
    for name, command in commands.items():
        group.command(name)(command)


def _adapter(of: str) -> "Adapter":
    from adapters.kit.errors import KitError
    from adapters.kit.folder import adapter_at, home

    folder = Path(of)
    if not (folder / "pyproject.toml").exists():
        found = built_in().get(of)
        if found is not None:
            return found
    try:
        return adapter_at(home(folder))
    except KitError as error:
        raise _failed(error) from None


def _media_type(adapter: "Adapter", sample: Path) -> str:
    """The media type of the file's ending where the adapter reads it, else the first that it reads."""
    endings = {"csv": "csv", "json": "json", "xml": "xml", "xlsx": "spreadsheet"}
    wanted = endings.get(sample.suffix.removeprefix(".").lower(), "")
    media_types = adapter.manifest.media_types or ("",)
    return next((each for each in media_types if wanted and wanted in each), media_types[0])


def _failed(error: "KitError") -> CommandFailedError:
    return CommandFailedError(Exit.USAGE, error.code, error.says)  # The help of the command that was typed.

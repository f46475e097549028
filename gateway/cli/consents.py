"""`consent`: what people agreed to.

A person's reference comes from a file or standard input, never as an argument: arguments stand in process lists and
shell histories (P-02).
"""

import json as written_json
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated
from urllib.parse import quote

import typer

from gateway.cli.exporting import written
from gateway.cli.failures import CommandFailedError, Exit
from gateway.cli.options import (
    Agency,
    AgencyIfNamed,
    DryRun,
    Json,
    Key,
    ReferenceFileIfNamed,
    Source,
    Yes,
    agreed,
    content,
    one_line,
)
from gateway.cli.output import fields, left_to_nobody, message, result
from gateway.cli.session import changed, talk
from gateway.clock import SystemEntropy
from schemas.vocabulary import SAID_YES


class Form(StrEnum):
    """Other people's formats of consents (`adapters.consents`)."""

    FHIR = "fhir"
    ISO27560 = "iso27560"
    KANTARA = "kantara"


consent = typer.Typer(no_args_is_help=True, help="What people agreed to, and took back.")

ConsentId = Annotated[str, typer.Argument(metavar="CONSENT_ID", help="The consent's id.")]
Format = Annotated[Form, typer.Option("--format", help="Whose format it is.")]


@consent.command("record")
def record(
    file: Source,
    agency: Agency,
    *,
    key: Key = "",
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Write down what a person agreed to, or refused (schema consent/1.0), for the agency that will disclose."""
    document, key = content(file), key or SystemEntropy().bytes(16).hex()
    told = talk(lambda session: session.post("/consents", document, dry_run=dry_run, key=key, agency=agency))
    _recorded(told, dry_run=dry_run, as_json=json)


@consent.command("withdraw")
def withdraw(
    consent_id: Annotated[
        str | None, typer.Argument(metavar="[CONSENT_ID]", help="One consent; or all of a person.")
    ] = None,
    agency: AgencyIfNamed = None,
    person_ref_file: ReferenceFileIfNamed = None,
    *,
    yes: Yes = False,
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Take back one consent, or all consents of a person, and stop everything that rests on them (C-09)."""
    asked: dict[str, object] = {"consent": consent_id} if consent_id else {}
    if agency and person_ref_file:
        asked |= {"agency": agency, "person_ref": one_line(person_ref_file, "The agency's reference for the person")}
    elif agency or person_ref_file or not consent_id:
        raise CommandFailedError(
            Exit.USAGE, "usage", "Give a CONSENT_ID, or --agency and --person-ref-file, or all three."
        )
    if not dry_run:
        agreed("Withdraw? What it permitted stops at once.", yes=yes)
    told, goes_on = talk(lambda session: changed(session, "/withdrawals", asked, dry_run=dry_run))
    result(
        told, ["Nothing was changed.", *fields({**told, "dry_run": None})] if dry_run else fields(told), as_json=json
    )
    if told.get("may_have_left"):
        message("What may have left cannot be called back. Who may have it is told by a notice: see `notice list`.")
    if told.get("notices") and not (dry_run or goes_on):
        left_to_nobody()


@consent.command("show")
def show(consent_id: ConsentId, *, json: Json = False) -> None:
    """Show how one consent stands now: codes, agencies and times; no name and no reference."""
    told = talk(lambda session: session.get(f"/consents/{quote(consent_id, safe='')}"))
    result(told, fields(told), as_json=json)


@consent.command("export")
def export(
    consent_id: ConsentId,
    form: Format,
    agency: Agency,
    to: Annotated[
        Path | None, typer.Option("--to", metavar="FILE", help="Write it there, for you alone.", dir_okay=False)
    ] = None,
    *,
    json: Json = False,
) -> None:
    """Write one consent in another's format, for the agency that recorded it. That you did is an entry of the log."""
    path = f"/consents/{quote(consent_id, safe='')}/export"
    told = talk(lambda session: session.get(path, agency=agency, format=form.value))
    if to is not None:
        written(to, str(told["document"]).encode())
    shown = fields({**told, "document": None}) if to is not None else [str(told["document"])]
    result(told, shown, as_json=json)
    if told["not_carried"]:
        lost = told["not_carried"]
        message(f"The format has no place for: {' '.join(lost) if isinstance(lost, list) else lost}")


@consent.command("import")
def take_in(
    file: Source,
    form: Format,
    agency: Agency,
    supplement: Annotated[
        Path | None,
        typer.Option("--supplement", metavar="FILE", help="What the format lacks, as members of consent/1.0."),
    ] = None,
    *,
    key: Key = "",
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Record a consent that stands in another's format. What it does not say for certain is refused, never guessed."""
    asked: dict[str, object] = {"document": _text(file)}
    asked |= {"supplement": _text(supplement)} if supplement is not None else {}
    told = talk(
        lambda session: session.post(
            "/consents/import",
            written_json.dumps(asked).encode(),
            dry_run=dry_run,
            key=key or SystemEntropy().bytes(16).hex(),
            agency=agency,
            format=form.value,
        )
    )
    _recorded(told, dry_run=dry_run, as_json=json)


def _recorded(told: Mapping[str, object], *, dry_run: bool, as_json: bool) -> None:
    lines = ["Everything is in order. Nothing was changed.", *fields({**told, "dry_run": None})]
    result(told, lines if dry_run else fields(told), as_json=as_json)
    if told.get("state") in SAID_YES and told.get("confirmed") is False and not dry_run:
        message("It is not active until a second person confirms it, with a passkey, on the pages for people (C-19).")


def _text(source: Path) -> str:
    try:
        return content(source).decode()
    except UnicodeDecodeError:
        raise CommandFailedError(Exit.USAGE, "file_unreadable", "The file is not text in UTF-8.") from None

"""`case`: what is known about people beside their consents.

A person's reference comes from a file or standard input, never as an argument (P-02). What needs a second person is not
here: it is approved by one who signs in.
"""

import typer

from gateway.cli.options import Agency, DryRun, Json, Key, ReferenceFile, Source, content, one_line
from gateway.cli.output import fields, message, result, rows
from gateway.cli.session import talk
from gateway.clock import SystemEntropy

case = typer.Typer(no_args_is_help=True, help="What is known about people beside their consents.")


@case.command("record")
def record(
    file: Source,
    agency: Agency,
    *,
    key: Key = "",
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Write down one fact about a person (schema case_event/1.0), for an agency bound to her."""
    document, key = content(file), key or SystemEntropy().bytes(16).hex()
    told = talk(lambda session: session.post("/case-events", document, dry_run=dry_run, key=key, agency=agency))
    lines = ["Everything is in order. Nothing was changed.", *fields({**told, "dry_run": None})]
    result(told, lines if dry_run else fields(told), as_json=json)
    if told.get("may_have_left"):
        message("What may have left cannot be called back from here: tell those who may have it.")


@case.command("show")
def show(agency: Agency, person_ref_file: ReferenceFile, *, json: Json = False) -> None:
    """Show what an agency recorded about a person: codes, agencies and times; no name and no reference."""
    asked = {"agency": agency, "person_ref": one_line(person_ref_file, "The agency's reference for the person")}
    told = talk(lambda session: session.post("/case-events/search", asked))
    result(told, fields(told), as_json=json)


@case.command("tries")
def tries(agency: Agency, person_ref_file: ReferenceFile, *, json: Json = False) -> None:
    """Show whom an agency tried lately for a person, and whether it is locked. That you looked is written down.

    A data-protection officer of no agency lifts a lock, on the pages: this socket proves nobody.
    """
    asked = {"agency": agency, "person_ref": one_line(person_ref_file, "The agency's reference for the person")}
    told = talk(lambda session: session.post("/tries", asked))
    result(told, fields(told), as_json=json)


@case.command("overdue")
def overdue(*, json: Json = False) -> None:
    """List children of whom no child-protection authority has been told yet, the most urgent first (K-07)."""
    told = talk(lambda session: session.get("/child-notifications"))
    result(told, rows(told["children"], "agency", "since", "due", "overdue"), as_json=json)
